"""What must be seen of the scenarios with a subsystem: by a client of that subsystem, which prove
keeps as case.inside, and by sshexec, which runs a command."""
import re

from facts import (fault, honest_to_the_end, last_phase, output, openssh, received_beyond, scenario,
                   sent_beyond, status_sent, took)
from subsystems import Netconf, Sftp

CLIENTS = {}  # by id


def client_of(item):
    return CLIENTS.get(item)


def subsystem(client, name, *facts):
    CLIENTS[name] = client
    scenario(name, *facts)


def asked(pattern):
    """What the client came to ask."""
    def fact(case):
        text = " ".join(case.inside.asked)
        return None if re.fullmatch(pattern, text) else f"expected to ask {pattern}, asked {text}"
    return fact


def answered(pattern, end, left=rb""):
    """The whole answers by name, how it ended, and what came behind the last whole answer."""
    def fact(case):
        inside = case.inside
        text = " ".join(name for _, name, _ in inside.replies)
        if not re.fullmatch(pattern, text):
            return f"expected answers {pattern}, found {text}"
        if not re.fullmatch(left, inside.left, re.DOTALL):
            return f"expected {left} behind them, found {inside.left[:80]}"
        return None if inside.end == end else f"expected {end}, found {inside.end}"
    return fact


def inside_said(pattern):
    """The messages of the channel that the client of the subsystem got behind SUCCESS."""
    def fact(case):
        names = [name for _, name, _ in case.inside.messages]
        text = " ".join(name for name in names[names.index("SUCCESS") + 1:] if name != "WINDOW_ADJUST")
        return None if re.fullmatch(pattern, text) else f"expected {pattern}, found {text}"
    return fact


def last_answer(pattern):
    def fact(case):
        found = case.inside.replies[-1][2]
        return None if re.fullmatch(pattern, found, re.DOTALL) else (
            f"expected the last answer to be {pattern}, found {found[:80]}")
    return fact


def got_the_word(case):
    found, wanted = case.inside.content(), case.ssh_word + b"\n"
    return None if found == wanted else f"expected to read {wanted}, found {found}"


def answers_took(least, most):
    """From the first message to the last answer, as a share of the deadline."""
    def fact(case):
        share = case.inside.replies[-1][0] * 1000 / case.deadline_ms
        return None if least <= share <= most else f"expected {least} to {most}, took {share:.3f}"
    return fact


def inside_fault(words):
    return lambda case: None if any(e["event"] == "fault" and words in e["what"]
                                    for e in case.inside_events) else f"expected the fault '{words}'"


SILENT = output(b""), status_sent(False), last_phase("data")
STEPS = ("INIT", "VERSION"), ("REALPATH", "NAME"), ("STAT", "ATTRS"), ("OPEN", "HANDLE"), \
    ("WRITE", "STATUS"), ("CLOSE", "STATUS"), ("OPEN", "HANDLE"), ("READ", "DATA"), \
    ("READ", "STATUS"), ("CLOSE", "STATUS")


def asks_to(n):
    """All up to the n-th request."""
    return asked(" ".join(request for request, _ in STEPS[:n]) + (" EOF" if n > len(STEPS) else ""))


def answers_to(n):
    return " ".join(reply for _, reply in STEPS[:n])


for name, n in (("init", 1), ("first", 2), ("stat", 3), ("open", 4), ("write", 5), ("close", 6),
                ("read", 8), ("next-read", 9), ("end", 11)):
    subsystem(Sftp, f"data/sftp-unanswered/{name}", asks_to(n), answered(answers_to(n - 1), "open"),
              *SILENT)
subsystem(Sftp, "data/sftp-dribble/version", asks_to(1), output(rb"\x00\x00\x10\x00\x02\x00\x00\x00\x03\.{6,12}"),
          answered("", "open", rb"\x00\x00\x10\x00\x02\x00\x00\x00\x03\.{6,12}"), status_sent(False))
subsystem(Sftp, "data/sftp-dribble/read", asks_to(8), output(rb"\.{15,21}"), status_sent(False),
          answered(answers_to(7), "open", rb"\0\0\x80\x09\x67.{4}\0\0\x80\0\.{1,9}"))
for name, n, size in (("version-length", 1, 4), ("version", 1, 8), ("handle", 4, 9), ("write", 5, 13),
                      ("read", 8, 15)):
    subsystem(Sftp, f"data/sftp-half/{name}".replace("half/write", "half/status"), asks_to(n),
              answered(answers_to(n - 1), "open", b".{%d}" % size), *SILENT)
