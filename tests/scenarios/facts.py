"""What must be seen of each scenario, beyond what its own description says. A fact is a function of a
Case that gives None when it holds, else a sentence."""
import re

FACTS = {}
IDENT = rb"SSH-2\.0-[^\r\n]{1,245}\r\n"


def scenario(name, *facts):
    FACTS[name] = facts


# ---- what the server did ----

def last_phase(*words):
    return lambda case: None if case.closed.get("phase") in words else (
        f"expected the connection to end in phase {' or '.join(words)}: {case.closed}")


def passed_through(word):
    return lambda case: None if any(e["event"] == "phase" and e["to"] == word for e in case.events) \
        else f"expected the phase {word} to be reached"


def stdin_whole(size):
    return lambda case: None if any(e["event"] == "stdin" and e["bytes"] == size for e in case.events) \
        else f"expected {size} bytes of standard input to come"


def fault(words):
    return lambda case: None if any(e["event"] == "fault" and words in e["what"]
                                    for e in case.events) else f"expected the fault '{words}'"


def client_left(how):
    return lambda case: None if any(e["event"] == "peer" and e["how"] == how for e in case.events) \
        else f"expected the client to leave by {how}"


def status_sent(sent):
    return lambda case: None if any(e["event"] == "exit" for e in case.events) == sent \
        else f"expected an exit-status to be {'sent' if sent else 'withheld'}"


def pause_in(word, least):
    """The connection stays in a phase for this share of the deadline."""
    def fact(case):
        times = {e["to"]: e["t_ns"] for e in reversed(case.events) if e["event"] == "phase"}
        later = [t for t in times.values() if t > times[word]]
        share = (min(later) - times[word]) / 1e6 / case.deadline_ms
        return None if share >= least else f"expected {least} in phase {word}, was {share:.3f}"
    return fact


def lands(offset_ms, is_it, late_ms=30):
    """An event comes so long after the deadline, counted from the beginning of the connection; or the
    client left before."""
    def fact(case):
        begin = next(e["t_ns"] for e in case.events if e["event"] == "accept")
        due = begin + (case.deadline_ms + offset_ms) * 1000000
        left = next((e["t_ns"] for e in case.events if e["event"] == "peer"), None)
        when = next((e["t_ns"] for e in case.events if is_it(e)), None)
        if when is None or left is not None and left < when:
            return None if left is not None and left < due + late_ms * 1000000 else "it never came"
        off = (when - due) / 1e6
        return None if -1 <= off <= late_ms else f"expected it {offset_ms} ms off, was {off:.1f} later"
    return fact


def sent_beyond(other, least, most):
    """How many more bytes the server sent than in another scenario, which ends where this begins."""
    def fact(case):
        more = case.closed["bytes_out"] - case.all[other].closed["bytes_out"]
        return None if least <= more <= most else (
            f"expected {least} to {most} bytes more than in {other}, were {more}")
    return fact


def received_beyond(other, least, most):
    def fact(case):
        more = case.closed["bytes_in"] - case.all[other].closed["bytes_in"]
        return None if least <= more <= most else (
            f"expected {least} to {most} bytes more from the client than in {other}, were {more}")
    return fact


def received(least, most):
    """Bytes that the server read from sshexec."""
    return lambda case: None if least <= case.closed["bytes_in"] <= most else (
        f"expected {least} to {most} bytes to be read, were {case.closed['bytes_in']}")


def never_accepted(case):
    return "a connection was accepted" if case.accepted else None


def honest_to_the_end(case):
    return last_phase("disconnect")(case) or status_sent(True)(case)


# ---- what the clients saw ----

def raw(pattern, end):
    """The raw client's bytes match wholly, and then: open, fin, rst, refused, no-connection."""
    def fact(case):
        if not re.fullmatch(pattern, case.raw.bytes, re.DOTALL):
            return f"expected bytes {pattern}, found {len(case.raw.bytes)}: {case.raw.bytes[:80]}"
        return None if case.raw.end == end else f"expected {end}, found {case.raw.end}"
    return fact


def raw_single_bytes(after, least, most):
    """After the first `after` bytes they come one by one, so many of them."""
    def fact(case):
        seen, singles = 0, 0
        for _, piece in case.raw.pieces:
            if seen >= after:
                singles += 1
                if len(piece) > 2:  # two may meet when this process was late to read
                    return f"expected single bytes, found {len(piece)} at once"
            seen += len(piece)
        return None if least <= singles <= most else f"expected {least} to {most}, found {singles}"
    return fact


def raw_single_first(n):
    """The first n bytes come one by one."""
    def fact(case):
        first = [len(piece) for _, piece in case.raw.pieces][:n - 2]
        return None if len(first) == n - 2 and max(first) <= 2 else (
            f"expected {n} bytes one by one, found pieces of {first}")
    return fact


def raw_at_once(most):
    """Between the first byte and the last there is no more than this, in seconds."""
    def fact(case):
        span = case.raw.pieces[-1][0] - case.raw.pieces[0][0]
        return None if span <= most else f"expected all bytes within {most} s, took {span:.3f}"
    return fact


def raw_pieces(after, least):
    """After the first `after` bytes there are so many pieces."""
    def fact(case):
        seen, count = 0, 0
        for _, piece in case.raw.pieces:
            count += seen >= after
            seen += len(piece)
        return None if count >= least else f"expected {least} pieces, found {count}"
    return fact


def raw_gap(least):
    """The longest silence between two pieces, or before the first, in seconds."""
    def fact(case):
        times = [0.] + [when for when, _ in case.raw.pieces]
        longest = max((b - a for a, b in zip(times, times[1:])), default=0)
        return None if longest >= least else f"expected a silence of {least} s, found {longest:.3f}"
    return fact


# ---- what the client saw that keeps every message ----

HONEST = "SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA EOF REQUEST CLOSE"


def names_of(case):
    return [name for _, name, _ in case.spoken.messages]


def said(names, pattern, end, spoken):
    if not re.fullmatch(pattern, " ".join(names)):
        return f"expected messages {pattern}, found {' '.join(names)[:400]}"
    return None if re.fullmatch(end, spoken.end) else f"expected {end}, found {spoken.end}"


def spoke(pattern, end):
    """The messages after the first NEWKEYS, and then: closed, open, fin, rst, damaged ..."""
    def fact(case):
        names = names_of(case)
        first = names.index("NEWKEYS") + 1 if "NEWKEYS" in names else len(names)
        return said(names[first:], pattern, end, case.spoken)
    return fact


def spoke_in_clear(pattern, end):
    """All messages, from the KEXINIT on, and then."""
    return lambda case: said(names_of(case), pattern, end, case.spoken)


def message(name, pattern, which=0):
    """The payload of the message of this name, its number first; `which` of them."""
    def fact(case):
        payloads = [payload for _, each, payload in case.spoken.messages if each == name]
        if len(payloads) <= which:
            return f"expected {which + 1} messages {name}, found {len(payloads)}"
        return None if re.fullmatch(pattern, payloads[which], re.DOTALL) else (
            f"expected {name} to be {pattern}, found {payloads[which][:80]}")
    return fact


def messages(name, least, most):
    def fact(case):
        count = names_of(case).count(name)
        return None if least <= count <= most else (
            f"expected {least} to {most} messages {name}, found {count}")
    return fact


