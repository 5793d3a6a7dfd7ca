"""Drivers that were written from fakesshd-driver(7) alone, in C, Python and Go, each with a leak of 1 in 50 of
another kind: `ci` says so with the right word and rate, and `quick`, which is too short for it, says no
wrong word."""
import json
import os
import subprocess

from lab import TESTS, Test, expect_status, fakesshd, run, write

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../heldback")
MANIFEST = """return {{ name = "{name}", kind = "driver", deadline = "total", grace = 0.25, cost = {cost},
  argv = {{ {argv} }} }}
"""


def build_c():
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libssh", "jansson"], capture_output=True,
                           text=True, check=True).stdout.split()
    expect_status(run(["gcc", "-O1", "-Wall", "-Werror", os.path.join(HERE, "threads.c"), "-o", "held-back", *flags,
                       "-lpthread"]), 0)
    return [os.path.abspath("held-back")]


def build_go():
    done = run(["go", "build", "-o", "held-back", os.path.join(HERE, "main.go")], timeout=150,
               env={"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "", "CGO_ENABLED": "0",
                    "GOCACHE": os.path.join(HERE, "../../build/go-cache")})
    expect_status(done, 0)
    return [os.path.abspath("held-back")]


def build_python():
    return ["/usr/bin/python3", "-B", os.path.join(HERE, "async.py")]


def judge(argv, cost, every, *words):
    client = write("heldback.lua", MANIFEST.format(
        name="held-back", cost=cost, argv=", ".join(json.dumps(word) for word in [*argv, str(every)])))
    done = run(fakesshd("run", *words, "--client", client, "--no-stacks", "--json", "out.json"), timeout=270)
    with open("out.json") as file:
        return done, json.load(file)["cases"]


# A handshake costs AsyncSSH twenty times what it costs sshexec; a server that is silent asks for none.
def held_back(name, build, cost, cost_silent, cleanup, counter):
    def check():
        argv = build()
        done, cases = judge(argv, cost, 50, "healthy/exec", "auth/refused", "ident/silent")
        for case in cases:  # undecided is no wrong word; it is an honest one
            verdict = case["verdict"]
            right = verdict["deadline"] == "INCONCLUSIVE" or verdict == {"deadline": "OK", "cleanup": ["OK"]} or (
                case["id"] == "ident/silent" and verdict == {"deadline": "OK", "cleanup": cleanup})
            assert right, f"{case['id']}: {verdict}\n{done}"
        done, cases = judge(argv, cost_silent, 50, "ident/silent", "--profile", "ci", "--no-probe")
        assert cases[0]["verdict"] == {"deadline": "OK", "cleanup": cleanup}, f"{cases[0]['verdict']}\n{done}"
        growth = cases[0]["growth"][counter]
        assert growth["low"] * 50 <= 1.1 and growth["high"] * 50 >= 0.9, f"{growth['low']}..{growth['high']}\n{done}"
    TESTS.append(Test(check, 560, False, f"a held-back client in {name} is told its leak of 1 in 50 {counter} by ci"))


held_back("C", build_c, 1, 1, ["LEAK_CONN", "LEAK_FD"], "conns")
held_back("Python", build_python, 20, 3, ["LEAK_THREAD"], "threads")
held_back("Go", build_go, 2, 2, ["LEAK_TASK"], "goroutines")
