"""What the proofs learn about a scenario: from the server's events, from a raw socket that sees its
bytes, from sshexec's driver and from OpenSSH."""
import base64
import json
import select
import signal
import socket
import struct
import subprocess
import threading
import time

import dns_wire


class Server:
    """One `fakesshd serve` of every scenario; events are kept by connection."""

    def __init__(self, program, ids, deadline_ms):
        self.process = subprocess.Popen(
            [program, "serve", "--deadline", f"{deadline_ms}ms", "--events", "-", *ids],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.at, self.events = {}, []
        for _ in ids:
            line = json.loads(self.process.stdout.readline())
            self.at[line["id"]] = line
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def wait_for_text(self, part, seconds=5):
        """Until an event's text has this part."""
        until = time.monotonic() + seconds
        while not any(part in event.get("text", "") for event in list(self.events)):
            if time.monotonic() > until:
                raise TimeoutError(f"no event says: {part}")
            time.sleep(0.01)

    def stop(self):
        """Ends it; gives its exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(10)
        self.reader.join(10)
        return status

    def conn_of_port(self, scenario, port):
        """The events of the connection that came from this port of the client's."""
        for event in self.events:
            if (event["event"] == "accept" and event["id"] == scenario
                    and event["peer"].endswith(f":{port}")):
                return self.conn(event["conn"])
        return []

    def conn(self, number):
        return [event for event in self.events if event.get("conn") == number]

    def numbers(self, scenario):
        return [event["conn"] for event in self.events
                if event["event"] == "accept" and event["id"] == scenario]


class Raw(threading.Thread):
    """A client that sends an identification string and looks at what comes: .bytes, .pieces (time,
    bytes), .end (open, fin, rst, refused, no-connection)."""

    def __init__(self, at, seconds):
        super().__init__()
        self.address, self.seconds = (at["host"], at["port"]), seconds
        self.bytes, self.pieces, self.end, self.port = b"", [], None, 0
        self.start()

    def run(self):
        begin = time.monotonic()
        sock = socket.socket()
        sock.settimeout(self.seconds)
        try:
            sock.connect(self.address)
        except ConnectionRefusedError:
            self.end = "refused"
        except TimeoutError:
            self.end = "no-connection"
        except ConnectionResetError:
            self.end = "rst"
        if self.end is None:
            self.port = sock.getsockname()[1]
            try:
                sock.sendall(b"SSH-2.0-probe\r\n")
                self.look(sock, begin)
            except (ConnectionResetError, BrokenPipeError):
                self.end = "rst"
        sock.close()

    def look(self, sock, begin):
        while True:
            rest = begin + self.seconds - time.monotonic()
            if rest <= 0 or len(self.bytes) > 1 << 20 or not select.select([sock], [], [], rest)[0]:
                self.end = "open"
                return
            piece = sock.recv(65536)
            if piece == b"":
                self.end = "fin"
                return
            self.bytes += piece
            self.pieces.append((time.monotonic() - begin, piece))


def drive(program, tasks, cancels):
    """Gives the tasks to one `sshexec driver`, some milliseconds apart, and cancels those that `cancels`
    gives seconds for; results by position. since_asked_ms is by our clock, which runs before the driver's own."""
    driver = subprocess.Popen([program, "driver"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
    results, asked, turn = {}, {}, threading.Lock()

    def say(line):
        with turn:
            driver.stdin.write(json.dumps(line) + "\n")
            driver.stdin.flush()

    def write():
        for number, task in enumerate(tasks):
            asked[number] = time.monotonic()
            say({"op": "run", "id": number, **task})
            if cancels[number]:
                threading.Timer(cancels[number], say, [{"op": "cancel", "id": number}]).start()
            time.sleep(0.008)  # a pace, so that a burst of handshakes makes no control late

    writer = threading.Thread(target=write)
    writer.start()
    while len(results) < len(tasks):
        line = driver.stdout.readline()
        assert line, "sshexec driver ended before its tasks"
        result = json.loads(line)
        if result["op"] == "result":
            result["since_asked_ms"] = (time.monotonic() - asked[result["id"]]) * 1000
            result["stdout"] = base64.b64decode(result.get("stdout_b64") or "")
            results[result["id"]] = result
    writer.join()
    driver.stdin.close()
    driver.wait(10)
    return [results[number] for number in range(len(tasks))]


class Ssh:
    """OpenSSH's client running `nonce WORD`; .result() gives (status, stdout, seconds)."""

    def __init__(self, at, word):
        self.begin = time.monotonic()
        self.process = subprocess.Popen(
            ["ssh", "-F", "none", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
             "-o", "BatchMode=yes", "-o", f"UserKnownHostsFile={at['known_hosts']}",
             "-o", "StrictHostKeyChecking=yes", "-i", at["key"], "-p", str(at["port"]),
             f"{at['user']}@{at['host']}", "nonce", word],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def result(self):
        try:
            out, _ = self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, _ = self.process.communicate()
        return self.process.returncode, out, time.monotonic() - self.begin


class Dns:
    """A resolver that asks for the A record, over UDP and over TCP at once, and looks at what comes:
    .udp and .tcp are the pieces (time, bytes), .udp_end and .tcp_end how it ended (open, fin,
    refused)."""

    def __init__(self, at, seconds):
        host, port = at["dns"].rsplit(":", 1)
        self.address, self.seconds = (host, int(port)), seconds
        self.udp, self.tcp, self.udp_end, self.tcp_end = [], [], None, None
        message = dns_wire.query()
        self.threads = [
            threading.Thread(target=self.ask, args=(socket.SOCK_DGRAM, message, "udp")),
            threading.Thread(target=self.ask, args=(socket.SOCK_STREAM,
                                                    struct.pack(">H", len(message)) + message, "tcp"))]
        for thread in self.threads:
            thread.start()

    def join(self):
        for thread in self.threads:
            thread.join()

    def ask(self, kind, message, name):
        with socket.socket(type=kind) as sock:
            try:
                sock.connect(self.address)
                begin = time.monotonic()
                sock.sendall(message)
                setattr(self, f"{name}_end", self.look(sock, begin, getattr(self, name)))
            except ConnectionRefusedError:
                setattr(self, f"{name}_end", "refused")

    def look(self, sock, begin, pieces):
        while True:
            rest = begin + self.seconds - time.monotonic()
            if rest <= 0 or not select.select([sock], [], [], rest)[0]:
                return "open"
            piece = sock.recv(65536)
            if piece == b"":
                return "fin"
            pieces.append((time.monotonic() - begin, piece))