def left_over(size):
    """So many bytes of a message came, and never its end."""
    return lambda case: None if len(case.spoken.data) == size else (
        f"expected {size} bytes of a message, found {len(case.spoken.data)}")


def pause_before(name, least, most, which=0):
    """How long nothing came before this message, as a share of the deadline."""
    def fact(case):
        times = [0.] + [when for when, _, _ in case.spoken.messages]
        at = [i for i, each in enumerate(names_of(case)) if each == name]
        if len(at) <= which:
            return f"expected {which + 1} messages {name}, found {len(at)}"
        pause = (times[at[which] + 1] - times[at[which]]) * 1000 / case.deadline_ms
        return None if least <= pause <= most else (
            f"expected a pause of {least} to {most} before {name}, was {pause:.3f}")
    return fact


# ---- what sshexec said ----

def error(words):
    return lambda case: None if re.search(words, case.result.get("error") or "") else (
        f"expected the client's error '{words}': {case.result.get('error')}")


def output(pattern):
    return lambda case: None if re.fullmatch(pattern, case.result["stdout"], re.DOTALL) else (
        f"expected output {pattern}, found {case.result['stdout'][:80]}")


def output_bytes(least, most):
    return lambda case: None if least <= case.result["stdout_bytes"] <= most else (
        f"expected {least} to {most} bytes of output, found {case.result['stdout_bytes']}")


def took(least, most):
    """sshexec's time, as a share of the deadline."""
    def fact(case):
        share = case.result["elapsed_ms"] / case.deadline_ms
        return None if least <= share <= most else f"expected {least} to {most}, took {share:.3f}"
    return fact


def exit_status(expected):
    return lambda case: None if case.result["exit_status"] == expected else (
        f"expected exit status {expected}, found {case.result['exit_status']}")


def openssh(least=0., ends_with=0):
    """OpenSSH has the whole answer and the command's status after `least` seconds or more."""
    def fact(case):
        status, out, seconds = case.ssh
        if status != ends_with or not out.endswith(case.ssh_word + b"\n"):
            return f"expected OpenSSH to succeed: {status} {out[-40:]}"
        return None if seconds >= least else f"expected {least} s or more, took {seconds:.3f}"
    return fact


# ---- tcp, ident ----

scenario("tcp/refused", raw(b"", "refused"), never_accepted, error("refused"))
scenario("tcp/backlog-full", raw(b"", "no-connection"), never_accepted)
scenario("tcp/never-accepted", raw(b"", "open"), never_accepted)
scenario("tcp/slow-but-legal", raw(IDENT + b".*", "open"), raw_gap(0.9), honest_to_the_end, took(0.3, 0.5),
         openssh(0.9))
scenario("tcp/after-deadline", raw(b"", "no-connection"), took(0.9, 1.3))
scenario("tcp/fin-at-once", raw(b"", "fin"), fault("FIN"))
scenario("tcp/reset-at-once", raw(b"", "rst"), fault("RST"))
scenario("tcp/cancelled", raw(b"", "no-connection"), never_accepted)
scenario("ident/cancelled/silent", raw(b"", "open"), last_phase("ident"), client_left("fin"))
scenario("ident/cancelled/dribble", raw(rb"x{10,21}", "open"), last_phase("ident"), client_left("fin"))
scenario("kex/cancelled", sent_beyond("kex/no-reply", 0, 0), last_phase("kex"), client_left("fin"))
scenario("auth/cancelled", sent_beyond("auth/silent", 0, 0), last_phase("auth"), client_left("fin"))
scenario("channel/cancelled", sent_beyond("channel/silent", 0, 0), last_phase("channel"), client_left("fin"))
scenario("data/cancelled", output(b"working"), last_phase("data"), status_sent(False), client_left("fin"))
scenario("ident/silent", raw(b"", "open"), last_phase("ident"), client_left("fin"))
scenario("ident/half", raw(b"SSH-2.0-Open", "open"), last_phase("ident"))
scenario("ident/dribble/steady", raw(rb"SSH-2\.0-x*", "open"), raw_single_bytes(0, 16, 21),
         last_phase("ident"))
scenario("ident/dribble/on-edge", raw(rb"SS", "open"), raw_gap(0.85), last_phase("ident"))
scenario("ident/lines/each-second", raw(rb"([0-9a-f]{8}\r\n){1,2}", "open"))
scenario("ident/lines/tenth-of-deadline", raw(rb"([0-9a-f]{8}\r\n){8,11}", "open"))
scenario("ident/lines/on-edge", raw(rb"([0-9a-f]{8}\r\n){2}", "open"), raw_gap(0.85))
scenario("ident/lines/without-pause", raw(rb"(0123abcd\r\n){20000,}.*", "open"), fault("floods"))
scenario("ident/other-service", raw(rb"220 [^\n]*\r\n", "open"))
scenario("ident/oversized/256-bytes", raw(rb"SSH-2\.0-x{246}\r\n", "open"))
scenario("ident/oversized/64-kib", raw(rb"SSH-2\.0-x{65526}\r\n", "open"))
scenario("ident/oversized/endless", raw(rb"SSH-2\.0-x{200000,}", "open"), fault("floods"))
scenario("ident/lines-but-legal", raw(rb"Welcome\.\r\n\r\nPlease wait\.\r\n" + IDENT + b".*", "open"),
         raw_gap(0.09), honest_to_the_end, took(0.29, 0.6), openssh())
scenario("ident/slow-but-legal", raw(IDENT + b".*", "open"), raw_gap(0.39), honest_to_the_end,
         took(0.39, 0.6), openssh())

for end in "fin", "rst":
    scenario(f"ident/too-many/{end}", raw(rb"Exceeded MaxStartups\r\n", end), last_phase("ident"),
             fault(end.upper()))
    scenario(f"ident/after-client/{end}", raw(b"", end), received(12, 300), last_phase("ident"),
             fault(end.upper()))
    scenario(f"ident/cut-short/{end}", raw(b"SSH-2.0-Open", end), last_phase("ident"),
             fault(end.upper()))
scenario("ident/not-reading", raw(b"", "open"), received(0, 0), last_phase("ident"),
         fault("stops reading"))
scenario("ident/not-ssh/text", raw(rb"this is not an SSH server\n", "open"), last_phase("ident"))
scenario("ident/not-ssh/protocol", raw(rb"MyProtoV1\.1\r\n", "open"), last_phase("ident"))
scenario("ident/not-ssh/redis", raw(rb"-ERR unknown command [^\n]*\r\n", "open"), received(12, 300))
scenario("ident/not-ssh/http", raw(rb"HTTP/1\.1 400 .*\r\n\r\n", "fin"), received(12, 300))
scenario("ident/not-ssh/tls", raw(rb"\x15\x03\x03\x00\x02\x02\x0a", "fin"), received(12, 300))
scenario("ident/random/1-kib", raw(rb"(?!.*SSH-).{1024}", "open"), last_phase("ident"))
scenario("ident/random/endless", raw(rb".{200000,}", "open"), fault("floods"))
for name, line in ("1-5", rb"SSH-1\.5-.*"), ("3-0", rb"SSH-3\.0-.*"), ("no-number", rb"SSH-[a-z]*"):
    scenario(f"ident/wrong-version/{name}", raw(line + rb"\r\n", "open"))
