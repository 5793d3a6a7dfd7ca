"""The clients under test that are scripts: adapters in Python, JavaScript, Ruby, Perl and PHP around other people's
libraries, each with the timeouts that the library's manual has."""
import json

from lab import expect_status, fakesshd, run, test, write

PYTHON = ("paramiko", "paramiko-timeouts", "asyncssh", "asyncssh-wait-for")
RUBY = ("net-ssh", "net-ssh-options", "net-ssh-in-timeout")
FORKING = ("perl-net-ssh2", "perl-net-ssh2-timeouts", "php-ssh2", "php-ssh2-timeouts")
NODE = ("node-ssh2", "node-ssh2-timeouts")
IDS = ("healthy/exec", "ident/silent", "channel/silent")
ABSENT = """return {
  name = "absent", kind = "driver", argv = { "no-such-client" }, version = { "no-such-client", "--version" },
  packages = { "no-such-package" },
}
"""


def judge(*names):
    """Each passes the probe, and is judged as its file of known gaps says: where it hangs, too."""
    expect_status(run(fakesshd("matrix", "--out", "m", "--no-stacks", "--clients", ",".join(names), *IDS), timeout=150), 0)
    cells = {(cell["client"], cell["id"]): cell for cell in json.load(open("m/results.json"))["cases"]}
    assert len(cells) == len(names) * len(IDS), sorted(cells)
    skipped = [cell["reason"] for cell in cells.values() if cell["verdict"]["deadline"] == "SKIP"]
    return {key: cell["verdict"]["deadline"] for key, cell in cells.items()}, skipped


def hang(verdicts, name):
    return [ident for ident in IDS if verdicts[name, ident] == "HUNG"]


@test(limit_s=200)
def in_python_paramiko_hangs_without_its_timeouts_and_asyncssh_with_them():
    verdicts, skipped = judge(*PYTHON)
    assert not skipped, skipped
    assert hang(verdicts, "paramiko") == ["channel/silent"] and not hang(verdicts, "paramiko-timeouts"), verdicts
    assert hang(verdicts, "asyncssh") == ["channel/silent"] and not hang(verdicts, "asyncssh-wait-for"), verdicts


@test(limit_s=200)
def in_ruby_net_ssh_hangs_in_each_setting_where_a_channel_is_opened():
    verdicts, skipped = judge(*RUBY)
    assert not skipped and all(hang(verdicts, name) == ["channel/silent"] for name in RUBY), (verdicts, skipped)


@test(limit_s=200)
def in_perl_and_php_the_only_timeout_that_covers_the_handshake_is_that_of_net_ssh2():
    verdicts, skipped = judge(*FORKING)
    assert not skipped, skipped
    for name in FORKING:
        expected = [] if name == "perl-net-ssh2-timeouts" else ["ident/silent", "channel/silent"]
        assert hang(verdicts, name) == expected, (name, verdicts)


@test(limit_s=200)
def in_node_ssh2_hangs_where_a_channel_is_opened_or_is_skipped_without_npm():
    listed = json.loads(run(fakesshd("list", "--clients", "--json", *NODE)).out)
    if not all(item["installed"] for item in listed):
        done = expect_status(run(fakesshd("run", IDS[0], *(word for name in NODE for word in ("--client", name)))), 4)
        assert done.out.count("`make clients` installs it") == 2, str(done)
        return
    verdicts, _ = judge(*NODE)
    assert all(hang(verdicts, name) == ["channel/silent"] for name in NODE), verdicts


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
