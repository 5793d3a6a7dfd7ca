"""`fakesshd explore`: scenarios composed by chance, and what it makes of a failure."""
import glob
import os
import signal
import subprocess

from lab import (expect_no_process_left, expect_sentence, expect_status, fakesshd, finish, run, start,
                 test, wait_until)


def explore(client, *words, timeout=80):
    return run(fakesshd("explore", "--client", client, "--out", "found", *words), timeout=timeout)


@test(limit_s=120)
def a_client_that_dies_is_found_and_its_scenario_made_small():
    done = explore("wrong/crash", "--seed", "1", "--findings", "1")
    expect_status(done, 1)
    assert "CRASH; of 4 steps 2 are left" in done.out and "1 found" in done.out, str(done)
    (path,) = glob.glob("found/found-*.lua")
    text = open(path).read()
    assert text.startswith("-- CRASH of wrong/crash: died after"), text
    assert text[text.index("serve ="):].count("conn:") == 2, text
    expect_status(run(fakesshd("lint", path)), 0)
    judged = run(fakesshd("run", path, "--client", "wrong/crash"))
    expect_status(judged, 1)
    assert "CRASH" in judged.out, str(judged)
    expect_no_process_left()


@test(limit_s=120)
def nothing_is_found_in_the_bundled_client():
    done = explore("sshexec", "--seed", "1", "--time", "5s")
    expect_status(done, 0)
    assert ": 0 found" in done.out and not os.listdir("found"), str(done)


@test
def a_client_that_there_is_not_is_bad_input():
    expect_sentence(expect_status(explore("no-such-client", "--time", "1s"), 2), "no-such-client")


@test
def a_client_must_be_named():
    expect_sentence(expect_status(run(fakesshd("explore")), 2), "expected --client NAME|FILE")


@test
def an_interrupted_exploration_leaves_nothing_behind():
    os.mkdir("tmp")
    process = start(fakesshd("explore", "--client", "sshexec", "--out", "found"),
                    stdout=subprocess.PIPE, env=dict(os.environ, TMPDIR=os.path.abspath("tmp")))
    made = wait_until(lambda: glob.glob("tmp/fakesshd-*/log"))
    assert made, "no judge was started"
    process.send_signal(signal.SIGINT)
    done = finish(process, 20)
    expect_status(done, 130)
    assert "INCOMPLETE" in done.out, str(done)
    assert not glob.glob("tmp/fakesshd-*/log"), os.listdir("tmp")
    expect_no_process_left()
