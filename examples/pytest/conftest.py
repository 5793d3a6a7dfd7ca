"""The fixture `fake_sshd`: servers that misbehave, for the tests of an SSH client.

    def test_gives_up_in_time(fake_sshd):
        server = fake_sshd("ident/silent")
        my_client.connect(server.host, server.port, ...)

A control is started for the session, from $FAKESSHD or the PATH; with $FAKESSHD_CONTROL, as
"unix:PATH" or "http://127.0.0.1:PORT", one that runs already is asked. Servers are given back at the
end of the test, and what they saw is printed with a failure."""
import http.client
import json
import os
import socket
import subprocess
import time

import pytest


class Control:
    def __init__(self, where):
        self.where = where

    def ask(self, method, path, body=None, patience_s=5):
        if self.where.startswith("unix:"):
            connection = http.client.HTTPConnection("control", timeout=patience_s)
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.settimeout(patience_s)
            connection.sock.connect(self.where[len("unix:"):])
        else:
            connection = http.client.HTTPConnection(self.where[len("http://"):], timeout=patience_s)
        connection.request(method, path, json.dumps(body) if body else None)
        response = connection.getresponse()
        answer = json.loads(response.read())
        connection.close()
        return response.status, answer

    def lease(self, **fields):
        for _ in range(5):  # 503: the machine is busy, and says so
            status, answer = self.ask("POST", "/v1/leases", fields)
            if status != 503:
                break
            time.sleep(1)
        if status != 201:
            raise RuntimeError(f"fakesshd leases nothing: {answer['error']}")
        return Server(self, answer)


class Server:
    """One leased server: .host .port .user .password .key .hostkey .known_hosts .ssh"""

    def __init__(self, control, lease):
        self.control, self.path = control, f"/v1/leases/{lease['lease']}"
        self.__dict__.update(lease)

    def wait(self, event, count=1, timeout_s=5):
        """Until "accept", "fault", "exec", "closed", "phase:auth" … has come to pass."""
        query = f"/wait?event={event}&count={count}&timeout_ms={int(timeout_s * 1000)}"
        status, answer = self.control.ask("GET", self.path + query, patience_s=timeout_s + 5)
        if status != 200:
            raise AssertionError(f"{event}: {answer['error']}; {answer['witness']}")
        return answer["witness"]

    def release(self):
        """Ends it; what it saw: {"connections": {"seen", "left_open", …}, "phase", "timeline" …}"""
        return self.control.ask("DELETE", self.path)[1]


@pytest.fixture(scope="session")
def fake_sshd_control(tmp_path_factory):
    if "FAKESSHD_CONTROL" in os.environ:
        yield Control(os.environ["FAKESSHD_CONTROL"])
        return
    where = f"unix:{tmp_path_factory.mktemp('fakesshd')}/control"
    process = subprocess.Popen([os.environ.get("FAKESSHD", "fakesshd"), "serve", "--control", where],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout.readline(), "fakesshd serve has ended at once"
    yield Control(where)
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture
def fake_sshd(fake_sshd_control, request):
    servers = []

    def lease(scenario, **fields):
        servers.append(fake_sshd_control.lease(scenario=scenario, label=request.node.name[:200], **fields))
        return servers[-1]

    yield lease
    for server in servers:
        final = server.release()
        print(f"{server.id}: {json.dumps(final['witness'])}")  # pytest shows it where a test failed
