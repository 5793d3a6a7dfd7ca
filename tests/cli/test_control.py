"""`fakesshd serve --control`: leases for other people's tests, over a socket and over TCP, with curl."""
import http.client
import json
import os
import signal
import socket
import subprocess
import threading

from lab import (expect_no_process_left, expect_sentence, expect_status, fakesshd, finish, run, start,
                 test, wait_until)


class Control:
    """A control on a socket of its own, and on TCP where it is asked for."""

    def __init__(self, *words):
        self.path = os.path.abspath("control.sock")
        self.process = start(fakesshd("serve", "--control", f"unix:{self.path}", *words),
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.lines = [self.line() for _ in range(1 + len(words) // 2)]

    def line(self):
        text = self.process.stdout.readline()
        assert text, f"the control ended: {self.process.stderr.read()}"
        return json.loads(text)

    def ask(self, method, path, body=None, *words):
        """(status, answer, seconds), as curl has them."""
        argv = ["curl", "-sS", "-m", "20", "-X", method, "--unix-socket", self.path,
                "-w", "\n%{http_code} %{time_total}", *words, f"http://control{path}"]
        if body is not None:
            argv += ["-d", body if isinstance(body, str) else json.dumps(body)]
        done = expect_status(run(argv), 0)
        text, _, tail = done.out.rpartition("\n")
        status, seconds = tail.split()
        return int(status), json.loads(text), float(seconds)

    def ask_directly(self, method, path, body=None):
        """(status, answer), without a curl."""
        connection = http.client.HTTPConnection("control")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(self.path)
        connection.request(method, path, json.dumps(body) if body is not None else None)
        response = connection.getresponse()
        with connection.sock:
            return response.status, json.loads(response.read())

    def lease(self, **fields):
        status, answer, _ = self.ask("POST", "/v1/leases", fields)
        assert status == 201, answer
        return answer

    def show(self, lease):
        return self.ask("GET", f"/v1/leases/{lease['lease']}")[1]

    def wait(self, lease, query):
        return self.ask("GET", f"/v1/leases/{lease['lease']}/wait?{query}")

    def release(self, lease):
        status, answer, _ = self.ask("DELETE", f"/v1/leases/{lease['lease']}")
        assert status == 200, answer
        return answer

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return finish(self.process)


def connect(lease):
    return socket.create_connection((lease["host"], lease["port"]), timeout=5)


def error_of(answer, status, *words):
    """A refusal is one sentence that holds these words."""
    assert answer[0] == status, answer
    assert all(word in answer[1]["error"] for word in words), answer
    assert "\n" not in answer[1]["error"], answer


@test
def a_lease_is_a_scenario_on_an_address_of_its_own_that_can_be_connected_to_at_once():
    control = Control()
    first, second = control.lease(scenario="ident/silent"), control.lease(scenario="ident/silent")
    assert first["state"] == "ready" and first["id"] == "ident/silent", first
    assert first["host"] != second["host"], (first, second)
    assert all(lease["host"].startswith("127.") for lease in (first, second))
    with connect(first):
        status, answer, _ = control.wait(first, "event=fault&timeout_ms=5000")
        assert status == 200 and answer["witness"]["fault"]["phase"] == "ident", answer
        assert answer["witness"]["connections"]["open"] == 1, answer
    assert control.show(second)["witness"]["connections"]["seen"] == 0


@test
def openssh_logs_in_with_the_line_of_a_lease():
    control = Control()
    lease = control.lease(scenario="healthy/exec")
    done = run(["sh", "-c", f"{lease['ssh']} nonce 4f2a"])
    expect_status(done, 0)
    assert done.out == "4f2a\n", str(done)
    with open(os.open("key", os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(lease["private_key"])
    expect_status(run(["sh", "-c", f"{lease['ssh'].replace(lease['key'], 'key')} nonce 2"]), 0)
    final = control.release(lease)
    assert final["witness"]["exec"] == 2 and final["witness"]["exit_status"] == 0, final
    names = [event["event"] for event in final["timeline"]]
    assert names[0] == "accept" and names[-1] == "bye" and "exit" in names, names
    assert [names.count(name) for name in ("accept", "close", "bye")] == [2, 2, 1], names


@test
def what_the_client_left_open_is_told_when_the_lease_is_released():
    control = Control()
    lease = control.lease(scenario="ident/silent")
    with connect(lease), connect(lease):
        gone = connect(lease)
        control.wait(lease, "event=accept&count=3&timeout_ms=5000")
        gone.close()
        final = control.release(lease)
    assert final["state"] == "released" and not final["killed"], final
    assert final["witness"]["connections"] == {"seen": 3, "open": 0, "closed": 3, "left_open": 2}, final
    assert control.release(lease)["witness"] == final["witness"]  # once more changes nothing
    try:
        connect(lease).close()
    except ConnectionRefusedError:
        return
    raise AssertionError("it still listens")


@test
def the_ttl_ends_a_lease_that_nobody_releases_and_its_log_says_so():
    control = Control()
    lease = control.lease(scenario="ident/silent", ttl_ms=200, label="a test of mine")
    with connect(lease) as client:
        client.settimeout(10)
        assert client.recv(1) == b""
    assert wait_until(lambda: control.show(lease)["state"] == "expired"), control.show(lease)
    assert control.show(lease)["witness"]["connections"]["left_open"] == 1
    assert control.ask("GET", "/v1/leases")[1]["leases"] == []
    done = expect_status(control.stop(), 0)
    assert f"lease {lease['lease']}: expired: its ttl of 200 ms is over" in done.err, str(done)
    assert "for a test of mine" in done.err, str(done)


@test
def waiting_for_what_does_not_come_ends_with_its_own_timeout_loudly():
    control = Control()
    lease = control.lease(scenario="ident/silent")
    status, answer, seconds = control.wait(lease, "event=exec&timeout_ms=300")
    error_of((status, answer), 504, "within 300 ms")
    assert 0.25 < seconds < 3 and answer["witness"]["connections"]["seen"] == 0, (seconds, answer)


@test
def a_wait_ends_with_the_lease_it_waits_for():
    control = Control()
    lease = control.lease(scenario="ident/silent")
    waiting = start(["curl", "-sS", "--unix-socket", control.path, "-w", "%{http_code}",
                     f"http://x/v1/leases/{lease['lease']}/wait?event=exec&timeout_ms=50000"],
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    control.wait(lease, "event=exec&timeout_ms=100")
    control.release(lease)
    done = finish(waiting, timeout=10)
    assert done.out.endswith("410") and "the lease is over" in done.out, str(done)


@test
def what_is_asked_for_wrongly_is_refused_with_one_sentence():
    control = Control()
    error_of(control.ask("POST", "/v1/leases", {"scenario": "ident/none"}), 400, "ident/none")
    error_of(control.ask("POST", "/v1/leases", {"scenario": "ident/dribble"}), 400, "ident/dribble/")
    error_of(control.ask("POST", "/v1/leases", {"scenari": "x"}), 400, "scenari", "deadline_ms")
    error_of(control.ask("POST", "/v1/leases", "{"), 400, "one object in JSON")
    error_of(control.ask("POST", "/v1/leases", {"file": "/nowhere/x.lua"}), 400, "/nowhere/x.lua", "No such file")
    error_of(control.ask("POST", "/v1/leases", {"source": "return {\n about = 3 }"}), 400, "source:2", "about")
    error_of(control.ask_directly("POST", "/v1/leases", "x" * 300_000), 413, "256 KiB")
    error_of(control.ask("GET", "/v1/leases/7-abc"), 404, "7-abc")
    error_of(control.ask("GET", "/v2"), 404, "no such path")
    error_of(control.ask("PUT", "/v1/leases"), 405, "PUT")
    lease = control.lease(scenario="ident/silent")
    error_of(control.wait(lease, "event=never"), 400, "never", "phase:NAME")
    error_of(control.wait(lease, "event=fault&timeout_ms=1h"), 400, "timeout_ms")
    error_of(control.wait(lease, ""), 400, "event")
    assert [known["lease"] for known in control.ask("GET", "/v1/leases")[1]["leases"]] == [lease["lease"]]


@test
def a_scenario_may_come_as_text_or_as_a_file_and_with_a_variant():
    control = Control()
    text = """return { about = "Says its variant.", rfc = "4253 4.2", expect = { outcome = "failure" },
        variants = { { name = "one" }, { name = "two" } },
        serve = function(conn, v) conn:send(v.name .. conn.deadline) end }"""
    with open("variants.lua", "w") as file:
        file.write(text)
    for fields, said in (({"source": text, "variant": "two", "deadline_ms": 250}, b"two0.25"),
                         ({"source": text}, b"one3.0"),
                         ({"file": os.path.abspath("variants.lua"), "variant": "two"}, b"two3.0")):
        lease = control.lease(**fields)
        with connect(lease) as client:
            assert client.recv(100) == said, lease
    error_of(control.ask("POST", "/v1/leases", {"source": text, "variant": "three"}), 400, "three")


@test
def the_same_leases_are_to_be_had_over_tcp_but_not_by_a_web_page():
    control = Control("--control", "127.0.0.1:0")
    url = control.lines[1]["url"]
    lease = control.lease(scenario="ident/silent")
    plain = run(["curl", "-sS", f"{url}/v1/leases/{lease['lease']}"])
    assert json.loads(plain.out)["port"] == lease["port"], str(plain)
    for header in ("Host: rebound.example", "Origin: http://page.example"):
        done = run(["curl", "-sS", "-w", "%{http_code}", "-H", header, f"{url}/v1/leases"])
        assert done.out.endswith("403") and "web pages" in done.out, str(done)


@test
def an_address_that_others_can_reach_is_no_door_for_a_control():
    expect_sentence(expect_status(run(fakesshd("serve", "--control", "0.0.0.0:0")), 2), "loopback", "0.0.0.0:0")
    done = run(fakesshd("serve", "--control", "unix:s", "ident/silent"))
    expect_sentence(expect_status(done, 2), "ident/silent", "--control")
    expect_sentence(expect_status(run(fakesshd("serve", "--control", "unix:none/s")), 4), "none/s")


@test
def a_scenario_that_never_ends_in_lua_stops_neither_other_leases_nor_the_control():
    control = Control()
    endless = control.lease(source="""return { about = "Never ends.", rfc = "4253 4.2",
        expect = { outcome = "timeout" },
        serve = function(conn)
          conn:log("begins")
          conn:sleep(0.001)
          string.find(("a"):rep(4000), (".-"):rep(12) .. "b")  -- one instruction, hours long
        end }""")
    other = control.lease(scenario="healthy/exec")
    with connect(endless):
        assert control.wait(endless, "event=accept&timeout_ms=5000")[0] == 200
        done = run(["sh", "-c", f"{other['ssh']} nonce 1"])
        assert done.out == "1\n", str(done)
        final = control.release(endless)
    assert final["killed"] and final["state"] == "released", final
    assert final["witness"]["connections"]["left_open"] == 1, final
    # A loop of instructions is ended by the budget, and told.
    loop = control.lease(source="""return { about = "Loops.", rfc = "4253 4.2",
        expect = { outcome = "timeout" }, serve = function() while true do end end }""")
    with connect(loop):
        status, answer, _ = control.wait(loop, "event=error&timeout_ms=10000")
        assert status == 200 and "instructions" in answer["witness"]["error"], answer


@test(limit_s=120)
def two_hundred_leases_have_two_hundred_addresses_and_nobody_meets_another():
    control = Control()
    leases, wrong = [], []

    def lease_some():
        while len(leases) < 200:
            status, answer = control.ask_directly("POST", "/v1/leases", {"scenario": "ident/silent", "ttl_ms": 600000})
            if status == 201:
                leases.append(answer)
            elif status != 503 or "busy" not in answer["error"]:  # loudly, and come again
                wrong.append(answer)
                return

    threads = [threading.Thread(target=lease_some) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(leases) >= 200 and not wrong, (len(leases), wrong)
    assert len({lease["host"] for lease in leases}) == len(leases), "an address was given out twice"
    clients = [connect(lease) for index, lease in enumerate(leases) for _ in range(1 + index % 3)]
    for index, lease in enumerate(leases):
        wanted = 1 + index % 3
        status, answer = control.ask_directly(
            "GET", f"/v1/leases/{lease['lease']}/wait?event=accept&count={wanted}&timeout_ms=5000")
        assert status == 200 and answer["witness"]["connections"]["seen"] == wanted, answer
    for client in clients:
        client.close()
    expect_status(control.stop(), 0)
    expect_no_process_left()


@test
def a_control_that_is_killed_leaves_no_server_and_the_next_one_takes_its_socket():
    control = Control()
    lease = control.lease(scenario="ident/silent")
    second = run(fakesshd("serve", "--control", f"unix:{control.path}"))
    expect_sentence(expect_status(second, 2), "another server", control.path)
    control.process.kill()
    control.process.wait()
    expect_no_process_left()
    assert os.path.exists(control.path)
    again = Control()
    error_of(again.ask("GET", f"/v1/leases/{lease['lease']}"), 404, lease["lease"])
    assert again.ask("GET", "/healthz")[1]["ok"]
    expect_status(again.stop(), 0)
    assert not os.path.exists(control.path), "the socket is removed at the end"


@test
def sigterm_ends_every_lease_and_answers_whoever_waits():
    control = Control()
    lease = control.lease(scenario="ident/silent")
    waiting = start(["curl", "-sS", "--unix-socket", control.path, "-w", "%{http_code}",
                     f"http://x/v1/leases/{lease['lease']}/wait?event=exec&timeout_ms=50000"],
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    control.wait(lease, "event=exec&timeout_ms=200")
    with connect(lease) as client:
        expect_status(control.stop(), 0)
        client.settimeout(5)
        try:
            assert client.recv(1) == b""
        except ConnectionResetError:
            pass
    done = finish(waiting, timeout=10)
    assert done.out.endswith("503") and "this server ends" in done.out, str(done)
    expect_no_process_left()


@test
def the_scenarios_are_those_of_the_list():
    control = Control()
    listed = json.loads(run(fakesshd("list", "--json")).out)
    assert control.ask("GET", "/v1/scenarios")[1] == listed


@test
def a_name_that_a_lease_answers_is_told_with_whom_to_ask():
    control = Control()
    lease = control.lease(scenario="dns/silent")
    host, port = lease["dns"].split(":")
    assert lease["name"] == "fakesshd.test" and host == lease["host"], lease
    question = bytes.fromhex("1234 0100 0001 0000 0000 0000 0866616b6573736864 0474657374 00 0001 0001")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(question, (host, int(port)))
        status, answer, _ = control.wait(lease, "event=dns&timeout_ms=5000")
    assert status == 200 and answer["witness"]["dns"] == 1, answer


@test
def under_sanitizers_a_control_gives_out_and_takes_back_leases_of_all_kinds():
    control = Control("--control", "127.0.0.1:0")
    lease = control.lease(scenario="healthy/exec", ttl_ms=60000)
    expiring = control.lease(scenario="ident/silent", ttl_ms=50)
    control.ask("POST", "/v1/leases", {"source": "return"})
    control.ask("POST", "/v1/leases", "[" * 5000)
    control.wait(expiring, "event=exec&timeout_ms=5000")
    with connect(lease):
        control.wait(lease, "event=phase:ident&timeout_ms=5000")
        control.release(lease)
    last = control.lease(scenario="ident/silent")
    with connect(last):
        done = expect_status(control.stop(), 0)
    expect_sentence(done, "expired", "released")
