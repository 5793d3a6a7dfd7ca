#!/usr/bin/env python3
"""A day's worth of faults for `sshexec driver`: tasks at random against every scenario of the
catalogue, healthy ones among them, many at a time. After each block nothing is under way, and the
process must stand where it began: threads, descriptors and tasks exactly, memory flat by the growth
procedure (`fakesshd growth`).

    bench/soak.py [--bin FOLDER] [--tasks 200000] [--in-flight 500] [--block 2000] [--seed 1]
                  [--csv FILE]

Exit status: 0 as it should be; 1 otherwise, with what was found."""
import argparse
import base64
import collections
import json
import os
import random
import select
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
COUNTERS = ("threads", "fds", "tasks")  # exact; memory is judged by its trend
STDIN_MOST = 64 * 1024
DEADLINES_MS = (100, 700)
# A machine that is busy with both sides delays replies; what is asked here is that none is missing.
LATE_MS = 2000


class Server:
    """One `fakesshd serve` with all scenarios."""

    def __init__(self, options):
        listed = subprocess.run([os.path.join(options.bin, "fakesshd"), "list", "--json"],
                                stdout=subprocess.PIPE, check=True)
        self.scenarios = json.loads(listed.stdout)
        self.process = subprocess.Popen([os.path.join(options.bin, "fakesshd"), "serve",
                                         *[scenario["id"] for scenario in self.scenarios]],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.at = {}
        for _ in self.scenarios:
            line = json.loads(self.process.stdout.readline())
            self.at[line["id"]] = line

    def end(self):
        self.process.terminate()
        return self.process.wait(timeout=30)


class Driver:
    """`sshexec driver`, lines in and lines out, never waiting longer than `patience_s`."""

    def __init__(self, options, patience_s=60):
        self.process = subprocess.Popen([os.path.join(options.bin, "sshexec"), "driver"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.patience_s, self.pending = patience_s, b""
        self.read()

    def say(self, **line):
        self.process.stdin.write(json.dumps(line).encode() + b"\n")

    def read(self):
        """The lines that have come: at least one."""
        self.process.stdin.flush()
        end = time.monotonic() + self.patience_s
        while b"\n" not in self.pending:
            if not select.select([self.process.stdout], [], [], end - time.monotonic())[0]:
                sys.exit(f"soak: nothing came from the driver for {self.patience_s} s")
            piece = self.process.stdout.read(1 << 20)
            if not piece:
                sys.exit(f"soak: the driver ended, with status {self.process.wait()}")
            self.pending += piece
        whole, _, self.pending = self.pending.rpartition(b"\n")
        return [json.loads(line) for line in whole.split(b"\n")]

    def ask(self, op):
        self.say(op=op, id=0)
        return self.read()[0]

    def counters(self):
        self.ask("settle")
        tasks = self.ask("counters")["tasks"]
        folder = f"/proc/{self.process.pid}"
        with open(f"{folder}/status") as file:
            status = dict(line.split(":", 1) for line in file)
        return {"threads": int(status["Threads"]), "fds": len(os.listdir(f"{folder}/fd")), "tasks": tasks,
                "rss_anon_bytes": int(status["RssAnon"].split()[0]) * 1024}

    def end(self):
        self.process.stdin.close()
        return self.process.wait(timeout=30)


class Soak:
    """What was asked, what came, and what is wrong with it."""

    def __init__(self, options):
        self.options, self.random = options, random.Random(options.seed)
        self.server, self.driver = Server(options), Driver(options)
        self.outcomes, self.late, self.sent = collections.Counter(), collections.Counter(), 0
        self.under_way, self.rows = {}, []

    def begin_task(self):
        healthy = self.random.random() < 0.2
        scenario = {"id": "healthy/exec", "stdin_bytes": 0} if healthy \
            else self.random.choice(self.server.scenarios)
        at, self.sent = self.server.at[scenario["id"]], self.sent + 1
        task = {name: at[name] for name in ("host", "port", "user", "hostkey")}
        task.update({"key": at["key"]} if self.random.random() < 0.5 else {"password": at["password"]})
        if scenario["stdin_bytes"]:
            some = os.urandom(min(scenario["stdin_bytes"], STDIN_MOST))
            task["stdin_b64"] = base64.b64encode(some).decode()
        deadline_ms = 20000 if healthy else self.random.randint(*DEADLINES_MS)
        if at.get("dns"):
            task.update(dns=at["dns"], host="soak.test")
        self.driver.say(op="run", id=self.sent, command="nonce 4f2a", deadline_ms=deadline_ms, **task)
        self.under_way[self.sent] = (deadline_ms, "healthy" if healthy else "any")

    def end_tasks(self):
        for result in self.driver.read():
            deadline_ms, kind = self.under_way.pop(result["id"])
            self.outcomes[kind, result["outcome"]] += 1
            if result["elapsed_ms"] > deadline_ms + LATE_MS:
                self.late[kind] += 1

    def block(self, count):
        for _ in range(count):
            while len(self.under_way) >= self.options.in_flight:
                self.end_tasks()
            self.begin_task()
        while self.under_way:
            self.end_tasks()

    def note(self):
        self.rows.append({"tasks_done": self.sent, **self.driver.counters()})

    def run(self):
        self.block(self.options.block)  # what is made once is made now
        self.note()
        begin = time.monotonic()
        while self.sent < self.options.tasks:
            self.block(self.options.block)
            self.note()
            if sys.stderr.isatty():
                row, rate = self.rows[-1], self.sent / (time.monotonic() - begin)
                print(f"\r{row} {rate:.0f} tasks/s", end="", file=sys.stderr)
        return time.monotonic() - begin

    def wrong(self):
        """Sentences; none when all is well."""
        for name in COUNTERS:
            if self.rows[-1][name] != self.rows[0][name]:
                yield f"{name}: {self.rows[0][name]} at the start, {self.rows[-1][name]} at the end"
        if self.late:
            yield f"results more than {LATE_MS} ms after their deadline: {dict(self.late)}"
        healthy = {outcome: n for (kind, outcome), n in self.outcomes.items() if kind == "healthy"}
        if set(healthy) != {"success"}:
            yield f"healthy tasks: {healthy}"
        if self.server.end() != 0:
            yield "the server ended by itself"
        if self.driver.end() != 0:
            yield "the driver's exit status is not 0"


def csv(rows):
    names = list(rows[0])
    return "".join(",".join(str(value) for value in line) + "\n"
                   for line in [names, *[row.values() for row in rows]])


def growth(options, text):
    """What the growth procedure says of the readings: its lines, and whether any counter grows."""
    done = subprocess.run([os.path.join(options.bin, "fakesshd"), "growth", "--profile", "soak", "-"],
                          input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout, done.returncode == 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default=os.path.join(HERE, "../build/bin"))
    parser.add_argument("--tasks", type=int, default=200000)
    parser.add_argument("--in-flight", type=int, default=500)
    parser.add_argument("--block", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--csv")
    options = parser.parse_args()
    soak = Soak(options)
    seconds = soak.run()
    text = csv(soak.rows)
    if options.csv:
        with open(options.csv, "w") as file:
            file.write(text)
    print(f"{soak.sent} tasks, {options.in_flight} at a time, in {seconds:.0f} s; first and last reading:")
    print(f"  {soak.rows[0]}\n  {soak.rows[-1]}")
    for (kind, outcome), count in sorted(soak.outcomes.items()):
        print(f"  {kind:8} {outcome:13} {count}")
    said, grows = growth(options, text)
    print(said, end="")
    wrong = [*soak.wrong(), *(["a counter grows"] if grows else [])]
    for sentence in wrong:
        print(f"WRONG: {sentence}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
