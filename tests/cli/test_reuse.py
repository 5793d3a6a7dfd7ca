"""Connections that are kept: used again by the same login alone, and never when they are wedged."""
import json
import os
import time

from lab import ROOT, Server, expect_status, program, run, test, wait_until, write
from test_service import Service, task

COMMANDS = os.path.join(ROOT, "tests/interop/server.lua")


def batch(at, lines, *words, login=("password",), deadline="5s"):
    """The phases of each task, in the order of their lines, and how they ended."""
    proof = ["--password-file", write("password", at["password"])] if "password" in login else ["-i", at["key"]]
    done = run([program("sshexec"), "batch", "--json", "--deadline", deadline, "-j", "1", "--reuse", "10s",
                "-l", at["user"], "--hostkey", at["hostkey"], *proof, *words], text="\n".join(lines))
    results = sorted((json.loads(line) for line in done.out.splitlines()), key=lambda result: result["line"])
    assert len(results) == len(lines), str(done)
    return results


def line(at, command, **more):
    return json.dumps({"host": "127.0.0.1", "port": at["port"], "command": command, **more})


def is_new(result):
    return "tcp" in result["phases_ms"]


@test
def under_sanitizers_tasks_of_the_same_login_share_a_connection_one_after_the_other():
    at = Server(COMMANDS, count=2).first
    results = batch(at, [line(at, "flood 50000"), *[line(at, f"nonce {n}", stdin="x" * 70000) for n in range(4)]])
    assert [r["stdout"][:8] for r in results] == ["01234567", "0\n", "1\n", "2\n", "3\n"], results
    assert [is_new(r) for r in results] == [True, False, False, False, False], results
    assert list(results[4]["phases_ms"])[:4] == ["queue", "channel", "request", "data"], results[4]


@test
def another_login_has_a_connection_of_its_own():
    at = Server(COMMANDS, count=2).first
    results = batch(at, [line(at, "nonce 1"), line(at, "nonce 2", key=at["key"]), line(at, "nonce 3"),
                         line(at, "nonce 4", hostkey=at["hostkey"], user=at["user"]),
                         line(at, "nonce 5", host="127.0.0.1", known_hosts=at["known_hosts"])])
    assert [r["stdout"] for r in results] == [f"{n}\n" for n in range(1, 6)], results
    assert [is_new(r) for r in results] == [True, True, True, False, False], results  # one is kept
    wrong = batch(at, [line(at, "nonce 1"), line(at, "nonce 2", password="wrong")])
    assert [r["outcome"] for r in wrong] == ["success", "failure"] and is_new(wrong[1]), wrong


def after_the_first_command(what):
    return Server(write("made.lua", f"""
return {{
  about = "Runs one command; then it is another server.", rfc = "4254 6.5", kind = "legal", engine = "crafted",
  expect = {{ outcome = {{ "success", "timeout", "failure" }} }},
  serve = function(conn)
    local channel = conn:upto('data')
    if not channel then return end
    channel:write(channel.command)
    channel:exit_status(0) channel:eof() channel:close()
    {what}
  end,
}}""")).first


@test
def under_sanitizers_a_connection_that_is_silent_dead_or_unwilling_is_given_up_within_the_same_deadline():
    for what in ("conn:stop_reading() conn:hold()", "conn:finish()", "conn:reset()",
                 "conn:hold_before('CHANNEL_OPEN_CONFIRMATION') conn:healthy()"):
        at = after_the_first_command(what)
        results = batch(at, [line(at, "one"), line(at, "two"), line(at, "three")])
        assert [r["stdout"] for r in results] == ["one", "two", "three"], (what, results)
        assert all(is_new(r) for r in results), (what, results)
        assert all(r["elapsed_ms"] < 4000 for r in results), (what, results)


@test
def a_command_that_the_server_may_have_got_is_not_sent_again():
    at = after_the_first_command("conn:upto('request') conn:hold()")
    results = batch(at, [line(at, "one"), line(at, "two")], deadline="700ms")
    if not is_new(results[1]):
        assert (results[1]["outcome"], results[1]["phase"]) == ("timeout", "request"), results


@test
def a_kept_connection_is_let_go_when_its_server_ends_it_or_talks_or_nobody_comes():
    for what, keep in (("conn:sleep(0.2) conn:finish()", "1h"), ("conn:healthy()", "200ms"),
                       ("while conn:ignore(('x'):rep(30000)) do conn:sleep(0.01) end", "1h")):
        at, service = after_the_first_command(what), Service("--reuse", keep)
        result = service.exec(task(at, "one"))[1]
        assert result["stdout"] == "one", result
        wait_until(lambda: service.metric("sshexec_connections_idle") == 0, timeout=5)
        assert service.exec(task(at, "two"))[1]["stdout"] == "two"
        expect_status(service.end(), 0)


@test
def under_sanitizers_keys_may_be_exchanged_while_a_connection_is_at_rest():
    at = after_the_first_command("conn:sleep(0.1) conn:rekey() conn:sleep(0.05) conn:rekey() conn:healthy()")
    service = Service("--reuse", "1h")
    assert service.exec(task(at, "one"))[1]["stdout"] == "one"
    assert service.metric("sshexec_connections_idle") == 1
    time.sleep(0.5)  # that much the server does by its own clock; what matters is that nothing breaks
    result = service.exec(task(at, "nonce 2"))[1]
    assert result["stdout"] == "2\n" and not is_new(result), result
    expect_status(service.end(), 0)


@test
def kept_connections_do_not_keep_the_batch():
    at = Server(COMMANDS, count=2).first
    done = run([program("sshexec"), "batch", "--deadline", "5s", "--reuse", "1h", "-l", at["user"], "-i", at["key"],
                "--hostkey", at["hostkey"]], text=f"127.0.0.1:{at['port']} nonce 1\n")
    expect_status(done, 0)
    assert done.seconds < 3, str(done)
