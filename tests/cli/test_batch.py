"""`sshexec batch`: a task a line, a result a line, and one exit status for all of them."""
import json
import os
import select
import signal
import subprocess

from lab import ROOT, Server, expect_status, finish, program, run, start, test, wait_until, write

COMMANDS = os.path.join(ROOT, "tests/interop/server.lua")


def trust(at):
    return ["--password-file", write("password", at["password"]), "--hostkey", at["hostkey"], "-l", at["user"]]


def batch(*words, text=""):
    return run([program("sshexec"), "batch", *words], text=text)


@test
def lines_of_hosts_and_commands_run_side_by_side_and_say_how_it_was():
    good, silent = Server(COMMANDS, count=2).first, Server("ident/silent").first
    done = batch("--deadline", "5s", *trust(good), text=f"""# comment

127.0.0.1:{good['port']} nonce 4f2a
{good['user']}@127.0.0.1:{good['port']}   status 7
{{"host": "127.0.0.1", "port": {good['port']}, "command": "nonce 77", "deadline_ms": 4000}}
""")
    rows = [line.split("\t") for line in done.out.splitlines()]
    assert sorted((row[0], row[1], row[3], row[4]) for row in rows) == [
        ("127.0.0.1", "0", "success", "4f2a"), ("127.0.0.1", "0", "success", "77"),
        ("127.0.0.1", "7", "success", "out 7")], str(done)
    assert done.err == "sshexec batch: 3 tasks: 2 ok, 1 with another exit status\n", str(done)
    expect_status(done, 1)
    done = batch("--deadline", "300ms", *trust(silent), text=f"127.0.0.1:{silent['port']} true")
    assert done.out.split("\t")[3] == "timeout/ident", str(done)
    assert done.err == "sshexec batch: 1 tasks: 0 ok, 1 timed out (1 ident)\n", str(done)
    expect_status(done, 124)


@test
def results_as_json_have_the_line_and_all_that_is_known():
    at = Server(COMMANDS, count=2).first
    done = batch("--json", *trust(at), text=json.dumps({
        "host": "127.0.0.1", "port": at["port"], "command": "count", "stdin": "täxt\n", "deadline_ms": 5000}) + "\n")
    expect_status(done, 0)
    result = json.loads(done.out)
    assert (result["line"], result["host"], result["port"]) == (1, "127.0.0.1", at["port"]), result
    assert (result["outcome"], result["exit_status"], result["phase"]) == ("success", 0, None), result
    assert (result["stdout"], result["stdout_bytes"], result["stdout_truncated"]) == ("6\n", 2, False)
    assert result["stderr"] == "" and result["signal"] is None and result["error"] is None, result
    gone_through = "queue tcp ident kexinit kex newkeys service auth channel request data".split()
    assert result["elapsed_ms"] > 0 and list(result["phases_ms"])[:len(gone_through)] == gone_through, result


@test
def a_line_can_have_limits_and_variables_of_its_own():
    silent = Server("ident/silent").first
    line = {"host": "127.0.0.1", "port": silent["port"], "command": "true"}
    for fields, phase in (({"limits_ms": {"ident": 100}}, "ident"), ({"idle_limit_ms": 100}, "ident"),
                          ({"connect_limit_ms": 100, "env": {"A": "b"}}, "ident")):
        done = batch("--json", "--deadline", "5s", *trust(silent), text=json.dumps({**line, **fields}))
        expect_status(done, 124)
        result = json.loads(done.out)
        assert (result["outcome"], result["phase"]) == ("timeout", phase) and result["elapsed_ms"] < 4000, result
    for fields, words in (({"limits_ms": {"tea": 1}}, "there is no phase 'tea'"), ({"limits_ms": 1}, "must be an object"),
                          ({"limits_ms": {"kex": 0}}, "'kex' must be an integer"), ({"env": {"A": 1}}, "'A' must be a string"),
                          ({"env": {"A=": "x"}}, "a variable's name"), ({"env": []}, "must be an object"),
                          ({"key_text": "no key"}, "no private key")):
        done = batch("--deadline", "5s", *trust(silent), text=json.dumps({**line, **fields}))
        assert words in done.err + done.out, str(done)
        expect_status(done, 255)


