#!/usr/bin/env python3
"""What a lease of `fakesshd serve --control` costs: how long it takes, one by one and many in the same
instant, how late other requests are answered meanwhile, and the memory of the servers.

    bench/leases.py [--bin FOLDER] [--leases N]"""
import argparse
import http.client
import json
import os
import socket
import subprocess
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Control:
    def __init__(self, options):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "control")
        self.process = subprocess.Popen([os.path.join(options.bin, "fakesshd"), "serve", "--control",
                                         f"unix:{self.path}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.process.stdout.readline()

    def ask(self, method, path, body=None):
        """(status, answer, milliseconds)"""
        begin = time.monotonic()
        connection = http.client.HTTPConnection("control")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(self.path)
        connection.request(method, path, json.dumps(body) if body else None)
        response = connection.getresponse()
        answer = json.loads(response.read())
        connection.close()
        return response.status, answer, 1000 * (time.monotonic() - begin)

    def lease(self):
        return self.ask("POST", "/v1/leases", {"scenario": "ident/silent"})


def row(what, samples):
    samples = sorted(samples)
    print(f"| {what} | {len(samples)} | {samples[len(samples) // 2]:.1f} | {samples[len(samples) * 99 // 100]:.1f} "
          f"| {samples[-1]:.1f} |")


def one_by_one(control, count):
    leases, releases = [], []
    for _ in range(count):
        _, answer, took_ms = control.lease()
        leases.append(took_ms)
        releases.append(control.ask("DELETE", f"/v1/leases/{answer['lease']}")[2])
    row("a lease, one after the other", leases)
    row("its release", releases)


def at_once(control, count):
    results, others, over = [], [], threading.Event()
    threads = [threading.Thread(target=lambda: results.append(control.lease())) for _ in range(count)]

    def ask_others():
        while not over.is_set():
            others.append(control.ask("GET", "/healthz")[2])
            time.sleep(0.005)

    beside = threading.Thread(target=ask_others)
    beside.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    beside.join()
    row(f"{count} leases in the same instant", [took_ms for _, _, took_ms in results])
    row("other requests meanwhile", others)
    return results


def memory_kb(leases):
    total = 0
    for lease in leases:
        with open(f"/proc/{lease['pid']}/smaps_rollup") as file:
            total += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    return total / len(leases)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default=os.path.join(HERE, "../build/bin"))
    parser.add_argument("--leases", type=int, default=200)
    options = parser.parse_args()
    control = Control(options)
    print("| | n | half of them within, ms | 99 of 100 | all |\n|---|--:|--:|--:|--:|")
    one_by_one(control, 100)
    results = at_once(control, options.leases)
    leases = [answer for status, answer, _ in results if status == 201]
    print(f"\n{len(leases)} of {len(results)} were given out; a server takes {memory_kb(leases):.0f} KiB (Pss)")
    control.process.terminate()
    control.process.wait()


main()
