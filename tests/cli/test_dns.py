"""The names that `fakesshd serve` answers, asked by a resolver of our own: RFC 1035 by hand."""
import socket
import struct
import time

from lab import Server, fakesshd, finish, start, test, write

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


def address_of(at):
    host, port = at["dns"].rsplit(":", 1)
    return host, int(port)


def ask_udp(at, message, timeout=5):
    """The bytes of the answer; None when none came in time."""
    with socket.socket(type=socket.SOCK_DGRAM) as client:
        client.settimeout(timeout)
        client.connect(address_of(at))
        client.send(message)
        try:
            return client.recv(65536)
        except socket.timeout:
            return None


def ask_tcp(at, *messages, timeout=5, count=None):
    """The pieces of what came, with their times, until `count` answers (else one for each message)
    were there, or the connection ended, or `timeout`; and how it ended: "open" or "fin"."""
    pieces, begin = [], time.monotonic()
    with socket.create_connection(address_of(at), timeout) as client:
        client.sendall(b"".join(struct.pack(">H", len(one)) + one for one in messages))
        while True:
            client.settimeout(max(0.001, begin + timeout - time.monotonic()))
            try:
                piece = client.recv(65536)
            except socket.timeout:
                return pieces, "open"
            if not piece:
                return pieces, "fin"
            pieces.append((time.monotonic() - begin, piece))
            whole = b"".join(one for _, one in pieces)
            if sum(1 for _ in split(whole)) == (count or len(messages)):
                return pieces, "open"


def split(stream):
    while len(stream) >= 2 and len(stream) >= 2 + (length := stream[0] << 8 | stream[1]):
        yield stream[2:2 + length]
        stream = stream[2 + length:]


def answers_tcp(at, *messages, count=None):
    pieces, _ = ask_tcp(at, *messages, count=count)
    return [Answer(one) for one in split(b"".join(piece for _, piece in pieces))]


def serving(dns, *words):
    """A server whose `dns` field is this Lua table."""
    file = write("named.lua", f"""return {{
  about  = "Answers names.", cites = {{}},
  expect = {{ outcome = "timeout" }},
  dns    = {dns},
  serve  = function(conn) conn:healthy() end,
}}""")
    return Server(file, "--deadline", "1s", *words)


@test
def a_scenario_without_dns_answers_no_names():
    line = Server("healthy/exec").first
    assert "dns" not in line and "name" not in line


@test
def an_honest_server_gives_the_address_over_both_transports():
    at = serving("{}").first
    assert at["name"] == NAME
    for answer in (Answer(ask_udp(at, query())), *answers_tcp(at, query())):
        assert (answer.id, answer.rcode, answer.truncated) == (ID, NO_ERROR, False)
        assert answer.question == NAME and answer.records == [(NAME, b"\x7f\0\0\1")]


@test
def each_slot_gives_its_own_address():
    at = serving("{}", "--slots", "3").first
    host, port = address_of(at)
    answer = Answer(ask_udp({"dns": f"127.0.2.1:{port}"}, query()))
    assert host == "127.0.0.1" and answer.records == [(NAME, b"\x7f\0\2\1")]


@test
def an_ipv6_server_has_an_aaaa_record_and_no_a_record():
    at = serving("{}", "--listen", "::1").first
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.connect(("::1", int(at["dns"].rsplit(":", 1)[1])))
        client.send(query(kind=AAAA))
        assert Answer(client.recv(999)).records == [(NAME, b"\0" * 15 + b"\1")]
        client.send(query(kind=A))
        answer = Answer(client.recv(999))
        assert answer.rcode == NO_ERROR and answer.records == []


@test
def what_it_has_no_record_for_is_empty_and_what_it_does_not_know_is_no_name():
    at = serving("{}").first
    answer = Answer(ask_udp(at, query(kind=AAAA)))
    assert answer.rcode == NO_ERROR and answer.records == []
    assert Answer(ask_udp(at, query(name="example.test"))).rcode == NXDOMAIN


@test
def errors_are_told_by_their_codes():
    for word, code in (("nxdomain", NXDOMAIN), ("servfail", SERVFAIL), ("refused", REFUSED),
                       ("empty", NO_ERROR)):
        at = serving(f"{{ answer = '{word}' }}").first
        for answer in (Answer(ask_udp(at, query())), *answers_tcp(at, query())):
            assert answer.rcode == code and answer.records == [], word


@test
def nothing_is_said_over_either_transport_and_tcp_stays_open():
    at = serving("{ answer = 'nothing' }").first
    assert ask_udp(at, query(), timeout=0.4) is None
    assert ask_tcp(at, query(), timeout=0.4) == ([], "open")


@test
def a_truncated_answer_is_whole_over_tcp():
    at = serving("{ answer = 'truncated' }").first
    answer = Answer(ask_udp(at, query()))
    assert answer.truncated and answer.records == []
    answer, = answers_tcp(at, query())
    assert not answer.truncated and answer.records == [(NAME, b"\x7f\0\0\1")]


