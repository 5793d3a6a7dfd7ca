"""Clients of the subsystems sftp and netconf, on top of the speaker: they ask one thing after the
other, each when the one before was answered, and keep what comes."""
import struct
import time

from speaker import Speaker, string

REPLIES = {2: "VERSION", 101: "STATUS", 102: "HANDLE", 103: "DATA", 104: "NAME", 105: "ATTRS"}


class Subsystem(Speaker):
    """.replies: (seconds, name, bytes) in order; .left: what came behind the last whole one; .asked:
    what was asked for, by name. Ends as the speaker does."""
    name = b""

    def __init__(self, at, word, seconds):
        self.word, self.replies, self.left, self.asked = word, [], b"", []
        super().__init__(at, None, seconds)

    def on_OPEN_CONFIRMATION(self, payload):
        self.channel = struct.unpack_from(">I", payload, 5)[0]
        self.say(b"\x62" + struct.pack(">I", self.channel) + string(b"subsystem") + b"\1"
                 + string(self.name))

    def on_SUCCESS(self, payload):
        self.dialogue = self.ask()
        next(self.dialogue)

    def on_DATA(self, payload):
        self.left += payload[9:]
        reply = self.take()
        while reply is not None:
            self.replies.append((time.monotonic() - self.begin, *reply))
            try:
                self.dialogue.send(reply[1])
            except StopIteration:
                pass
            reply = self.take()

    def write(self, name, data):
        self.asked.append(name)
        self.say(b"\x5e" + struct.pack(">I", self.channel) + string(data))

    def end_input(self):
        self.asked.append("EOF")
        self.say(b"\x60" + struct.pack(">I", self.channel))


class Sftp(Subsystem):
    """Version 3: looks at a file, writes another, reads the first, whose content is the last word of
    its name."""
    name = b"sftp"

    def take(self):
        if len(self.left) < 4 or len(self.left) < 4 + struct.unpack(">I", self.left[:4])[0]:
            return None
        size = 4 + struct.unpack(">I", self.left[:4])[0]
        packet, self.left = self.left[4:size], self.left[size:]
        return REPLIES.get(packet[0], str(packet[0])) if packet else "EMPTY", packet

    def request(self, name, number, body):
        self.write(name, string(struct.pack(">BI", number, len(self.asked)) + body))

    def ask(self):
        path = string(b"/nonce " + self.word)
        self.write("INIT", string(struct.pack(">BI", 1, 3)))
        yield
        self.request("REALPATH", 16, string(b"."))
        yield
        self.request("STAT", 17, path)
        yield
        self.request("OPEN", 3, string(b"/new") + struct.pack(">II", 0x1a, 0))
        handle = yield
        self.request("WRITE", 6, handle[5:] + struct.pack(">Q", 0) + string(b"w" * 4000))
        yield
        self.request("CLOSE", 4, handle[5:])
        yield
        self.request("OPEN", 3, path + struct.pack(">II", 1, 0))
        handle, at = (yield), 0
        while True:
            self.request("READ", 5, handle[5:] + struct.pack(">QI", at, 32768))
            data = yield
            if data[0] != 103:
                break
            at += len(data) - 9
        self.request("CLOSE", 4, handle[5:])
        yield
        self.end_input()
        yield

    def content(self):
        return b"".join(data[9:] for _, name, data in self.replies if name == "DATA")


class Netconf(Subsystem):
    """Base 1.0: a hello, an rpc, and the end."""
    name = b"netconf"
    END = b"]]>]]>"

    def take(self):
        if self.END not in self.left:
            return None
        text, self.left = self.left.split(self.END, 1)
        return ("hello" if b"<hello" in text else "rpc-reply" if b"<rpc-reply" in text else "other",
                text)

    def ask(self):
        base = b"urn:ietf:params:xml:ns:netconf:base:1.0"
        self.write("hello", b'<hello xmlns="%s"><capabilities><capability>urn:ietf:params:netconf:base:'
                            b"1.0</capability></capabilities></hello>" % base + self.END)
        yield
        for number, name in (101, b"get"), (102, b"close-session"):
            self.write(name.decode(), b'<rpc xmlns="%s" message-id="%d"><%s/></rpc>'
                                      % (base, number, name) + self.END)
            yield
