"""One command: its limits besides the deadline, its environment, and the agent that signs for it."""
import os
import re
import socket
import subprocess
import threading

from lab import Server, expect_status, finish, program, run, start, test, wait_until, write


def trust(at):
    return ["-p", str(at["port"]), "-l", at["user"], "--hostkey", at["hostkey"]]


def sshexec(at, *words, command="true", deadline="5s", env=None, login=True):
    key = ["-i", at["key"]] if login else []
    return run([program("sshexec"), "--deadline", deadline, *trust(at), *key, *words, "127.0.0.1", "--", command],
               env={**os.environ, **(env or {})})


def timed_out_after(done, least_ms):
    """Not before, and not a busy machine's second later."""
    expect_status(done, 124)
    took_ms = int(re.search(r"timeout after (\d+) ms", done.err)[1])
    return least_ms <= took_ms < least_ms + 1000


def scenario(body):
    return Server(write("made.lua", f"""
return {{
  about = "A test's.", rfc = "4254 6", kind = "legal", engine = "crafted",
  expect = {{ outcome = {{ "success", "timeout", "failure" }} }},
  serve = function(conn)
{body}
  end,
}}"""))


# ---- limits ----

@test
def a_phase_that_takes_longer_than_its_limit_is_a_timeout_before_the_deadline():
    at = Server("ident/silent").first
    done = sshexec(at, "--limit", "tcp=1s", "--limit", "ident=200ms")
    expect_status(done, 124)
    assert "in phase ident" in done.err and done.seconds < 4, str(done)
    done = sshexec(at, "--limit", "kex=200ms", deadline="400ms")
    assert timed_out_after(done, 400), str(done)


@test
def the_limit_to_connect_covers_the_key_exchange_and_no_more():
    for silent in ("ident/silent", "kex/no-reply"):
        server = Server(silent)
        done = sshexec(server.first, "-oConnectTimeout=1")
        assert timed_out_after(done, 1000), str(done)
        server.stop()
    holding = scenario("conn:upto('data')\nconn:hold()")
    done = sshexec(holding.first, "-o", "ConnectTimeout=200ms", deadline="600ms")
    assert timed_out_after(done, 600) and "in phase data" in done.err, str(done)


@test
def a_server_that_sends_nothing_is_idle_and_one_that_talks_is_not():
    silent = scenario("conn:upto('data')\nconn:hold()")
    done = sshexec(silent.first, "--idle-limit", "200ms")
    expect_status(done, 124)
    assert "in phase data" in done.err and done.seconds < 4, str(done)
    talking = scenario("""
    local channel = conn:upto('data')
    for _ = 1, 6 do channel:write('x') conn:sleep(0.3) end
    channel:exit_status(0) channel:eof() channel:close()
    conn:healthy()""")
    done = sshexec(talking.first, "--idle-limit", "1200ms")
    expect_status(done, 0)
    assert done.out == "x" * 6, str(done)


@test
def under_sanitizers_a_keepalive_that_is_answered_keeps_the_task_and_one_that_is_not_ends_it():
    answering = scenario("""
    conn:intercept('GLOBAL_REQUEST')
    local channel = conn:upto('data')
    for _ = 1, 4 do
      local request = conn:expect('GLOBAL_REQUEST', 3)
      if not request or request.type ~= 'keepalive@openssh.com' then return end
      conn:packet{ 'REQUEST_FAILURE' }
    end
    channel:write('alive') channel:exit_status(0) channel:eof() channel:close()
    conn:healthy()""")
    done = sshexec(answering.first, "--keepalive", "300ms")
    expect_status(done, 0)
    assert done.out == "alive", str(done)
    silent = scenario("conn:intercept('GLOBAL_REQUEST')\nconn:upto('data')\nconn:hold()")
    for words in (["--keepalive", "100ms"], ["--keepalive", "100ms", "--limit", "keepalive=150ms"]):
        done = sshexec(silent.first, *words)
        expect_status(done, 124)
        assert "in phase keepalive" in done.err and done.seconds < 4, str(done)


