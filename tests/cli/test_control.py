"""`fakesshd serve --control`: leases for other people's tests, over a socket and over TCP, with curl."""
import json
import os
import signal
import socket
import subprocess

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
    final = control.release(lease)
    assert final["witness"]["exec"] == 1 and final["witness"]["exit_status"] == 0, final
    names = [event["event"] for event in final["timeline"]]
    assert names[0] == "accept" and names[-1] == "bye" and "exit" in names, names
    assert sorted(names.count(name) for name in ("accept", "close", "bye")) == [1, 1, 1], names


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
