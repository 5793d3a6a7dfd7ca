"""The lines between judge and driver, fakesshd-driver(7): what the drivers in Python share."""
import base64
import faulthandler
import json
import os
import platform
import sys
import tempfile
import threading
import time

OUTPUT_KEPT = 65536  # of each task, as much as a result line carries
STACKS_KEPT = 150000  # bytes; a line may have 256 KiB

_out = threading.Lock()


def say(line):
    text = json.dumps(line) + "\n"
    with _out:
        sys.stdout.write(text)
        sys.stdout.flush()


def say_hello(name, version, ops, phases):
    say({"op": "hello", "v": 1, "name": name, "version": version, "runtime": f"Python {platform.python_version()}",
         "ops": [*ops, "bye"], "auth": ["publickey"], "phases": phases, "counters": ["tasks"]})


def say_unsupported(line):
    say({"op": "unsupported", "id": line["id"]})


def end():
    """Whatever the tasks do."""
    os._exit(0)


def say_stacks(line):
    with tempfile.TemporaryFile() as file:
        faulthandler.dump_traceback(file)
        file.seek(0)
        text = file.read(STACKS_KEPT).decode(errors="replace")
    say({"op": "stacks", "id": line["id"], "text": text})


class Task:
    """What becomes of a `run` line."""

    def __init__(self, line):
        self.line, self.begin = line, time.monotonic()
        self.output, self.output_bytes = b"", 0
        self.phase = None  # what it waits for, where that is known

    def deadline_s(self):
        return self.line["deadline_ms"] / 1000

    def is_overdue(self):
        return time.monotonic() - self.begin >= self.deadline_s()

    def stdin(self):
        return base64.b64decode(self.line.get("stdin_b64") or "")

    def keep(self, chunk):
        self.output_bytes += len(chunk)
        self.output += chunk[:OUTPUT_KEPT - len(self.output)]

    def say_result(self, outcome, exit_status=None, error=None):
        say({"op": "result", "id": self.line["id"], "outcome": outcome,
             "phase": None if outcome == "success" else self.phase, "exit_status": exit_status,
             "stdout_b64": base64.b64encode(self.output).decode(), "stdout_bytes": self.output_bytes,
             "elapsed_ms": int((time.monotonic() - self.begin) * 1000), "error": error})
