"""Results made by hand, of the shape that `fakesshd run --json` writes: every class of cell, texts that try to
break out of every format, and as many cells as anybody will have."""
import json

from lab import write

NASTY = '</script><script>window.hacked = 1</script><!-- ]]> "quoted" & \'so\' ::error:: % # \\ | `x` \u2028 \u001b[31m'
SCENARIOS = {
    "ident/silent": ("silence", ["timeout"], "Accepts the connection and never sends its identification string."),
    "auth/silent": ("silence", ["timeout"], "Never answers an authentication request."),
    "auth/dribble": ("dribble", ["timeout"], "Sends a banner each 50 ms and never answers."),
    "data/slow-but-legal": ("legal", ["success"], "Sends its output slowly, but in time."),
}
GROWING = {"verdict": "GROWING", "why": "it grows", "per_task": 1.0, "low": .9, "high": 1.1, "bound": 1.1, "tasks": 100,
           "growth": 100, "noise": 0, "rises": 10, "limit": 1024, "limit_name": "RLIMIT_NOFILE", "tasks_to_limit": 1000.0,
           "series": [[25 * i, 12 + 25 * i] for i in range(5)]}
EVIDENCE = {"file": "x.txt", "summary": "25 threads, same stack: poll", "dump": None, "processes": [
    {"pid": 7, "command": "x " + NASTY, "threads": 25, "fds": 26, "note": "", "groups": [
        {"count": 25, "oldest_s": 9, "frames": ["poll", "ssh_connect", NASTY]}],
     "fd_groups": [{"count": 25, "what": "TCP to port 1, ESTABLISHED"}]}]}


def overshoot(count=20, low=1024):
    return {"count": count, "before": 1, "min_us": -50, "p50_us": low + 100, "p90_us": low + 100, "p99_us": 2 * low,
            "max_us": 2 * low, "buckets": [[low, low + 128, count - 2], [2 * low, 2 * low + 256, 1]]}


def case(id, client, deadline="OK", cleanup=("OK",), as_expected=True, reason="said timeout after 501.1 ms", **more):
    timed_out = deadline == "OK" and "timeout" in SCENARIOS.get(id, (0, ["timeout"]))[1]
    return {"id": id, "client": client, "client_version": "1.0", "deadline_ms": 500,
            "expected": {"outcome": SCENARIOS.get(id, (0, ["timeout"]))[1], "phase": [id.split("/")[0]],
                         "verdict": {"deadline": "OK", "cleanup": ["OK"]}},
            "verdict": {"deadline": deadline, "cleanup": list(cleanup)}, "as_expected": as_expected, "known_gap": None,
            "tasks": 25, "hung": 25 if deadline == "HUNG" else 0, "elapsed_ms": {"min": 500, "p50": 501, "p99": 503, "max": 503},
            "growth": {}, "witness": {"open_after_settle": 0, "surplus": 0}, "reason": reason,
            "repro": f"fakesshd run {id} --deadline 500ms -v --client {client}", "client_stderr": None, "evidence": None,
            "window": {"deadline_ms": 500.0, "early_ms": 495.0, "late_ms": 600.0, "hung_ms": 2500.0, "grace_ms": 100.0},
            "outcomes": {"timeout": 20} if timed_out else {}, "elapsed_us": [501000], "known_gap_at": None,
            "overshoot": overshoot() if timed_out else None, "timeline_dropped": 0, "seed": 1,
            "noise": {"slow_factor": 1.0, "busy": .1},
            "timeline": [{"at_ms": 0.1, "who": "judge", "text": "task 2 begins"},
                         {"at_ms": 1.5, "who": "server", "text": "conn 1: on purpose, the server does nothing more"},
                         {"at_ms": 501.2, "who": "client", "text": "task 2: timeout in ident"}], **more}


def results(cases, complete=True, **more):
    return {"schema": 1, "complete": complete, "incomplete_why": None if complete else "interrupted",
            "tool": "fakesshd 0.1.0", "host": "Linux 6.1 x86_64", "profile": "quick", "seed": 7, "repeats": 1, "wall_ms": 4200,
            "noise": {"words": "quiet", "slow_factor": 1.0, "cap": 5.0, "timer_lateness_us": 80, "fork_exec_us": 900,
                      "before": {"lateness_max_us": 70}, "during": {"lateness_max_us": 80}, "after": {"lateness_max_us": 60}},
            "began": "2026-11-28T09:00:00Z",
            "machine": {"system": "Linux", "kernel": "6.1", "arch": "x86_64", "cpu": "a processor", "cpus": 2},
            "scenarios": {id: {"file": f"scenarios/{id}.lua", "about": about, "rfc": "4253 4.2",
                               "cites": ["https://example.org/issues/1"], "phase": id.split("/")[0], "kind": kind,
                               "expected": {"outcome": outcome, "phase": []}}
                          for id, (kind, outcome, about) in SCENARIOS.items()
                          if any(item["id"] == id for item in cases)},
            "clients": {client: {"kind": "driver", "claims": "total", "argv": [client, "driver"], "scenarios": [],
                                 "min_deadline_ms": 0, "grace_ms": 0, "version": client + " 1.0", "settings": "A client."}
                        for client in dict.fromkeys(item["client"] for item in cases)},
            "summary": {}, "cases": cases, **more}


def every_class():
    """Each class of cell at least once; (auth/dribble, third) is missing."""
    nasty = case("auth/silent", "rearmed", "HUNG", ("LEAK_CONN", "LEAK_FD"), False, "has not come back " + NASTY,
                 client_stderr=NASTY, evidence=EVIDENCE)
    nasty["growth"] = {"fds": GROWING}
    return results([
        case("ident/silent", "sound"),
        case("ident/silent", "rearmed"),
        case("ident/silent", "third", "INCONCLUSIVE", (), False, "the machine is too slow"),
        case("auth/silent", "sound"),
        nasty,
        case("auth/silent", "third", "ERROR", (), False, "x.lua:3: it failed"),
        case("auth/dribble", "sound"),
        case("auth/dribble", "rearmed", "HUNG", ("OK",), True, "has not come back") |
        {"known_gap": "no deadline: https://example.org/gap", "known_gap_at": "rearmed.expect:3"},
        case("data/slow-but-legal", "sound", "FLAKY", (), False, "9 of 10 as expected") |
        {"verdict": {"deadline": "FLAKY", "cleanup": [], "flaky": {"k": 9, "n": 10}}},
        case("data/slow-but-legal", "rearmed", "SKIP", (), True, "the client cannot be told # why"),
        case("data/slow-but-legal", "third", "EARLY", ("OK",), False, "gave up"),
    ], complete=False)


def large(clients=20, ids=480):
    """As many cells as a matrix of the whole catalogue has."""
    phases = ["ident", "kexinit", "kex", "auth", "channel", "data", "exit", "close"]
    cases = []
    for row in range(ids):
        id = f"{phases[row * len(phases) // ids]}/scenario-{row}"
        for column in range(clients):
            bad = (row * 7 + column * 3) % 11 < column / 5
            item = case(id, f"client-{column:02}", "HUNG" if bad else "OK", ("LEAK_FD", "LEAK_THREAD") if bad else ("OK",), not bad)
            item["timeline"] = item["timeline"] * 7
            cases.append(item)
    return results(cases)


def save(name, made):
    return write(name, json.dumps(made))
