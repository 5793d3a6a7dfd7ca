"""An SSH client in plain Python that runs one command and keeps every message that comes: a witness
of what the server says after NEWKEYS. Its cryptography is written down from RFC 7748, RFC 8439 and
OpenSSH's PROTOCOL.chacha20poly1305, so that nothing here shares a line with the server; it trusts
any host key and is in no hurry."""
import hashlib
import os
import select
import socket
import struct
import threading
import time

# ---- curve25519 (RFC 7748 5), ChaCha20 and Poly1305 (RFC 8439 2) ----

P = 2 ** 255 - 19


def x25519(scalar, point):
    k = int.from_bytes(scalar, "little") & ~7 & ((1 << 255) - 1) | 1 << 254
    u = int.from_bytes(point, "little") & ((1 << 255) - 1)
    x2, z2, x3, z3, swap = 1, 0, u, 1, 0
    for t in range(254, -1, -1):
        bit = k >> t & 1
        if swap ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a % P, b * b % P, d * a % P, c * b % P
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % P, u * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


M = 0xffffffff


def quarter(w, a, b, c, d):
    w[a] = w[a] + w[b] & M
    x = w[d] ^ w[a]
    w[d] = (x << 16 | x >> 16) & M
    w[c] = w[c] + w[d] & M
    x = w[b] ^ w[c]
    w[b] = (x << 12 | x >> 20) & M
    w[a] = w[a] + w[b] & M
    x = w[d] ^ w[a]
    w[d] = (x << 8 | x >> 24) & M
    w[c] = w[c] + w[d] & M
    x = w[b] ^ w[c]
    w[b] = (x << 7 | x >> 25) & M


ROUNDS = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
          (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))


def chacha(key, block, sequence, data):
    out = bytearray()
    for at in range(0, len(data), 64):
        state = [*struct.unpack("<4I", b"expand 32-byte k"), *struct.unpack("<8I", key),
                 block, 0, *struct.unpack("<2I", struct.pack(">Q", sequence))]
        w = state[:]
        for _ in range(10):
            for a, b, c, d in ROUNDS:
                quarter(w, a, b, c, d)
        stream = struct.pack("<16I", *(a + b & M for a, b in zip(w, state)))
        out += bytes(a ^ b for a, b in zip(data[at:at + 64], stream))
        block += 1
    return bytes(out)


def poly1305(key, text):
    r = int.from_bytes(key[:16], "little") & 0x0ffffffc0ffffffc0ffffffc0fffffff
    total = 0
    for at in range(0, len(text), 16):
        total = (total + int.from_bytes(text[at:at + 16] + b"\1", "little")) * r % (2 ** 130 - 5)
    return (total + int.from_bytes(key[16:], "little") & (1 << 128) - 1).to_bytes(16, "little")


# ---- data types of RFC 4251 5 ----

def string(data):
    return struct.pack(">I", len(data)) + data


def text_at(payload, at):
    """The string at this place, and where the next field begins."""
    length = struct.unpack_from(">I", payload, at)[0]
    return payload[at + 4:at + 4 + length], at + 4 + length


def mpint(number):
    number = number.lstrip(b"\0")
    return string(b"\0" + number if number and number[0] & 0x80 else number)


NAMES = {1: "DISCONNECT", 2: "IGNORE", 3: "UNIMPLEMENTED", 4: "DEBUG", 6: "SERVICE_ACCEPT",
         7: "EXT_INFO", 20: "KEXINIT", 21: "NEWKEYS", 31: "KEX_REPLY", 51: "USERAUTH_FAILURE",
         52: "USERAUTH_SUCCESS", 53: "USERAUTH_BANNER", 60: "USERAUTH_60", 80: "GLOBAL_REQUEST",
         81: "REQUEST_SUCCESS", 82: "REQUEST_FAILURE", 90: "CHANNEL_OPEN", 91: "OPEN_CONFIRMATION",
         92: "OPEN_FAILURE", 93: "WINDOW_ADJUST", 94: "DATA", 95: "EXTENDED_DATA", 96: "EOF",
         97: "CLOSE", 98: "REQUEST", 99: "SUCCESS", 100: "FAILURE", 192: "PING"}


