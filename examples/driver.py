#!/usr/bin/python3
"""A driver for fakesshd, whole: AsyncSSH, judged as it comes. fakesshd-driver(7) goes through it.

    fakesshd probe --client examples/driver.lua --transcript
    fakesshd run healthy ident/silent --client examples/driver.lua"""
import asyncio
import base64
import gc
import json
import os
import sys
import time

import asyncssh

tasks = {}  # by id, those that are under way


def say(**line):
    # One write for the whole line, at once: nothing else may stand between.
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


async def execute(asked):
    """Connects, checks the host key, logs in, runs the command: its exit status and output."""
    trusted = asyncssh.import_public_key(asked["hostkey"])
    async with asyncssh.connect(
            asked["host"], asked["port"], username=asked["user"], client_keys=[asked["key"]],
            known_hosts=([trusted], [], []), config=None, agent_path=None,
            connect_timeout=None, login_timeout=None) as connection:
        return await connection.run(asked["command"], encoding=None,
                                    input=base64.b64decode(asked.get("stdin_b64", "")))


async def run(asked):
    began = time.monotonic()
    reply = {"outcome": "failure", "phase": None, "exit_status": None, "error": None}
    try:
        # One deadline over everything, for everything can hang.
        done = await asyncio.wait_for(execute(asked), asked["deadline_ms"] / 1000)
        if done.exit_status is None:
            reply["error"] = "the command ended without an exit status"
        else:
            reply.update(outcome="success", exit_status=done.exit_status, stdout_bytes=len(done.stdout),
                         stdout_b64=base64.b64encode(done.stdout[:65536]).decode())
    except asyncio.TimeoutError:
        reply.update(outcome="timeout", error="the deadline passed")
    except asyncio.CancelledError:
        reply.update(outcome="cancelled", error="cancelled")
    except Exception as error:  # whatever the library says is a clean error
        reply.update(error=f"{type(error).__name__}: {error}")
    del tasks[asked["id"]]
    say(op="result", id=asked["id"], elapsed_ms=round((time.monotonic() - began) * 1000), **reply)


def answer(asked):
    op, number = asked["op"], asked.get("id")
    if op == "run":
        tasks[number] = asyncio.ensure_future(run(asked))
    elif op == "cancel":
        if number in tasks:
            tasks[number].cancel()
    elif op == "settle":
        gc.collect()
        say(op="settled", id=number)
    elif op == "counters":
        say(op="counters", id=number, tasks=len(tasks))
    elif op == "bye":
        os._exit(0)  # whatever the tasks do
    else:
        say(op="unsupported", id=number)


async def main():
    lines = asyncio.StreamReader(limit=256 * 1024)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    say(op="hello", v=1, name="asyncssh", version=asyncssh.__version__,
        runtime="Python " + sys.version.split()[0], auth=["publickey"], phases=[], counters=["tasks"],
        ops=["run", "cancel", "settle", "counters", "bye"])
    while line := await lines.readline():
        answer(json.loads(line))
    os._exit(0)


asyncio.run(main())
