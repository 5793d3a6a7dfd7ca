"""What is taken down of a client that hangs: where its threads are, and what it holds open."""
import json
import os
import shutil
import sys

from lab import descendants, expect_status, fakesshd, program, run, start, test, wait_until, write

NEVER_ANSWERS = '''
import json, socket, subprocess, sys, threading
inner = subprocess.Popen([sys.argv[1], "driver"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
WITH_STACKS = sys.argv[2] == "stacks"

def wait_for_ever(host, port):
    with socket.create_connection((host, port)) as conn:
        while conn.recv(1):      # the line that it hangs in
            pass

def answers():
    for line in inner.stdout:
        reply = json.loads(line)
        if reply["op"] == "hello" and WITH_STACKS:
            reply["ops"].append("stacks")
        print(json.dumps(reply), flush=True)

threading.Thread(target=answers, daemon=True).start()
healthy = None    # the port that is asked first: that of the task before the first
for line in sys.stdin:
    asked = json.loads(line)
    if asked["op"] == "stacks":
        import faulthandler, tempfile
        with tempfile.TemporaryFile("w+") as file:
            faulthandler.dump_traceback(file)
            file.seek(0)
            print(json.dumps({"op": "stacks", "id": asked["id"], "text": file.read()}), flush=True)
    elif asked["op"] == "run" and healthy not in (None, asked["port"]):
        threading.Thread(target=wait_for_ever, args=(asked["host"], asked["port"]), daemon=True).start()
    else:
        healthy = asked.get("port", healthy)
        inner.stdin.write(line.encode())
        inner.stdin.flush()
'''


def judge(*words):
    done = run(fakesshd("run", *words, "--json", "out.json"), timeout=110)
    with open("out.json") as file:
        return done, json.load(file)["cases"][0]


def text_of(case):
    with open(case["evidence"]["file"]) as file:
        return file.read()


@test(limit_s=120)
def the_evidence_of_a_hang_names_the_function_and_the_line_of_source():
    assert shutil.which("eu-stack"), "elfutils is not installed"
    done, case = judge("ident/silent", "--client", "wrong/dial-only")
    expect_status(done, 1)
    group = case["evidence"]["processes"][0]["groups"][0]
    assert group["count"] == case["hung"], (group["count"], case["hung"])
    frame = [frame for frame in group["frames"] if frame.startswith("client_dial_only ")]
    assert frame and ".c:" in frame[0], group["frames"]
    summary = f"{case['hung']} threads, same stack: poll ← "
    assert case["evidence"]["summary"].startswith(summary), case["evidence"]["summary"]
    assert summary in done.out, str(done)
    fds = case["evidence"]["processes"][0]["fd_groups"][0]
    assert fds["count"] == case["hung"] and fds["what"].startswith("TCP to port "), fds
    text = text_of(case)
    assert "wrong/dial-only against ident/silent: HUNG+LEAK_CONN" in text, text[:500]
    assert text.count(" ESTABLISHED, rx 0, tx 0") >= 190, "descriptors are missing"
    assert wait_until(lambda: descendants() == []), descendants()


@test(limit_s=120)
def without_a_debugger_the_kernel_says_what_is_waited_for():
    done, case = judge("ident/silent", "--client", "wrong/dial-only", "--no-stacks")
    process = case["evidence"]["processes"][0]
    assert process["groups"][0]["count"] == case["hung"], process["groups"][0]
    assert process["groups"][0]["frames"][-1] == "poll", process["groups"][0]
    assert process["note"] == "no user stacks were asked for", process["note"]
    assert "client_dial_only" not in text_of(case)


@test(limit_s=120)
def a_sound_client_leaves_no_evidence():
    done, case = judge("ident/silent", "--client", "wrong/none")
    expect_status(done, 0)
    assert case["evidence"] is None and not os.path.exists("out.json.evidence"), case


@test(limit_s=120)
def of_a_command_the_process_that_hangs_is_looked_at():
    done, case = judge("ident/silent", "--no-probe", "--tasks", "1", "--client",
                       write("asleep.lua", 'return { name = "asleep", kind = "template", argv = { "sh", "-c", '
                             '"' + program("sshexec").replace("\\", "") + ' --version >/dev/null; exec sleep 100" } }\n'))
    assert case["verdict"]["deadline"] in ("INCONCLUSIVE", "HUNG"), case
    assert wait_until(lambda: descendants() == []), descendants()


@test(limit_s=120)
def a_go_driver_is_asked_for_its_goroutines():
    done, case = judge("ident/silent", "--client", "go-dial")
    dump = case["evidence"]["dump"][0]
    assert dump["count"] == case["hung"] and "ssh.readVersion" in dump["stack"], dump
    assert "main.dial" in dump["stack"] and "ways.go:" in dump["stack"], dump
    assert case["evidence"]["summary"].startswith(f"{case['hung']} goroutines, same stack: "), str(done)


def python_driver(word):
    script = write("never.py", NEVER_ANSWERS)
    manifest = write("never.lua", f'return {{ name = "never", kind = "driver", argv = {{ "{sys.executable}", '
                                  f'"{script}", "{program("sshexec")}", "{word}" }} }}\n')
    return judge("ident/silent", "--client", manifest, "--no-probe", "--deadline", "450ms")


@test(limit_s=120)
def a_driver_that_offers_its_stacks_is_asked_for_them():
    done, case = python_driver("stacks")
    assert case["evidence"]["dump"], f"{case['evidence']}\n{done}"
    assert any("wait_for_ever" in group["stack"] and "never.py:" in group["stack"]
               for group in case["evidence"]["dump"]), case["evidence"]["dump"]


@test
def any_process_can_be_looked_at():
    sleeper = start(["sleep", "20"])
    assert wait_until(lambda: "clock_nanosleep" in run(fakesshd("stacks", str(sleeper.pid))).out)
    done = run(fakesshd("stacks", "--json", "--no-stacks", str(sleeper.pid)))
    told = json.loads(done.out)
    assert told["threads"] == 1 and told["command"] == "sleep 20", told
    for words in (["0"], ["x"], [], ["--frames"], ["2147483646"]):
        assert run(fakesshd("stacks", *words)).status == 2, words
