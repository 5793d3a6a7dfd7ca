"""`fakesshd serve` against clients that want it to end, to hang or to grow. After each of them the
server has the descriptors and about the memory that it had, and others are served in time."""
import contextlib
import ctypes
import ctypes.util
import hashlib
import hmac
import os
import select
import socket
import struct
import sys
import time

from lab import ROOT, Server, expect_status, run, test, wait_until, write

sys.path.insert(0, os.path.join(ROOT, "tests", "scenarios"))
from speaker import Speaker, string  # noqa: E402

IN_TIME_S = 5
GROWTH_MAX_KB = 24 * 1024  # what malloc keeps for later is not counted as growth
ENGINES = ("libssh", "crafted")

SCENARIO = """return { about = "Says what it is told.", kind = "legal", rfc = "4253 4.2", engine = "%s",
  expect = { outcome = "success" },
  serve = function(conn) %s end }
"""


# ---- the server, looked at from outside ----

class Watched(Server):
    """A server whose descriptors and memory are known from when it was young."""

    def __init__(self, engine, body="conn:healthy()"):
        super().__init__(write(f"{engine}.lua", SCENARIO % (engine, body)),
                         write(f"healthy-{engine}.lua", SCENARIO % (engine, "conn:healthy()")), count=2)
        self.healthy = self.lines[1]
        self.pid = self.first["pid"]
        self.serves_others()
        self.fds, self.memory_kb = self.count_fds(), self.read_memory("VmRSS")

    def count_fds(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def read_memory(self, what):
        with open(f"/proc/{self.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(what + ":"))

    def serves_others(self):
        done = run(self.ssh("nonce", "4f2a", at=self.healthy), timeout=30)
        expect_status(done, 0)
        assert done.out == "4f2a\n" and done.seconds < IN_TIME_S, str(done)

    def is_as_before(self, peak_kb=GROWTH_MAX_KB, kept_kb=GROWTH_MAX_KB):
        """Alive, serving, with no more descriptors and not much more memory."""
        self.serves_others()
        assert self.process.poll() is None, self.process.stderr.read()
        assert wait_until(lambda: self.count_fds() <= self.fds), \
            f"{self.fds} descriptors before, {self.count_fds()} after"
        now_kb, most_kb = self.read_memory("VmRSS"), self.read_memory("VmHWM")
        assert now_kb < self.memory_kb + kept_kb, f"{self.memory_kb} kB before, {now_kb} after"
        assert most_kb < self.memory_kb + peak_kb, f"{self.memory_kb} kB before, {most_kb} at most"

    def connect(self):
        return socket.create_connection((self.first["host"], self.first["port"]), 10)


def read_all(client, seconds=5):
    """What the server says until it closes; None when it doesn't."""
    said, end = b"", time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            client.settimeout(max(end - time.monotonic(), 0.01))
            piece = client.recv(65536)
            if not piece:
                return said
            said += piece
    except ConnectionResetError:
        return said
    except TimeoutError:
        pass
    return None


def say(client, data):
    with contextlib.suppress(ConnectionResetError, BrokenPipeError):
        client.sendall(data)


def noise(count, seed=b"noise"):
    return hashlib.shake_128(seed).digest(count)


# ---- a client that is authenticated, and quick ----

class AesCtr:
    """aes128-ctr by the libcrypto that the server is linked with."""
    crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
    crypto.EVP_CIPHER_CTX_new.restype = crypto.EVP_aes_128_ctr.restype = ctypes.c_void_p

    def __init__(self, key, iv):
        self.context = ctypes.c_void_p(self.crypto.EVP_CIPHER_CTX_new())
        aes = ctypes.c_void_p(self.crypto.EVP_aes_128_ctr())
        assert self.crypto.EVP_EncryptInit_ex(self.context, aes, None, key, iv) == 1

    def update(self, data):
        out, length = ctypes.create_string_buffer(len(data) + 16), ctypes.c_int()
        assert self.crypto.EVP_EncryptUpdate(self.context, out, ctypes.byref(length), data, len(data)) == 1
        return out.raw[:length.value]


class Quick:
    """The client's direction under aes128-ctr: many packets are sealed in one go."""

    def __init__(self, key, iv, mac_key, sequence):
        self.stream = AesCtr(key, iv)
        self.mac_key, self.sequence = mac_key, sequence

    def seal(self, payload):
        return self.seal_all([payload])

    def seal_all(self, payloads):
        packets, macs = [], []
        for payload in payloads:
            padding = 16 - (5 + len(payload)) % 16
            padding += 16 if padding < 4 else 0
            packet = struct.pack(">IB", 1 + len(payload) + padding, padding) + payload + bytes(padding)
            packets.append(packet)
            macs.append(hmac.digest(self.mac_key, struct.pack(">I", self.sequence) + packet, "sha256"))
            self.sequence = self.sequence + 1 & 0xffffffff
        data, pieces, at = self.stream.update(b"".join(packets)), [], 0
        for packet, mac in zip(packets, macs):
            pieces += [data[at:at + len(packet)], mac]
            at += len(packet)
        return b"".join(pieces)


class Flooder(Speaker):
    """Goes up to an accepted command, or to authentication, and floods from there."""

    def __init__(self, at, with_command=True, subsystem=None):
        self.with_command, self.subsystem, self.mine = with_command, subsystem, None
        super().__init__(at, "nonce 4f2a", 10)
        self.join()
        assert self.mine, f"{self.end}: {[message[1] for message in self.messages]}"

    def say_kexinit(self):
        lists = (b"curve25519-sha256", b"ssh-ed25519", b"aes128-ctr", b"chacha20-poly1305@openssh.com",
                 b"hmac-sha2-256", b"hmac-sha2-256", b"none", b"none", b"", b"")
        self.kexinit = b"\x14" + os.urandom(16) + b"".join(map(string, lists)) + bytes(5)
        self.say(self.kexinit)

    def on_KEX_REPLY(self, payload):
        super().on_KEX_REPLY(payload)
        self.out = Quick(self.derive(b"C")[:16], self.derive(b"A")[:16], self.derive(b"E")[:32],
                         self.out.sequence)

    def on_USERAUTH_SUCCESS(self, payload):
        if self.with_command:
            super().on_USERAUTH_SUCCESS(payload)
        else:
            self.is_ready()

    def on_OPEN_CONFIRMATION(self, payload):
        if self.subsystem is None:
            super().on_OPEN_CONFIRMATION(payload)
        else:
            self.channel = struct.unpack_from(">I", payload, 5)[0]
            self.say(request_on(self.channel, b"subsystem", string(self.subsystem)))

    def on_SUCCESS(self, payload):
        self.is_ready()

    def is_ready(self):
        self.mine = self.sock.dup()
        self.closed = True

    def leave(self):
        """With a reset: a FIN would wait behind what the server does not read."""
        self.mine.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.mine.close()

    def flood(self, payloads, seconds=20):
        """Sends all, reads what comes meanwhile. Returns how many bytes could not be sent."""
        data = memoryview(self.out.seal_all(payloads))
        end = time.monotonic() + seconds
        self.mine.setblocking(False)
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            while data and time.monotonic() < end:
                readable, writable, _ = select.select([self.mine], [self.mine], [], 1)
                if readable and not self.mine.recv(1 << 20):
                    break
                if writable:
                    data = data[self.mine.send(data[:1 << 18]):]
        return len(data)


# ---- bytes that are no SSH ----

@test
def random_bytes_before_the_identification_string_end_the_connection_alone():
    for engine in ENGINES:
        server = Watched(engine)
        for size in (1, 100, 4096, 300_000):
            with server.connect() as client:
                say(client, noise(size) + b"\n")
                client.shutdown(socket.SHUT_WR)
                assert read_all(client) is not None, f"{engine}: {size} bytes, and no end"
        server.is_as_before()


@test
def random_bytes_after_the_identification_string_end_the_connection_alone():
    for engine in ENGINES:
        server = Watched(engine)
        for number in range(20):
            with server.connect() as client:
                say(client, b"SSH-2.0-x\r\n" + b"\0\0" + noise(20_000, bytes([number])))
                client.shutdown(socket.SHUT_WR)
                assert read_all(client) is not None, f"{engine}: no end"
        server.is_as_before()


@test
def a_packet_length_that_cannot_be_ends_the_connection_alone():
    for engine in ENGINES:
        server = Watched(engine)
        for length in (0xffffffff, 0x80000000, 0, 1, 13, 35_000 * 16 + 12):
            with server.connect() as client:
                say(client, b"SSH-2.0-x\r\n" + struct.pack(">IB", length, 4) + b"\x14" + bytes(70_000))
                assert read_all(client) is not None or length in (0, 1), f"{engine}: {length}, and no end"
        server.is_as_before()


# ---- many ----

@test(alone=True)
def a_thousand_connects_in_a_second_are_a_thousand_connections_and_none_is_left():
    for engine in ENGINES:
        server = Watched(engine)
        began = time.monotonic()
        clients = [server.connect() for _ in range(1000)]
        assert time.monotonic() - began < 1.5, f"{engine}: {time.monotonic() - began:.1f} s to connect"
        server.serves_others()
        for client in clients:
            client.close()
        server.is_as_before(peak_kb=200 * 1024)


@test
def half_open_connections_stand_in_nobodys_way():
    for engine in ENGINES:
        server = Watched(engine)
        clients = [server.connect() for _ in range(300)]
        for client in clients[::3]:
            say(client, b"SSH-2.0-x\r\n")
        for client in clients[1::3]:
            client.shutdown(socket.SHUT_WR)
        server.serves_others()
        for client in clients:
            client.close()
        server.is_as_before(peak_kb=100 * 1024)


# ---- clients that are authenticated ----

def flooded(engine, body, payloads, with_command=True, peak_kb=GROWTH_MAX_KB, kept_kb=GROWTH_MAX_KB):
    """One client floods; how much of it the server would not take."""
    server = Watched(engine, body)
    flooder = Flooder(server.first, with_command)
    left = flooder.flood(payloads)
    server.serves_others()
    flooder.leave()
    server.is_as_before(peak_kb, kept_kb)
    return left


OPEN = b"\x5a" + string(b"session") + struct.pack(">III", 0, 1 << 21, 1 << 15)
OPEN_OTHER = b"\x5a" + string(b"direct-tcpip") + struct.pack(">III", 0, 1 << 21, 1 << 15)


def request_on(channel, kind, rest=b"", reply=b"\1"):
    return b"\x62" + struct.pack(">I", channel) + string(kind) + reply + rest


@test
def five_thousand_channels_are_too_many():
    for engine in ENGINES:
        flooded(engine, "conn:healthy()", [OPEN] * 5000, with_command=False, peak_kb=64 * 1024)
        flooded(engine, "conn:upto('channel') conn:hold()", [OPEN] * 5000, with_command=False,
                peak_kb=64 * 1024)


@test
def a_hundred_thousand_requests_are_answered_or_ended():
    for engine in ENGINES:
        requests = [request_on(1, b"env", string(b"A") + string(b"b"))] * 50_000
        requests += [b"\x50" + string(b"keepalive@openssh.com") + b"\1"] * 50_000
        flooded(engine, "conn:upto('data') conn:hold()", requests)


@test
def large_requests_that_nobody_answers_do_not_pile_up():
    for engine in ENGINES:
        large = request_on(1, b"exec", string(b"x" * 30_000))
        # Scripts may use so much together, and Lua keeps it for the next ones.
        flooded(engine, "conn:upto('data') while conn:channel() do end conn:hold()", [large] * 3000,
                peak_kb=80 * 1024, kept_kb=80 * 1024)


@test
def endless_data_to_a_script_that_does_not_read_does_not_pile_up():
    for engine in ENGINES:
        data = b"\x5e" + struct.pack(">I", 1) + string(bytes(32_000))
        for body in ("conn:upto('data') conn:hold()", "conn:upto('data') conn:stop_reading() conn:hold()"):
            server = Watched(engine, body)
            flooder = Flooder(server.first)
            flooder.flood([data] * 3000, seconds=3)
            server.serves_others()
            flooder.leave()
            server.is_as_before()


@test
def pings_during_a_key_exchange_that_never_ends_do_not_pile_up():
    server = Watched("crafted", "conn:upto('data') conn:hold()")
    flooder = Flooder(server.first)
    left = flooder.flood([flooder.kexinit] + [b"\xc0" + string(bytes(16_000))] * 5000)
    assert left > 0, "the server took them all"
    flooder.leave()
    server.is_as_before()


# ---- clients of subsystems ----

def sftp(number, body, request_id=1):
    return string(struct.pack(">BI", number, request_id) + body)


SFTP_START = sftp(1, b"", 3)
HOSTILE_SFTP = {
    "noise": noise(200_000),
    "noise in whole packets": SFTP_START + b"".join(string(noise(50, bytes([n % 256, n // 256])))
                                                     for n in range(3000)),
    "a packet without end": SFTP_START + struct.pack(">I", 0xffffffff) + bytes(100_000),
    "empty packets": SFTP_START + bytes(4) * 20_000,
    "more handles than there are": SFTP_START + sftp(3, string(b"/a") + struct.pack(">II", 1, 0)) * 20_000,
    "more files than fit": SFTP_START + b"".join(
        sftp(3, string(b"/%d" % n) + struct.pack(">II", 0x1a, 0))
        + sftp(6, string(b"%d" % (n + 1)) + struct.pack(">Q", 262_000) + string(b"x" * 144)) for n in range(60)),
    "far offsets": SFTP_START + sftp(3, string(b"/a") + struct.pack(">II", 1, 0))
        + b"".join(sftp(5, string(b"1") + struct.pack(">QI", offset, 0xffffffff))
                   + sftp(6, string(b"1") + struct.pack(">Q", offset) + string(b"x"))
                   for offset in (1, 1 << 31, 1 << 62, 1 << 63, (1 << 64) - 1)),
    "requests and no reading": SFTP_START + sftp(3, string(b"/a") + struct.pack(">II", 1, 0))
        + sftp(5, string(b"1") + struct.pack(">QI", 0, 65536)) * 30_000,
}
HELLO = b'<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><capabilities><capability>' \
        b"urn:ietf:params:netconf:base:1.1</capability></capabilities></hello>]]>]]>"
HOSTILE_NETCONF = {
    "noise": noise(200_000),
    "a message without end": b"<" * 1_000_000,
    "a chunk without end": HELLO + b"\n#4294967295\n" + b"x" * 500_000,
    "no size": HELLO + b"\n#99999999999999999999\n",
    "chunks of a byte": HELLO + b"\n#1\nx" * 100_000,
    "rpcs and no reading": HELLO + b'\n#24\n<rpc message-id="1"/>   \n##\n' * 20_000,
    "hellos": HELLO * 5000,
}


def ask_a_subsystem(subsystem, waited_for, all_data):
    for engine in ENGINES:
        for body in "conn:healthy()", f"conn:upto('data'):{subsystem}('{waited_for}') conn:hold()":
            server = Watched(engine, body)
            for what, data in all_data.items():
                flooder = Flooder(server.first, subsystem=subsystem.encode())
                flooder.flood([b"\x5e" + struct.pack(">I", flooder.channel) + string(data[at:at + 30_000])
                               for at in range(0, len(data), 30_000)], seconds=2)
                server.serves_others()
                flooder.leave()
                assert server.process.poll() is None, f"{engine}: {what}"
            server.is_as_before(peak_kb=80 * 1024, kept_kb=80 * 1024)
            done = server.stop()
            assert "error" not in done.err, done.err


@test
def hostile_clients_of_sftp_end_nothing_but_themselves():
    ask_a_subsystem("sftp", "CLOSE", HOSTILE_SFTP)


@test
def hostile_clients_of_netconf_end_nothing_but_themselves():
    ask_a_subsystem("netconf", "rpc", HOSTILE_NETCONF)
