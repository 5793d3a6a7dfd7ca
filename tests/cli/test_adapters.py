"""The clients under test that are scripts: adapters in Python, JavaScript, Ruby, Perl and PHP around other people's
libraries, each with the timeouts that the library's manual has."""
import json
import os
import re
import socket
import subprocess

from lab import expect_status, fakesshd, finish, run, start, test, write

PYTHON = ("paramiko", "paramiko-timeouts", "asyncssh", "asyncssh-wait-for")
RUBY = ("net-ssh", "net-ssh-options", "net-ssh-in-timeout")
PERL_AND_PHP = ("perl-net-ssh2", "perl-net-ssh2-timeouts", "php-ssh2", "php-ssh2-timeouts")
NODE = ("node-ssh2", "node-ssh2-timeouts")
ADAPTERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../client-under-test")
THAT_FORK = (("/usr/bin/perl", ADAPTERS + "/perl/net_ssh2_driver.pl", "timeouts"),
             ("/usr/bin/php", "-d", "display_errors=stderr", ADAPTERS + "/php/ssh2_driver.php", "timeouts", "."))
ABSENT = """return {
  name = "absent", kind = "driver", argv = { "no-such-client" }, version = { "no-such-client", "--version" },
  packages = { "no-such-package" },
}
"""


def probe(*names):
    """Each keeps to all that the protocol promises. Returns who came back from a host that never says a word."""
    probes = {name: start(fakesshd("probe", "--deadline", "2s", "--client", name), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) for name in names}
    back = set()
    for name, process in probes.items():
        done = finish(process, timeout=90)
        failed = re.findall(r"^FAILED.*?(?=^\S|\Z)", done.out, re.M | re.S)
        assert done.status == 0 and not failed, f"{name}: {''.join(failed) or done}"
        assert done.out.endswith(": trusted\n"), str(done)
        silent = re.search(r"^ok +silent host$.*?came +(.*?)$", done.out, re.M | re.S).group(1)
        assert silent.count("timeout after") == 2 or silent.count("no answer within") == 2, str(done)
        if "timeout after" in silent:
            back.add(name)
    return back


@test(limit_s=120)
def the_adapters_in_python_are_proven_and_come_back_from_a_silent_host_in_each_setting():
    assert probe(*PYTHON) == set(PYTHON)


@test(limit_s=120)
def the_adapter_in_ruby_is_proven_and_comes_back_from_a_silent_host_in_each_setting():
    assert probe(*RUBY) == set(RUBY)


@test(limit_s=120)
def of_the_adapters_in_perl_and_php_the_one_with_net_ssh2s_timeout_comes_back_from_a_silent_host():
    assert probe(*PERL_AND_PHP) == {"perl-net-ssh2-timeouts"}


class Adapter:
    """One that is spoken to line by line. Its tasks are for a port that refuses, or for a host that is silent."""

    def __init__(self, argv):
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "key"])
        self.process = start(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.refusing, self.silent = socket.socket(), socket.create_server(("127.0.0.1", 0))
        self.refusing.bind(("127.0.0.1", 0))  # and nobody listens
        self.refusing_port, self.silent_port = self.refusing.getsockname()[1], self.silent.getsockname()[1]
        self.id = 0
        assert self.line()["op"] == "hello"

    def line(self):
        return json.loads(self.process.stdout.readline())

    def write(self, **line):
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        return line["id"]

    def ask(self, op, **more):
        self.id += 1
        return self.write(op=op, id=self.id, **more)

    def task(self, port):
        return self.ask("run", host="127.0.0.1", port=port, user="u", key="key", hostkey="ssh-ed25519 AAAA",
                        command="x", deadline_ms=2000)

    def tasks_after_settle(self):
        settle, counters = self.ask("settle"), self.ask("counters")
        assert self.line() == {"op": "settled", "id": settle}
        counted = self.line()
        assert (counted["op"], counted["id"]) == ("counters", counters), counted
        return counted["tasks"]

    def end(self):
        self.process.stdin.close()
        assert self.process.wait(10) == 0 and self.process.stderr.read() == ""


@test
def in_an_adapter_that_forks_a_task_whose_result_was_read_is_not_counted_any_more():
    for argv in THAT_FORK:
        adapter = Adapter(argv)
        for _ in range(20):
            ids = {adapter.task(adapter.refusing_port) for _ in range(4)}
            results = [adapter.line() for _ in ids]
            assert {(result["id"], result["outcome"]) for result in results} == {(id, "failure") for id in ids}, results
            assert adapter.tasks_after_settle() == 0
        adapter.end()


@test
def in_an_adapter_that_forks_a_task_has_one_result_whenever_its_cancel_comes():
    for argv in THAT_FORK:
        adapter = Adapter(argv)
        for port in (adapter.silent_port, adapter.refusing_port):
            for _ in range(20):
                task = adapter.task(port)
                adapter.write(op="cancel", id=task)
                result = adapter.line()
                assert result["id"] == task and result["outcome"] in ("cancelled", "failure"), result
                assert adapter.tasks_after_settle() == 0
        adapter.end()


@test(limit_s=120)
def the_adapter_in_node_is_proven_and_comes_back_from_a_silent_host_or_is_skipped_without_npm():
    listed = json.loads(run(fakesshd("list", "--clients", "--json", *NODE)).out)
    if all(item["installed"] for item in listed):
        assert probe(*NODE) == set(NODE)
        return
    done = expect_status(run(fakesshd("run", "healthy/exec", "--client", NODE[0], "--client", NODE[1])), 4)
    assert done.out.count("`make clients` installs it") == 2, str(done)


@test(limit_s=150)
def paramiko_hangs_where_a_channel_is_opened_as_its_file_says_and_with_its_timeouts_it_does_not():
    done = run(fakesshd("run", "healthy/exec", "channel/silent", "--profile", "matrix", "--deadline", "2s", "--no-stacks",
                        "--client", PYTHON[0], "--client", PYTHON[1], "--json", "o.json"), timeout=140)
    expect_status(done, 0)
    verdicts = {(case["client"], case["id"]): case["verdict"]["deadline"] for case in json.load(open("o.json"))["cases"]}
    assert verdicts == {("paramiko", "healthy/exec"): "OK", ("paramiko", "channel/silent"): "HUNG",
                        ("paramiko-timeouts", "healthy/exec"): "OK", ("paramiko-timeouts", "channel/silent"): "OK"}


@test
def a_client_that_is_not_installed_is_skipped_with_the_reason():
    absent = write("absent.lua", ABSENT)
    write("absent.expect", "ident/silent HUNG RFC 4253 4.2\n")  # of which nothing can be stale
    done = run(fakesshd("run", "healthy/exec", "ident/silent", "--client", absent, "--json", "o.json"))
    expect_status(done, 4)  # nothing was judged
    cases = json.load(open("o.json"))["cases"]
    assert [case["verdict"]["deadline"] for case in cases] == ["SKIP", "SKIP"], cases
    assert all("not installed: it needs no-such-package" in case["reason"] for case in cases), cases
    assert all(case["as_expected"] for case in cases), cases
    done = run(fakesshd("run", "healthy/exec", "--client", absent, "--client", "sshexec"))
    expect_status(done, 0)
    assert "SKIP" in done.out and "absent: 1 of 1 as expected, 1 skipped" in done.out, str(done)
