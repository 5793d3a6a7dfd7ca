#!/usr/bin/python3
"""Paramiko as a driver, fakesshd-driver(7): a thread for each task, to which Paramiko adds one for each
connection. Whatever has no timeout in Paramiko has none here.

    paramiko_driver.py default|timeouts

default   what a newcomer writes: connect(timeout=…), exec_command(), read, exit status
timeouts  each option that the manual has, and each as long as the deadline"""
import contextlib
import gc
import json
import logging
import socket
import sys
import threading

import paramiko
from paramiko.hostkeys import HostKeyEntry

import protocol

CHUNK = 32768
# Their sentences are all that these have of a class.
TIMED_OUT = ("timed out", "timeout")


def client_for(line):
    """That believes the given host key, and none else (RejectPolicy is the default)."""
    client = paramiko.SSHClient()
    name = f"[{line['host']}]:{line['port']}"
    entry = HostKeyEntry.from_line(f"{name} {line['hostkey']}")
    client.get_host_keys().add(name, entry.key.get_name(), entry.key)
    return client


def options(task, way):
    """Of connect(), then of exec_command()."""
    deadline_s = task.deadline_s()
    if way == "default":
        return {"timeout": deadline_s}, {}
    return ({"timeout": deadline_s, "banner_timeout": deadline_s, "auth_timeout": deadline_s},
            {"timeout": deadline_s})


def attempt(task, client, way, transport_factory):
    line = task.line
    connecting, running = options(task, way)
    client.connect(line["host"], line["port"], line["user"], key_filename=line["key"], allow_agent=False,
                   look_for_keys=False, transport_factory=transport_factory, **connecting)
    stdin, stdout, stderr = client.exec_command(line["command"], **running)
    if task.stdin():
        stdin.write(task.stdin())
    stdin.channel.shutdown_write()
    while chunk := stdout.read(CHUNK):
        task.keep(chunk)
    while stderr.read(CHUNK):
        pass
    return stdout.channel.recv_exit_status()


def is_timeout(task, error):
    """Paramiko has no class for it. A late banner is one that can't be read, a late key exchange "No existing
    session": what comes when its timeouts have passed is taken for one."""
    if isinstance(error, (socket.timeout, TimeoutError)):
        return True
    return isinstance(error, paramiko.SSHException) and (
        task.is_overdue() or any(word in str(error).lower() for word in TIMED_OUT))


class Driver:
    def __init__(self, way):
        self.way, self.lock = way, threading.Lock()
        self.tasks, self.cancelled = {}, set()  # by id: the socket of each, None before it has one

    def transport_of(self, number):
        """A cancel may come before there is a transport, or before it is started, and a client that is closed then
        goes on: its socket is what ends it."""
        def make(connection, **words):
            with self.lock:
                self.tasks[number] = connection
                if number in self.cancelled:
                    connection.close()
                    raise paramiko.SSHException("cancelled before it was connected")
            return paramiko.Transport(connection, **words)
        return make

    def run(self, line):
        task, client = protocol.Task(line), None
        try:
            client = client_for(line)
            status = attempt(task, client, self.way, self.transport_of(line["id"]))
            # -1 is Paramiko's word for a channel that ended without any.
            said = ("success", status) if status >= 0 else ("failure", None, "no exit status came")
        except Exception as error:
            said = ("timeout" if is_timeout(task, error) else "failure", None, f"{type(error).__name__}: {error}")
        if client is not None:
            client.close()
        with self.lock:
            del self.tasks[line["id"]]
            if line["id"] in self.cancelled and said[0] != "success":
                said = ("cancelled", None, said[2])
            self.cancelled.discard(line["id"])
        task.say_result(*said)

    def cancel(self, line):
        """Nothing else ends what another thread waits for."""
        with self.lock:
            connection = self.tasks.get(line["id"])
            if line["id"] in self.tasks:
                self.cancelled.add(line["id"])
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def answer(self, line):
        if line["op"] == "run":
            self.tasks[line["id"]] = None
            threading.Thread(target=self.run, args=(line,), daemon=True).start()
        elif line["op"] == "settle":
            gc.collect()
            protocol.say({"op": "settled", "id": line["id"]})
        elif line["op"] == "counters":
            protocol.say({"op": "counters", "id": line["id"], "tasks": len(self.tasks)})
        elif line["op"] == "cancel":
            self.cancel(line)
        elif line["op"] == "stacks":
            protocol.say_stacks(line)
        else:
            protocol.say_unsupported(line)


def main():
    way = sys.argv[1]
    if way not in ("default", "timeouts"):
        sys.exit(f"paramiko_driver: expected default or timeouts, found {way}")
    logging.disable(logging.CRITICAL)
    driver = Driver(way)
    protocol.say_hello("paramiko", paramiko.__version__, ["run", "settle", "counters", "cancel", "stacks"], [])
    for text in sys.stdin:
        line = json.loads(text)
        if line["op"] == "bye":
            break
        driver.answer(line)
    protocol.end()


main()
