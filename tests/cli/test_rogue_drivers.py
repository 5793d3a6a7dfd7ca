"""Drivers that go wrong in the middle of a run or a soak: each gets its verdict, and one clear
sentence; nothing of it is left, and nothing waits for it."""
import json
import os
import resource
import signal

from lab import (ROGUE, TESTS, Test, descendants, describe, expect_no_process_left, expect_status, fakesshd,
                 finish, rogue_manifest, run, start, test, wait_until)

FROM_TASK = 20
BOUND_S = 45  # of each; alone they take 1 to 10 s


def manifest(kind, *words):
    return rogue_manifest(kind, FROM_TASK, *words)


def results():
    with open("out.json") as file:
        return json.load(file)


def judge(command, kind, *words, deadline="2s"):
    done = run(fakesshd(*command, "healthy/exec", "--client", manifest(kind, *words), "--no-probe", "--no-stacks",
                        "--deadline", deadline, "--json", "out.json"), timeout=BOUND_S)
    expect_no_process_left()
    return done, results()["cases"][0]


# ---- run ----

def in_run(kind, verdict, saying="", cleanup="OK", each=False):
    """`saying`: what the sentence must tell."""
    def check():
        done, case = judge(["run"], kind, *["each"] * each, deadline="300ms" if verdict == "HUNG" else "2s")
        assert case["verdict"]["deadline"] == verdict, str(done)
        assert cleanup is None or case["verdict"]["cleanup"] == [cleanup], str(done)
        assert saying in case["reason"], str(done)
        expect_status(done, 0 if verdict == cleanup == "OK" else 1)
    TESTS.append(Test(check, BOUND_S + 15, False, f"run: a driver that {kind.replace('-', ' ')}"
                      f"{' at each task' * each} is {verdict} {cleanup or ''} {saying}".strip()))


BROKE = "the driver broke the protocol: "
in_run("none", "OK")
in_run("deaf", "HUNG", cleanup=None)
in_run("stops-itself", "HUNG", cleanup=None)
in_run("garbage", "CRASH", BROKE + 'expected a JSON object with "op"')
in_run("no-op", "CRASH", BROKE + 'expected a JSON object with "op"')
in_run("long-line", "CRASH", BROKE + "a line is longer than 256 KiB")
in_run("hello-again", "CRASH", BROKE + 'expected "hello" once')
in_run("closes-stdout", "CRASH", BROKE + "it closed its standard output")
in_run("closes-all", "CRASH", BROKE + "it ")  # closed one end, or does not read the other
in_run("forks-and-dies", "CRASH", "the driver ended by itself: exit status 0")
in_run("detaches-and-dies", "CRASH", "the driver ended by itself: exit status 3")
in_run("dies-of-a-signal", "CRASH", "the driver ended by itself: signal 11")
in_run("results-for-all", "OK")
in_run("ignores-sigterm", "OK")
in_run("says-nul", "OK")
in_run("zombies", "OK")
in_run("zombies", "OK", cleanup="LEAK_CHILD", each=True)
in_run("detaches", "OK", cleanup="LEAK_CHILD", each=True)
in_run("answers-nothing", "OK")
in_run("floods-stderr", "OK")


@test(limit_s=BOUND_S + 15)
def a_driver_that_works_much_for_each_task_is_not_told_to_spin():
    """Eight tasks at once keep it busy to their end; one by itself leaves no doubt."""
    done = run(fakesshd("run", "healthy/exec", "--client", rogue_manifest("works", 1, "each"), "--no-probe",
                        "--no-stacks", "--deadline", "2s", "--profile", "matrix", "--json", "out.json"),
               timeout=BOUND_S)
    expect_status(done, 0)
    assert any("one task by itself is to tell" in entry["text"] for entry in results()["cases"][0]["timeline"])


def judge_probed(kind):
    return run(fakesshd("run", "healthy/exec", "--client", rogue_manifest(kind, 1), "--no-stacks"), timeout=BOUND_S)


