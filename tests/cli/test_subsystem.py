"""Subsystems: real clients read and write files through the honest server, and meet its faults."""
import json
import os

from lab import Server, expect_status, run, test, write

HEAD = """return { about = "Serves files.", kind = "silence", engine = "%s",
  expect = { outcome = "timeout" }, serve = function(conn) %s end }
"""
ENGINES = "libssh", "crafted"


def sftp(server):
    words = server.ssh()
    target, port = words[-1], words[words.index("-p") + 1]
    options = [word for word in words[1:-1] if word not in ("-p", port)]
    return ["sftp", *options, "-P", port, "-b", "-", target]


def content(name):
    with open(name, "rb") as file:
        return file.read()


def batch(server, text, **options):
    """sftp's answer to these lines, and the server's events."""
    done = run(sftp(server), text=text, **options)
    out, _ = server.process.communicate(timeout=10)
    return done, [json.loads(line) for line in out.splitlines()]


@test
def sftp_gets_what_it_put_and_the_last_word_of_any_other_name():
    whole = os.urandom(200000)
    with open("whole", "wb") as file:
        file.write(whole)
    for engine in ENGINES:
        server = Server("--events", "-", "--once", write("s.lua", HEAD % (engine, "conn:healthy()")))
        done, events = batch(server, 'put whole there\nget there back\nget "nonce 4f2a" word\n')
        expect_status(done, 0)
        assert content("back") == whole and content("word") == b"4f2a\n", engine
        ends = [e for e in events if e["event"] == "exit"]
        assert [e["stdout_bytes"] for e in ends] == [len(whole) + 5], events
        assert [e["command"] for e in events if e["event"] == "exec"] == ["sftp"], events


HELLO = ('<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><capabilities><capability>'
         "urn:ietf:params:netconf:base:%s</capability></capabilities></hello>]]>]]>")
RPC = '<rpc message-id="%d"><%s/></rpc>'


def netconf(version, frame, serve="conn:healthy()", engine="libssh"):
    server = Server("--events", "-", "--once", write("s.lua", HEAD % (engine, serve)))
    rpcs = "".join(frame(RPC % pair) for pair in ((101, "get"), (102, "close-session")))
    return run([*server.ssh("netconf")[:1], "-s", *server.ssh("netconf")[1:]], text=HELLO % version + rpcs)


@test
def netconf_answers_each_rpc_in_the_framing_of_its_version():
    for engine in ENGINES:
        done = netconf("1.0", lambda text: text + "]]>]]>", engine=engine)
        expect_status(done, 0)
        hello, one, two, rest = done.out.split("]]>]]>")
        assert "base:1.1</capability>" in hello and rest == "", done.out
        assert 'message-id="101"><data/>' in one and 'message-id="102"><ok/>' in two, done.out

        def chunks(text):
            return f"\n#5\n{text[:5]}\n#{len(text) - 5}\n{text[5:]}\n##\n"
        done = netconf("1.1", chunks, engine=engine)
        expect_status(done, 0)
        hello, replies = done.out.split("]]>]]>")
        one, two, rest = replies.split("\n##\n")
        for reply, id in (one, 101), (two, 102):
            head, text = reply[1:].split("\n", 1)
            assert head == f"#{len(text)}" and f'message-id="{id}"' in text and rest == "", done.out


@test
def another_subsystem_is_refused():
    for engine in ENGINES:
        server = Server("--events", "-", "--once", write("s.lua", HEAD % (engine, "conn:healthy()")))
        words = server.ssh("no-such-subsystem")
        done = run([words[0], "-s", *words[1:]])
        assert done.status == 255 and "subsystem request failed" in done.err, str(done)


@test
def a_script_takes_over_from_the_request_it_waited_for():
    for engine in ENGINES:
        script = """
            local channel = conn:upto("data")
            local stat = channel:sftp("STAT", "LSTAT")
            conn:log(stat.name .. " " .. stat.path)
            channel:write(stat:reply())
            local read = channel:sftp("READ")
            conn:log("READ " .. read.offset)
            channel:write(string.pack(">s4", string.pack(">BI4I4s4s4", 101, read.id, 4, "broken", "")))
            conn:healthy()"""
        server = Server("--events", "-", "--once", write("s.lua", HEAD % (engine, script)))
        done, events = batch(server, "get /there back\n")
        assert done.status == 1 and "failure" in done.err.lower(), str(done)
        texts = [e["text"] for e in events if e["event"] == "log"]
        assert texts in (["LSTAT /there", "READ 0"], ["STAT /there", "READ 0"]), texts
