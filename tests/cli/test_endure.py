"""`fakesshd soak`: what a client holds for each call that hangs, and what ends a soak."""
import json
import os
import re
import signal
import subprocess
import sys

from lab import (descendants, describe, expect_no_process_left, expect_sentence, expect_status, fakesshd, finish, run,
                 program, start, test, wait_until, write)

PLANTED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "planted.py")
# Many tasks in little time: the rule of growth counts them, not the seconds.
QUICK = ["--deadline", "100ms", "--rate", "400/s", "--drain", "200ms", "--no-stacks", "--no-probe",
         "--json", "out.json"]
SSH = ["ssh", "-F", "none", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
       "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes",
       "-o", "UserKnownHostsFile={known_hosts}", "-i", "{key}", "-p", "{port}", "{user}@{host}", "{command}"]


def soak(*words, timeout=60):
    done = run(fakesshd("soak", *words), timeout=timeout)
    expect_no_process_left()
    with open("out.json") as file:
        return done, json.load(file)


def expect_one_per_hung_call(case, *counters):
    for counter in counters:
        growth = case["growth"][counter]["per_hung_call"]
        assert growth["verdict"] == "GROWING", f"{counter}: {growth}"
        assert growth["low"] <= 1 <= growth["high"] and 0.9 < growth["rate"] < 1.1, f"{counter}: {growth}"


@test(limit_s=90)
def a_client_whose_calls_hang_holds_one_descriptor_and_one_thread_for_each():
    done, told = soak("ident/silent", "--client", "wrong/dial-only", "--tasks", "75", *QUICK)
    case = expect_status(done, 1) and told["cases"][0]
    assert case["verdict"] == {"deadline": "HUNG", "cleanup": ["LEAK_CONN", "LEAK_FD", "LEAK_TASK", "LEAK_THREAD"]}
    assert case["hung"] == case["tasks"] == told["soak"]["tasks"] == 75 and told["complete"], str(done)
    expect_one_per_hung_call(case, "fds", "threads", "conns", "tasks")
    assert "fds grow by 1.00 per hung call" in case["reason"], str(done)
    assert "RLIMIT_NOFILE" in done.out and "again: fakesshd soak ident/silent" in done.out, str(done)


@test(limit_s=90)
def a_client_that_keeps_its_deadline_is_bounded():
    done, told = soak("ident/silent", "--client", "sshexec", "--tasks", "60", *QUICK, "--deadline", "300ms")
    case = told["cases"][0]
    if "the machine is too slow" not in case["reason"]:
        expect_status(done, 0)
        assert case["verdict"] == {"deadline": "OK", "cleanup": ["OK"]}, str(done)
    for counter in ("fds", "threads", "conns", "tasks"):
        assert case["growth"][counter]["verdict"] == "BOUNDED", str(done)
        assert "per_hung_call" not in case["growth"][counter], str(done)


@test(limit_s=90)
def it_stops_at_80_percent_of_the_nearest_limit_and_says_which():
    words = ["soak", "ident/silent", "--client", "wrong/dial-only", "--tasks", "5000", *QUICK]
    done = run(["sh", "-c", 'ulimit -n 128 && exec "$@"', "sh", *fakesshd(*words)], timeout=60)
    expect_status(done, 1)
    with open("out.json") as file:
        told = json.load(file)
    stop = told["soak"]["stopped_by"]
    assert stop["limit"] == 128 and stop["limit_name"] == "RLIMIT_NOFILE", str(done)
    assert 0.8 * 128 <= stop["used"] < 0.95 * 128, str(done)
    assert told["complete"] and told["soak"]["tasks"] < 128, str(done)
    assert "at 80 % of the nearest limit" in done.out and "128 descriptors of" in done.out, str(done)
    assert told["cases"][0]["verdict"]["deadline"] == "HUNG", str(done)
    expect_one_per_hung_call(told["cases"][0], "fds", "threads")
    expect_no_process_left()


@test(limit_s=120)
def isolate_starts_a_new_client_after_each_hang_and_goes_on():
    done, told = soak("ident/silent", "--isolate", "--client", "wrong/dial-only", "--tasks", "80", *QUICK)
    expect_status(done, 1)
    case = told["cases"][0]
    assert case["verdict"]["deadline"] == "HUNG" and case["hung"] == case["tasks"] == 80, str(done)
    assert told["soak"]["mode"] == "isolate" and 2 <= told["soak"]["client_starts"] < 80, str(done)
    assert f"the client was started {told['soak']['client_starts']} times" in done.out, str(done)