scenario("ident/cr-lines", raw(rb"S(tandby\.\.\.\. \r){8,9}", "open"), last_phase("ident"))
for name, text in (("blank", rb"\r\n\r\n"), ("bare-lf", rb"Welcome\.\.\n\nPlease close\.\.\n"),
                   ("lookalike", rb"SSH is .*\r\nssh-2\.0-no\r\n SSH-2\.0-no\r\n"),
                   ("utf-8", "\u00bf[^\n]*\u4f60\u597d\r\n".encode()), ("long-line", rb"={200}\r\n"),
                   ("ten-lines", rb"(All connections are monitored\.\r\n){10}")):
    scenario(f"ident/odd-lines-but-legal/{name}", raw(text + IDENT + b".*", "open"),
             honest_to_the_end, openssh())
scenario("ident/pause-but-legal", raw(rb"Please stand by\.\r\n" + IDENT + b".*", "open"), raw_gap(0.39),
         honest_to_the_end, took(0.39, 0.6), openssh())
scenario("ident/bytes-but-legal", raw(IDENT + b".*", "open"), raw_single_first(18), honest_to_the_end,
         took(0.2, 0.6), openssh())
scenario("ident/long-but-legal/255-bytes", raw(rb"SSH-2\.0-x{245}\r\n.*", "open"), honest_to_the_end,
         openssh())
scenario("ident/long-but-legal/comments", raw(rb"SSH-2\.0-fakesshd_0\.1 with [^\n]*\r\n.*", "open"),
         honest_to_the_end, openssh())

# ---- key exchange ----

scenario("kexinit/silent", raw(IDENT, "open"), last_phase("kexinit"))
scenario("kexinit/dribble", raw_single_bytes(18, 15, 21), sent_beyond("kexinit/silent", 15, 21),
         last_phase("kexinit"))
scenario("kexinit/fin/fin", raw(IDENT, "fin"), sent_beyond("kexinit/silent", 0, 0), fault("FIN"),
         error("disconnected"))
scenario("kexinit/fin/rst", raw(IDENT, "rst"), sent_beyond("kexinit/silent", 0, 0), fault("RST"),
         error("reset"))
scenario("kex/after-kexinit", sent_beyond("kexinit/silent", 100, 4000), fault("stops reading"),
         sent_beyond("kex/no-reply", 0, 0), last_phase("kex"))
scenario("kex/no-reply", sent_beyond("kexinit/silent", 100, 4000), last_phase("kex"),
         client_left("fin"))
scenario("kex/half-reply", sent_beyond("kex/no-reply", 50, 50), last_phase("kex"))
scenario("kex/dribble", sent_beyond("kex/no-reply", 15, 21), last_phase("kex"))
scenario("kex/bad-signature", fault("damages byte"), error("signature"),
         sent_beyond("kex/half-reply", 1, 4000))
scenario("newkeys/silent", sent_beyond("kex/no-reply", 100, 4000), last_phase("newkeys"))
scenario("newkeys/slow-but-legal", took(0.39, 0.6), honest_to_the_end, openssh())
# NEWKEYS is 16 bytes long; libssh sends EXT_INFO (RFC 8308) behind it.
scenario("service/silent", sent_beyond("newkeys/silent", 16, 800), last_phase("service"))

scenario("kexinit/half/length", raw(IDENT + b".{4}", "open"), sent_beyond("kexinit/silent", 4, 4),
         last_phase("kexinit"))
scenario("kexinit/half/body", raw(IDENT + b".{200}", "open"), sent_beyond("kexinit/silent", 200, 200),
         last_phase("kexinit"))
scenario("kexinit/slow-but-legal", raw(IDENT + b".{100,}", "open"), raw_gap(0.39), honest_to_the_end,
         took(0.39, 0.6), openssh())
scenario("kexinit/pieces-but-legal", raw(IDENT + b".{100,}", "open"), raw_pieces(18, 20),
         honest_to_the_end, took(0.2, 0.6), openssh())
scenario("kexinit/endless/4-gib", raw(IDENT + rb"\xff{4}(\x04\x14){100000,}.*", "open"),
         fault("floods"))
scenario("kexinit/endless/1-mib", raw(IDENT + rb"\x00\x10\x00\x00(\x04\x14){100000,}.*", "open"),
         fault("floods"))
for name, payload in (("newkeys", rb"\x15"), ("reply", rb"\x1f(\0\0\0\x20k{32}){3}"), ("empty", b""),
                      ("service-accept", rb"\x06\0\0\0\x0cssh-userauth"), ("success", rb"\x34"),
                      ("number-0", rb"\x00"), ("number-255", rb"\xff")):
    scenario(f"kexinit/instead/{name}", raw(IDENT + rb"\0\0\0." + rb"[\x04-\x0b]" + payload + rb"\0{4,11}",
                                            "open"), last_phase("kexinit", "newkeys", "service"))
DISCONNECT_12 = rb"\0\0\0..\x01\0\0\0\x0c\0\0\0\x10Come back later\.\0{8,15}"
scenario("kexinit/disconnect/fin", raw(IDENT + DISCONNECT_12, "fin"), error("back later|disconn"))
scenario("kexinit/disconnect/stays-open", raw(IDENT + DISCONNECT_12, "open"),
         error("back later|disconn|Bad file descriptor"))  # libssh closes its socket before it tells
for end in "fin", "rst":
    scenario(f"kexinit/cut-short/{end}", raw(IDENT + b".{200}", end), last_phase("kexinit"),
             sent_beyond("kexinit/silent", 200, 200), fault(end.upper()))
    scenario(f"kex/cut-short/{end}", sent_beyond("kex/no-reply", 50, 50), last_phase("kex"),
             fault(end.upper()))
    scenario(f"kex/fin/{end}", sent_beyond("kex/no-reply", 0, 0), last_phase("kex"),
             fault(end.upper()), error("disconnected" if end == "fin" else "reset"))
    scenario(f"newkeys/fin/{end}", sent_beyond("newkeys/silent", 0, 0), last_phase("newkeys"),
             fault(end.upper()))
    scenario(f"service/fin/{end}", sent_beyond("service/silent", 0, 0), last_phase("service"),
             fault(end.upper()))
    scenario(f"auth/fin/{end}", sent_beyond("auth/silent", 0, 0), last_phase("auth"),
             fault(end.upper()))
    scenario(f"channel/fin/{end}", sent_beyond("channel/silent", 0, 0), last_phase("channel"),
             fault(end.upper()))
    scenario(f"request/fin/{end}", sent_beyond("request/silent", 0, 0), last_phase("request"),
             fault(end.upper()))
scenario("newkeys/half", sent_beyond("newkeys/silent", 8, 8), last_phase("newkeys"))
scenario("newkeys/dribble", sent_beyond("newkeys/silent", 10, 13), last_phase("newkeys"))
scenario("newkeys/late-but-legal", took(0.39, 0.6), pause_in("newkeys", 0.39), honest_to_the_end, openssh())
scenario("service/dribble", fault("IGNORE"), sent_beyond("service/silent", 15 * 36, 21 * 80),
         last_phase("service"))
