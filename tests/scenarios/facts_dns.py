"""What must be seen of the scenarios whose server answers names; the probe is probes.Dns."""
import struct

import dns_wire
from dns_wire import NAME, NO_ERROR, NXDOMAIN, REFUSED, SERVFAIL
from facts import last_phase, never_accepted, scenario, status_sent

ADDRESS, OTHER = b"\x7f\0\0\1", f"other.{NAME}"
AT_ONCE = 0.3  # seconds, on a busy machine


def udp(check, end="open"):
    return lambda case: seen("UDP", check, end, case.raw.udp, case.raw.udp_end)


def tcp(check, end="open"):
    return lambda case: seen("TCP", check, end, case.raw.tcp, case.raw.tcp_end)


def seen(name, check, end, pieces, found_end):
    wrong = check(pieces) if found_end == end else f"expected {end}, found {found_end}"
    return wrong and f"over {name}: {wrong}"


# ---- checks of the pieces (time, bytes) ----

def nothing(pieces):
    return f"expected nothing, found {pieces[0]}" if pieces else None


def one_message(pieces, over_tcp):
    whole = b"".join(piece for _, piece in pieces)
    if over_tcp:
        messages = list(dns_wire.split(whole))
        assert len(messages) == 1 and len(messages[0]) + 2 == len(whole), f"not one: {whole}"
        return messages[0]
    assert len(pieces) == 1, f"expected one datagram, found {len(pieces)}"
    return whole


def answer(rcode=NO_ERROR, name=NAME, address=ADDRESS, over_tcp=False, least=0., most=None,
           right_id=True, truncated=False, question=NAME, first=None):
    """One answer, complete between `least` and `most` seconds, with these contents."""
    def check(pieces):
        try:
            found = dns_wire.Answer(one_message(pieces, over_tcp))
        except (AssertionError, struct.error, IndexError) as problem:
            return f"no answer: {problem}"
        records = [(name, each) for each in (first, address) if each]
        facts = (found.rcode, found.records, found.id == dns_wire.ID, found.truncated, found.question)
        if facts != (rcode, records, right_id, truncated, question):
            return f"expected other contents than {facts}"
        when, latest = pieces[-1][0], most or least + AT_ONCE
        return None if least <= when <= latest else f"expected {least} to {latest} s, came at {when:.3f}"
    return check


def half(over_tcp):
    """The first half of the honest answer; over TCP the length before it is that of the whole."""
    def check(pieces):
        whole = 12 + len(dns_wire.query()[12:]) + 16
        before = struct.pack(">H", whole) if over_tcp else b""
        found = b"".join(piece for _, piece in pieces)
        if not found.startswith(before) or len(found) != len(before) + whole // 2:
            return f"expected {len(before)} and {whole // 2} bytes, found {found}"
        return None
    return check


def single_bytes(least, most):
    """They come one by one, so many of them, and are no whole answer."""
    def check(pieces):
        if any(len(piece) > 2 for _, piece in pieces):  # two may meet when we were late to read
            return "expected single bytes"
        count = sum(len(piece) for _, piece in pieces)
        return None if least <= count <= most else f"expected {least} to {most}, found {count}"
    return check


def apart(check):
    """As `check`, and in many pieces."""
    return lambda pieces: check(pieces) if len(pieces) >= 20 else f"came in {len(pieces)} pieces"


# ---- what sshexec did ----

def asked(transport, kind, least, most=99):
    """How often this was asked, by the probe and by sshexec together."""
    def fact(case):
        count = sum(1 for e in case.questions if (e["transport"], e["type"]) == (transport, kind))
        return None if least <= count <= most else (
            f"expected {least} to {most} questions for {kind} over {transport}, were {count}")
    return fact


def healthy(case):
    return last_phase("disconnect")(case) or status_sent(True)(case)


def failing(name, *facts):
    """sshexec asks, and does not connect."""
    scenario(name, *facts, asked("udp", "A", 2), never_accepted)


honest_udp, honest_tcp = udp(answer()), tcp(answer(over_tcp=True))
cut_short = udp(answer(truncated=True, address=None))

scenario("dns/honest", honest_udp, honest_tcp, asked("udp", "A", 2), healthy)
scenario("dns/dead-address-first-but-legal", udp(answer(first=b"\x7f\xff\xff\xfe")),
         tcp(answer(first=b"\x7f\xff\xff\xfe", over_tcp=True)), asked("udp", "A", 2), healthy)
failing("dns/silent", udp(nothing), tcp(nothing))
failing("dns/late/udp", udp(answer(least=1.2)), tcp(answer(least=1.2, over_tcp=True)))
failing("dns/late/tcp", cut_short, tcp(answer(least=1.2, over_tcp=True)), asked("tcp", "A", 2))
scenario("dns/slow-but-legal/udp", udp(answer(least=0.4)), tcp(answer(least=0.4, over_tcp=True)), healthy)
scenario("dns/slow-but-legal/tcp", cut_short, tcp(answer(least=0.4, over_tcp=True)),
         asked("tcp", "A", 2), healthy)
scenario("dns/slow-but-legal/tcp-bytes", cut_short,
         tcp(apart(answer(least=0.3, most=0.8, over_tcp=True))), asked("tcp", "A", 2), healthy)
scenario("dns/truncated-but-legal", cut_short, honest_tcp, asked("tcp", "A", 2), healthy)
failing("dns/truncated/tcp-silent", cut_short, tcp(nothing), asked("tcp", "A", 2))
failing("dns/truncated/tcp-dribble", cut_short, tcp(single_bytes(20, 31)), asked("tcp", "A", 2))
failing("dns/truncated/tcp-half", cut_short, tcp(half(True)), asked("tcp", "A", 2))
failing("dns/truncated/tcp-fin", cut_short, tcp(nothing, "fin"), asked("tcp", "A", 2))
failing("dns/truncated/tcp-refused", cut_short, tcp(nothing, "refused"), asked("tcp", "A", 0, 0))
for word, code in (("no-such-name/nxdomain", NXDOMAIN), ("no-such-name/no-address", NO_ERROR),
                   ("server-error/servfail", SERVFAIL), ("server-error/refused", REFUSED)):
    failing(f"dns/{word}", udp(answer(code, address=None)), tcp(answer(code, address=None, over_tcp=True)))
scenario("dns/port-closed", udp(nothing, "refused"), tcp(nothing, "refused"),
         asked("udp", "A", 0, 0), never_accepted)
failing("dns/wrong-id", udp(answer(right_id=False)), tcp(answer(right_id=False, over_tcp=True)))
failing("dns/other-question", udp(answer(question=OTHER, name=OTHER)),
        tcp(answer(question=OTHER, name=OTHER, over_tcp=True)))
failing("dns/other-name", udp(answer(name=OTHER)), tcp(answer(name=OTHER, over_tcp=True)))
failing("dns/half", udp(half(False)), tcp(half(True)))
for word in ("silent", "nxdomain", "servfail"):
    scenario(f"dns/aaaa/{word}", honest_udp, honest_tcp, asked("udp", "AAAA", 1),
             lambda case: healthy(case) if case.result["outcome"] == "success" else None)