@test(limit_s=BOUND_S + 15)
def a_client_that_fails_its_probe_once_is_asked_once_more_and_judged():
    done = judge_probed("fails-once")
    expect_status(done, 0)
    assert "rogue: the probe failed at healthy server" in done.err, str(done)
    assert "it is asked once more" in done.err, str(done)


@test(limit_s=BOUND_S + 15)
def a_client_that_fails_its_probe_twice_is_not_proven():
    done = judge_probed("fails")
    expect_status(done, 3)
    assert "not proven: the probe failed at healthy server" in done.out, str(done)
    assert done.err.count("it is asked once more") == 1, str(done)


def flood(kind, saying):
    def check():
        done, case = judge(["run"], kind)
        assert case["verdict"]["deadline"] == "CRASH" and saying in case["reason"], str(done)
        expect_status(done, 1)
        most_kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        assert most_kib < 150 * 1024, f"the judge, or who it waited for, had {most_kib} KiB"
    TESTS.append(Test(check, BOUND_S + 15, False, f"run: {kind} ends the driver and takes little memory"))


flood("flood", BROKE + "it floods its standard output with replies that nobody asked for")
flood("flood-of-one-line", BROKE + "a line is longer than 256 KiB")


@test(limit_s=BOUND_S + 15)
def a_driver_that_is_stopped_from_outside_hangs_and_is_ended():
    judging = start(fakesshd("run", "ident/silent", "--client", manifest("none"), "--no-probe", "--no-stacks",
                             "--deadline", "300ms", "--json", "out.json"))
    assert wait_until(lambda: stop_rogues() > 0), describe(descendants())
    expect_status(finish(judging, timeout=BOUND_S), 1)
    verdict = results()["cases"][0]["verdict"]["deadline"]
    assert verdict == "HUNG", verdict
    expect_no_process_left()


def stop_rogues():
    """Once tasks run: the bundled driver below it has a connection then."""
    rogues = [int(text.split()[0]) for text in describe(descendants()) if ROGUE in text]
    busy = [text for text in describe(descendants()) if "sshexec driver" in text
            and len(os.listdir(f"/proc/{text.split()[0]}/fd")) > 10]
    for pid in rogues if busy else []:
        os.kill(pid, signal.SIGSTOP)
    return len(rogues) if busy else 0


# ---- soak ----

TASKS = 50


def in_soak(kind, verdict, saying=""):
    """Endure: it ends with the driver, or what hangs is left. Isolate: another takes over, and the
    tasks come to their end."""
    def check(mode):
        done, case = judge(["soak", mode, "--tasks", str(TASKS), "--rate", "400", "--drain", "200ms"], kind,
                           deadline="100ms" if verdict == "HUNG" else "2s")
        told = results()["soak"]
        assert case["verdict"]["deadline"] == verdict and saying in case["reason"], str(done)
        expect_status(done, 0 if verdict == "OK" else 1)
        goes_on = mode == "--isolate" and verdict != "OK"
        assert (told["client_starts"] > 1) == goes_on, str(done)
        if verdict != "CRASH" or mode == "--isolate":
            assert told["tasks"] == case["tasks"] == TASKS, str(done)
    for mode in ("--endure", "--isolate"):
        TESTS.append(Test(lambda mode=mode: check(mode), BOUND_S + 15, False,
                          f"soak {mode}: a driver that {kind.replace('-', ' ')} is {verdict} {saying}".strip()))


in_soak("deaf", "HUNG")
in_soak("stops-itself", "HUNG")
in_soak("flood", "CRASH", "floods its standard output")
in_soak("garbage", "CRASH", BROKE)
in_soak("closes-stdout", "CRASH", "closed its standard output")
in_soak("forks-and-dies", "CRASH", "exit status 0")
in_soak("ignores-sigterm", "OK")
in_soak("zombies", "OK")
