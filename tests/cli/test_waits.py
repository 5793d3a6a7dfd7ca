"""What the client waits with: the kernel's own record of its calls."""
import json
import os
import re

from lab import Server, program, run, start, test, wait_until


def may_trace():
    done = run(["strace", "-o", os.devnull, "true"])
    if done.status != 0:
        print(f"left out, since this machine lets nobody trace: {done.err.strip()}")
    return done.status == 0


@test
def no_call_but_that_of_the_loop_ever_waits():
    if not may_trace():
        return
    server = Server("healthy/exec", "ident/silent", "kex/no-reply", "data/blackhole", count=4)
    key = server.first["key"]
    path = os.path.abspath("agent.sock")
    start(["ssh-agent", "-D", "-a", path])
    wait_until(lambda: os.path.exists(path))
    for at in server.lines:
        run(["ssh-add", "-q", at["key"]], env={**os.environ, "SSH_AUTH_SOCK": path})
    lines = "\n".join(json.dumps({
        "host": "127.0.0.1", "port": at["port"], "user": at["user"], "hostkey": at["hostkey"], "command": "true",
        "stdin": "x" * 100000, "env": {"A": "b"}, "keepalive_ms": 100, "deadline_ms": 600, proof[0]: proof[1]})
        for at in server.lines for proof in (("agent", path), ("key", key), ("password", at["password"])))
    done = run(["strace", "-f", "-T", "-o", "trace", program("sshexec"), "batch", "--reuse", "1s"], text=lines)
    assert "12 tasks" in done.err, str(done)
    with open("trace") as file:
        trace = [line for line in file if "resumed" not in line]
    threads = {line.split()[0] for line in trace}
    assert len(threads) == 1, threads
    for line in trace:
        call = line.split(None, 1)[1]
        if call.startswith(("poll(", "ppoll(")):
            assert re.search(r", 0\) +=|NULL, 0\) +=|tv_sec=0, tv_nsec=0", call), call
        assert not call.startswith(("select(", "pselect6(", "nanosleep(", "clock_nanosleep(", "wait4(", "accept")), call
        assert not (call.startswith("futex(") and "WAIT" in call), call
        seconds = re.search(r"<([0-9.]+)>$", call)
        assert call.startswith("epoll_") or seconds is None or float(seconds[1]) < 0.4, call