PLENTY_BYTES = 160 * 1024  # this cipher is slow; who sends more is seen elsewhere


class Damaged(Exception):
    """A packet that can't be one; what it says is what a fact asks for."""


class Keys:
    """One direction."""

    def __init__(self):
        self.key, self.sequence = None, 0

    def seal(self, payload):
        size = 1 + len(payload) if self.key else 5 + len(payload)
        padding = 8 - size % 8
        padding += 8 if padding < 4 else 0
        packet = struct.pack(">IB", 1 + len(payload) + padding, padding) + payload + b"p" * padding
        if self.key:
            one, two = self.key[:32], self.key[32:]
            packet = (chacha(two, 0, self.sequence, packet[:4])
                      + chacha(one, 1, self.sequence, packet[4:]))
            packet += poly1305(chacha(one, 0, self.sequence, bytes(32)), packet)
        self.sequence = self.sequence + 1 & M
        return packet

    def open(self, data):
        """The first packet's payload and its size; None while it isn't whole."""
        if len(data) < 4:
            return None
        head = chacha(self.key[32:], 0, self.sequence, data[:4]) if self.key else data[:4]
        length = struct.unpack(">I", head)[0]
        if not 5 <= length <= 1 << 18:
            raise Damaged("length %d" % length)
        size = 4 + length + (16 if self.key else 0)
        if len(data) < size:
            return None
        body = data[4:4 + length]
        if self.key:
            one = self.key[:32]
            tag = poly1305(chacha(one, 0, self.sequence, bytes(32)), data[:4 + length])
            if tag != data[size - 16:size]:
                raise Damaged("mac")
            body = chacha(one, 1, self.sequence, body)
        if not 4 <= body[0] < length:
            raise Damaged("padding %d" % body[0])
        self.sequence = self.sequence + 1 & M
        return body[1:length - body[0]], size


