"""What OpenSSH's ssh does with a plan (bench/deadlines.py): `timeout D ssh …`, a process for each task
and one to end it."""
import os
import resource
import subprocess
import tempfile
import threading
import time

import peer


def argv(plan, known):
    return ["timeout", str(plan["deadline_ms"] / 1000), "ssh", "-F", "none", "-p", str(plan["port"]),
            "-i", plan["key"], "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
            "-o", "BatchMode=yes", "-o", f"UserKnownHostsFile={known}",
            f"{plan['user']}@{plan['host']}", "nonce 4f2a"]


def begin(plan, known):
    return subprocess.Popen(argv(plan, known), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def outcome(status):
    return {0: "success", 124: "timeout"}.get(status, f"early: exit status {status}")


def own_kib(pid):
    """What this process alone holds, and its share of what it shares."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]


def hang(plan, known):
    late, outcomes, waiters, pids = [], [], [], []

    def wait(process, begun):
        status = process.wait()
        late.append((time.monotonic() - begun) * 1000 - plan["deadline_ms"])
        outcomes.append(outcome(status))

    first = time.monotonic()
    for number in range(plan["count"]):
        time.sleep(max(0, first + peer.due_s(plan, number) - time.monotonic()))
        begun = time.monotonic()
        process = begin(plan, known)
        pids.append(process.pid)
        waiters.append(threading.Thread(target=wait, args=(process, begun)))
        waiters[-1].start()
    time.sleep(max(0, first + peer.look_s(plan) - time.monotonic()))
    grown = sum(own_kib(pid) for parent in pids for pid in [parent, *children(parent)])
    for waiter in waiters:
        waiter.join()
    return peer.hung(plan, late, outcomes, grown)


def rate(plan, known):
    done, first = [], time.monotonic()

    def work():
        while time.monotonic() < first + plan["seconds"]:
            done.append(outcome(begin(plan, known).wait()))

    workers = [threading.Thread(target=work) for _ in range(plan["concurrency"])]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return peer.rate(done, time.monotonic() - first, resource.RUSAGE_CHILDREN)


def main():
    plan = peer.read_plan()
    with tempfile.TemporaryDirectory() as folder:
        known = os.path.join(folder, "known_hosts")
        with open(known, "w") as file:
            file.write(f"[{plan['host']}]:{plan['port']} {plan['hostkey']}\n")
        peer.say((rate if plan["seconds"] else hang)(plan, known))

main()
