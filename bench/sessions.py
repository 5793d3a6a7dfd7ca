#!/usr/bin/env python3
"""What a connection costs the server, with each engine: CPU of a whole task, memory of a connection
that stands still, and how late a timer comes while many clients shake hands.

    bench/sessions.py [--bin FOLDER] [--tasks N] [--idle N] [--seconds S]

The clients are tasks of one `sshexec driver`; only the server is measured, by /proc/PID/schedstat and
/proc/PID/status. The output is the table of bench/README.md."""
import argparse
import json
import os
import socket
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIO = """return { about = "For measuring.", kind = "legal", engine = "%s",
  expect = { outcome = "success" }, serve = function(conn) %s end }
"""
TICK_S = 0.02
TICKS = f"while conn:sleep({TICK_S}) do conn:log('tick') end"
CIPHERS = ("chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com", "aes128-ctr")
ROWS = (("key", CIPHERS[0], 1), ("key", CIPHERS[0], 16), ("password", CIPHERS[0], 16),
        ("key", CIPHERS[1], 16), ("key", CIPHERS[2], 16))


class Server:
    """`fakesshd serve` with one scenario for each of `bodies`."""

    def __init__(self, options, engine, *bodies):
        paths = []
        self.folder = tempfile.TemporaryDirectory()
        for number, body in enumerate(bodies):
            paths.append(os.path.join(self.folder.name, f"{engine}{number}.lua"))
            with open(paths[-1], "w") as file:
                file.write(SCENARIO % (engine, body))
        self.process = subprocess.Popen([os.path.join(options.bin, "fakesshd"), "serve", "--events",
                                         "-" if len(bodies) > 1 else "/dev/null", *paths],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.at = [json.loads(self.process.stdout.readline()) for _ in bodies]

    def cpu_ms(self):
        with open(f"/proc/{self.process.pid}/schedstat") as file:
            return int(file.read().split()[0]) / 1e6

    def memory_kb(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            return int([line for line in file if line.startswith("RssAnon")][0].split()[1])

    def end(self):
        """What it told."""
        self.process.terminate()
        told = self.process.communicate()[0]
        self.folder.cleanup()
        return [json.loads(line) for line in told.splitlines()]


class Driver:
    """`sshexec driver`, and tasks that it is given."""

    def __init__(self, options):
        self.process = subprocess.Popen([os.path.join(options.bin, "sshexec"), "driver"], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.process.stdout.readline()
        self.count = 0

    def begin(self, at, login, deadline_ms=60000):
        self.count += 1
        task = {"op": "run", "id": self.count, "command": f"nonce {self.count}",
                "deadline_ms": deadline_ms}
        task.update({name: at[name] for name in ("host", "port", "user", "hostkey", login)})
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()

    def await_success(self):
        result = json.loads(self.process.stdout.readline())
        assert result["outcome"] == "success", result

    def end(self):
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait()


def cpu_of_a_task(options, engine, login, cipher, side_by_side):
    """Milliseconds of a task from connect to close: the best of five rounds, for whatever else runs
    on the machine only adds."""
    choice = f"conn:offer{{ cipher = '{cipher}' }} " if engine == "crafted" else ""
    server, driver = Server(options, engine, choice + "conn:healthy()"), Driver(options)
    tasks, rounds = max(options.tasks // 5, 1), []
    for _ in range(side_by_side):
        driver.begin(server.at[0], login)
    for _ in range(6):
        before = server.cpu_ms()
        for _ in range(tasks):
            driver.await_success()
            driver.begin(server.at[0], login)
        rounds.append((server.cpu_ms() - before) / tasks)
    driver.end()
    server.end()
    return min(rounds[1:])  # the first warms up


def idle_memory(options, engine, until):
    """KiB of a connection that nobody answers any more from there on."""
    server, driver = Server(options, engine, f"{until} conn:hold()"), Driver(options)
    first = max(options.idle // 10, 1)

    def settle():
        """The server is done when its CPU time stands still."""
        last = -1
        while last != server.cpu_ms():
            last = server.cpu_ms()
            time.sleep(0.1)
        return server.memory_kb()

    for _ in range(first):
        driver.begin(server.at[0], "key")
    before = settle()
    for number in range(options.idle):
        driver.begin(server.at[0], "key")
        if number % 8 == 7:
            time.sleep(0.02)
    grown = settle() - before
    driver.end()
    server.end()
    return grown / options.idle


def lateness(options, engine, burst):
    """How many milliseconds a timer comes too late: median, 99 of 100, the latest."""
    server, driver = Server(options, engine, "conn:healthy()", TICKS), Driver(options)
    ticker = [at for at in server.at if at["id"].endswith("1")][0]
    healthy = [at for at in server.at if at["id"].endswith("0")][0]
    end = time.monotonic() + options.seconds
    with socket.create_connection((ticker["host"], ticker["port"])):
        while time.monotonic() < end:
            for _ in range(burst):
                driver.begin(healthy, "key")
            for _ in range(burst):
                driver.await_success()
            if burst == 0:
                time.sleep(0.1)
    driver.end()
    ticks = [event["t_ns"] / 1e6 for event in server.end() if event["event"] == "log"]
    late = sorted(b - a - 1000 * TICK_S for a, b in zip(ticks, ticks[1:]))
    return late[len(late) // 2], late[len(late) * 99 // 100], late[-1]


def row(what, measure, engines=("libssh", "crafted"), form="{:.2f}"):
    cells = [form.format(*measure(engine)) if engine in engines else "" for engine in ("libssh", "crafted")]
    print(f"| {what} | {cells[0]} | {cells[1]} |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default=os.path.join(HERE, "../build/bin"))
    parser.add_argument("--tasks", type=int, default=1500)
    parser.add_argument("--idle", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=4)
    options = parser.parse_args()
    print("| | libssh | crafted |\n|---|---|---|")
    for login, cipher, side_by_side in ROWS:
        row(f"CPU of a task, {login}, {cipher.split('@')[0]}, {side_by_side} at a time, ms",
            lambda engine: [cpu_of_a_task(options, engine, login, cipher, side_by_side)],
            engines=("libssh", "crafted") if cipher == CIPHERS[0] else ("crafted",))
    for what, until in (("that waits before any SSH", ""),
                        ("that waits for the answer to its KEXINIT", "conn:upto('kex')"),
                        ("that has logged in and waits", "conn:upto('channel')")):
        row(f"memory of a connection {what}, KiB",
            lambda engine: [idle_memory(options, engine, until)], form="{:.1f}")
    for burst in (0, 16, 64):
        row(f"a timer's lateness during {burst} handshakes, median / 99 of 100 / latest, ms",
            lambda engine: lateness(options, engine, burst), form="{:.1f} / {:.1f} / {:.1f}")


if __name__ == "__main__":
    main()