@test
def limits_that_cannot_be_are_one_sentence():
    at = {"port": 1, "user": "me", "hostkey": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAmhX23xXeQI85HrgyZ3RreLTTaoUCFfbLNT1tVZYYkm"}
    for words, sentence in ((["--limit", "tea=1s"], "expected a phase, '=' and a duration"),
                            (["--limit", "kex"], "expected a phase, '=' and a duration"),
                            (["--limit", "kex=1"], "--limit: "),
                            (["--env", "A"], "expected NAME=VALUE"), (["--env", "=A"], "a variable's name"),
                            (["--idle-limit", "0s"], "--idle-limit: "),
                            (["-oFoo=bar"], "ConnectTimeout")):
        done = sshexec(at, *words, login=False)
        expect_status(done, 255)
        assert sentence in done.err and done.err.count("\n") == 1, (words, str(done))


@test
def a_deadline_may_come_from_the_environment_and_the_option_goes_before_it():
    at = Server("ident/silent").first
    words = [program("sshexec"), *trust(at), "127.0.0.1", "true"]
    done = run(words, env={"SSHEXEC_DEADLINE": "300ms"})
    assert timed_out_after(done, 300), str(done)
    done = run([*words[:1], "--deadline", "200ms", *words[1:]], env={"SSHEXEC_DEADLINE": "3s"})
    assert timed_out_after(done, 200), str(done)
    assert "SSHEXEC_DEADLINE: " in expect_status(run(words, env={"SSHEXEC_DEADLINE": "soon"}), 255).err


@test
def the_shell_completes_options_phases_and_files():
    write("completion", expect_status(run([program("sshexec"), "completion", "bash"]), 0).out)
    os.mkdir("keys")
    for line, words in (("--dead", ["--deadline"]), ("--limit id", ["ident="]), ("serve --tok", ["--token-file"]),
                        ("-o Conn", ["ConnectTimeout="]), ("-i ke", ["keys"]), ("ba", ["batch"]),
                        ("driver -", ["--output-limit"]), ("--deadline 3", [])):
        typed = line.split(" ")
        done = run(["bash", "--norc", "-c", f"""source ./completion
            COMP_WORDS=(sshexec {line}); COMP_CWORD={len(typed)}; _sshexec; printf '%s\\n' "${{COMPREPLY[@]}}" """])
        assert done.out.split() == words and done.err == "", (line, str(done))
    done = expect_status(run([program("sshexec"), "completion", "tea"]), 255)
    assert "expected 'bash'" in done.err, str(done)


# ---- environment ----

@test
def under_sanitizers_variables_go_before_the_command_and_a_refused_one_is_left_out():
    server = scenario("""
    conn:intercept('CHANNEL_REQUEST')
    conn:upto('request')
    local seen = ''
    while true do
      local request = conn:expect('CHANNEL_REQUEST', 3)
      if not request then return end
      if request.type == 'env' then
        local good = request.variable ~= 'NO'
        conn:packet{ good and 'CHANNEL_SUCCESS' or 'CHANNEL_FAILURE' }
        seen = seen .. (good and (request.variable .. '=' .. request.value .. ' ') or '')
      else
        conn:packet{ 'CHANNEL_SUCCESS' }
        conn:packet{ 'CHANNEL_DATA', data = seen .. request.command }
        conn:packet{ 'CHANNEL_REQUEST', type = 'exit-status', want_reply = false, status = 3 }
        conn:packet{ 'CHANNEL_CLOSE' }
        conn:healthy()
      end
    end""")
    done = sshexec(server.first, "--env", "A=1", "--env", "NO=x", "-oSetEnv=B=two words", "--env", "A=3", command="go")
    expect_status(done, 3)
    assert done.out == "A=3 B=two words go", str(done)


# ---- the agent ----

class Agent:
    """ssh-agent with a key in it."""

    def __init__(self, *keys):
        self.path = os.path.abspath("agent.sock")
        self.process = start(["ssh-agent", "-D", "-a", self.path], stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: os.path.exists(self.path))
        for key in keys:
            expect_status(run(["ssh-add", "-q", key], env={**os.environ, "SSH_AUTH_SOCK": self.path}), 0)


def other_key(kind, name):
    expect_status(run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", name]), 0)
    return os.path.abspath(name)


@test
def under_sanitizers_the_agent_signs_with_the_key_that_the_server_takes():
    at = Server("healthy/exec").first
    agent = Agent(other_key("rsa", "no"), other_key("ed25519", "neither"), at["key"])
    leak_of_libssh = {"ASAN_OPTIONS": "abort_on_error=1:detect_leaks=0"}  # auth_agent.c has its size
    done = sshexec(at, "--agent", command="nonce 77", login=False,
                   env={"SSH_AUTH_SOCK": agent.path, **leak_of_libssh})
    expect_status(done, 0)
    assert done.out.strip() == "77", str(done)
    done = sshexec(at, f"-oIdentityAgent={agent.path}", command="nonce 78", login=False, env=leak_of_libssh)
    assert done.out.strip() == "78", str(done)


@test
def two_hundred_tasks_that_the_agent_signs_for_need_no_more_descriptors_than_four():
    at = Server("healthy/exec").first
    agent = Agent(at["key"])
    line = f"127.0.0.1:{at['port']} true\n"
    done = run(["sh", "-c", 'ulimit -n 40; exec "$@"', "sh", program("sshexec"), "batch", "--deadline", "5s", "-j", "4",
                *trust(at), f"-oIdentityAgent={agent.path}"], text=line * 200)
    expect_status(done, 0)


@test
def an_agent_without_the_right_key_is_a_failure_and_the_password_comes_after_it():
    at = Server("healthy/exec").first
    agent = Agent(other_key("ed25519", "no"))
    words = [f"-oIdentityAgent={agent.path}"]
    expect_status(sshexec(at, *words, login=False), 255)
    done = sshexec(at, *words, command="nonce 5", login=False, env={"SSHEXEC_PASSWORD": at["password"]})
    expect_status(done, 0)
    assert done.out.strip() == "5", str(done)


@test
def under_sanitizers_an_agent_that_is_dead_is_told_and_one_that_hangs_ends_with_the_deadline():
    at = Server("healthy/exec").first
    done = sshexec(at, "-oIdentityAgent=/nonexistent/agent", login=False)
    expect_status(done, 255)
    assert "in phase auth: the agent at /nonexistent/agent: No such file" in done.err, str(done)
    silent = socket.socket(socket.AF_UNIX)
    silent.bind("silent.sock")
    silent.listen(1)
    path = os.path.abspath("silent.sock")
    done = sshexec(at, f"-oIdentityAgent={path}", login=False, deadline="500ms")
    assert timed_out_after(done, 500) and "in phase auth" in done.err, str(done)


def fake_agent(name, *answers):
    """Answers each question with the next of these bytes; None closes. Its path."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(name)
    server.listen(5)

    def serve():
        connection, _ = server.accept()
        for answer in answers:
            connection.recv(65536)
            if answer is not None:
                connection.sendall(answer)
        connection.close()

    threading.Thread(target=serve, daemon=True).start()
    return os.path.abspath(name)


@test
def under_sanitizers_an_agent_that_talks_nonsense_is_a_failure_at_once():
    at = Server("healthy/exec").first
    for number, answer in enumerate((None, b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\1\5", b"\0\0\0\5\x0c\0\0\0\0",
                                     b"\0\0\0\x09\x0c\0\0\0\1\xff\xff\xff\xff",
                                     b"\0\0\0\x11\x0c\0\0\0\1\0\0\0\4abcd\0\0\0\0")):
        done = sshexec(at, "-oIdentityAgent=" + fake_agent(f"fake{number}.sock", answer), login=False)
        expect_status(done, 255)
        assert "in phase auth: " in done.err and done.seconds < 3, (number, str(done))
