"""`serve --pcap`: what went over each connection, decoded here from the format's own description."""
import socket
import struct

from lab import Server, expect_sentence, expect_status, fakesshd, run, test, wait_until

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return total


class Packet:
    def __init__(self, when, data):
        self.when = when
        assert data[0] == 0x45 and struct.unpack_from(">H", data, 2)[0] == len(data), data[:20]
        assert checksum(data[:20]) == 0xffff, "the IP header's checksum is wrong"
        tcp = data[20:]
        pseudo = data[12:20] + struct.pack(">HH", 6, len(tcp))
        assert checksum(pseudo + tcp) == 0xffff, "TCP's checksum is wrong"
        self.source, self.to, self.sequence, self.acked = struct.unpack_from(">HHII", tcp)
        self.flags, self.bytes = tcp[13], tcp[(tcp[12] >> 4) * 4:]


def packets(path):
    with open(path, "rb") as file:
        data = file.read()
    magic, major, minor, _, _, _, linktype = struct.unpack_from("=IHHIIII", data)
    assert (magic, major, minor, linktype) == (0xa1b23c4d, 2, 4, 101)
    at, found = 24, []
    while at < len(data):
        seconds, nanoseconds, size, whole = struct.unpack_from("=IIII", data, at)
        assert size == whole and nanoseconds < 10 ** 9
        found.append(Packet(seconds + nanoseconds / 1e9, data[at + 16:at + 16 + size]))
        at += 16 + size
    return found


def talk(server, text):
    """What the server said to `text`, and how it ended."""
    with socket.create_connection((server.first["host"], server.first["port"])) as client:
        client.settimeout(10)
        said = b""
        try:
            client.sendall(text)
            while len(said) < 12 and (piece := client.recv(100)):
                said += piece
        except ConnectionResetError:
            return said, "rst"
        return said, "open"


def bytes_of(capture, port):
    return b"".join(packet.bytes for packet in capture if packet.source == port)


@test
def both_sides_bytes_are_in_the_capture_between_handshake_and_end():
    server = Server("ident/half", "--pcap", "out.pcap", "--events", "events")
    said, _ = talk(server, b"SSH-2.0-client\r\n")
    assert wait_until(lambda: '"event":"close"' in open("events").read())
    expect_status(server.stop(), 0)
    capture, port = packets("out.pcap"), server.first["port"]
    assert [packet.flags for packet in capture[:3]] == [SYN, SYN | ACK, ACK]
    assert bytes_of(capture, port) == said == b"SSH-2.0-Open", bytes_of(capture, port)
    assert bytes_of(capture, capture[0].source) == b"SSH-2.0-client\r\n"
    assert sum(packet.flags & FIN for packet in capture) == 2, [p.flags for p in capture]
    assert all(a.when <= b.when for a, b in zip(capture, capture[1:]))


@test
def sequence_numbers_go_on_where_the_bytes_do():
    server = Server("healthy/exec", "--pcap", "out.pcap")
    expect_status(run(server.ssh("nonce", "4f2a")), 0)
    expect_status(server.stop(), 0)
    due = {}
    for packet in packets("out.pcap"):
        assert packet.sequence == due.get(packet.source, 0), (packet.sequence, due)
        assert not packet.flags & ACK or packet.acked == due.get(packet.to, 0), (packet.acked, due)
        due[packet.source] = (packet.sequence + len(packet.bytes)
                              + bool(packet.flags & (SYN | FIN)))


@test
def a_reset_is_a_reset_and_a_fin_a_fin():
    for scenario, flag, other in (("tcp/reset-at-once", RST, FIN), ("tcp/fin-at-once", FIN, RST)):
        server = Server(scenario, "--pcap", "out.pcap")
        talk(server, b"")
        assert wait_until(lambda: any(p.flags & (RST | FIN) for p in packets("out.pcap")))
        expect_status(server.stop(), 0)
        flags = [p.flags for p in packets("out.pcap") if p.source == server.first["port"]]
        assert any(f & flag for f in flags) and not any(f & other for f in flags), flags


@test
def a_capture_that_cannot_be_written_is_one_sentence_and_status_4():
    done = run(fakesshd("serve", "--pcap", "/no/such/folder/x.pcap", "ident/silent"))
    expect_sentence(expect_status(done, 4), "--pcap: cannot write '/no/such/folder/x.pcap'")
