"""The crafted session: what its verbs do to a real client, and what they say of a mistake."""
import json

from lab import Server, expect_status, run, test, write

HEAD = """return { about = "Says what it is told.", kind = "malformed", engine = "%s",
  expect = { outcome = "failure" },
  serve = function(conn) %s end }
"""


def served(body, engine="crafted", words=("nonce", "4f2a")):
    """OpenSSH's client against a scenario: how the command ended, and the server's events."""
    server = Server("--events", "-", "--once", write("scenario.lua", HEAD % (engine, body)))
    done = run(server.ssh(*words))
    out, _ = server.process.communicate(timeout=10)
    return done, [json.loads(line) for line in out.splitlines()]


def fault_of(body, engine="crafted"):
    """The sentence that a wrong script gets."""
    _, events = served(body, engine)
    texts = [event["text"] for event in events if event["event"] == "error"]
    assert len(texts) == 1, f"expected one error: {events}"
    return texts[0]


def phases_of(events):
    return [event["to"] for event in events if event["event"] == "phase"]


@test
def an_honest_crafted_server_goes_through_all_phases_once():
    done, events = served("conn:healthy()")
    expect_status(done, 0)
    assert done.out == "4f2a\n", str(done)
    assert phases_of(events) == ["ident", "kexinit", "kex", "newkeys", "service", "auth", "channel",
                                 "request", "data", "exit", "close", "disconnect"], events


@test
def a_verb_that_libssh_cannot_say_names_the_engine_that_can():
    for verb in ('packet{ "IGNORE" }', 'expect("IGNORE")', 'intercept("IGNORE")',
                 'alter("IGNORE", {})', 'withhold("IGNORE")', 'again("IGNORE")',
                 'corrupt("IGNORE")', "offer{}"):
        text = fault_of("conn:" + verb, engine="libssh")
        assert 'add engine = "crafted"' in text and "scenario.lua:3" in text, text


@test
def a_mistake_in_a_message_is_told_with_what_was_expected():
    for body, words in (
            ('conn:packet{ "HELLO" }', "expected the name of a message"),
            ('conn:packet{ data = "x" }', "expected the message's name first"),
            ('conn:packet{ "CHANNEL_DATA", window = 1 }', "it has: recipient, data"),
            ('conn:packet{ "CHANNEL_DATA", recipient = -1 }', "from 0 to 4294967295"),
            ('conn:packet{ "CHANNEL_DATA", recipient = "x" }', "expected a whole number"),
            ('conn:packet{ "CHANNEL_DATA", data = true }', "expected a string, found a boolean"),
            ('conn:packet({ "IGNORE" }, { length = 1 })', "there is no option 'length'"),
            ('conn:packet({ "IGNORE" }, { padding_length = 256 })', "from 0 to 255"),
            ('conn:alter("CHANNEL_OPEN_CONFIRMATION", { windows = 1 })', "has no field 'windows'"),
            ('conn:hold_before(0)', "expected which message, from 1"),
            ('conn:again("IGNORE", 0)', "expected how many times"),
            ('conn:offer{ ciphers = "none" }', "ciphers"),
            ('conn:upto("kex") conn:read(1)', "conn:expect(...) finds messages")):
        text = fault_of(body)
        assert words in text and "scenario.lua:3" in text, f"{body}: {text}"


@test
def a_message_said_by_hand_counts_as_the_answer():
    done, events = served("""
        conn:upto("service") conn:packet{ "SERVICE_ACCEPT" }
        conn:expect("USERAUTH_REQUEST") conn:packet{ "USERAUTH_SUCCESS" }
        conn:expect("CHANNEL_OPEN") conn:packet{ "CHANNEL_OPEN_CONFIRMATION" }
        local command = conn:expect("CHANNEL_REQUEST")
        while command.type ~= "exec" do command = conn:expect("CHANNEL_REQUEST") end
        conn:packet{ "CHANNEL_SUCCESS" }
        conn:packet{ "CHANNEL_DATA", data = command.command .. "!" }
        conn:packet{ "CHANNEL_EOF" }
        conn:packet{ "CHANNEL_REQUEST", type = "exit-status", want_reply = false, status = 7 }
        conn:packet{ "CHANNEL_CLOSE" }""")
    expect_status(done, 7)
    assert done.out == "nonce 4f2a!", str(done)
    assert phases_of(events)[-1] == "disconnect", events
    exits = [event for event in events if event["event"] == "exit"]
    assert [e["stdout_bytes"] for e in exits] == [len(done.out)], events