subsystem(Sftp, "data/sftp-not-reading", asks_to(5), answered(answers_to(4), "open"),
          inside_fault("stops reading"), fault("stops reading"),
          received_beyond("data/silent", -100, 4096), last_phase("data"))
for name, n, answers, last in (
        ("no-space", 5, answers_to(5), rb"\x65.{4}\0\0\0\x0e\0\0\0\x12No space available\0{4}"),
        ("other-id", 4, answers_to(4), rb"\x66\0\0\0\x50\0\0\0\x011"),
        ("other-type", 4, answers_to(3) + " DATA", rb"\x67\0\0\0\x03\0\0\0\x011"),
        ("no-such-type", 4, answers_to(3) + " 199", rb"\xc7\0\0\0\x03\0\0\0\x011")):
    def wrong(case, n=n, answers=answers, last=last):
        """The first n requests are as ever; what the n-th is answered with is wrong."""
        names = " ".join(name for _, name, _ in case.inside.replies[:n])
        found = case.inside.replies[n - 1][2]
        if names != answers:
            return f"expected answers {answers}, found {names}"
        return None if re.fullmatch(last, found, re.DOTALL) else f"expected {last}, found {found[:80]}"
    subsystem(Sftp, f"data/sftp-wrong-answer/{name}", wrong, fault("exit-signal KILL"),
              status_sent(False), output(b""))
for name, text in (("line", rb"abc\n"), ("colours", rb"\x1b\[1;32mWelcome\x1b\[0m\r\n"),
                   ("newline", rb"\n"), ("long", rb"(All connections are monitored and recorded\.\n){100}")):
    version = rb"\0\0\0\x05\x02\0\0\0\x03"
    subsystem(Sftp, f"data/sftp-text-first/{name}", asks_to(1), answered("", "open", text + version),
              output(text), status_sent(False))
for name, n, end in (("at-init-eof", 1, ""), ("at-init-close", 1, " CLOSE"), ("at-stat-eof", 3, ""),
                     ("at-read-close", 8, " CLOSE")):
    subsystem(Sftp, f"data/sftp-closed/{name}", asks_to(n), inside_said("(DATA ?)*EOF" + end),
              answered(answers_to(n - 1), "closed" if end else "open"), status_sent(False))
WHOLE = asks_to(11), got_the_word, inside_said("(DATA )+EOF REQUEST CLOSE")
subsystem(Sftp, "data/sftp-slow-but-legal", *WHOLE, answered(answers_to(10), "closed"),
          answers_took(0.31, 0.9), took(0.31, 0.6), honest_to_the_end, openssh(0.3))
SHORT = answers_to(7) + " (DATA ){17}STATUS STATUS"
subsystem(Sftp, "data/sftp-short-reads-but-legal", got_the_word, answered(SHORT, "closed"),
          inside_said("(DATA )+EOF REQUEST CLOSE"), honest_to_the_end, openssh())

# ---- NETCONF ----

HELLO = rb'<\?xml [^>]*>\n<hello xmlns="[^"]*:netconf:base:1\.0"><capabilities>.*'
subsystem(Netconf, "data/netconf-hello/missing", asked("hello"), answered("", "open"), *SILENT)
subsystem(Netconf, "data/netconf-hello/half", asked("hello"), answered("", "open", rb"<\?xml.{95}"),
          *SILENT)
subsystem(Netconf, "data/netconf-hello/without-end", asked("hello"),
          answered("", "open", HELLO + rb"</hello>\n"), *SILENT)
subsystem(Netconf, "data/netconf-dribble/hello", asked("hello"), answered("", "open", rb"<\?xml.{8,17}"),
          output(rb" {15,21}"), status_sent(False))
subsystem(Netconf, "data/netconf-dribble/reply", asked("hello get"),
          answered("hello", "open", rb"<\?xml.{8,17}"), output(rb" {15,21}"), status_sent(False))
for name, left in (("silent", rb""), ("with-keepalive", rb""), ("half", rb".{60}"),
                   ("without-end", rb"<\?xml.*<data/></rpc-reply>\n\]\]")):
    subsystem(Netconf, f"data/netconf-unanswered/{name}", asked("hello get"),
              answered("hello", "open", left), output(b""), status_sent(False))
subsystem(Netconf, "data/netconf-slow-but-legal", asked("hello get close-session"),
          answered("hello rpc-reply rpc-reply", "closed"), answers_took(0.39, 0.9), took(0.39, 0.6),
          last_answer(rb'.*message-id="102"><ok/></rpc-reply>\n'), honest_to_the_end, openssh(0.4))