scenario("service/half", sent_beyond("service/silent", 20, 20), last_phase("auth"))
scenario("service/slow-but-legal", took(0.39, 0.6), pause_in("service", 0.39), honest_to_the_end, openssh())
scenario("service/disconnect", sent_beyond("service/silent", 30, 300), fault("DISCONNECT"),
         error("no such service"), last_phase("service"))

# ---- authentication, channel, request ----

scenario("auth/silent", sent_beyond("service/silent", 20, 300), last_phase("auth"))
scenario("auth/dribble", sent_beyond("auth/silent", 15 * 36, 21 * 80), last_phase("auth"),
         fault("USERAUTH_BANNER"))
scenario("auth/refused", fault("refuses"), error("denied"), last_phase("auth"), client_left("fin"))
scenario("auth/slow-but-legal", took(0.29, 0.6), honest_to_the_end, openssh())
scenario("channel/silent", sent_beyond("auth/silent", 10, 300), last_phase("channel"))
scenario("channel/dribble", sent_beyond("channel/silent", 15 * 36, 21 * 80), fault("IGNORE"),
         last_phase("channel"))
scenario("channel/refused", fault("refuses to open a channel"), last_phase("channel"),
         client_left("fin"))
scenario("request/silent", sent_beyond("channel/silent", 20, 100), last_phase("request"))
scenario("request/refused", fault("refuses the request"), last_phase("request"))
scenario("request/slow-but-legal", took(0.39, 0.6), honest_to_the_end, openssh())

LOGIN = "(EXT_INFO )?SERVICE_ACCEPT "
scenario("auth/half", sent_beyond("auth/silent", 20, 20), fault("20 more bytes"), last_phase("auth", "channel"))
scenario("auth/silent-after-refusal", spoke(LOGIN + "USERAUTH_FAILURE", "open"), fault("refuses"),
         last_phase("auth"))
scenario("auth/banner-flood", messages("USERAUTH_BANNER", 50, 210), messages("USERAUTH_SUCCESS", 0, 0),
         message("USERAUTH_BANNER", rb"\x35\0\0\x02\0.{512}.*"), last_phase("auth"))
OPENED = LOGIN + "USERAUTH_SUCCESS "
scenario("channel/half", sent_beyond("channel/silent", 20, 20), last_phase("channel", "request"))
scenario("channel/slow-but-legal", took(0.39, 0.6), pause_before("OPEN_CONFIRMATION", 0.25, 0.6),
         honest_to_the_end, openssh())
scenario("channel/disconnect", spoke(OPENED + "DISCONNECT", "fin"), error("No more sessions"),
         last_phase("channel"))
scenario("channel/blackhole", sent_beyond("channel/silent", 0, 0), fault("stops reading"),
         spoke(OPENED.strip(), "open"), last_phase("channel"))
ASKED = OPENED + "OPEN_CONFIRMATION ?"
scenario("request/dribble", spoke(ASKED + "(IGNORE ?){10,22}", "open"), last_phase("request"))
scenario("request/half", sent_beyond("request/silent", 20, 20), spoke(ASKED, "open"))
scenario("request/disconnect", spoke(ASKED + "DISCONNECT", "fin"), error("exec is not allowed"),
         last_phase("request"))
scenario("request/blackhole", spoke(ASKED, "open"), fault("stops reading"), last_phase("request"))

# ---- the command ----

scenario("data/silent", output(b"working"), last_phase("data"), status_sent(False))
scenario("data/dribble", output(rb"\.{16,21}"), last_phase("data"), status_sent(False))
scenario("data/flood", output_bytes(65536, 1 << 30), last_phase("data"), status_sent(False))
scenario("data/corrupt", output(b""), fault("damages byte"), error("[Dd]ecrypt|MAC|mac"),
         last_phase("data"))
scenario("data/not-reading", fault("stops reading"), received_beyond("data/silent", -100, 4096),
         client_left("rst"), last_phase("data"))
scenario("data/fin/fin", output(b"half of the out"), fault("FIN"), error("disconnected"),
         status_sent(False))
scenario("data/fin/rst", output(b"half of the out"), fault("RST"), error("reset"),
         status_sent(False))
scenario("data/slow-but-legal", took(0.38, 0.6), honest_to_the_end, openssh())
scenario("exit/no-status", output(rb"[0-9a-f]+\n"), status_sent(False), last_phase("exit"))
scenario("exit/closed-without-status", output(rb"[0-9a-f]+\n"), status_sent(False),
         error("without an exit status"), last_phase("disconnect"))
scenario("exit/signal", status_sent(False), fault("exit-signal KILL"), error("KILL"))
scenario("close/no-close", status_sent(True), last_phase("close"))
scenario("close/no-eof", status_sent(True), last_phase("close"), output(rb"[0-9a-f]+\n"), took(1, 2))
scenario("close/slow-but-legal", status_sent(True), fault("does nothing for 0.3 s"), openssh(0.3))
scenario("rekey/in-command", passed_through("rekey"), received_beyond("healthy/exec", 500, 4000),
         sent_beyond("healthy/exec", 500, 4000), honest_to_the_end, took(0.09, 0.6), openssh())
scenario("rekey/silent", passed_through("rekey"), sent_beyond("data/silent", 100, 4000),
         received_beyond("data/silent", -100, 100), fault("stops reading"), last_phase("rekey"))
scenario("keepalive/dribble", passed_through("keepalive"), status_sent(False),
         received_beyond("data/silent", 15 * 24, 21 * 60), sent_beyond("data/silent", 15 * 36, 21 * 80))
scenario("disconnect/in-command", output(b"half of the out"), error("the host is going down"),
         status_sent(False))
scenario("disconnect/stays-open", honest_to_the_end, fault("keeps the connection open"),
         client_left("fin"), openssh())
scenario("healthy/exec", honest_to_the_end, took(0, 0.3), openssh())
scenario("healthy/exit-status", honest_to_the_end, exit_status(7), openssh(ends_with=7))
scenario("healthy/large-output", honest_to_the_end, output_bytes(262144, 262300), openssh())
scenario("healthy/slow-everywhere", honest_to_the_end, took(0.39, 0.6), openssh())


RUNS = ASKED + "SUCCESS ?"
ENDED = RUNS + "DATA EOF ?"
STATUS = ENDED + "REQUEST ?"
scenario("data/half", output(b""), sent_beyond("data/silent", 50, 200), status_sent(False), spoke(RUNS, "open"),
         last_phase("data"))
for end in "fin", "rst":
    scenario(f"data/cut-short/{end}", output(b""), spoke(RUNS, end), sent_beyond("data/half", 0, 0),
             fault(end.upper()), status_sent(False))
    scenario(f"exit/fin/{end}", output(rb"[0-9a-f]+\n"), spoke(ENDED, end), fault(end.upper()),
             status_sent(False), last_phase("exit"))
    scenario(f"close/fin/{end}", spoke(STATUS, end), fault(end.upper()), status_sent(True),
             last_phase("close"))
scenario("data/blackhole", output(b"working"), spoke(RUNS + "DATA", "open"), fault("stops reading"),
         status_sent(False), last_phase("data"))
