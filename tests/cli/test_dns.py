"""The names that `fakesshd serve` answers, asked by a resolver of our own: RFC 1035 by hand."""
import os
import socket
import struct
import sys
import time

from lab import ROOT, Server, fakesshd, finish, program, run, start, test, write

sys.path.insert(0, os.path.join(ROOT, "tests"))
from dns_wire import (A, AAAA, ID, NAME, NO_ERROR, NXDOMAIN, REFUSED, SERVFAIL,  # noqa: E402
                      Answer, encoded, query, split)


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
    assert len(pieces) >= 20, f"{len(pieces)} pieces"  # some meet when we are late to read
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
def a_question_over_tcp_is_told_with_its_own_answer():
    server = serving("{ answer = 'truncated' }", "--events", "-")
    ask_udp(server.first, query())
    ask_tcp(server.first, query(kind=AAAA))
    told = [(e["transport"], e["type"], e["answer"]) for e in (server.line(), server.line())]
    assert told == [("udp", "A", "truncated"), ("tcp", "AAAA", "address")], told


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


# ---- clients ----

def judged(*words):
    return run(fakesshd("run", "--deadline", "2s", *words))


@test
def a_client_that_cannot_be_told_whom_to_ask_is_skipped():
    done = judged("dns/silent", "dns/honest", "healthy/exec", "--", "ssh", "-F", "none", "-p", "{port}",
                  "-i", "{key}", "-o", "IdentityAgent=none", "-o", "UserKnownHostsFile={known_hosts}",
                  "-o", "ConnectTimeout={deadline_s_ceil}", "{user}@{host}", "{command}")
    assert done.out.count("SKIP  ") == 2, str(done)
    assert "cannot be told which DNS server" in done.out and "2 skipped" in done.out, str(done)


@test
def a_command_is_told_by_its_placeholder():
    done = judged("dns/silent", "dns/honest", "healthy/exec", "--",
                  program("sshexec"), "--deadline", "{deadline_ms}ms", "-i", "{key}", "--hostkey",
                  "{hostkey}", "-l", "{user}", "-p", "{port}", "--dns", "{dns}", "{host}", "{command}")
    assert "SKIP" not in done.out and done.out.count("OK  ") == 3, str(done)


@test
def the_bundled_client_resolves_at_a_desk():
    at = serving("{}").first
    done = run([program("sshexec"), "--deadline", "5s", "-i", at["key"], "--known-hosts",
                at["known_hosts"], "--dns", at["dns"], "-v",
                f"{at['user']}@{at['name']}:{at['port']}", "nonce", "4f2c"])
    assert done.status == 0 and done.out == "4f2c\n" and "dns" in done.err, str(done)


@test
def the_bundled_client_names_the_phase_and_the_name():
    at = serving("{ answer = 'nothing' }").first
    words = [program("sshexec"), "--deadline", "300ms", "--hostkey", at["hostkey"], "--dns", at["dns"]]
    done = run([*words, "test@fakesshd.test", "true"])
    assert done.status == 124 and "phase dns" in done.err and done.seconds < 3, str(done)
    at = serving("{ answer = 'nxdomain' }").first
    done = run([*words[:-1], at["dns"], "test@fakesshd.test", "true"])
    assert done.status == 255 and "fakesshd.test" in done.err, str(done)
    done = run([*words[:-1], "localhost", "test@fakesshd.test", "true"])
    assert done.status == 255 and "--dns" in done.err and "127.0.0.1:53" in done.err, str(done)
