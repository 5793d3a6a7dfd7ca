#!/usr/bin/python3
"""Puts sshexec's HTTP service behind the driver protocol, so that it is judged like any other client:
each `run` is a POST /v1/exec on a connection of its own.

    sshexec-http.py SSHEXEC

The process that was started becomes the service, for it is the one to be watched; the adapter is its
child."""
import asyncio
import base64
import json
import os
import signal
import sys

PHASES = ("dns tcp ident kexinit kex newkeys service auth channel request data exit close rekey keepalive "
          "disconnect").split()
COPIED = ("host", "port", "user", "password", "hostkey", "dns", "command", "stdin_b64", "deadline_ms")


def become_service(program):
    """Returns in the adapter alone, with the end of a pipe that tells where the service listens."""
    ours, theirs = os.pipe()
    service = os.getpid()
    if os.fork() == 0:
        os.close(theirs)
        return ours, service
    os.close(ours)
    os.dup2(theirs, 1)
    os.close(theirs)
    null = os.open("/dev/null", os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)
    os.execv(program, [program, "serve", "--listen", "127.0.0.1:0", "--quiet", "--drain", "10ms",
                       "--running", "20000", "--connections", "10000"])


def say(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


class Adapter:
    def __init__(self, port):
        self.port, self.tasks = port, {}

    async def ask(self, method, path, body=b""):
        """Status and text; the service closes the connection before this returns."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 24)
        try:
            writer.write(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                         f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
            reply = await reader.read(-1)
        finally:
            writer.close()
        head, _, text = reply.partition(b"\r\n\r\n")
        return int(head.split()[1]), text.decode()

    async def run(self, line):
        task = {name: line[name] for name in COPIED if line.get(name) is not None}
        task["output_kept"] = 65536  # as much as a result line carries
        loop = asyncio.get_running_loop()
        begin = loop.time()
        status, text = await self.ask("POST", "/v1/exec", json.dumps(task).encode())
        result = json.loads(text)
        if status != 200:
            result = {"outcome": "could_not_try", "phase": None, "exit_status": None, "error": result["error"]}
        output = (base64.b64decode(result["stdout_b64"]) if "stdout_b64" in result
                  else result.get("stdout", "").encode())
        say({"op": "result", "id": line["id"], "outcome": result["outcome"], "phase": result["phase"],
             "exit_status": result["exit_status"], "error": result["error"],
             "stdout_b64": base64.b64encode(output).decode(),
             "stdout_bytes": result.get("stdout_bytes", 0), "elapsed_ms": int((loop.time() - begin) * 1000)})

    async def counters(self, line):
        _, text = await self.ask("GET", "/metrics")
        count = sum(int(float(row.split()[1])) for row in text.splitlines()
                    if row.startswith(("sshexec_tasks_in_flight ", "sshexec_tasks_queued ")))
        say({"op": "counters", "id": line["id"], "tasks": count})

    async def settle(self, line):
        say({"op": "settled", "id": line["id"]})

    async def lines(self):
        """What the judge says, until it has no more to say."""
        reader = asyncio.StreamReader(limit=1 << 20)
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        ops = {"run": self.run, "counters": self.counters, "settle": self.settle}
        while text := await reader.readline():
            line = json.loads(text)
            if line["op"] == "bye":
                return
            if line["op"] not in ops:
                say({"op": "unsupported", "id": line["id"]})
                continue
            task = asyncio.create_task(ops[line["op"]](line))
            self.tasks[task] = True
            task.add_done_callback(self.tasks.pop)


def main():
    pipe, service = become_service(sys.argv[1])
    with os.fdopen(pipe) as told:
        first = told.readline()
    if not first:
        sys.exit("sshexec-http: the service did not begin")
    say({"op": "hello", "v": 1, "name": "sshexec-http", "version": "1", "runtime": "sshexec serve, HTTP",
         "ops": ["run", "counters", "settle", "bye"], "auth": ["password"], "phases": PHASES,
         "counters": ["tasks"]})
    try:
        asyncio.run(Adapter(json.loads(first)["port"]).lines())
    finally:
        os.kill(service, signal.SIGTERM)


main()
