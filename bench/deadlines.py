#!/usr/bin/python3
"""How well clients keep a deadline, side by side, in one run: how late they come back from a server
that hangs, what a hung task costs in memory, and how many healthy tasks a second they do.

    bench/deadlines.py [--bin FOLDER] [--counts 1,100,1000,5000] [--seconds S] [--rounds N]
                       [--only NAME,…] [--deadline-ms MS]

The peers (bench/peers) do the same plan, each in the way that its own documentation recommends. The
output is the tables of bench/README.md. On Debian: golang-go golang-golang-x-crypto-dev
python3-asyncssh python3-paramiko openssh-client."""
import argparse
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = os.path.join(HERE, "peers")
SILENT, DRIBBLE, HEALTHY = "ident/silent", "ident/dribble", "healthy/exec"

# name, what it is, the most tasks at once: beyond that its threads or processes are what is measured
CLIENTS = (("sshexec", "sshexec, its library", 5000),
           ("go", "Go x/crypto/ssh, SetDeadline", 5000),
           ("asyncssh", "AsyncSSH, wait_for", 5000),
           ("paramiko", "Paramiko, a thread per task", 1000),
           ("openssh", "`timeout D ssh`, a process per task", 100))


def build_go(folder):
    """Go's peer is compiled; the others run as they are."""
    path = os.path.join(folder, "go")
    subprocess.run(["go", "build", "-o", path, os.path.join(PEERS, "go.go")], check=True,
                   env={**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode",
                        "GOCACHE": os.path.join(folder, "cache")})
    return path


class Server:
    """`fakesshd serve` with the scenarios, for one measurement."""

    def __init__(self, options, scenario):
        self.process = subprocess.Popen([os.path.join(options.bin, "fakesshd"), "serve", scenario],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.at = json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=30)


def argv(options, name, folder):
    if name == "sshexec":
        return [os.path.join(options.bin, "bench-library")]
    if name == "go":
        return [os.path.join(folder, "go")]
    return ["/usr/bin/python3", os.path.join(PEERS, f"{name}_peer.py")]


def measure(options, name, folder, scenario, **changes):
    with Server(options, scenario) as server:
        plan = {"count": 0, "deadline_ms": options.deadline_ms, "spread_ms": 0, "concurrency": 0, "seconds": 0.0}
        plan.update({word: server.at[word] for word in ("host", "port", "user", "key", "hostkey")})
        plan.update(changes)
        done = subprocess.run([*argv(options, name, folder), json.dumps(plan)], stdout=subprocess.PIPE,
                              text=True, timeout=120, check=True)
        return json.loads(done.stdout)


def late(said):
    """Median, 99 of 100, the latest, in ms."""
    ranked = sorted(said["late_ms"])
    return ranked[len(ranked) // 2], ranked[min(len(ranked) * 99 // 100, len(ranked) - 1)], ranked[-1]


def not_timeout(said):
    return {word: count for word, count in said["outcomes"].items() if word != "timeout"}


def lateness_cell(options, name, folder, scenario, count, spread_ms):
    """Of several rounds the one with the median p99; and what the outcomes were besides timeout."""
    rounds = [measure(options, name, folder, scenario, count=count, spread_ms=spread_ms)
              for _ in range(options.rounds)]
    for said in rounds:
        if not_timeout(said):
            print(f"{name}, {scenario}, {count}: {not_timeout(said)}", file=sys.stderr)
    middle = sorted(rounds, key=lambda said: late(said)[1])[len(rounds) // 2]
    return "{:.1f} / {:.1f} / {:.1f}".format(*late(middle)), middle["task_kib"]


def lateness_table(options, chosen, folder):
    kib = {}
    for scenario, spread, what in ((SILENT, False, "silent, all in the same instant"),
                                   (SILENT, True, "silent, spread over the deadline"),
                                   (DRIBBLE, True, "a byte at a time, spread over the deadline")):
        print(f"\nLate after the deadline, p50 / p99 / latest, ms: {what}\n")
        print("| tasks in flight | " + " | ".join(str(count) for count in options.counts) + " |")
        print("|---" * (len(options.counts) + 1) + "|")
        for name, title, most in chosen:
            cells = []
            for count in options.counts:
                cell = ""
                if count <= most:
                    spread_ms = options.deadline_ms * 9 // 10 if spread else 0
                    cell, kib[name] = lateness_cell(options, name, folder, scenario, count, spread_ms)
                cells.append(cell)
            print(f"| {title} | " + " | ".join(cells) + " |", flush=True)
    return kib


def memory_table(options, chosen, folder):
    print("\nMemory of a hung task, KiB\n\n| | tasks | silent |\n|---|---|---|")
    for name, title, most in chosen:
        count = min(most, 1000)
        said = measure(options, name, folder, SILENT, count=count, spread_ms=options.deadline_ms // 2)
        print(f"| {title} | {count} | {said['task_kib']:.0f} |", flush=True)


def rate_table(options, chosen, folder):
    print("\nTasks a second against a healthy server, and the client's CPU time for one, ms\n")
    print("| side by side | 1 | 8 | 32 |\n|---|---|---|---|")
    for name, title, _ in chosen:
        cells = []
        for concurrency in (1, 8, 32):
            said = measure(options, name, folder, HEALTHY, concurrency=concurrency,
                           seconds=options.seconds, deadline_ms=20000)
            failed = f", {said['failed']} failed" if said["failed"] else ""
            cells.append(f"{said['tasks'] / said['seconds']:.0f}, {said['cpu_ms']:.2f} ms{failed}")
        print(f"| {title} | " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--bin", default=os.path.join(HERE, "../build/bin"))
    parser.add_argument("--counts", default="1,100,1000,5000",
                        type=lambda text: [int(word) for word in text.split(",")])
    parser.add_argument("--only", default="")
    parser.add_argument("--deadline-ms", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    options = parser.parse_args()
    chosen = [client for client in CLIENTS if not options.only or client[0] in options.only.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        build_go(folder)
        lateness_table(options, chosen, folder)
        memory_table(options, chosen, folder)
        rate_table(options, chosen, folder)


if __name__ == "__main__":
    main()