@test
def a_truncated_answer_may_have_silence_or_an_end_behind_it():
    at = serving("{ answer = 'truncated', tcp = { answer = 'nothing' } }").first
    assert Answer(ask_udp(at, query())).truncated
    assert ask_tcp(at, query(), timeout=0.4) == ([], "open")
    at = serving("{ answer = 'truncated', tcp = { answer = 'fin' } }").first
    assert ask_tcp(at, query()) == ([], "fin")


@test
def an_answer_of_a_wrong_id_is_right_in_all_else():
    answer = Answer(ask_udp(serving("{ answer = 'wrong-id' }").first, query()))
    assert answer.id != ID and answer.records == [(NAME, b"\x7f\0\0\1")]


@test
def another_question_and_another_name_are_told_apart():
    answer = Answer(ask_udp(serving("{ answer = 'other-question' }").first, query()))
    assert answer.question == f"other.{NAME}" == answer.records[0][0]
    answer = Answer(ask_udp(serving("{ answer = 'other-name' }").first, query()))
    assert answer.question == NAME and answer.records[0][0] == f"other.{NAME}"


@test
def half_an_answer_is_half_of_it_and_the_connection_stays_open():
    at = serving("{ answer = 'half' }").first
    whole = 12 + len(encoded(NAME)) + 4 + 16
    assert len(ask_udp(at, query())) == whole // 2
    pieces, end = ask_tcp(at, query(), timeout=0.4)
    stream = b"".join(piece for _, piece in pieces)
    assert stream[:2] == struct.pack(">H", whole) and len(stream) == 2 + whole // 2
    assert end == "open"


@test
def where_nobody_listens_the_client_is_told():
    at = serving("{ answer = 'closed' }").first
    for ask in (ask_udp, ask_tcp):
        try:
            ask(at, query())
        except ConnectionRefusedError:
            continue
        raise AssertionError(f"{ask.__name__} was not refused")


@test
def a_late_answer_comes_after_its_share_of_the_deadline():
    at = serving("{ after_deadline = 0.4, tcp = { after_deadline = 0.2 } }").first
    begin = time.monotonic()
    assert Answer(ask_udp(at, query())).records
    assert time.monotonic() - begin >= 0.399
    begin = time.monotonic()
    assert answers_tcp(at, query())[0].records
    assert time.monotonic() - begin >= 0.199


@test
def bytes_come_one_by_one_over_tcp():
    at = serving("{ tcp = { every = 0.01 } }").first
    pieces, _ = ask_tcp(at, query())
    assert len(pieces) >= 45, f"{len(pieces)} pieces"  # two may meet when we are late to read
    assert pieces[-1][0] >= 0.45
    assert Answer(b"".join(piece for _, piece in pieces)[2:]).records


@test
def questions_for_aaaa_may_be_treated_otherwise():
    at = serving("{ aaaa = { answer = 'nothing' } }").first
    assert ask_udp(at, query(kind=AAAA), timeout=0.3) is None
    assert Answer(ask_udp(at, query())).records


@test
def several_questions_on_one_connection_are_answered_in_order():
    first, second = answers_tcp(serving("{}").first, query(number=1), query(number=2))
    assert (first.id, second.id) == (1, 2)


@test
def rubbish_is_passed_over_and_does_no_harm():
    at = serving("{}").first
    with socket.socket(type=socket.SOCK_DGRAM) as client:
        client.connect(address_of(at))
        for rubbish in (b"", b"x", b"\xff" * 512, query()[:-1], query()[:12] + b"\xc0\x0c\0\1\0\1"):
            client.send(rubbish)
    answer, = answers_tcp(at, b"", b"\xff" * 30, query(), count=1)
    assert answer.records
    with socket.create_connection(address_of(at), 5) as client:
        try:
            client.sendall(b"\xff\xff" + b"x" * 70000)
            assert client.recv(1) == b""
        except ConnectionError:
            pass
    assert Answer(ask_udp(at, query())).records


@test
def every_question_is_told_with_what_is_done_about_it():
    server = serving("{ answer = 'servfail', after_deadline = 0.1 }", "--events", "-")
    ask_udp(server.first, query())
    event = server.line()
    assert {key: event[key] for key in ("event", "slot", "transport", "name", "type", "answer",
                                        "after_ms")} == {
        "event": "dns", "slot": 0, "transport": "udp", "name": NAME, "type": "A",
        "answer": "servfail", "after_ms": 100}


@test
def a_server_ends_at_once_while_answers_are_due():
    server = serving("{ after = 60 }")
    ask_udp(server.first, query(), timeout=0.05)
    done = server.stop()
    assert done.status == 0 and done.seconds < 3, str(done)


@test
def a_wrong_dns_field_is_told_with_file_and_line():
    file = write("wrong.lua", """return {
  about = "x", expect = { outcome = "timeout" },
  dns = { answer = "perhaps" },
  serve = function() end,
}""")
    done = finish(start(fakesshd("serve", file), stdout=-1, stderr=-1))
    assert done.status == 2 and "wrong.lua:3:" in done.err and "nxdomain" in done.err, str(done)
