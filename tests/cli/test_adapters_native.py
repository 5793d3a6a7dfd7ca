"""Clients of other people that are compiled programs, or libraries in C, Java and Erlang: what they
need of the server, and how they are judged."""

import json
import os
import subprocess

from lab import (Server, expect_sentence, expect_status, fakesshd, program, run, start, test, wait_until, write)

HOST_KEYS = ("ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")
USER_KEYS = (("key", "ssh-ed25519"), ("key_rsa", "rsa-sha2-512"), ("key_rsa", "ssh-rsa"))
HEALTHY = """return {{ about = "An honest server.", kind = "legal", engine = "{}",
  expect = {{ outcome = "success" }}, serve = function(conn) conn:healthy() end }}
"""


def expect_keys(server, hostkey, key, algorithm):
    at = server.first
    words = server.ssh("nonce", "4f2a", at={**at, "key": at[key]})
    done = run([words[0], "-v", "-o", f"HostKeyAlgorithms={hostkey}",
                "-o", f"PubkeyAcceptedAlgorithms={algorithm}", *words[1:]])
    expect_status(done, 0)
    assert done.out == "4f2a\n", str(done)
    assert f"kex: host key algorithm: {hostkey}\n" in done.err.replace("\r", ""), str(done)
    assert 'using "publickey"' in done.err, str(done)


@test
def both_engines_have_the_keys_that_old_clients_need():
    for engine in ("libssh", "crafted"):
        server = Server("--host-keys", "all", write(f"{engine}.lua", HEALTHY.format(engine)))
        for hostkey in HOST_KEYS:
            expect_keys(server, hostkey, *USER_KEYS[0])
        for key, algorithm in USER_KEYS:
            expect_keys(server, HOST_KEYS[0], key, algorithm)
        with open(server.first["key_rsa"]) as file:
            assert file.readline() == "-----BEGIN RSA PRIVATE KEY-----\n"


@test
def a_client_that_offers_all_algorithms_is_shown_the_ed25519_key():
    for engine in ("libssh", "crafted"):
        words = Server("--host-keys", "all", write(f"{engine}.lua", HEALTHY.format(engine))).ssh("nonce", "4f2a")
        done = expect_status(run([words[0], "-v", *words[1:]]), 0)
        assert "kex: host key algorithm: ssh-ed25519" in done.err, str(done)


@test
def who_asks_for_no_more_is_shown_the_ed25519_key_alone():
    for engine in ("libssh", "crafted"):
        server = Server(write(f"{engine}.lua", HEALTHY.format(engine)))
        assert "hostkey_rsa" not in server.first and "hostkey_ecdsa" not in server.first, server.first
        words = server.ssh("nonce", "4f2a")
        for algorithm in HOST_KEYS[1:]:
            done = run([words[0], "-o", f"HostKeyAlgorithms={algorithm}", *words[1:]])
            expect_sentence(expect_status(done, 255), "no matching host key type found")
    expect_sentence(expect_status(run(fakesshd("serve", "--host-keys", "ed25519,dsa", "healthy/exec")), 2), "'dsa'")


# ---- verdicts ----

def verdicts(clients, *ids, options=()):
    """The words about the deadline, by client and id."""
    words = [word for client in clients for word in ("--client", client)]
    done = run(fakesshd("run", *ids, *words, "--json", "out.json", *options), timeout=150)
    with open("out.json") as file:
        cases = json.load(file)["cases"]
    found = {}
    for case in cases:
        verdict = case["verdict"]
        found[case["client"], case["id"]] = verdict["deadline"] if isinstance(verdict, dict) else verdict
    assert len(found) == len(clients) * len(ids), str(done)
    return found, done


def expect_words(clients, table, options=()):
    """`table`: id, and for each client the words that it may get."""
    found, done = verdicts(clients, *table, options=options)
    wrong = [f"{client} on {id}: expected {words[client]}, found {found[client, id]}"
             for id, words in table.items() for client in clients if found[client, id] not in words[client]]
    assert not wrong, "\n".join(wrong) + f"\n{done}"


@test(limit_s=160, alone=True)
def drivers_of_libraries_hang_without_their_timeouts_and_keep_them_where_they_cover():
    plain = ("libssh", "libssh2", "jsch", "erlang")
    timed = tuple(name + "-timeout" for name in plain)
    clients = plain + timed
    silent = {**dict.fromkeys(plain, ("HUNG",)), **dict.fromkeys(timed, ("OK",))}
    silent["libssh2-timeout"] = ("OK", "EARLY")  # it counts whole seconds
    # A virtual machine that begins while others do is slow for seconds.
    expect_words(clients, {"healthy/exit-status": dict.fromkeys(clients, ("OK",)), "kexinit/silent": silent},
                 ("--deadline", "1s", "--profile", "matrix", "--jobs", "4", "--no-stacks"))