@test
def a_line_that_is_no_task_is_told_by_its_number_and_the_others_go_on():
    at = Server("healthy/exec").first
    good = f"127.0.0.1:{at['port']} nonce 1\n"
    for line, words in (("host-without-command", "the command is missing"),
                        ("{", "not JSON at column"), ('{"host": "a"}', "'command' is missing"),
                        ('{"host": "a", "command": "b", "comand": "c"}', "there is no field 'comand'"),
                        ('{"host": "a", "command": "b", "deadline_ms": 0}', "'deadline_ms' must be an integer"),
                        ("x" * 300000, "256 KiB"), ("a:99999 true", "expected a port from 1 to 65535")):
        done = batch("--deadline", "5s", *trust(at), text=good + line + "\n" + good)
        assert "sshexec batch: line 2: " in done.err and words in done.err, (line[:80], str(done)[:2000])
        assert "3 tasks" not in done.err and "2 ok, 1 lines that are no task" in done.err, str(done)[:2000]
        expect_status(done, 255)
    done = batch(*trust(at), text=good)
    assert "line 1: the deadline is missing" in done.err, str(done)
    expect_status(done, 255)


@test
def what_cannot_be_asked_of_a_batch_is_one_sentence():
    for words, sentence in ((["--jobs", "0"], "expected 1 to 10000"), (["a", "b"], "expected one file"),
                            (["/nonexistent"], "can't read /nonexistent"), (["--bogus"], "unknown option")):
        done = batch(*words)
        assert sentence in done.err and done.err.count("\n") == 1, str(done)
        expect_status(done, 255)


@test
def no_more_tasks_run_at_once_than_were_asked_for():
    server = Server("ident/silent", "--events", "events")
    at = server.first
    with open("list", "w") as file:
        file.write(f"127.0.0.1:{at['port']} true\n" * 12)
    done = batch("--jobs", "4", "--deadline", "200ms", *trust(at), "list")
    expect_status(done, 124)
    assert len(done.out.splitlines()) == 12, str(done)
    server.stop()
    here = most = 0
    for line in open("events"):
        here += {"accept": 1, "close": -1}.get(json.loads(line)["event"], 0)
        most = max(most, here)
    assert 1 < most <= 8, most  # the next four may begin before the server saw the others end


@test
def control_c_ends_what_runs_and_says_so():
    at = Server("ident/silent", "--events", "events").first
    process = start([program("sshexec"), "batch", "--deadline", "1m", *trust(at)], stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(f"127.0.0.1:{at['port']} true\n" * 2)
    process.stdin.flush()
    assert wait_until(lambda: open("events").read().count('"accept"') == 2)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=10)
    done = finish(process)
    expect_status(done, 130)
    assert done.out.count("cancelled/ident") == 2 and "2 cancelled" in done.err, str(done)


@test
def nobody_need_wait_for_results_that_nobody_reads():
    at = Server("ident/silent").first
    process = start([program("sshexec"), "batch", "--deadline", "200ms", *trust(at)], stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    process.stdout.close()
    process.stdin.write(f"127.0.0.1:{at['port']} true\n" * 4)
    process.stdin.flush()
    assert process.wait(timeout=10) == 255
    process.stdin.close()


@test
def a_list_that_is_longer_than_memory_would_like_goes_through():
    at = Server("ident/silent", "--events", "events").first
    process = start([program("sshexec"), "batch", "--deadline", "1m", "--jobs", "8", *trust(at)],
                    stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    pipe = process.stdin.fileno()
    os.set_blocking(pipe, False)
    line, taken = f"127.0.0.1:{at['port']} true\n".encode() * 1000, 0
    while taken < 64 * 1024 * 1024 and select.select([], [pipe], [], 1)[1]:
        taken += os.write(pipe, line)
    assert wait_until(lambda: open("events").read().count('"accept"') == 8)
    assert taken < 4 * 1024 * 1024, f"{taken} bytes were read while 8 tasks hang"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 128 + signal.SIGTERM
    process.stdin = None


@test
def the_command_takes_the_habits_of_ssh_and_tells_of_each_phase():
    at = Server("healthy/exec").first
    command = [program("sshexec"), "--deadline", "5s", "--hostkey", at["hostkey"], "-v", f"-p{at['port']}",
               "-o", f"User={at['user']}", "-o", f"identityfile {at['key']}", "-oStrictHostKeyChecking=yes"]
    done = run([*command, at["host"], "nonce 4f2a"])
    expect_status(done, 0)
    assert done.out == "4f2a\n" and " ms ident: the server's identification string is due\n" in done.err, str(done)
    assert done.err.splitlines()[-1].startswith("sshexec: success after "), str(done)
    for word, sentence in (("StrictHostKeyChecking=no", "here it is always yes"), ("Bogus=1", "expected '=' and a value behind one of BatchMode"),
                           ("Port", "expected '=' and a value behind one of BatchMode")):
        done = run([*command, "-o", word, at["host"], "true"])
        expect_status(done, 255)
        assert sentence in done.err, str(done)
