"""Questions for names and their answers, byte by byte (RFC 1035 4), for tests that ask as a resolver
of their own."""
import struct

ID, NAME = 0x4f2a, "fakesshd.test"
A, AAAA = 1, 28
NO_ERROR, SERVFAIL, NXDOMAIN, REFUSED = 0, 2, 3, 5


def encoded(name):
    return b"".join(bytes([len(word)]) + word.encode() for word in name.split(".")) + b"\0"


def query(name=NAME, kind=A, number=ID):
    return struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + encoded(name) + struct.pack(">2H", kind, 1)


class Answer:
    """What a client reads in an answer: .id .rcode .truncated .question .records (name, bytes)"""

    def __init__(self, message):
        self.id, flags, questions, records = struct.unpack(">4H", message[:8])
        assert flags & 0x8000, "not an answer"
        self.rcode, self.truncated, self.records = flags & 15, bool(flags & 0x0200), []
        assert questions == 1
        self.question, at = self.name(message, 12)
        at += 4
        for _ in range(records):
            name, at = self.name(message, at)
            _, _, _, length = struct.unpack(">2HIH", message[at:at + 10])
            self.records.append((name, message[at + 10:at + 10 + length]))
            at += 10 + length
        assert at == len(message), f"{len(message) - at} bytes too many"

    @staticmethod
    def name(message, at):
        words = []
        while message[at]:
            if message[at] >= 0xc0:
                pointer = struct.unpack(">H", message[at:at + 2])[0] & 0x3fff
                return ".".join(words + [Answer.name(message, pointer)[0]]), at + 2
            words.append(message[at + 1:at + 1 + message[at]].decode())
            at += 1 + message[at]
        return ".".join(words), at + 1


def split(stream):
    """The whole messages in what came over TCP."""
    while len(stream) >= 2 and len(stream) >= 2 + (length := stream[0] << 8 | stream[1]):
        yield stream[2:2 + length]
        stream = stream[2 + length:]
