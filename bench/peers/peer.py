"""What the peers in Python share: a plan, and what is said of it (bench/deadlines.py)."""
import collections
import json
import os
import resource
import sys


def read_plan():
    return json.loads(sys.argv[1])


def due_s(plan, number):
    """When task `number` begins, in seconds after the first."""
    return plan["spread_ms"] / 1000 * number / plan["count"]


def look_s(plan):
    """When all tasks hang: the moment to look at the memory."""
    return max(plan["spread_ms"], plan["deadline_ms"] * 0.75) / 1000


def resident_kib(pid="self"):
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def hung(plan, late_ms, outcomes, grown_kib):
    return {"late_ms": late_ms, "outcomes": collections.Counter(outcomes),
            "task_kib": grown_kib / plan["count"]}


def rate(outcomes, seconds, who=resource.RUSAGE_SELF):
    usage = resource.getrusage(who)
    done = outcomes.count("success")
    return {"tasks": done, "failed": len(outcomes) - done, "seconds": seconds,
            "cpu_ms": (usage.ru_utime + usage.ru_stime) * 1000 / max(done, 1)}


def say(said):
    json.dump(said, sys.stdout)
    print()
