"""`fakesshd run`: exit codes, files, and what is left when something dies."""
import json
import os
import signal
import subprocess
import time
import xml.etree.ElementTree as xml

from lab import (descendants, describe, expect_no_process_left, expect_sentence, expect_status,
                 fakesshd, finish, program, run, start, test, wait_until, write)

SSH = ["ssh", "-F", "none", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
       "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes",
       "-o", "UserKnownHostsFile={known_hosts}", "-i", "{key}", "-p", "{port}",
       "{user}@{host}", "{command}"]


def all_healthy():
    """Every healthy id with the verdict that each client must get there."""
    return {line.split()[0]: "OK" for line in run(fakesshd("list", "healthy")).out.splitlines()}


def results(name="out.json"):
    with open(name) as file:
        return json.load(file)


def refused(*words, saying=(), status=2):
    done = run(fakesshd("run", *words), timeout=30)
    return expect_sentence(expect_status(done, status), *saying)


# ---- verdicts on commands that the project did not write ----

@test
def ssh_without_a_timeout_hangs_on_a_silent_server_and_the_exit_status_is_1():
    done = expect_status(run(fakesshd("run", "ident/silent", "--json", "out.json", "--", *SSH)), 1)
    assert results()["cases"][0]["verdict"] == {"deadline": "HUNG", "cleanup": ["LEAK_CONN"]} or \
        results()["cases"][0]["verdict"] == {"deadline": "HUNG", "cleanup": ["OK"]}, str(done)
    expect_no_process_left()


@test
def ssh_is_as_expected_on_a_healthy_server():
    expect_status(run(fakesshd("run", "healthy/exec", "--", *SSH)), 0)


@test
def the_timeline_tells_what_happened_and_what_the_scenario_logged():
    """And a script that says messages in a loop for as long as it lasts is ended by the client, not
    by its budget: here in clear, for the server's NEWKEYS is never said (RFC 4253 7.1)."""
    flood = write("flood.lua", """return {
      about = "Sends messages of the key exchange's own range on and on.", rfc = "4253 7.1",
      kind = "flood", engine = "crafted", expect = { outcome = "failure", phase = "newkeys" },
      serve = function(conn)
        conn:withhold("NEWKEYS")
        conn:upto("newkeys")
        local n = 0
        while conn:packet{ "PING", data = ("p"):rep(200) } do n = n + 1 end
        conn:log("said PING " .. (n > 0 and "" or "not ") .. "in a loop")
      end }
""")
    done = run(fakesshd("run", flood, "-v", "--", *SSH), timeout=60)
    assert "conn 2: on purpose, the server says PING" in done.out, str(done)
    assert "conn 2: the scenario says: said PING in a loop" in done.out, str(done)
    assert "instructions" not in done.out and "CPU" not in done.out, str(done)


@test
def timeout_1_makes_ssh_keep_its_deadline():
    done = run(fakesshd("run", "ident/silent", "--deadline", "1s", "--", "timeout", "{deadline_s}", *SSH))
    assert "HUNG" not in done.out, str(done)


@test
def dropbears_client_is_judged_with_its_known_gaps():
    done = run(fakesshd("run", "healthy", "kex/no-reply", "disconnect/reason", "--client", "dropbear",
                        "--json", "out.json"), timeout=60)
    expect_status(done, 0)
    found = {case["id"]: case["verdict"]["deadline"] for case in results()["cases"]}
    assert found["healthy/large-output"] in ("OK", "HUNG"), str(done)  # it forgets CLOSE now and then
    assert found == {
        **all_healthy(), "healthy/large-output": found["healthy/large-output"],
        "kex/no-reply": "HUNG", "disconnect/reason/connection-lost": "WRONG_OUTCOME",
        "disconnect/reason/protocol-error": "WRONG_OUTCOME", "disconnect/reason/unknown": "WRONG_OUTCOME",
    }, str(done)


@test
def plink_is_judged_with_its_known_gaps():
    done = run(fakesshd("run", "healthy", "kex/no-reply", "data/after-eof", "--client", "plink", "--json",
                        "out.json"), timeout=60)
    expect_status(done, 0)
    assert {case["id"]: case["verdict"]["deadline"] for case in results()["cases"]} == {
        **all_healthy(), "kex/no-reply": "HUNG", "data/after-eof": "CRASH"}, str(done)
    assert "died of signal 6 (Aborted) after" in done.out, str(done)