scenario("data/stderr-dribble", output(b""), messages("EXTENDED_DATA", 15, 21), messages("DATA", 0, 0),
         status_sent(False), last_phase("data"))
scenario("exit/slow-but-legal", took(0.29, 0.6), pause_before("REQUEST", 0.15, 0.6), honest_to_the_end,
         openssh(0.3))
scenario("exit/dribble", output(rb"[0-9a-f]+\n"), spoke(ENDED + "(IGNORE ?){10,22}", "open"),
         status_sent(False), last_phase("exit"))
scenario("exit/half", output(rb"[0-9a-f]+\n"), spoke(ENDED, "open"), sent_beyond("exit/no-status", 20, 20))
scenario("exit/disconnect", output(rb"[0-9a-f]+\n"), spoke(ENDED + "DISCONNECT", "fin"), status_sent(False),
         error("going down"))
scenario("exit/signal-no-close", spoke(RUNS + "REQUEST", "open"), status_sent(False),
         message("REQUEST", rb".*exit-signal.*TERM.*"))
scenario("exit/status-first", spoke(RUNS + "REQUEST DATA EOF CLOSE", "closed"), pause_before("DATA", 0.09, 0.3),
         honest_to_the_end, openssh())
scenario("close/dribble/ignore", spoke(STATUS + "(IGNORE ?){10,22}", "open"), last_phase("close"))
scenario("close/dribble/keepalive", spoke(STATUS + "(GLOBAL_REQUEST ?){10,22}", "open"),
         passed_through("keepalive"))
scenario("close/output-goes-on", spoke(RUNS + "DATA REQUEST (DATA ?){10,22}", "open"), status_sent(True))
scenario("close/half", spoke(STATUS, "open"), left_over(20), status_sent(True))
scenario("close/disconnect", spoke(STATUS + "DISCONNECT", "fin"), status_sent(True))
CLOSED = STATUS + "CLOSE"
scenario("disconnect/rst-at-the-end", spoke(CLOSED, "closed"), honest_to_the_end, fault("RST"), openssh())
scenario("disconnect/not-reading", spoke(CLOSED, "closed"), honest_to_the_end, fault("stops reading"), openssh())
scenario("disconnect/keeps-sending", spoke(CLOSED, "closed"), honest_to_the_end, fault("IGNORE"), openssh())
scenario("keepalive/before-the-answer-but-legal",
         spoke(ASKED + "GLOBAL_REQUEST SUCCESS DATA EOF REQUEST CLOSE", "closed"), honest_to_the_end,
         openssh())
scenario("rekey/while-writing-but-legal", passed_through("rekey"), fault("stops reading"), stdin_whole(131072),
         honest_to_the_end, openssh())
scenario("disconnect/with-the-close", spoke(CLOSED, "closed"), fault("DISCONNECT"), honest_to_the_end, openssh())
scenario("data/on-edge", output(rb"\."), pause_before("DATA", 0.7, 1), status_sent(False), last_phase("data"))
scenario("keepalive/on-edge", passed_through("keepalive"), pause_before("GLOBAL_REQUEST", 0.7, 1),
         messages("GLOBAL_REQUEST", 1, 1), output(b""), status_sent(False))
scenario("rekey/slow-but-legal", passed_through("rekey"), took(0.29, 0.6), honest_to_the_end, openssh(),
         pause_before("KEX_REPLY", 0.25, 0.6, 1))


for name, line in (("bare-lf", rb"SSH-2\.0-fakesshd\n"), ("1-99", rb"SSH-1\.99-fakesshd\r\n"),
                   ("1-99-bare-lf", rb"SSH-1\.99-Comware-5\.20\n")):
    scenario(f"ident/odd-end-but-legal/{name}", raw(line + rb"\0\0.*", "open"), honest_to_the_end, openssh())
scenario("ident/with-kexinit-but-legal", raw(IDENT + b".{100,}", "open"), raw_gap(0.09), raw_at_once(0.03),
         honest_to_the_end, openssh())
scenario("kexinit/long-but-legal", message("KEXINIT", rb"\x14.{16}\0\0.{2}curve25519-sha256,[^,]+,[^,]+,unknown.{10000,}"),
         honest_to_the_end, openssh())
scenario("kex/pieces-but-legal", took(0.19, 0.6), pause_in("kex", 0.15), honest_to_the_end, openssh())
scenario("kex/disconnect", spoke_in_clear("KEXINIT DISCONNECT", "fin"), last_phase("kex"),
         message("DISCONNECT", rb"\x01\0\0\0\x03.*Key exchange failed.*"))
scenario("newkeys/disconnect", spoke_in_clear("KEXINIT KEX_REPLY DISCONNECT", "fin"),
         message("DISCONNECT", rb"\x01\0\0\0\x0c.*"), last_phase("newkeys"))
scenario("auth/blackhole", sent_beyond("auth/silent", 0, 0), fault("stops reading"),
         spoke(LOGIN.strip(), "open"), last_phase("auth"))
for name, offset_ms in (("20-ms-before", -20), ("5-ms-before", -5), ("1-ms-before", -1), ("at-it", 0),
                        ("1-ms-after", 1), ("5-ms-after", 5), ("20-ms-after", 20)):
    scenario(f"newkeys/at-deadline/{name}", passed_through("newkeys"),
             lands(offset_ms, lambda e: e["event"] == "phase" and e["to"] == "service"))
    scenario(f"data/at-deadline/{name}", passed_through("data"),
             lands(offset_ms, lambda e: e["event"] == "exit"))
    scenario(f"data/fin-at-deadline/{name}", last_phase("data"),
             lands(offset_ms, lambda e: e["event"] == "fault" and "FIN" in e["what"]))
    scenario(f"auth/rst-at-deadline/{name}", last_phase("auth"),
             lands(offset_ms, lambda e: e["event"] == "fault" and "RST" in e["what"]))

# ---- the crafted session: key exchange and service ----

scenario("kexinit/nothing-in-common/kex",
         message("KEXINIT", rb"\x14.*nobody-has-this.*"),
         last_phase("kex"))
scenario("kexinit/nothing-in-common/hostkey",
         message("KEXINIT", rb"\x14.*nobody-has-this.*"),
         last_phase("kex"))
scenario("kexinit/nothing-in-common/cipher",
         message("KEXINIT", rb"\x14.*nobody-has-this.*"),
         last_phase("kex"))
scenario("kexinit/nothing-in-common/mac",
         message("KEXINIT", rb"\x14.*nobody-has-this.*"),
         last_phase("kex"))
scenario("kexinit/malformed/cut-in-cookie", message("KEXINIT", rb"\x14.{9}"))
scenario("kexinit/malformed/cut-in-list", message("KEXINIT", rb"\x14.{29}"))
scenario("kexinit/malformed/huge-list", message("KEXINIT", rb"\x14c{16}\xff{4}name"))
scenario("kexinit/packet-length/huge", spoke_in_clear("", "damaged length 4294967295"))
scenario("kexinit/packet-length/zero", spoke_in_clear("", "damaged length 0"))
scenario("kexinit/packet-length/long-padding", spoke_in_clear("", "damaged padding 255"))
scenario("kexinit/twice", spoke_in_clear("KEXINIT KEXINIT.*", ".*"))
scenario("kex/public-value/zeros",
         fault("KEX_ECDH_REPLY"),
         message("KEX_REPLY", rb"\x1f.{4}.{51}\0\0\x00\x20\0*\0\0\0.\0\0\0\x0bssh-ed25519.*"))
