"""No false alarms: sound clients, again and again, get no other verdict than they should, also beside two
busy loops. All of the catalogue is asked by `make bench-stability`."""
import json
import subprocess

from lab import fakesshd, run, start, test

IDS = ["healthy/exec", "tcp/refused", "ident/cut-short/fin", "ident/slow-but-legal", "auth/refused", "channel/refused",
       "data/fin/fin", "exit/signal"]
WAITING = ["ident/silent", "data/dribble", "auth/cancelled"]
REPEATS = 4


def judge(ids, *clients):
    words = [word for client in clients for word in ("--client", client)]
    done = run(fakesshd("run", *ids, *words, "--repeat", str(REPEATS), "--profile", "glance", "--no-stacks",
                        "--json", "out.json"), timeout=170)
    with open("out.json") as file:
        return done, json.load(file)


def expect_no_false_alarm(ids, *clients):
    done, told = judge(ids, *clients)
    assert told["complete"] and len(told["cases"]) == len(ids) * len(clients), str(done)
    for case in told["cases"]:
        for repeat in case["repeats"]:
            # Nothing else may take the place of a verdict, and that only where the machine says why.
            undecided = repeat["verdict"]["deadline"] == "INCONCLUSIVE" and "machine is too" in repeat["reason"]
            assert repeat["as_expected"] or undecided, f"{case['client']}: {case['id']}: {repeat}\n{done}"
        if case["verdict"]["deadline"] != "SKIP":
            assert len(case["repeats"]) == REPEATS, case["repeats"]
    assert done.status == (3 if told["summary"]["inconclusive"] else 0), str(done)
    if told["noise"]["words"] == "quiet":
        assert told["summary"]["inconclusive"] == 0, str(done)


def all_of_them():
    expect_no_false_alarm(IDS, "sshexec", "go-deadline", "openssh")
    expect_no_false_alarm(WAITING, "sshexec", "go-deadline")


@test(limit_s=300, alone=True)
def sound_clients_are_never_accused():
    all_of_them()


@test(limit_s=300, alone=True)
def sound_clients_are_never_accused_beside_two_busy_loops():
    loops = [start(["sh", "-c", "while :; do :; done"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL) for _ in range(2)]
    all_of_them()
    assert all(loop.poll() is None for loop in loops)