@test
def a_command_that_comes_late_has_left_nothing():
    done = run(fakesshd("run", "ident/silent", "--json", "out.json", "--", "timeout", "1.5", *SSH), timeout=30)
    expect_status(done, 1)
    assert results()["cases"][0]["verdict"] == {"deadline": "LATE", "cleanup": ["OK"]}, str(done)


# ---- whose fault it is ----

@test
def an_unknown_scenario_is_bad_input():
    refused("nothing/like-it", saying=["nothing/like-it"])


@test
def selectors_that_leave_nothing_are_bad_input():
    refused("!*")


@test
def an_unknown_client_is_bad_input():
    refused("ident/silent", "--client", "nobody", saying=["nobody"])


@test
def a_bad_deadline_is_bad_input():
    refused("ident/silent", "--deadline", "3", saying=["3"])


@test
def an_unknown_option_is_bad_input():
    refused("ident/silent", "--colour")


@test
def a_manifest_in_error_is_named_with_file_and_line():
    path = write("bad.lua", "return { name = 'bad', kind = 'driver',\n  argw = { 'x' } }\n")
    refused("ident/silent", "--client", path, saying=["bad.lua:2", "argw"])


@test
def an_unknown_placeholder_is_bad_input():
    refused("ident/silent", "--", "ssh", "{hots}", saying=["{hots}"])


@test
def a_scenario_that_fails_is_an_error_and_not_the_clients_fault():
    path = write("fails.lua", """return {
  about = "Fails at once.", rfc = "4253 4.2", expect = { outcome = "failure" },
  serve = function(conn)
    conn:no_such_verb()
  end,
}
""")
    done = expect_status(run(fakesshd("run", path, "--client", "sshexec", "--json", "out.json")), 2)
    assert "ERROR" in done.out and "fails.lua:4" in done.out, str(done)
    assert "CRASH" not in done.out and "HUNG" not in done.out, str(done)


@test
def a_driver_that_cannot_be_started_is_an_error():
    path = write("gone.lua", "return { name = 'gone', kind = 'driver', argv = { '/nonexistent' } }\n")
    done = expect_status(run(fakesshd("run", "ident/silent", "--client", path)), 4)
    assert "ERROR" in done.out and "/nonexistent" in done.out, str(done)


@test
def a_command_that_cannot_be_started_is_an_error():
    done = expect_status(run(fakesshd("run", "ident/silent", "--", "/nonexistent", "{host}")), 4)
    assert "ERROR" in done.out and "/nonexistent" in done.out, str(done)


@test
def a_driver_that_breaks_the_protocol_is_an_error_that_shows_its_line():
    path = write("odd.lua", "return { name = 'odd', kind = 'driver', argv = { 'echo', 'good day' } }\n")
    done = expect_status(run(fakesshd("run", "ident/silent", "--client", path)), 4)
    assert "ERROR" in done.out and "protocol" in done.out, str(done)


@test
def a_client_that_fails_the_probe_is_not_judged():
    done = expect_status(run(fakesshd("run", "ident/silent", "--", "true")), 3)
    assert "not proven" in done.out, str(done)


@test
def fewer_cases_than_asked_for_is_an_error():
    expect_status(run(fakesshd("run", "healthy/exec", "--min-tests", "2", "--", *SSH)), 4)


# ---- files ----

@test
def json_and_junit_are_well_formed_and_agree():
    expect_status(run(fakesshd("run", "healthy/exec", "tcp/refused", "--json", "out.json", "--junit",
                               "out.xml", "--events", "events", "--", *SSH)), 0)
    told = results()
    assert told["schema"] == 1 and told["complete"] is True
    assert [case["id"] for case in told["cases"]] == ["healthy/exec", "tcp/refused"] or \
        {case["id"] for case in told["cases"]} == {"healthy/exec", "tcp/refused"}
    cases = xml.parse("out.xml").getroot().iter("testcase")
    assert len(list(cases)) == 2
    with open("events") as events:
        assert all("event" in json.loads(line) for line in events)


@test
def a_hung_case_is_a_failure_in_junit():
    run(fakesshd("run", "ident/silent", "--junit", "out.xml", "--", *SSH))
    failures = list(xml.parse("out.xml").getroot().iter("failure"))
    assert len(failures) == 1 and "HUNG" in xml.tostring(failures[0], encoding="unicode")


