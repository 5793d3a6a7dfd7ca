#!/usr/bin/env python3
"""A driver that goes wrong at its n-th task: the bundled client's driver does the work, this program
hands the lines on until then.

    rogue.py SSHEXEC KIND N [each]

With "each" it does so at every task from the n-th on. KIND is a function below, with dashes for underscores. Of a driver that is started anew each process
counts for itself."""
import json
import os
import signal
import subprocess
import sys
import threading
import time

inner = None
mute = set()  # operations that are swallowed
hands_on = [lambda line: line]  # what becomes of a reply
saying = threading.Lock()


def say(text):
    """All of it, and nothing of others in between."""
    with saying:
        while text:
            text = text[os.write(1, text):]


def for_ever():
    while True:
        time.sleep(1000)


def sleeper(detached):
    """A process that keeps our standard output open, ignores SIGTERM, and outlives its parent."""
    if os.fork() == 0:
        if detached:
            os.setsid()
            if os.fork() != 0:
                os._exit(0)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
        os._exit(0)


def none():
    pass


def deaf():
    for_ever()


def flood():
    def lines():
        while True:
            say(b'{"op":"settled","id":7}\n' * 1000)
    threading.Thread(target=lines, daemon=True).start()


def flood_of_one_line():
    def text():
        with saying:
            while True:
                os.write(1, b"x" * 65536)
    threading.Thread(target=text, daemon=True).start()


def results_for_all():
    """Results for ids that nobody asked for: some just beyond those of tasks, some out of range."""
    for number in (0, -1, 2 ** 31, 2 ** 32 + 1, 2 ** 62):
        say(b'{"op":"result","id":%d,"outcome":"success"}\n' % number)


def garbage():
    say(b"\xff\xfe\x00 what?\n")


def long_line():
    say(b'{"op":"settled","id":1,"text":"' + b"y" * (300 * 1024) + b'"}\n')


def no_op():
    say(b'{"id":3}\n')


def hello_again():
    say(b'{"op":"hello","v":1,"name":"rogue","version":"2","runtime":"","ops":[],"auth":[],'
        b'"phases":[],"counters":[]}\n')


def closes_stdout():
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 1)


def closes_all():
    for fd in (0, 1, 2):
        os.close(fd)
    for_ever()


def forks_and_dies():
    sleeper(detached=False)
    os._exit(0)


def detaches_and_dies():
    sleeper(detached=True)
    os._exit(3)


def detaches():
    sleeper(detached=True)


def dies_of_a_signal():
    os.kill(os.getpid(), signal.SIGSEGV)


def ignores_sigterm():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    sleeper(detached=False)


def zombies():
    for _ in range(3):
        if os.fork() == 0:
            os._exit(0)


def stops_itself():
    os.kill(os.getpid(), signal.SIGSTOP)


def answers_nothing():
    mute.update(("settled", "counters", "unsupported", "stacks"))


def floods_stderr():
    def text():
        while True:
            os.write(2, b"trouble\n" * 8192)
    threading.Thread(target=text, daemon=True).start()


def works():
    """Much, but for each task the same."""
    end = time.process_time() + 0.08
    while time.process_time() < end:
        pass


def says_nul():
    """JSON may have it in a string."""
    hands_on[0] = lambda line: json.dumps({**json.loads(line), "error": "\0"}).encode() + b"\n"


def fails():
    hands_on[0] = lambda line: line.replace(b'"success"', b'"failure"')


def fails_once():
    """In the first of all its processes, as one that loses a race."""
    try:
        os.close(os.open("failed-once", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return
    fails()


def hand_on_replies():
    for line in inner.stdout:
        if json.loads(line).get("op") not in mute:
            try:
                say(hands_on[0](line))
            except OSError:
                break


def main():
    global inner
    kind, number = globals()[sys.argv[2].replace("-", "_")], int(sys.argv[3])
    inner = subprocess.Popen([sys.argv[1], "driver"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    threading.Thread(target=hand_on_replies, daemon=True).start()
    tasks = 0
    for line in sys.stdin.buffer:
        tasks += json.loads(line).get("op") == "run"
        due = tasks >= number if "each" in sys.argv else tasks == number
        if due and json.loads(line).get("op") == "run":
            kind()
        inner.stdin.write(line)
        inner.stdin.flush()


main()
