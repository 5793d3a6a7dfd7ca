#!/usr/bin/env python3
"""A driver written from fakesshd-driver(7) alone: AsyncSSH, a task of asyncio for each of the judge's.
After every n-th timeout a helper thread is never told to end.

    async.py EVERY"""
import asyncio
import base64
import json
import sys
import threading
import time
import warnings

warnings.simplefilter("ignore")
import asyncssh  # noqa: E402

EVERY = int(sys.argv[1])
timeouts, running = 0, {}


def say(**line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


async def execute(asked, result):
    known = asyncssh.import_known_hosts(f"[{asked['host']}]:{asked['port']} {asked['hostkey']}\n")
    async with asyncssh.connect(asked["host"], asked["port"], username=asked["user"], known_hosts=known,
                                config=None, agent_path=None, client_keys=[asked["key"]]) as conn:
        stdin = base64.b64decode(asked.get("stdin_b64", ""))
        done = await conn.run(asked["command"], encoding=None, input=stdin)
        out = done.stdout or b""
        result.update(exit_status=done.exit_status, stdout_bytes=len(out),
                      stdout_b64=base64.b64encode(out[:65536]).decode(),
                      outcome="failure" if done.exit_status is None or done.exit_status < 0 else "success")


async def task(asked):
    global timeouts
    begin = time.monotonic()
    result = {"outcome": "failure", "phase": None, "exit_status": None, "error": None}
    try:
        await asyncio.wait_for(execute(asked, result), asked["deadline_ms"] / 1000)
    except asyncio.TimeoutError:
        result["outcome"] = "timeout"
        timeouts += 1
        if timeouts % EVERY == 0:
            threading.Thread(target=threading.Event().wait, daemon=True).start()
    except asyncio.CancelledError:
        result["outcome"] = "cancelled"
    except Exception as problem:  # of many kinds, all of which are clean errors
        result["error"] = repr(problem)[:200]
    del running[asked["id"]]
    say(op="result", id=asked["id"], elapsed_ms=int(1000 * (time.monotonic() - begin)), **result)


async def main():
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    say(op="hello", v=1, name="held-back-async", version="1", runtime="python",
        ops=["run", "cancel", "settle", "counters", "bye"], auth=["publickey"], phases=[], counters=["tasks"])
    while line := await lines.readline():
        asked = json.loads(line)
        if asked["op"] == "run":
            running[asked["id"]] = loop.create_task(task(asked))
        elif asked["op"] == "cancel":
            if asked["id"] in running:
                running[asked["id"]].cancel()
        elif asked["op"] == "settle":
            say(op="settled", id=asked["id"])
        elif asked["op"] == "counters":
            say(op="counters", id=asked["id"], tasks=len(running))
        elif asked["op"] == "bye":
            return
        else:
            say(op="unsupported", id=asked["id"])

asyncio.run(main())
