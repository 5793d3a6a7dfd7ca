"""Leaks planted by hand into a driver that is sound otherwise: those that are there are found, with
their rate, and what only looks like one is not."""
import json
import os
import sys

from lab import TESTS, Test, expect_status, fakesshd, program, run, write

PLANTED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "planted.py")
MANIFEST = """return {{ name = "planted", kind = "driver", deadline = "total",
  argv = {{ "{python}", "{planted}", "{sshexec}", "{kind}", "{every}" }} }}
"""


def judge(kind, every, profile, *options):
    manifest = write("planted.lua", MANIFEST.format(python=sys.executable, planted=PLANTED, kind=kind,
                                                    every=every, sshexec=program("sshexec")))
    done = run(fakesshd("run", "ident/silent", "--client", manifest, "--profile", profile, *options,
                        "--json", "out.json", "-v"), timeout=170)
    with open("out.json") as file:
        case = json.load(file)["cases"][0]
    return done, case


def leak(kind, every, profile, word, counter):
    def check():
        done, case = judge(kind, every, profile)
        expect_status(done, 1)
        assert case["verdict"] == {"deadline": "OK", "cleanup": [word]}, f"{case['verdict']}\n{done}"
        growth = case["growth"][counter]
        unit = 256 * 1024 if counter == "memory" else 1
        low, high = growth["low"] * every / unit, growth["high"] * every / unit
        assert low <= 1.05 and high >= 0.95, f"{every} x {growth['low']}..{growth['high']}\n{done}"
    TESTS.append(Test(check, 180, False, f"{kind}: a leak of 1 in {every} is {word} in {profile}"))


def no_leak(kind, every, profile):
    def check():
        done, case = judge(kind, every, profile)
        assert case["verdict"] == {"deadline": "OK", "cleanup": ["OK"]}, f"{case['verdict']}\n{done}"
        expect_status(done, 0)
    TESTS.append(Test(check, 180, False, f"{kind}: nothing grows by it, says {profile}"))


leak("fd", 50, "ci", "LEAK_FD", "fds")
leak("thread", 50, "ci", "LEAK_THREAD", "threads")
leak("child", 50, "ci", "LEAK_CHILD", "children")
leak("memory", 50, "ci", "GROWING", "memory")
leak("fd", 4, "quick", "LEAK_FD", "fds")
no_leak("none", 1, "ci")
no_leak("linger", 1, "ci")
no_leak("linger", 3, "quick")
no_leak("python-heap", 2, "ci")
