"""`fakesshd serve` at a desk, against clients that other people wrote."""
import json
import signal
import socket
import subprocess

from lab import (Server, expect_no_process_left, expect_sentence, expect_status, fakesshd, finish,
                 run, start, test, wait_until, write)


@test
def serve_prints_its_address_line_first_and_it_is_complete():
    line = Server("ident/silent").first
    assert line["event"] == "listening" and line["schema"] == 1 and line["id"] == "ident/silent"
    assert line["host"] == "127.0.0.1" and 0 < line["port"] < 65536
    assert line["hostkey"].startswith("ssh-ed25519 AAAA")
    assert {"user", "password", "key", "known_hosts", "pid"} <= set(line)


@test
def several_scenarios_get_several_ports():
    server = Server("ident/silent", "healthy/exec", count=2)
    assert len({line["port"] for line in server.lines}) == 2
    assert set(server.at) == {"ident/silent", "healthy/exec"}


@test
def openssh_runs_a_command_on_the_healthy_server():
    done = run(Server("healthy/exec").ssh("nonce", "4f2a"))
    expect_status(done, 0)
    assert done.out == "4f2a\n", str(done)


@test
def dropbears_client_runs_a_command_on_the_healthy_server():
    at = Server("healthy/exec").first
    done = run(["dbclient", "-y", "-y", "-p", str(at["port"]), f"{at['user']}@{at['host']}",
                "nonce 4f2b"], env={"DROPBEAR_PASSWORD": at["password"], "HOME": "."})
    expect_status(done, 0)
    assert done.out == "4f2b\n", str(done)


@test
def a_silent_server_is_silent():
    at = Server("ident/silent").first
    with socket.create_connection((at["host"], at["port"])) as client:
        client.settimeout(0.5)
        try:
            said = client.recv(1)
        except socket.timeout:
            return
    raise AssertionError(f"it said {said}")


@test
def events_go_to_standard_output_one_object_a_line():
    server = Server("healthy/exec", "--events", "-", "--once")
    expect_status(run(server.ssh("nonce", "1")), 0)
    out, _ = server.process.communicate(timeout=10)
    events = [json.loads(line) for line in out.splitlines()]
    names = [event["event"] for event in events]
    assert names[0] == "accept" and "exit" in names and "close" in names, names
    assert all("t_ns" in event for event in events)


@test
def sigterm_ends_the_server_with_a_client_connected():
    server = Server("ident/silent")
    with socket.create_connection((server.first["host"], server.first["port"])):
        expect_status(server.stop(), 0)
    expect_no_process_left()


@test
def an_address_that_others_can_reach_is_refused_without_a_flag():
    done = run(fakesshd("serve", "healthy/exec", "--listen", "0.0.0.0:0"))
    expect_sentence(expect_status(done, 2), "0.0.0.0", "loopback")


@test
def a_port_in_use_is_one_sentence_with_the_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(fakesshd("serve", "healthy/exec", "--listen", f"127.0.0.1:{port}"))
    assert done.status in (2, 4), str(done)
    expect_sentence(done, str(port))


@test
def a_scenario_that_fails_at_load_is_named_with_file_and_line():
    path = write("broken.lua", "return {\n  about = 'x',\n  serv = function() end,\n}\n")
    done = run(fakesshd("serve", path))
    expect_sentence(expect_status(done, 2), "broken.lua:3", "serv")


@test
def a_scenario_that_fails_at_run_time_leaves_other_connections_unharmed():
    path = write("fails.lua", """return {
  about = "Fails at once.", rfc = "4253 4.2", expect = { outcome = "failure" },
  serve = function(conn)
    local nothing
    conn:sleep(0.05)
    nothing.field = 1
  end,
}
""")
    server = Server(path, "healthy/exec", "--events", "events", count=2)
    bad = [line for line in server.lines if line["id"] != "healthy/exec"][0]
    with socket.create_connection((bad["host"], bad["port"])):
        def error():
            with open("events") as events:
                return [line for line in events if '"error"' in line]
        lines = wait_until(error)
        assert lines and "fails.lua:6" in lines[0], lines
        done = run(server.ssh("nonce", "77", at=server.at["healthy/exec"]))
    expect_status(done, 0)
    assert done.out == "77\n", str(done)
    expect_status(server.stop(), 0)


@test
def the_server_ends_when_nobody_reads_its_events_any_more():
    process = start(fakesshd("serve", "healthy/exec", "--events", "-"), stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    at = json.loads(process.stdout.readline())
    process.stdout.close()
    for _ in range(3):  # the first event breaks the pipe
        try:
            socket.create_connection((at["host"], at["port"]), timeout=1).close()
        except OSError:
            break
    process.wait(timeout=10)
    expect_no_process_left()


@test
def control_c_ends_the_server():
    server = Server("ident/silent")
    server.process.send_signal(signal.SIGINT)
    finish(server.process, timeout=10)
    expect_no_process_left()


@test
def nobody_need_read_what_is_for_people():
    server = Server("ident/silent", "healthy/exec", count=2)  # its standard error is a pipe that fills
    healthy = next(line for line in server.lines if line["id"] == "healthy/exec")
    silent = next(line for line in server.lines if line["id"] == "ident/silent")
    for _ in range(2000):
        socket.create_connection((silent["host"], silent["port"])).close()
    done = run(server.ssh("nonce", "4f2a", at=healthy))
    expect_status(done, 0)
    assert done.out == "4f2a\n", str(done)
    expect_status(server.stop(), 0)


@test
def what_is_no_text_is_told_all_the_same():
    scenario = write("bytes.lua", """return { about = "Says bytes.", rfc = "4253 11.2", engine = "crafted",
        expect = { outcome = "success" },
        serve = function(conn)
          conn:upto("auth")
          conn:log("one\\ntwo \\xff")
          conn:packet{ raw = "\\2\\0\\0\\0\\1\\xc0" }
          conn:healthy()
        end }""")
    server = Server(scenario, "--events", "-")
    expect_status(run(server.ssh("nonce", "1"), timeout=30), 0)
    events = [json.loads(line) for line in server.stop().out.splitlines()]
    assert [e["text"] for e in events if e["event"] == "log"] == ["one\\x0atwo \\xff"], events
    assert [e["conn"] for e in events if e["event"] == "fault" and "\\xc0" in e["what"]] == [1], events
