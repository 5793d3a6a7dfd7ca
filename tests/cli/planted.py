#!/usr/bin/env python3
"""A driver with a leak planted by hand: the bundled client's driver does the work, this program
hands the lines on, and with every n-th timeout it keeps something.

    planted.py SSHEXEC KIND EVERY

KIND: none, fd, thread, child, memory (256 KiB), linger (a descriptor, for 1.2 s), python-heap
(objects, for the allocator's own noise)."""
import json
import os
import subprocess
import sys
import threading

kept = []
heap = []


def keep(kind):
    if kind == "fd":
        kept.append(os.dup(0))
    elif kind == "thread":
        threading.Thread(target=threading.Event().wait, daemon=True).start()
    elif kind == "child":
        kept.append(subprocess.Popen(["sleep", "100"], stdin=subprocess.DEVNULL,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    elif kind == "memory":
        kept.append(bytearray(os.urandom(4096) * 64))
    elif kind == "linger":
        threading.Timer(1.2, os.close, [os.dup(0)]).start()
    elif kind == "python-heap":
        heap.append([object() for _ in range(2000)])
        del heap[:-20]


def main():
    sshexec, kind, every = sys.argv[1], sys.argv[2], int(sys.argv[3])
    inner = subprocess.Popen([sshexec, "driver"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def requests():
        for line in sys.stdin.buffer:
            inner.stdin.write(line)
            inner.stdin.flush()
        inner.stdin.close()

    threading.Thread(target=requests, daemon=True).start()
    timeouts = 0
    for line in inner.stdout:
        if json.loads(line).get("outcome") == "timeout":
            timeouts += 1
            if timeouts % every == 0:
                keep(kind)
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


main()