@test
def an_expectation_that_no_longer_holds_fails():
    gaps = write("gaps", "healthy/exec HUNG it hung once: https://example.org/1\n")
    done = run(fakesshd("run", "healthy/exec", "--expect", gaps, "--", *SSH))
    expect_status(done, 1)


@test
def an_expected_hang_is_as_expected():
    gaps = write("gaps", "ident/silent HUNG ConnectTimeout is not given: https://example.org/1\n")
    done = run(fakesshd("run", "ident/silent", "--expect", gaps, "--", *SSH))
    expect_status(done, 0)


# ---- interruption ----

def started_run(*words):
    """A run with cases under way: the judge, its servers and its clients are there, and tasks run."""
    judge = start(fakesshd("run", "ident/silent", "kex/no-reply", "--no-probe", "--json", "out.json",
                           "--events", "events", *words),
                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert wait_until(lambda: len(clients()) == 2 and len(servers()) == 2), describe(descendants())
    time.sleep(0.7)  # any moment in the middle will do
    return judge


def clients():
    return [text for text in describe(descendants()) if "driver --defect" in text]


def servers():
    return [text for text in describe(descendants()) if "/proc/self/exe serve" in text or
            "fakesshd serve" in text]


def pid_of(text):
    return int(text.split()[0])


@test
def control_c_leaves_no_process_and_says_that_the_results_are_incomplete():
    judge = started_run("--client", "wrong/dial-only")
    judge.send_signal(signal.SIGINT)
    expect_status(finish(judge, timeout=10), 130)
    assert results()["complete"] is False
    expect_no_process_left()


@test
def sigterm_leaves_no_process_and_exits_with_143():
    judge = started_run("--client", "wrong/dial-only")
    judge.send_signal(signal.SIGTERM)
    expect_status(finish(judge, timeout=10), 143)
    expect_no_process_left()


@test
def a_killed_judge_leaves_no_process():
    judge = started_run("--client", "wrong/dial-only")
    judge.kill()
    judge.wait()
    expect_no_process_left()


@test(limit_s=90)
def a_killed_server_is_an_error_and_not_the_clients_fault():
    judge = started_run("--client", "wrong/none")
    os.kill(pid_of(servers()[0]), signal.SIGKILL)
    done = expect_status(finish(judge, timeout=60), 4)
    verdicts = [case["verdict"] for case in results()["cases"]]
    assert "ERROR" in done.out and len(verdicts) == 2, str(done)
    assert not [v for v in verdicts if v.get("deadline") in ("CRASH", "HUNG")], str(done)
    expect_no_process_left()


@test(limit_s=90)
def a_killed_client_is_a_crash_of_its_case_alone():
    judge = started_run("--client", "wrong/none")
    os.kill(pid_of(clients()[0]), signal.SIGKILL)
    done = expect_status(finish(judge, timeout=60), 1)
    verdicts = sorted(case["verdict"]["deadline"] for case in results()["cases"])
    assert verdicts == ["CRASH", "OK"], str(done)
    expect_no_process_left()


@test
def json_on_standard_output_stands_there_alone():
    done = expect_status(run(fakesshd("run", "tcp/refused", "--json", "-", "--", *SSH)), 0)
    assert json.loads(done.out)["cases"][0]["id"] == "tcp/refused", str(done)


@test
def a_client_that_fetches_files_is_judged_by_what_asks_for_files():
    done = run(fakesshd("run", "healthy/exec", "kex/no-reply", "data/sftp-slow-but-legal",
                        "data/sftp-text-first/line", "--client", "openssh-sftp", "--json", "out.json"),
               timeout=60)
    expect_status(done, 0)
    assert {case["id"]: case["verdict"] for case in results()["cases"]} == {
        "healthy/exec": {"deadline": "OK", "cleanup": ["OK"]},
        "kex/no-reply": {"deadline": "SKIP", "cleanup": []},
        "data/sftp-slow-but-legal": {"deadline": "OK", "cleanup": ["OK"]},
        # sftp ends, and its ssh waits on
        "data/sftp-text-first/line": {"deadline": "OK", "cleanup": ["LEAK_CHILD", "LEAK_CONN"]}}, str(done)
    assert "process ended: 3; processes left behind: 3" in done.out, str(done)


@test
def a_manifest_from_a_file_is_named_by_its_path_and_judges_any_file():
    client = write("waits.lua", """return { name = "waits", kind = "template", scenarios = { "data" },
        argv = { %s } }""" % ", ".join(map(json.dumps, SSH)))
    scenario = write("own.lua", """return { about = "Says nothing.", rfc = "4253 4.2",
        expect = { outcome = "timeout", phase = "ident" }, serve = function(conn) conn:hold() end }""")
    done = expect_status(run(fakesshd("run", scenario, "ident/silent", "--client", client), timeout=60), 1)
    assert done.out.count("HUNG  ") == 1, str(done)
    assert f"--client {client}" in done.out and "1 skipped" in done.out, str(done)


@test
def an_expectation_that_means_no_scenario_is_bad_input():
    gaps = write("gaps", "nothing/like-it HUNG https://example.org/1\n")
    refused("healthy/exec", "--expect", gaps, "--", *SSH, saying=["gaps:1", "nothing/like-it"])


@test
def an_expectation_for_a_scenario_that_is_not_selected_is_left_alone():
    gaps = write("gaps", "ident/silent HUNG https://example.org/1\n")
    expect_status(run(fakesshd("run", "tcp/refused", "--expect", gaps, "--", *SSH)), 0)


@test
def the_command_that_a_failure_prints_shows_it_again():
    words = [SSH[0], "-o", "ConnectionAttempts 1", *SSH[1:]]  # a word that needs quotes
    first = expect_status(run(fakesshd("run", "ident/silent", "--", *words)), 1)
    again = [line.split("again: ")[1] for line in first.out.splitlines() if "again: " in line]
    assert len(again) == 1, str(first)
    path = os.path.dirname(program("fakesshd")) + ":" + os.environ["PATH"]
    expect_status(run(["sh", "-c", again[0] + " >/dev/null"], env={"PATH": path}), 1)


# ---- a client that is stopped ----

@test(limit_s=90)
def a_stopped_driver_hangs_and_the_evidence_says_stopped():
    judge = started_run("--client", "wrong/none")
    os.kill(pid_of(clients()[0]), signal.SIGSTOP)
    done = expect_status(finish(judge, timeout=60), 1)
    hung = [case for case in results()["cases"] if case["verdict"]["deadline"] == "HUNG"]
    others = [case["verdict"]["deadline"] for case in results()["cases"] if case not in hung]
    assert len(hung) == 1 and others == ["OK"], str(done)
    assert "a signal has stopped its process" in hung[0]["reason"], hung[0]["reason"]
    assert hung[0]["evidence"]["summary"].startswith("stopped by a signal"), hung[0]["evidence"]
    expect_no_process_left()


@test(limit_s=90)
def a_stopped_command_hangs_and_the_evidence_says_stopped():
    judge = start(fakesshd("run", "ident/silent", "--no-probe", "--tasks", "1", "--json", "out.json", "--",
                           "timeout", "0.4", *SSH),
                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    seen = {}

    def stop():  # a healthy task, the one before, ends sooner
        for pid in [pid_of(text) for text in describe(descendants()) if text.split()[1] == "timeout"]:
            if time.monotonic() - seen.setdefault(pid, time.monotonic()) > 0.2:
                os.kill(pid, signal.SIGSTOP)
                return True
        return False

    assert wait_until(stop), describe(descendants())
    done = expect_status(finish(judge, timeout=60), 1)
    case = results()["cases"][0]
    assert case["verdict"]["deadline"] == "HUNG" and "stopped its process" in case["reason"], str(done)
    assert case["evidence"]["summary"].startswith("stopped by a signal"), case["evidence"]
    expect_no_process_left()


@test(limit_s=90)
def a_stopped_server_is_an_error_and_not_the_clients_fault():
    judge = started_run("--client", "wrong/none")
    os.kill(pid_of(servers()[0]), signal.SIGSTOP)
    done = expect_status(finish(judge, timeout=80), 4)
    verdicts = sorted(case["verdict"]["deadline"] for case in results()["cases"])
    assert verdicts == ["ERROR", "OK"] and "stopped the fake server" in done.out, str(done)
    expect_no_process_left()


@test(limit_s=90)
def a_client_that_hangs_must_still_complete_healthy_tasks_after_each_round():
    run(fakesshd("run", "ident/silent", "--client", "wrong/dial-only", "--no-stacks", "--json", "out.json"),
        timeout=80)
    case = results()["cases"][0]
    rounds = len(case["growth"]["threads"]["series"])
    assert case["controls"]["failed"] == 0 and case["controls"]["asked"] >= 2 + rounds, case["controls"]
