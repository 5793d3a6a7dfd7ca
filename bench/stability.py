#!/usr/bin/env python3
"""Is any sound client ever accused? Judges sound clients by the whole catalogue N times over, and says what came
of each verdict. The exit status is 1 when one was not as expected.

    bench/stability.py [--bin FOLDER] [--repeat N] [--busy N] [--json FILE] [--client NAME]... [SELECTOR...]

--busy N: beside so many busy loops."""
import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENTS = ["sshexec", "go-deadline", "openssh"]


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default=os.path.join(HERE, "../build/bin"))
    parser.add_argument("--repeat", type=int, default=10)
    parser.add_argument("--busy", type=int, default=0)
    parser.add_argument("--json")
    parser.add_argument("--client", action="append")
    parser.add_argument("--one-variant", action="store_true")
    parser.add_argument("selectors", nargs="*")
    return parser.parse_args()


def attempts(case):
    """Every verdict that was given, those that were judged again alone by what they were at last."""
    return case.get("repeats", [case])


def main():
    options = parse()
    loops = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(options.busy)]
    path = options.json or os.path.join(tempfile.mkdtemp(), "stability.json")
    argv = [os.path.join(options.bin, "fakesshd"), "run", "--repeat", str(options.repeat), "--no-stacks",
            "--json", path, *options.selectors]
    argv += ["--one-variant"] if options.one_variant else []
    for client in options.client or CLIENTS:
        argv += ["--client", client]
    with open(os.path.splitext(path)[0] + ".txt", "w") as log:
        status = subprocess.call(argv, stdout=log)
    for loop in loops:
        loop.kill()
    with open(path) as file:
        told = json.load(file)
    counts = collections.defaultdict(collections.Counter)
    accused = []
    for case in told["cases"]:
        for attempt in attempts(case):
            word = attempt["verdict"]["deadline"]
            kind = ("skipped" if word == "SKIP" else "undecided" if word == "INCONCLUSIVE" else
                    "as expected" if attempt["as_expected"] else "not as expected")
            counts[case["client"]][kind] += 1
            counts[case["client"]]["judged again"] += "first" in attempt
            if kind == "not as expected":
                accused.append(f"{case['client']} {case['id']} seed {attempt['seed']}: "
                               f"{attempt['verdict']} {attempt['reason']}")
    print("| client | verdicts | as expected | not as expected | undecided | judged again alone |\n|---|--:|--:|--:|--:|--:|")
    for client, count in counts.items():
        total = sum(count[kind] for kind in ("as expected", "not as expected", "undecided"))
        print(f"| {client} | {total} | {count['as expected']} | {count['not as expected']} | {count['undecided']} | "
              f"{count['judged again']} |")
    noise = told["noise"]
    print(f"\n{told['wall_ms'] / 1000:.0f} s, status {status}; machine {noise['words']}: slow factor "
          f"{noise['slow_factor']:.2f}, timers late by {noise['during']['timer_lateness_us']['max'] / 1000:.1f} ms at most, "
          f"{100 * noise['during']['busy']:.0f} % busy, load {' '.join(f'{load:.1f}' for load in os.getloadavg())}")
    print("\n".join(accused))
    return 1 if accused or not told["complete"] else 0


sys.exit(main())
