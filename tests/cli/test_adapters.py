"""The clients under test that are scripts: adapters in Python, JavaScript, Ruby, Perl and PHP around other people's
libraries, each with the timeouts that the library's manual has."""
import json
import re
import subprocess

from lab import expect_status, fakesshd, finish, run, start, test, write

PYTHON = ("paramiko", "paramiko-timeouts", "asyncssh", "asyncssh-wait-for")
RUBY = ("net-ssh", "net-ssh-options", "net-ssh-in-timeout")
PERL_AND_PHP = ("perl-net-ssh2", "perl-net-ssh2-timeouts", "php-ssh2", "php-ssh2-timeouts")
NODE = ("node-ssh2", "node-ssh2-timeouts")
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
        done = expect_status(finish(process, timeout=90), 0)
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
