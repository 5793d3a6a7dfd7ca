"""What the command-line tests share: marking a test, running commands, asking what happened."""
import ctypes
import json
import os
import signal
import subprocess
import sys
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
TESTS = []
BIN = None


class Test:
    def __init__(self, function, limit_s, alone, sentence=None):
        self.function, self.limit_s, self.alone = function, limit_s, alone
        self.sentence = sentence or function.__name__.replace("_", " ")


def test(function=None, *, limit_s=60, alone=False):
    """Marks a test; its name is a sentence that can be false. `alone`: it would be disturbed by
    others, or disturb them."""
    if function is None:
        return lambda f: test(f, limit_s=limit_s, alone=alone)
    TESTS.append(Test(function, limit_s, alone))
    return function


def set_bin(folder):
    global BIN
    BIN = folder


def program(name):
    return os.path.join(BIN, name)


def fakesshd(*words):
    return [program("fakesshd"), *words]


# ---- processes ----

PR_SET_CHILD_SUBREAPER = 36
started = []


def become_subreaper():
    """Whatever a command leaves behind becomes a child of the test, and is seen by descendants()."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


class Done:
    def __init__(self, argv, status, out, err, seconds):
        self.argv, self.status, self.out, self.err, self.seconds = argv, status, out, err, seconds

    def __str__(self):
        return (f"{' '.join(self.argv)}\n-> {self.status} after {self.seconds:.2f} s\n"
                f"--- stdout\n{self.out}\n--- stderr\n{self.err}")


def start(argv, **options):
    """A process in a group of its own; ended with the test at the latest."""
    process = subprocess.Popen(argv, start_new_session=True, text=True, errors="replace", **options)
    started.append(process)
    return process


def finish(process, timeout=30, text=None):
    begin = time.monotonic()
    try:
        out, err = process.communicate(input=text, timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        raise AssertionError(str(Done(process.args, "still running", out, err, timeout)))
    return Done(process.args, process.returncode, out, err, time.monotonic() - begin)


def run(argv, timeout=30, text=None, env=None):
    """Runs a command to its end: .status .out .err .seconds"""
    process = start(argv, stdin=subprocess.PIPE if text is not None else subprocess.DEVNULL,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                    env={**os.environ, **(env or {})})
    return finish(process, timeout, text)


def end_all():
    for process in started:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    for pid in descendants():
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def descendants():
    """Living processes that this test's commands have left, as pids."""
    parents = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(entry)] = int(fields[1])
    mine = {os.getpid()}
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in mine} - mine
        grown = bool(more)
        mine |= more
    return sorted(mine - {os.getpid()})


def wait_until(condition, timeout=10):
    """Looks until `condition` holds; returns what it last said."""
    end = time.monotonic() + timeout
    while True:
        said = condition()
        if said or time.monotonic() > end:
            return said
        time.sleep(0.02)


def expect_no_process_left():
    assert wait_until(lambda: not descendants(), 5), f"left behind: {describe(descendants())}"


def describe(pids):
    texts = []
    for pid in pids:
        try:
            with open(f"/proc/{pid}/cmdline") as line:
                texts.append(f"{pid} {line.read().replace(chr(0), ' ')}")
        except OSError:
            pass
    return texts


# ---- fakesshd serve ----

class Server:
    """`fakesshd serve` with its address lines read."""

    def __init__(self, *words, count=1):
        self.process = start(fakesshd("serve", *words), stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.lines = [self.line() for _ in range(count)]
        self.at = {line["id"]: line for line in self.lines}
        self.first = self.lines[0]

    def line(self):
        text = self.process.stdout.readline()
        assert text, f"the server ended: {self.process.stderr.read()}"
        return json.loads(text)

    def ssh(self, *command, at=None):
        at = at or self.first
        return ["ssh", "-F", "none", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
                "-o", "BatchMode=yes", "-o", f"UserKnownHostsFile={at['known_hosts']}",
                "-o", "StrictHostKeyChecking=yes", "-i", at["key"], "-p", str(at["port"]),
                f"{at['user']}@{at['host']}", *command]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return finish(self.process)


# ---- results ----

def write(name, text):
    with open(name, "w") as file:
        file.write(text)
    return os.path.abspath(name)


def expect_status(done, status):
    assert done.status == status, f"expected exit status {status}\n{done}"
    return done


def expect_sentence(done, *words):
    """One clear sentence on stderr that holds these words; no trace of a crash."""
    assert all(word in done.err for word in words), f"expected {words} on stderr\n{done}"
    assert "Sanitizer" not in done.err and "runtime error" not in done.err, str(done)
    return done


ROGUE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rogue.py")


def rogue_manifest(kind, from_task, *words):
    """The manifest of a driver that goes wrong from a task on; rogue.py says how."""
    argv = ", ".join(json.dumps(word) for word in
                     [sys.executable, ROGUE, program("sshexec"), kind, str(from_task), *words])
    return write("rogue.lua", 'return { name = "rogue", kind = "driver", deadline = "total", argv = { %s } }\n' % argv)