@test(limit_s=120, alone=True)
def commands_are_judged_in_the_settings_that_their_manuals_have():
    clients = ("openssh-default", "openssh-alive", "dropbear-timeouts", "curl-sftp", "curl-sftp-max-time")
    hung, ok = ("HUNG",), ("OK",)
    expect_words(clients, {
        "healthy/exec": dict.fromkeys(clients, ok),
        "auth/silent": dict(zip(clients, (hung, ok, ("WRONG_OUTCOME",), ok, ok))),
        "ident/silent": dict(zip(clients, (hung, ok, hung, ok, ok)))})
    expect_words(("openssh-scp", "curl-sftp"), {
        "data/sftp-slow-but-legal": {"openssh-scp": ok, "curl-sftp": ok},
        "data/sftp-unanswered/open": {"openssh-scp": hung, "curl-sftp": hung}})


# ---- clients that are not started here ----

SERVICE = """[ -p tasks ] || mkfifo tasks
exec 3<>tasks
echo $$ >pid
exec "$@" <&3 >/dev/null 2>&1
"""
EXTERNAL = """return {{ name = "service", kind = "external", cost = 2,
  argv = {{ "sh", "-c", "cat >{0}/tasks" }}, {1} }}
"""


def begin_service(*command):
    """A process that nobody of the judge's started, which takes its tasks from a pipe with a name."""
    service = start(["sh", "-c", SERVICE, "service", *command], stdin=subprocess.DEVNULL)
    assert wait_until(lambda: os.path.exists("pid") and os.path.getsize("pid") > 1)
    return service


def external(more=""):
    return write("service.lua", EXTERNAL.format(os.getcwd(), more.format(os.getcwd())))


# A small grace, for a round of tasks that hang takes as long.
WITH_PID = """grace = 0.1, pid = {{ "cat", "{0}/pid" }}, stop = {{ "touch", "{0}/stopped" }},"""


@test
def a_service_that_comes_back_is_judged_by_what_the_server_sees():
    begin_service(program("sshexec"), "driver")
    found, done = verdicts([external()], "ident/silent", "healthy/exec", "kex/fin/fin", "tcp/refused")
    expect_status(done, 0)
    assert found == {("service", "ident/silent"): "OK", ("service", "healthy/exec"): "OK",
                     ("service", "kex/fin/fin"): "OK", ("service", "tcp/refused"): "SKIP"}, str(done)
    assert "left after" in done.out and "said" not in done.out, str(done)


@test
def a_service_that_hangs_is_told_by_its_open_connections():
    begin_service(program("wrong"), "driver", "--defect", "dial-only")
    done = run(fakesshd("run", "ident/silent", "--client", external(), "--json", "out.json"))
    expect_status(done, 1)
    assert done.out.startswith("HUNG"), str(done)


@test(limit_s=90)
def a_service_whose_process_is_known_is_counted_like_a_driver_and_stopped_when_it_holds_something():
    begin_service(program("wrong"), "driver", "--defect", "dial-only")
    done = run(fakesshd("run", "ident/silent", "--drain", "300ms", "--client", external(WITH_PID)),
               timeout=80)
    expect_status(done, 1)
    assert done.out.startswith("HUNG+LEAK_CONN+LEAK_FD+LEAK_THREAD "), str(done)
    assert "same stack" in done.out and os.path.exists("stopped"), str(done)


@test
def a_command_that_cannot_tell_of_a_task_is_the_manifests_error():
    path = write("service.lua", """return { name = "service", kind = "external",
  argv = { "sh", "-c", "echo no such container >&2; exit 3" } }""")
    done = run(fakesshd("run", "ident/silent", "--no-probe", "--client", path))
    expect_status(done, 4)
    assert "failed to tell of a task: no such container" in done.out, str(done)
    path = external("""pid = {{ "echo", "none" }},""")
    done = run(fakesshd("run", "ident/silent", "--client", path))
    expect_status(done, 4)
    assert "'pid' printed no process id but 'none'" in done.out, str(done)


@test
def a_service_that_is_told_and_never_connects_is_no_contact():
    begin_service("cat")
    done = run(fakesshd("run", "ident/silent", "--no-probe", "--client", external()))
    expect_status(done, 3)
    assert "a healthy task failed before the first: no answer" in done.out, str(done)