scenario("kex/public-value/empty",
         fault("KEX_ECDH_REPLY"),
         message("KEX_REPLY", rb"\x1f.{4}.{51}\0\0\x00\x00\0*\0\0\0.\0\0\0\x0bssh-ed25519.*"))
scenario("kex/public-value/short",
         fault("KEX_ECDH_REPLY"),
         message("KEX_REPLY", rb"\x1f.{4}.{51}\0\0\x00\x1f\0*\0\0\0.\0\0\0\x0bssh-ed25519.*"))
scenario("kex/public-value/long",
         fault("KEX_ECDH_REPLY"),
         message("KEX_REPLY", rb"\x1f.{4}.{51}\0\0\x10\x00\0*\0\0\0.\0\0\0\x0bssh-ed25519.*"))
scenario("kex/host-key/empty", message("KEX_REPLY", rb"\x1f\0\0\0\0.*"))
scenario("kex/host-key/unknown", message("KEX_REPLY", rb"\x1f\0\0\0\x0b\0\0\0\x04nonekey.*"))
scenario("kex/host-key/huge",
         message("KEX_REPLY", rb"\x1f\0\0\0\x13\0\0\0\x0bssh-ed25519\xff{4}.*"))
scenario("kex/signature/empty", message("KEX_REPLY", rb".*\0\0\0\0"))
scenario("kex/signature/other-algorithm", message("KEX_REPLY", rb".*\0\0\0\x07ssh-rsa\0\0\0\x01x"))
scenario("kex/signature/huge", message("KEX_REPLY", rb".*ssh-ed25519\xff{4}"))
scenario("kex/other-answer/unimplemented",
         spoke_in_clear("KEXINIT UNIMPLEMENTED", "open"),
         message("UNIMPLEMENTED", rb"\x03\0\0\0\x01"))
scenario("kex/other-answer/service-accept", spoke_in_clear("KEXINIT SERVICE_ACCEPT", "open"))
scenario("kex/other-answer/ignore", spoke_in_clear("KEXINIT IGNORE", "open"))
scenario("kex/other-answer/newkeys", messages("NEWKEYS", 1, 1), messages("KEX_REPLY", 0, 0))
scenario("newkeys/twice", fault("NEWKEYS"), messages("NEWKEYS", 1, 2))
scenario("newkeys/then-damaged/mac", spoke("", "damaged mac"))
scenario("newkeys/then-damaged/length-huge", spoke("", "damaged length 4294967295"))
scenario("newkeys/then-damaged/length-zero", spoke("", "damaged length 0"))
scenario("newkeys/ignore-but-legal", spoke("IGNORE DEBUG " + HONEST, "closed"), openssh())
scenario("newkeys/ext-info-late", spoke("IGNORE EXT_INFO " + HONEST, "closed"))
scenario("service/other-answer/unimplemented", spoke("UNIMPLEMENTED", "open"))
scenario("service/other-answer/other-service",
         message("SERVICE_ACCEPT", rb"\x06\0\0\0\x0essh-connection"))
scenario("service/other-answer/ignore", spoke("IGNORE", "open"))
scenario("service/other-answer/newkeys", fault("NEWKEYS"), messages("NEWKEYS", 2, 2))
scenario("service/twice", spoke("SERVICE_ACCEPT SERVICE_ACCEPT.*", ".*"))
scenario("service/unasked", messages("SERVICE_ACCEPT", 0, 0), messages("USERAUTH_SUCCESS", 1, 1))


# ---- the crafted session: authentication to request ----

scenario("auth/other-answer/unimplemented", spoke("SERVICE_ACCEPT UNIMPLEMENTED", "open"))
scenario("auth/other-answer/service-accept", spoke("SERVICE_ACCEPT SERVICE_ACCEPT", "open|rst"))
scenario("auth/other-answer/channel",
         messages("OPEN_CONFIRMATION", 1, 1),
         messages("USERAUTH_SUCCESS", 0, 0))
scenario("auth/partial-success",
         spoke("SERVICE_ACCEPT USERAUTH_FAILURE", "open"),
         message("USERAUTH_FAILURE", rb"\x33.*\x01"))
scenario("auth/no-methods", message("USERAUTH_FAILURE", rb"\x33\0\0\0\0\0"))
scenario("auth/unknown-methods/one",
         message("USERAUTH_FAILURE", rb"\x33....nobody-has-this@example.com,x*\0"))
scenario("auth/unknown-methods/long",
         message("USERAUTH_FAILURE", rb"\x33....nobody-has-this@example.com,x*\0"))
scenario("auth/password-change",
         message("USERAUTH_60", rb"\x3c\0\0\0\x1aYour password has expired.\0\0\0\0"),
         spoke("SERVICE_ACCEPT USERAUTH_60", "open"))
scenario("auth/prompts", message("USERAUTH_FAILURE", rb"\x33\0\0\0\x14keyboard-interactive\0"))
scenario("auth/success-twice", spoke("SERVICE_ACCEPT USERAUTH_SUCCESS USERAUTH_SUCCESS.*", ".*"))
scenario("auth/two-answers", spoke("SERVICE_ACCEPT USERAUTH_FAILURE USERAUTH_SUCCESS.*", ".*"))
scenario("auth/banner-after-request-but-legal",
         spoke("SERVICE_ACCEPT USERAUTH_BANNER USERAUTH_SUCCESS .*CLOSE", "closed"),
         openssh())