@test(limit_s=90)
def in_a_mix_growth_is_laid_to_what_hangs():
    done, told = soak("ident/silent", "healthy/exec", "--client", "wrong/dial-only", "--tasks", "100", *QUICK,
                      "--deadline", "400ms")
    expect_status(done, 1)
    cases = {case["id"]: case for case in told["cases"]}
    hung, healthy = cases["ident/silent"], cases["healthy/exec"]
    assert hung["tasks"] == healthy["tasks"] == 50 and hung["hung"] == 50, str(done)
    assert hung["verdict"]["deadline"] == "HUNG" and "LEAK_FD" in hung["verdict"]["cleanup"], str(done)
    assert healthy["verdict"]["cleanup"] in (["OK"], []) and healthy["growth"] == {}, str(done)
    expect_one_per_hung_call(hung, "fds", "threads")
    assert 0.4 < hung["growth"]["fds"]["per_task"] < 0.6, str(done)
    assert re.search(r"fds grow by 1\.0\d per hung call \(0\.\d\d per task\)", hung["reason"]), str(done)


@test(limit_s=90)
def a_leak_of_calls_that_come_back_is_told_per_task():
    client = write("planted.lua", 'return { name = "planted", kind = "driver", argv = { "%s", "%s", "%s", "fd", "1" } }'
                   % (sys.executable, PLANTED, program("sshexec")))
    done, told = soak("ident/silent", "--client", client, "--tasks", "60", *QUICK, "--deadline", "200ms")
    expect_status(done, 1)
    case = told["cases"][0]
    assert case["growth"]["fds"]["verdict"] == "GROWING" and 0.9 < case["growth"]["fds"]["per_task"] < 1.1, str(done)
    assert case["verdict"]["cleanup"] == ["LEAK_FD"] and "fds grow by 1.00 per task" in case["reason"], str(done)


@test(limit_s=90)
def commands_that_hang_are_left_until_the_end_and_counted():
    done, told = soak("ident/silent", "--tasks", "26", *QUICK, "--rate", "30", "--", *SSH)
    expect_status(done, 1)
    case = told["cases"][0]
    assert case["verdict"] == {"deadline": "HUNG", "cleanup": ["OK"]} and case["hung"] == 26, str(done)
    expect_one_per_hung_call(case, "children", "conns")


@test(limit_s=90)
def an_interrupted_soak_tells_what_it_knows():
    judge = start(fakesshd("soak", "ident/silent", "--client", "wrong/dial-only", "--tasks", "100000", *QUICK),
                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    def some_hang():
        return any(threads(text) > 20 for text in describe(descendants()) if "driver --defect" in text)
    assert wait_until(some_hang, 30), describe(descendants())
    signal_after_hang(judge)
    done = expect_status(finish(judge, timeout=20), 130)
    with open("out.json") as file:
        told = json.load(file)
    assert told["complete"] is False and "INCOMPLETE: interrupted" in done.out, str(done)
    assert told["cases"][0]["verdict"]["deadline"] == "HUNG", str(done)
    expect_no_process_left()


def threads(text):
    try:
        return len(os.listdir(f"/proc/{text.split()[0]}/task"))
    except OSError:
        return 0


def signal_after_hang(judge):
    """Until its first calls count as hung; progress lines say how many there were before."""
    for line in judge.stdout:
        if " overdue" in line and int(line.split(" overdue")[0].split()[-1]) > 0:
            break
    wait_until(lambda: judge.poll() is not None, 3)
    judge.send_signal(signal.SIGINT)


@test(limit_s=90)
def a_known_gap_is_as_expected_in_a_soak_too():
    gaps = write("gaps", "ident/silent HUNG no ConnectTimeout is given: https://example.org/1\n")
    done, told = soak("ident/silent", "--isolate", "--tasks", "3", "--expect", gaps, *QUICK, "--", *SSH)
    expect_status(done, 0)
    assert told["cases"][0]["as_expected"] and told["cases"][0]["known_gap"], str(done)


@test
def a_soak_says_what_is_wrong_with_its_command_line():
    for words, saying in [(["ident/silent", "--endure", "--isolate"], "found both"),
                          ([], "expected a scenario"),
                          (["ident/silent", "--rate", "fast"], "--rate"),
                          (["ident/silent", "--rate", "0"], "--rate"),
                          (["ident/silent", "--tasks", "0"], "--tasks"),
                          (["nothing/like-it"], "nothing/like-it"),
                          (["ident/silent", "--client", "none-such"], "none-such")]:
        expect_sentence(expect_status(run(fakesshd("soak", *words)), 2), "fakesshd soak: ", saying)