@test
def an_altered_withheld_or_repeated_message_is_what_the_client_gets():
    done, _ = served('conn:alter("CHANNEL_DATA", { data = "other" }) conn:healthy()')
    assert done.out == "other", str(done)
    done, _ = served('conn:withhold("CHANNEL_DATA") conn:healthy()')
    assert done.out == "" and done.status == 0, str(done)
    done, _ = served('conn:again("CHANNEL_DATA", 2) conn:healthy()')
    assert done.out == "4f2a\n" * 3, str(done)


@test
def a_wrong_mac_and_a_wrong_length_are_seen_by_openssh():
    done, _ = served('conn:corrupt("CHANNEL_SUCCESS") conn:healthy()')
    assert done.status == 255 and "message authentication code incorrect" in done.err, str(done)
    done, _ = served('conn:upto("channel") conn:packet({ "IGNORE" }, { packet_length = 2^31 | 0 })')
    assert done.status == 255 and "Bad packet length" in done.err, str(done)


@test
def nothing_passes_from_the_kth_message_on_and_no_later_phase_is_told():
    server = Server("--events", "-", write("scenario.lua", HEAD % (
        "crafted", "conn:hold_before(8) conn:upto_hold() conn:reset()")))
    done = run(server.ssh("nonce", "4f2a"))
    assert done.status == 255, str(done)
    events = [json.loads(line) for line in server.stop().out.splitlines()]
    assert phases_of(events)[-1] in ("auth", "channel"), events


@test
def a_script_reads_what_the_client_sends_to_the_command():
    server = Server("--events", "-", "--once", write("scenario.lua", HEAD % ("crafted", """
        local channel = conn:upto("data")
        conn:log(channel:read(4) .. "|" .. channel:read(10))
        conn:upto("disconnect")""")))
    done = run(server.ssh("cat"), text="standard in")
    expect_status(done, 0)
    out, _ = server.process.communicate(timeout=10)
    logs = [json.loads(line)["text"] for line in out.splitlines() if '"event":"log"' in line]
    assert logs == ["stan|dard in"], out


@test
def a_rekey_in_the_middle_of_the_output_loses_nothing():
    done, events = served("""
        local channel = conn:upto("data")
        for i = 1, 50 do
          channel:write((i .. " "):rep(1000))
          if i % 10 == 0 then conn:rekey() end
        end
        channel:exit_status(3) channel:eof() channel:close()""")
    assert done.status == 3 and len(done.out.split()) == 50000, (done.status, len(done.out))
    assert phases_of(events).count("rekey") == 5, events


@test
def openssh_learns_a_host_key_that_the_script_proves_and_no_other():
    for variant, learns in (("proved", True), ("wrong-proof", False), ("refused", False)):
        server = Server(f"channel/hostkeys-announced-but-legal/{variant}")
        known = write("known", "[{host}]:{port} {hostkey}\n".format(**server.first))
        words = server.ssh("nonce", "4f2a")
        words = [f"UserKnownHostsFile={known}" if word.startswith("UserKnownHostsFile") else word
                 for word in words]
        done = run([words[0], "-o", "UpdateHostKeys=yes", "-o", "LogLevel=VERBOSE", *words[1:]])
        expect_status(done, 0)
        assert ("Learned new hostkey: RSA" in done.err) == learns, f"{variant}: {done}"
        server.stop()