class Speaker(threading.Thread):
    """Runs `command` and stops at the first end: its CLOSE was answered, the connection ended, or the
    time is over. .messages: (seconds, name, payload) in order; .end: closed, open, fin, rst, plenty, damaged ..."""

    def __init__(self, at, command, seconds, answers=True):
        super().__init__()
        self.at, self.command, self.seconds, self.answers = at, command, seconds, answers
        self.messages, self.end, self.port = [], None, 0
        self.into, self.out = Keys(), Keys()
        self.data, self.session_id, self.secret, self.channel = b"", None, None, 0
        self.scalar, self.taken = None, 0
        self.begin, self.lines = time.monotonic(), []
        self.closed = False
        self.start()

    # ---- the connection ----

    def run(self):
        self.begin = time.monotonic()
        try:
            self.sock = socket.create_connection((self.at["host"], self.at["port"]), self.seconds)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.port = self.sock.getsockname()[1]
            self.converse()
        except Damaged as damage:
            self.end = f"damaged {damage}"
        except (struct.error, IndexError):
            self.end = "damaged message"
        except ConnectionRefusedError:
            self.end = "refused"
        except TimeoutError:
            self.end = "no-connection"
        except (ConnectionResetError, BrokenPipeError):
            self.end = "rst"
        if self.port:
            self.sock.close()

    def more(self):
        """Reads some; False when nothing more will come in time."""
        rest = self.begin + self.seconds - time.monotonic()
        if rest <= 0 or not select.select([self.sock], [], [], rest)[0]:
            self.end = "open"
            return False
        piece = self.sock.recv(65536)
        if not piece:
            self.end = "fin"
            return False
        self.taken += len(piece)
        if self.taken > PLENTY_BYTES:
            self.end = "plenty"
            return False
        self.data += piece
        return True

    def converse(self):
        self.sock.sendall(b"SSH-2.0-speaker\r\n")
        while not self.lines or not self.lines[-1].startswith(b"SSH-"):
            while b"\n" not in self.data:
                if len(self.data) > 1 << 18:
                    raise Damaged("line")
                if not self.more():
                    return
            line, self.data = self.data.split(b"\n", 1)
            self.lines.append(line.rstrip(b"\r"))
        self.say_kexinit()
        while not self.closed:
            packet = self.into.open(self.data)
            if packet is None:
                if not self.more():
                    return
                continue
            payload, size = packet
            self.data = self.data[size:]
            name = NAMES.get(payload[0], str(payload[0])) if payload else "EMPTY"
            self.messages.append((time.monotonic() - self.begin, name, payload))
            if self.answers:
                getattr(self, "on_" + name, self.ignore)(payload)
        self.end = "closed"

    def say(self, payload):
        self.sock.sendall(self.out.seal(payload))

    def ignore(self, payload):
        pass

    # ---- key exchange ----

    def say_kexinit(self):
        lists = (b"curve25519-sha256", b"ssh-ed25519,rsa-sha2-256",
                 b"chacha20-poly1305@openssh.com", b"chacha20-poly1305@openssh.com",
                 b"hmac-sha2-256", b"hmac-sha2-256", b"none", b"none", b"", b"")
        self.kexinit = b"\x14" + os.urandom(16) + b"".join(map(string, lists)) + bytes(5)
        self.say(self.kexinit)

    def on_KEXINIT(self, payload):
        self.server_kexinit = payload
        if self.session_id:
            self.say_kexinit()
        self.scalar = os.urandom(32)
        self.public = x25519(self.scalar, (9).to_bytes(32, "little"))
        self.say(b"\x1e" + string(self.public))

    def on_KEX_REPLY(self, payload):
        if self.scalar is None:
            raise Damaged("order")
        host_key, at = text_at(payload, 1)
        server_public, _ = text_at(payload, at)
        secret = mpint(x25519(self.scalar, server_public))
        hashed = hashlib.sha256(b"".join(map(string, (
            b"SSH-2.0-speaker", self.lines[-1], self.kexinit, self.server_kexinit, host_key,
            self.public, server_public))) + secret).digest()
        self.session_id = self.session_id or hashed
        self.secret, self.hashed = secret, hashed
        self.say(b"\x15")
        self.out.key = self.derive(b"C")

    def derive(self, letter):
        first = hashlib.sha256(self.secret + self.hashed + letter + self.session_id).digest()
        return first + hashlib.sha256(self.secret + self.hashed + first).digest()

    def on_NEWKEYS(self, payload):
        if self.secret is None:
            raise Damaged("order")
        is_first = self.into.key is None
        self.into.key = self.derive(b"D")
        if is_first:
            self.say(b"\x05" + string(b"ssh-userauth"))

    # ---- authentication, channel, command ----

    def on_SERVICE_ACCEPT(self, payload):
        self.say(b"\x32" + string(self.at["user"].encode()) + string(b"ssh-connection")
                 + string(b"password") + b"\0" + string(self.at["password"].encode()))

    def on_USERAUTH_SUCCESS(self, payload):
        self.say(b"\x5a" + string(b"session") + struct.pack(">III", 0, 1 << 21, 1 << 15))

    def on_OPEN_CONFIRMATION(self, payload):
        self.channel = struct.unpack_from(">I", payload, 5)[0]
        self.say(b"\x62" + struct.pack(">I", self.channel) + string(b"exec") + b"\1"
                 + string(self.command.encode()))

    def on_GLOBAL_REQUEST(self, payload):
        _, at = text_at(payload, 1)
        if payload[at]:
            self.say(b"\x52")

    def on_CLOSE(self, payload):
        self.say(b"\x61" + struct.pack(">I", self.channel))
        self.closed = True