scenario("auth/huge-banner", message("USERAUTH_BANNER", rb"\x35\xff{4}Welcome"))
scenario("auth/disconnect/no-more-methods", message("DISCONNECT", rb"\x01\0\0\0\x0e\0.*"))
scenario("auth/disconnect/too-many", message("DISCONNECT", rb"\x01\0\0\0\x0c\0.*"))
scenario("auth/disconnect/unknown-reason", message("DISCONNECT", rb"\x01\xff{4}\0{8}"))
scenario("channel/other-recipient", message("OPEN_CONFIRMATION", rb"\x5b\0\0\0\x4d.*"))
scenario("channel/other-answer/unimplemented",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS UNIMPLEMENTED", "open"))
scenario("channel/other-answer/success", spoke("SERVICE_ACCEPT USERAUTH_SUCCESS SUCCESS", "open"))
scenario("channel/other-answer/data", spoke("SERVICE_ACCEPT USERAUTH_SUCCESS DATA", "open"))
scenario("channel/other-answer/close", messages("CLOSE", 1, 1), messages("OPEN_CONFIRMATION", 0, 0))
scenario("channel/other-answer/auth-success", messages("USERAUTH_SUCCESS", 2, 2))
scenario("channel/confirmed-twice",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION OPEN_CONFIRMATION.*", ".*"))
scenario("channel/confirmed-and-refused/same-channel",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION OPEN_FAILURE.*", ".*"))
scenario("channel/confirmed-and-refused/other-channel",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION OPEN_FAILURE.*", ".*"))
scenario("channel/limits/max-packet-0",
         message("OPEN_CONFIRMATION", rb"\x5b.{8}\0\x20\0\0\0\0\0\0"))
scenario("channel/limits/window-0", message("OPEN_CONFIRMATION", rb"\x5b.{8}\0\0\0\0\0\0\x80\0"))
scenario("channel/limits/both-0", message("OPEN_CONFIRMATION", rb"\x5b.{8}\0{8}"))
scenario("channel/limits/both-huge", message("OPEN_CONFIRMATION", rb"\x5b.{8}\xff{8}"))
scenario("channel/refused-with/resource-shortage",
         message("OPEN_FAILURE", rb"\x5c.{4}\0\0\0\x04.*"))
scenario("channel/refused-with/unknown-reason",
         message("OPEN_FAILURE", rb"\x5c.{4}\xff\xff\xff\xfe.*"))
scenario("channel/refused-with/long-text",
         message("OPEN_FAILURE", rb"\x5c.{4}\0\0\0\x02\0\0\x75\x30x{30000}.*"))
scenario("channel/opened-by-server/auth-agent",
         message("CHANNEL_OPEN", rb"\x5a.*\0\0\0\x09.{8}.*"),
         openssh())
scenario("channel/opened-by-server/session",
         message("CHANNEL_OPEN", rb"\x5a.*\0\0\0\x09.{8}.*"),
         openssh())
scenario("channel/opened-by-server/unknown",
         message("CHANNEL_OPEN", rb"\x5a.*\0\0\0\x09.{8}.*"),
         openssh())
scenario("channel/opened-by-server/forwarded-tcpip",
         message("CHANNEL_OPEN", rb"\x5a.*\0\0\0\x09.{8}.*"),
         openssh())
for name in ("proved", "refused", "wrong-proof", "never-answered"):  # what is asked for is a test of its own
    scenario(f"channel/hostkeys-announced-but-legal/{name}",
             message("GLOBAL_REQUEST", rb"\x50\0{3}\x17hostkeys-00@openssh\.com\0\0{3}\x33.*ssh-rsa.*"),
             honest_to_the_end, openssh())
scenario("request/other-answer/unimplemented",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION UNIMPLEMENTED", "open"))
scenario("request/other-answer/other-channel", message("SUCCESS", rb"\x63\0\0\0\x4d"))
scenario("request/other-answer/global",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION REQUEST_SUCCESS", "open"))
scenario("request/other-answer/adjust",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION WINDOW_ADJUST", "open"))
scenario("request/other-answer/eof",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION EOF", "open"))
scenario("request/closed-instead",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION CLOSE", "closed"))
scenario("request/accepted-twice",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS SUCCESS.*", ".*"))
scenario("request/refused-then-run",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION FAILURE DATA REQUEST CLOSE", "closed"))
scenario("request/output-first-but-legal",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION DATA SUCCESS EOF REQUEST CLOSE", "closed"),
         openssh())
scenario("request/never-accepted",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION DATA EOF REQUEST CLOSE", "closed"))


# ---- the crafted session: data to disconnect ----

scenario("data/packet-damaged/mac",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS", "damaged mac"))
scenario("data/packet-damaged/length-huge",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS", "damaged length 4294967295"))
scenario("data/packet-damaged/length-zero",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS", "damaged length 0"))
scenario("data/packet-damaged/padding-none",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS", "damaged padding 0"))
scenario("data/packet-damaged/padding-all",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS", "damaged padding 255"))
scenario("data/message-damaged/data-huge", message("DATA", rb"\x5e\0{4}\xff{4}text"))
scenario("data/message-damaged/data-cut", message("DATA", rb"\x5e\0\0"))
scenario("data/message-damaged/extended-huge", message("EXTENDED_DATA", rb"\x5f.*\xff{4}text"))
scenario("data/message-damaged/request-cut", message("REQUEST", rb"\x62\0{7}\x0bexit-st"))
scenario("data/other-channel/data", message("DATA", rb"\x5e\0\0\0\x4d.*"))
scenario("data/other-channel/eof", message("EOF", rb"\x60\0\0\0\x4d"))
scenario("data/other-channel/close", message("CLOSE", rb"\x61\0\0\0\x4d"))
scenario("data/other-channel/adjust", message("WINDOW_ADJUST", rb"\x5d\0\0\0\x4d\0{4}"))
scenario("data/unasked-answers/request-success", messages("REQUEST_SUCCESS", 100, 100))
scenario("data/unasked-answers/request-failure", messages("REQUEST_FAILURE", 100, 100))
scenario("data/unasked-answers/channel-success", messages("SUCCESS", 101, 101))
scenario("data/unasked-answers/channel-failure", messages("FAILURE", 100, 100))
scenario("data/unasked-answers/unimplemented", messages("UNIMPLEMENTED", 100, 100))
scenario("data/adjust-overflow",
         messages("WINDOW_ADJUST", 2, 2),
         message("WINDOW_ADJUST", rb"\x5d\0{4}\xff{4}", 1))
scenario("data/beyond-window", fault("CHANNEL_DATA"), sent_beyond("data/silent", 1400000, 3300000))
scenario("data/beyond-max-packet", message("DATA", rb"\x5e\0{4}\0\x01\x86\xa0x{100000}"))
scenario("data/nothing/data", messages("DATA", 10, 25))
scenario("data/nothing/extended-data", messages("EXTENDED_DATA", 10, 25))
scenario("data/nothing/adjust", messages("WINDOW_ADJUST", 10, 25))
scenario("data/nothing/ping", messages("PING", 10, 25))
scenario("data/after-eof",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA EOF DATA REQUEST CLOSE", "closed"))
scenario("data/unknown-message/transport", message("15", rb"\x0f.*"), openssh())
scenario("data/unknown-message/connection", message("127", rb"\x7f.*"), openssh())
scenario("data/unknown-message/reserved", message("150", rb"\x96.*"), openssh())
scenario("data/message-0/zero", message("0", rb"\0{4}"))
scenario("data/message-0/empty", message("EMPTY", rb""))
scenario("data/exact-window-but-legal", sent_beyond("data/silent", 60000, 5000000))
scenario("data/two-streams-but-legal", sent_beyond("data/silent", 500000, 600000), openssh())
scenario("data/stdin-window/never",
         message("OPEN_CONFIRMATION", rb"\x5b.{8}\0{4}.*"),
         messages("WINDOW_ADJUST", 0, 0))
scenario("data/stdin-window/byte-at-a-time",
         message("OPEN_CONFIRMATION", rb"\x5b.{8}\0{4}.*"),
         messages("WINDOW_ADJUST", 10, 25))
scenario("data/stdin-window-but-legal",
         message("OPEN_CONFIRMATION", rb"\x5b.{8}\0{4}.*"),
         took(0.2, 0.6))
scenario("exit/status-twice",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA EOF REQUEST REQUEST CLOSE", "closed"))
scenario("exit/status-after-close",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA EOF CLOSE", "closed"),
         status_sent(True))
scenario("exit/status-malformed/status-cut", message("REQUEST", rb"\x62.{22}"))
scenario("exit/status-malformed/status-long", message("REQUEST", rb"\x62.*exit-status\0{5}1234"))
scenario("exit/status-malformed/signal-cut", message("REQUEST", rb"\x62.{20}"))
scenario("exit/asks-for-reply-but-legal",
         message("REQUEST", rb"\x62\0{7}\x0bexit-status\x01\0{4}"),
         openssh())
scenario("close/first",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS CLOSE", "closed"))
scenario("close/no-eof-but-legal",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA REQUEST CLOSE", "closed"),
         openssh())
scenario("close/no-output-but-legal",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS REQUEST EOF CLOSE", "closed"))
scenario("close/twice", fault("CHANNEL_CLOSE"), honest_to_the_end)
scenario("close/while-window-is-0",
         message("OPEN_CONFIRMATION", rb"\x5b.{8}\0{4}.*"),
         honest_to_the_end)
scenario("close/other-channel-open", messages("CHANNEL_OPEN", 1, 1), openssh())
scenario("close/with-disconnect", message("DATA", rb".*"), last_phase("disconnect"))
scenario("close/with-fin",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA EOF REQUEST CLOSE", "closed|rst"),
         openssh())
scenario("disconnect/goes-on",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA DISCONNECT DATA REQUEST CLOSE", "closed"))
scenario("disconnect/malformed/number-alone", message("DISCONNECT", rb"\x01"))
scenario("disconnect/malformed/no-text", message("DISCONNECT", rb"\x01\0\0\0\x0b"))
scenario("disconnect/malformed/text-cut", message("DISCONNECT", rb"\x01\0\0\0\x0b\0\0\0\x03b"))
scenario("disconnect/reason/protocol-error", message("DISCONNECT", rb"\x01\0\0\0\x02.*"))
scenario("disconnect/reason/connection-lost", message("DISCONNECT", rb"\x01\0\0\0\x0a.*"))
scenario("disconnect/reason/unknown",
         message("DISCONNECT", rb"\x01\0\0\0\x4d\0\0\x4e\x20x{20000}.*"))
scenario("disconnect/reason/unknown",
         message("DISCONNECT", rb"\x01\0\0\0\x4d\0\0\x4e\x20x{20000}.*"))


# ---- the crafted session: rekey, keepalive, sweeps ----

scenario("rekey/stall/before-kexinit-ends",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS", "open"))
scenario("rekey/stall/before-reply",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS KEXINIT", "open"))
scenario("rekey/stall/before-newkeys",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS KEXINIT KEX_REPLY", "open"))
scenario("rekey/cut-short/fin",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS KEXINIT", "fin"))
scenario("rekey/cut-short/rst",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS KEXINIT", "rst"))
scenario("rekey/nothing-in-common", message("KEXINIT", rb".*nobody-has-this.*", 1))
scenario("rekey/bad-signature", message("KEX_REPLY", rb".*x{64}", 1))
scenario("rekey/without-end", messages("NEWKEYS", 5, 25))
scenario("rekey/message-inside/data",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS KEXINIT DATA .*", ".*"))
scenario("rekey/message-inside/keepalive",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS KEXINIT GLOBAL_REQUEST .*", ".*"))
scenario("rekey/message-inside/ignore",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS KEXINIT IGNORE .*", ".*"))
scenario("rekey/message-inside/kexinit",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS KEXINIT KEXINIT.*", ".*"))
scenario("rekey/close-inside",
         spoke("SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS KEXINIT DATA EOF REQUEST CLOSE", "closed"))
scenario("rekey/often-but-legal", messages("NEWKEYS", 4, 4), openssh())
scenario("keepalive/on-channel",
         messages("REQUEST", 10, 25),
         message("REQUEST", rb"\x62\0{4}\0\0\0\x15keepalive@openssh.com\x01"))
scenario("keepalive/must-be-answered/keepalive", openssh())
scenario("keepalive/must-be-answered/unknown", openssh())
scenario("keepalive/must-be-answered/on-channel", openssh())
scenario("keepalive/flood", messages("GLOBAL_REQUEST", 100, 100))
scenario("keepalive/not-reading", fault("stops reading"))
scenario("sweep/silence/message-01", spoke_in_clear("", "open"))
scenario("sweep/silence/message-02", spoke_in_clear("", "open"))
scenario("sweep/silence/message-03", spoke_in_clear("KEXINIT", "open"))
scenario("sweep/silence/message-04", spoke_in_clear("KEXINIT KEX_REPLY", "open"))
scenario("sweep/silence/message-05", spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS", "open"))
scenario("sweep/silence/message-06",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT", "open"))
scenario("sweep/silence/message-07",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS", "open"))
scenario("sweep/silence/message-08",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION", "open"))
scenario("sweep/silence/message-09",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS", "open"))
scenario("sweep/silence/message-10",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA", "open"))
scenario("sweep/silence/message-11",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA EOF", "open"))
scenario("sweep/silence/message-12",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA EOF REQUEST", "open"))
scenario("sweep/silence/message-13",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA EOF REQUEST CLOSE", "closed"))
scenario("sweep/silence/message-14",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA EOF REQUEST CLOSE", "closed"))
scenario("sweep/fin/message-01", spoke_in_clear("", "fin"))
scenario("sweep/fin/message-02", spoke_in_clear("", "fin"))
scenario("sweep/fin/message-03", spoke_in_clear("KEXINIT", "fin"))
scenario("sweep/fin/message-04", spoke_in_clear("KEXINIT KEX_REPLY", "fin"))
scenario("sweep/fin/message-05", spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS", "fin"))
scenario("sweep/fin/message-06", spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT", "fin"))
scenario("sweep/fin/message-07",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS", "fin"))
scenario("sweep/fin/message-08",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION", "fin"))
scenario("sweep/fin/message-09",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS", "fin"))
scenario("sweep/fin/message-10",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA", "fin"))
scenario("sweep/fin/message-11",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA EOF", "fin"))
scenario("sweep/fin/message-12",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA EOF REQUEST", "fin"))
scenario("sweep/fin/message-13",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA EOF REQUEST CLOSE", "closed"))
scenario("sweep/fin/message-14",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA EOF REQUEST CLOSE", "closed"))
scenario("sweep/rst/message-01", spoke_in_clear("", "rst"))
scenario("sweep/rst/message-02", spoke_in_clear("", "rst"))
scenario("sweep/rst/message-03", spoke_in_clear("KEXINIT", "rst"))
scenario("sweep/rst/message-04", spoke_in_clear("KEXINIT KEX_REPLY", "rst"))
scenario("sweep/rst/message-05", spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS", "rst"))
scenario("sweep/rst/message-06", spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT", "rst"))
scenario("sweep/rst/message-07",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS", "rst"))
scenario("sweep/rst/message-08",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION", "rst"))
scenario("sweep/rst/message-09",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS", "rst"))
scenario("sweep/rst/message-10",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA", "rst"))
scenario("sweep/rst/message-11",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA EOF", "rst"))
scenario("sweep/rst/message-12",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA EOF REQUEST", "rst"))
scenario("sweep/rst/message-13",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA EOF REQUEST CLOSE", "closed"))
scenario("sweep/rst/message-14",
         spoke_in_clear("KEXINIT KEX_REPLY NEWKEYS SERVICE_ACCEPT USERAUTH_SUCCESS OPEN_CONFIRMATION SUCCESS DATA EOF REQUEST CLOSE", "closed"))
