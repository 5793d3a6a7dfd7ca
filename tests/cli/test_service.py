"""`sshexec serve`: tasks over HTTP, and what others may do to it without harm."""
import http.client
import json
import os
import signal
import socket
import subprocess
import threading

from lab import ROOT, Server, expect_status, finish, program, run, start, test, wait_until, write

COMMANDS = os.path.join(ROOT, "tests/interop/server.lua")


class Service:
    """The service, on a port of its own."""

    def __init__(self, *options):
        self.process = start([program("sshexec"), "serve", "--listen", "127.0.0.1:0", *options],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.port = json.loads(self.process.stdout.readline())["port"]

    def ask(self, method, path, body=None, **headers):
        """Status, headers and text of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body if isinstance(body, (str, bytes, type(None)))
                           else json.dumps(body), headers)
        reply = connection.getresponse()
        text = reply.read().decode()
        connection.close()
        return reply.status, dict(reply.getheaders()), text

    def exec(self, task):
        status, _, text = self.ask("POST", "/v1/exec", task)
        return status, json.loads(text)

    def metric(self, name):
        lines = self.ask("GET", "/metrics")[2].splitlines()
        found = [float(line.split()[-1]) for line in lines if line.split("{")[0].split(" ")[0] == name]
        return sum(found)

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return finish(self.process)


def task(at, command="nonce 4f2a", **more):
    return {"host": at["host"], "port": at["port"], "user": at["user"], "password": at["password"],
            "hostkey": at["hostkey"], "command": command, "deadline_ms": 5000, **more}


@test
def a_task_is_run_and_its_whole_result_comes_back():
    service, at = Service(), Server(COMMANDS, count=2).first
    status, result = service.exec(task(at, "status 7"))
    assert status == 200 and result["outcome"] == "success" and result["exit_status"] == 7, result
    assert (result["stdout"], result["stderr"], result["error"]) == ("out 7\n", "err 7\n", None), result
    status, result = service.exec(task(at, "count", stdin="x" * 100000))
    assert result["stdout"] == "100000\n", result
    assert service.metric("sshexec_tasks_started_total") == 2
    assert service.metric("sshexec_tasks_in_flight") == 0
    expect_status(service.end(), 0)


@test
def a_server_that_is_silent_is_a_timeout_with_its_phase_and_nothing_is_left():
    service, at = Service(), Server("ident/silent").first
    before = service.metric("process_open_fds")
    status, result = service.exec(task(at, deadline_ms=200))
    assert (status, result["outcome"], result["phase"]) == (200, "timeout", "ident"), result
    assert wait_until(lambda: service.metric("process_open_fds") <= before)
    text = service.ask("GET", "/metrics")[2]
    assert 'sshexec_tasks_finished_total{outcome="timeout",phase="ident"} 1\n' in text, text
    assert 'sshexec_deadline_overshoot_seconds_count 1\n' in text, text


@test
def what_is_wrong_with_a_request_is_one_sentence_and_the_right_status():
    service, at = Service("--deadline-max", "10s", "--body-limit", "2000"), Server("healthy/exec").first
    for body, status, words in (
            ("{", 400, "not JSON at line 1"), ("[]", 400, "expected an object"),
            ({"host": "a"}, 400, "'user' is missing"), (task(at, comand="x"), 400, "there is no field 'comand'"),
            (task(at, key="/etc/shadow"), 400, "'key' would name a file"),
            (task(at, known_hosts="/etc/passwd"), 400, "'known_hosts' would name a file"),
            (task(at, identity="../key"), 400, "no credentials of its own"),
            (task(at, deadline_ms=10001), 400, "allows 10000 at most"),
            (task(at, hostkey=None), 400, "no host key"), (task(at, stdin="x" * 3000), 413, "larger than")):
        got, _, text = service.ask("POST", "/v1/exec", body)
        assert got == status and words in json.loads(text)["error"], (got, text, body)
    got, headers, _ = service.ask("PUT", "/v1/exec", "x")
    assert got == 405 and headers["Allow"] == "POST", headers
    assert service.ask("GET", "/nothing")[0] == 404
    assert service.ask("GET", "/v1/tasks/7")[0] == 404
    assert service.ask("DELETE", "/v1/tasks/x")[0] == 404
    assert service.metric("sshexec_tasks_started_total") == 0


@test
def the_service_has_keys_of_its_own_that_tasks_name():
    at = Server("healthy/exec").first
    os.mkdir("keys")
    with open(at["key"]) as key, open("keys/probe", "w") as copy:
        copy.write(key.read())
    service = Service("--credentials", os.path.abspath("keys"), "--known-hosts", at["known_hosts"])
    with_key = {name: value for name, value in task(at).items() if name not in ("password", "hostkey")}
    status, result = service.exec({**with_key, "identity": "probe"})
    assert (status, result.get("stdout")) == (200, "4f2a\n"), result
    for name in ("../keys/probe", ".hidden", "", "a/b"):
        assert service.exec({**with_key, "identity": name})[0] == 400, name


@test
def a_client_that_leaves_takes_its_task_with_it():
    service, at = Service(), Server("ident/silent").first
    body = json.dumps(task(at, deadline_ms=60000))
    client = service.connect()
    client.sendall(f"POST /v1/exec HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
    assert wait_until(lambda: service.metric("sshexec_tasks_in_flight") == 1)
    client.close()
    assert wait_until(lambda: service.metric("sshexec_tasks_in_flight") == 0)
    assert 'outcome="cancelled",phase="ident"} 1' in service.ask("GET", "/metrics")[2]


@test
def tasks_under_way_are_listed_grouped_and_cancelled():
    service, at = Service(), Server("ident/silent").first
    results = []
    threads = [threading.Thread(target=lambda: results.append(service.exec(task(at, deadline_ms=60000))))
               for _ in range(3)]
    for thread in threads:
        thread.start()
    def listed():
        return [one for one in json.loads(service.ask("GET", "/v1/tasks")[2])["tasks"] if one["phase"] == "ident"]
    tasks = wait_until(lambda: len(listed()) == 3 and listed())
    grouped = service.ask("GET", "/debug/tasks?debug=1")[2]
    assert f"tasks: total 3\n3 @ ident 127.0.0.1:{at['port']}, oldest " in grouped, grouped
    each = service.ask("GET", "/debug/tasks?debug=2")[2].splitlines()
    assert len(each) == 3 and each[0].startswith(f"task {tasks[0]['id']} [ident, "), each
    assert json.loads(service.ask("GET", f"/v1/tasks/{tasks[0]['id']}")[2])["phase"] == "ident"
    for one in tasks:
        assert service.ask("DELETE", f"/v1/tasks/{one['id']}")[0] == 200
    for thread in threads:
        thread.join()
    assert [result["outcome"] for _, result in results] == ["cancelled"] * 3, results
    assert "thread " in service.ask("GET", "/debug/threads")[2]


@test
def a_full_queue_is_503_and_too_fast_is_429():
    service, at = Service("--running", "1", "--queued", "0"), Server("ident/silent").first
    threading.Thread(target=lambda: service.exec(task(at, deadline_ms=3000)), daemon=True).start()
    assert wait_until(lambda: service.metric("sshexec_tasks_in_flight") == 1)
    status, headers, text = service.ask("POST", "/v1/exec", task(at))
    assert status == 503 and "Retry-After" in headers and "full" in text, text
    slow = Service("--rate", "2")
    got = [slow.ask("POST", "/v1/exec", "{")[0] for _ in range(6)]
    assert got[:2] == [400, 400] and 429 in got, got


@test
def many_tasks_in_one_request_give_their_results_in_order():
    service, at = Service("--queued", "0", "--running", "2"), Server(COMMANDS, count=2).first
    defaults = {name: value for name, value in task(at).items() if name != "command"}
    body = {"defaults": defaults, "tasks": [{"command": "status 7"}, {"command": 5}, "x", {"command": "nonce 1"},
                                            {"command": "nonce 2"}]}
    status, _, text = service.ask("POST", "/v1/batch", body)
    results = json.loads(text)["results"]
    assert status == 200 and [r["outcome"] for r in results] == [
        "success", "could_not_try", "could_not_try", "success", "could_not_try"], text
    assert (results[0]["exit_status"], results[3]["stdout"]) == (7, "1\n") and "full" in results[4]["error"], text
    assert json.loads(service.ask("POST", "/v1/batch", {"tasks": []})[2]) == {"results": []}
    for wrong, words in (([], "an object with 'tasks'"), ({"tasks": 1}, "must be an array"), ({}, "must be an array"),
                         ({"tasks": [], "default": {}}, "no field 'default'"),
                         ({"tasks": [], "defaults": 1}, "must be an object")):
        status, _, text = service.ask("POST", "/v1/batch", wrong)
        assert status == 400 and words in json.loads(text)["error"], (wrong, status, text)


@test
def whoever_leaves_takes_all_tasks_of_a_request_along():
    service, at = Service(), Server("ident/silent").first
    body = json.dumps({"tasks": [task(at)] * 20})
    connection = service.connect()
    connection.sendall(f"POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
    wait_until(lambda: service.metric("sshexec_tasks_in_flight") == 20)
    connection.close()
    wait_until(lambda: service.metric("sshexec_tasks_in_flight") == 0, timeout=3)
    expect_status(service.end(), 0)


@test
def a_result_that_nobody_waits_for_is_kept_for_later_and_the_oldest_make_room():
    service, at = Service("--results", "3"), Server(COMMANDS, count=2).first
    silent = Server("ident/silent").first
    status, headers, text = service.ask("POST", "/v1/tasks", task(silent))
    first = json.loads(text)
    assert status == 202 and headers["Location"] == f"/v1/tasks/{first['id']}", (status, headers)
    assert first["state"] in ("queued", "running") and first["host"] == "127.0.0.1", first
    assert json.loads(service.ask("DELETE", headers["Location"])[2])["cancelled"] is True
    assert json.loads(service.ask("GET", headers["Location"])[2])["outcome"] == "cancelled"
    places = []
    for number in range(4):
        places.append(service.ask("POST", "/v1/tasks", task(at, f"nonce {number}"))[1]["Location"])
        wait_until(lambda: service.metric("sshexec_tasks_finished_total") == len(places) + 1)
    assert [service.ask("GET", place)[0] for place in [headers["Location"], *places]] == [404, 404, 200, 200, 200]
    result = json.loads(service.ask("GET", places[3])[2])
    assert (result["state"], result["outcome"], result["stdout"]) == ("over", "success", "3\n"), result
    status, _, text = service.ask("POST", "/v1/tasks", {"host": "x"})
    assert status == 400 and "is missing" in json.loads(text)["error"], text
    none = Service("--results-size", "100")
    place = none.ask("POST", "/v1/tasks", task(at))[1]["Location"]
    wait_until(lambda: none.metric("sshexec_tasks_finished_total") == 1)
    assert none.ask("GET", place)[0] == 404


@test
def a_key_may_be_in_the_request_itself():
    service, at = Service(), Server(COMMANDS, count=2).first
    with open(at["key"]) as file:
        text = file.read()
    status, result = service.exec({**task(at, "nonce 9"), "password": None, "key_text": text})
    assert (status, result["stdout"]) == (200, "9\n"), result
    status, result = service.exec({**task(at), "key_text": text[:200]})
    assert result["outcome"] == "could_not_try" and text[100:150] not in json.dumps(result), result


@test
def a_token_is_asked_for_compared_and_read_anew():
    token = write("token", "first\n")
    service = Service("--token-file", token)
    assert service.ask("GET", "/metrics")[0] == 401
    assert service.ask("GET", "/metrics", Authorization="Bearer firs")[0] == 401
    assert service.ask("GET", "/metrics", Authorization="Bearer first")[0] == 200
    assert service.ask("GET", "/healthz")[0] == 200
    write("token", "second\n")
    service.process.send_signal(signal.SIGHUP)
    assert wait_until(lambda: service.ask("GET", "/metrics", Authorization="Bearer second")[0] == 200)
    assert service.ask("GET", "/metrics", Authorization="Bearer first")[0] == 401
    done = service.end()
    assert "first" not in done.err and "second" not in done.err, done.err


@test
def sigterm_lets_tasks_end_within_its_bound_and_takes_no_more():
    service, at = Service("--drain", "500ms"), Server("ident/silent").first
    results = []
    threads = [threading.Thread(target=lambda ms=ms: results.append(service.exec(task(at, deadline_ms=ms))))
               for ms in (300, 60000)]
    for thread in threads:
        thread.start()
    assert wait_until(lambda: service.metric("sshexec_tasks_in_flight") == 2)
    service.process.send_signal(signal.SIGTERM)
    assert wait_until(lambda: service.ask("GET", "/healthz")[0] == 503)
    assert service.ask("POST", "/v1/exec", task(at))[0] == 503
    for thread in threads:
        thread.join()
    assert sorted(result["outcome"] for _, result in results) == ["cancelled", "timeout"], results
    expect_status(finish(service.process), 0)


@test
def whoever_started_it_is_told_when_it_is_ready_and_when_it_ends():
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind("notify.sock")
    manager.settimeout(10)
    os.environ["NOTIFY_SOCKET"] = os.path.abspath("notify.sock")
    service = Service()
    assert manager.recv(100) == b"READY=1"
    expect_status(service.end(), 0)
    assert manager.recv(100) == b"STOPPING=1"


@test
def an_address_that_others_reach_needs_a_flag_and_a_token():
    for words in (["--listen", "0.0.0.0:0"], ["--listen", "0.0.0.0:0", "--allow-remote"],
                  ["--listen", "nowhere:0"], ["--listen", "127.0.0.1"], ["--bogus"], ["--running", "x"]):
        done = run([program("sshexec"), "serve", *words])
        assert done.status in (1, 2) and done.err.count("\n") == 1, str(done)


@test(limit_s=90)
def a_thousand_idle_connections_and_slow_ones_are_bounded():
    service = Service("--connections", "1100", "--quiet")
    at = Server("healthy/exec").first
    before = service.metric("process_resident_memory_bytes")
    idle = [service.connect() for _ in range(1000)]
    slow = service.connect()
    slow.sendall(b"POST /v1/exec HTTP/1.1\r\nContent-Le")
    assert service.exec(task(at))[0] == 200
    grown = service.metric("process_resident_memory_bytes") - before
    assert grown < 64 * 1024 * 1024, f"{grown} bytes"
    assert wait_until(lambda: idle[0].recv(1, socket.MSG_DONTWAIT) == b"" if readable(idle[0]) else False, 30)
    assert wait_until(lambda: service.metric("process_open_fds") < 50, 30)


def readable(sock):
    sock.setblocking(False)
    try:
        sock.recv(1, socket.MSG_PEEK)
        return True
    except BlockingIOError:
        return False


def browse(address):
    """The page's elements after three seconds of the browser's own clock."""
    home = os.path.abspath("browser")
    return run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                f"--user-data-dir={home}", "--virtual-time-budget=3000", "--dump-dom", address], timeout=60,
               env={"HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home})


@test
def the_page_draws_what_metrics_say_in_a_real_browser():
    service, silent = Service(), Server("ident/silent").first
    for _ in range(3):
        service.ask("POST", "/v1/tasks", task(silent, deadline_ms=60000))
    done = browse(f"http://127.0.0.1:{service.port}/")
    plot = done.out.split('<div id="sshexec_tasks_in_flight">')[1].split("</div>")[0]
    assert "<b>3</b>" in plot and 'points="0,1' in plot, plot
    assert '<p id="state"></p>' in done.out, done.out[:3000]
    assert int(done.out.split('<div id="process_threads">')[1].split("<b>")[1].split("</b>")[0]) == 1
    with_token = Service("--token-file", write("token", "secret\n"))
    for end, state in (("", "open this page as /#TOKEN"), ("#secret", '<p id="state"></p>')):
        done = browse(f"http://127.0.0.1:{with_token.port}/{end}")
        assert state in done.out, (end, done.out[:2000])


@test
def the_page_asks_nobody_else():
    status, headers, text = Service().ask("GET", "/")
    assert status == 200 and "default-src 'none'" in headers["Content-Security-Policy"], headers
    assert "http://" not in text and "https://" not in text, text
    assert "sshexec_tasks_in_flight" in text
