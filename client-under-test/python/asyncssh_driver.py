#!/usr/bin/python3
"""AsyncSSH as a driver, fakesshd-driver(7): one thread and one loop, a coroutine for each task.

    asyncssh_driver.py options|wait-for

options   each timeout that AsyncSSH has, and each as long as the deadline
wait-for  none of these, and asyncio.wait_for() around all of a task"""
import asyncio
import gc
import json
import logging
import sys
import warnings

warnings.simplefilter("ignore")
import asyncssh  # noqa: E402  (it warns of old ciphers while it is imported)

import protocol  # noqa: E402

KEEPALIVES = 4  # to a deadline: the last of them unanswered, and it has passed


async def attempt(task, connecting, running):
    line = task.line
    known = asyncssh.import_known_hosts(f"[{line['host']}]:{line['port']} {line['hostkey']}\n")
    async with asyncssh.connect(line["host"], line["port"], username=line["user"], config=None, known_hosts=known,
                                client_keys=[line["key"]], agent_path=None, **connecting) as conn:
        return await conn.run(line["command"], encoding=None, input=task.stdin(), **running)


def start(task, way):
    deadline_s = task.deadline_s()
    if way == "wait-for":
        return asyncio.wait_for(attempt(task, {}, {}), deadline_s)
    return attempt(task, {"connect_timeout": deadline_s, "login_timeout": deadline_s,
                          "keepalive_interval": deadline_s / KEEPALIVES, "keepalive_count_max": KEEPALIVES - 1},
                   {"timeout": deadline_s})


def is_timeout(task, error):
    """A login or a keepalive that took too long is a lost connection, to AsyncSSH."""
    if isinstance(error, (asyncio.TimeoutError, TimeoutError, asyncssh.TimeoutError)):
        return True
    return isinstance(error, asyncssh.ConnectionLost) and task.is_overdue()


def stacks():
    """Of the coroutines, as faulthandler would print them: of a loop it would print nothing else."""
    for number, task in enumerate(asyncio.all_tasks()):
        frames, waiting = [], task.get_coro()
        while waiting is not None and getattr(waiting, "cr_frame", None) is not None:
            frame = waiting.cr_frame
            frames.append(f'  File "{frame.f_code.co_filename}", line {frame.f_lineno} in {frame.f_code.co_name}')
            waiting = waiting.cr_await
        yield "\n".join([f"Thread 0x{number:08x} (most recent call first):", *reversed(frames)])


class Driver:
    def __init__(self, way):
        self.way, self.tasks = way, {}  # by id

    async def run(self, line):
        task = protocol.Task(line)
        try:
            done = await start(task, self.way)
            task.keep(done.stdout)
            if done.exit_status is None or done.exit_signal is not None:
                said = ("failure", None, f"no exit status came, but {done.exit_signal}")
            else:
                said = ("success", done.exit_status)
        except asyncio.CancelledError:
            said = ("cancelled", None, "cancelled on request")
        except Exception as error:
            said = ("timeout" if is_timeout(task, error) else "failure", None, f"{type(error).__name__}: {error}")
        task.say_result(*said)

    def answer(self, line):
        if line["op"] == "run":
            task = asyncio.create_task(self.run(line))
            self.tasks[line["id"]] = task
            task.add_done_callback(lambda _: self.tasks.pop(line["id"]))
        elif line["op"] == "cancel":
            if line["id"] in self.tasks:
                self.tasks[line["id"]].cancel()
        elif line["op"] == "settle":
            gc.collect()
            protocol.say({"op": "settled", "id": line["id"]})
        elif line["op"] == "counters":
            protocol.say({"op": "counters", "id": line["id"], "tasks": len(self.tasks)})
        elif line["op"] == "stacks":
            protocol.say({"op": "stacks", "id": line["id"],
                          "text": "\n\n".join(stacks())[:protocol.STACKS_KEPT]})
        else:
            protocol.say_unsupported(line)

    async def lines(self):
        """What the judge says, until it has no more to say."""
        reader = asyncio.StreamReader(limit=1 << 20)
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while text := await reader.readline():
            line = json.loads(text)
            if line["op"] == "bye":
                break
            self.answer(line)
        protocol.end()


def main():
    way = sys.argv[1]
    if way not in ("options", "wait-for"):
        sys.exit(f"asyncssh_driver: expected options or wait-for, found {way}")
    logging.disable(logging.CRITICAL)
    protocol.say_hello("asyncssh", asyncssh.__version__, ["run", "settle", "counters", "cancel", "stacks"], [])
    asyncio.run(Driver(way).lines())


main()
