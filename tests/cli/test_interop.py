"""An honest crafted server and the SSH clients of the world: what it lists it speaks, and no client
finds anything to complain of. The commands are those of tests/interop/server.lua."""
import json
import os

from lab import ROOT, Server, expect_status, program, run, test, write

HERE = os.path.join(ROOT, "tests/interop")
CIPHERS = ("chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com",
           "aes128-ctr", "aes256-ctr")
MACS = ("hmac-sha2-256-etm@openssh.com", "hmac-sha2-256")
METHODS = ("curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256")
RSA = ("rsa-sha2-512", "rsa-sha2-256")
AUTH = ("publickey", "password", "keyboard-interactive")
REKEYS = 4
LINE = "0123456789abcde\n"
NUMBERS = "".join(f"{i} " * 5000 for i in range(1, REKEYS + 1)) + "end\n"


class Honest(Server):
    """The server, and what it told of its connections."""

    def __init__(self):
        super().__init__("--events", "-", os.path.join(HERE, "server.lua"), count=2)
        self.rsa = self.at["file/server/rsa"]

    def address(self):
        return [self.first[name] for name in ("host", "port", "user", "password", "key", "hostkey")]

    def events(self):
        """Ends it."""
        return [json.loads(line) for line in expect_status(self.stop(), 0).out.splitlines()]

    def expect_rekeys(self, at_least):
        begun = [e for e in self.events() if e["event"] == "phase" and e["to"] == "rekey"]
        assert len(begun) >= at_least, f"expected {at_least} key exchanges after the first: {begun}"


def expect_both_streams(done):
    """The answer to "status 7"."""
    expect_status(done, 7)
    assert done.out == "out 7\n", str(done)
    assert "err 7\n" in done.err, str(done)


def expect_numbers(done):
    """The answer to "rekey N"."""
    assert done.status == 3, f"exit status {done.status}: {done.err[-3000:]}"
    assert done.out == NUMBERS, f"{len(done.out)} bytes, not {len(NUMBERS)}: {done.err[-3000:]}"


# ---- OpenSSH ----

def openssh(server, options, *command, at=None, text=None):
    words = server.ssh(*command, at=at)
    given = [word for option in options for word in ("-o", option)]
    return run(words[:1] + given + words[1:], text=text)


def expect_openssh_agrees(server, *options, at=None):
    """What its log says."""
    done = openssh(server, (*options, "LogLevel=DEBUG3"), "nonce", "4f2a", at=at)
    expect_status(done, 0)
    assert done.out == "4f2a\n", str(done)
    return done.err.replace("\r", "")


@test
def openssh_speaks_every_cipher_with_every_mac():
    server = Honest()
    for cipher in CIPHERS:
        for mac in MACS if "ctr" in cipher else ("<implicit>",):
            options = () if mac == "<implicit>" else (f"MACs={mac}",)
            said = expect_openssh_agrees(server, f"Ciphers={cipher}", *options)
            assert said.count(f"cipher: {cipher} MAC: {mac} ") == 2, said


@test
def openssh_speaks_every_key_exchange_with_every_host_key():
    server = Honest()
    anew = ("UserKnownHostsFile=met", "StrictHostKeyChecking=accept-new")
    for method in METHODS:
        for key in ("ssh-ed25519", *RSA):
            said = expect_openssh_agrees(server, f"KexAlgorithms={method}", f"HostKeyAlgorithms={key}",
                                         *anew, at=server.rsa if key in RSA else None)
            assert f"kex: algorithm: {method}\n" in said, said
            assert f"kex: host key algorithm: {key}\n" in said, said


@test
def openssh_keeps_to_strict_key_exchange():
    said = expect_openssh_agrees(Honest())
    assert "will use strict KEX ordering" in said and "resetting send seqnr" in said, said
    assert "resetting read seqnr" in said, said


@test
def openssh_logs_in_with_each_method():
    server = Honest()
    said = expect_openssh_agrees(server, "PreferredAuthentications=publickey")
    assert 'using "publickey"' in said, said
    with open("ask", "w") as script:
        script.write("#!/bin/sh\necho test\n")
    os.chmod("ask", 0o700)
    os.environ.update(SSH_ASKPASS=os.path.abspath("ask"), SSH_ASKPASS_REQUIRE="force")
    for method in ("password", "keyboard-interactive"):
        said = expect_openssh_agrees(server, f"PreferredAuthentications={method}", "BatchMode=no")
        assert f'using "{method}"' in said, said


@test
def openssh_gets_both_streams_and_the_status():
    expect_both_streams(openssh(Honest(), (), "status", "7"))


@test
def openssh_gets_a_shell_and_a_terminal():
    server = Honest()
    done = openssh(server, ())
    expect_status(done, 0)
    assert done.out == "This is fakesshd: it runs no shell.\n", str(done)
    done = openssh(server, ("RequestTTY=force",), "nonce", "4f2a")
    expect_status(done, 0)
    assert done.out.replace("\r", "") == "4f2a\n", str(done)


@test
def openssh_exchanges_keys_again_whenever_it_likes():
    server, lines = Honest(), 65536
    for cipher in CIPHERS:
        options = (f"Ciphers={cipher}", "RekeyLimit=200K")
        done = openssh(server, options, "flood", str(lines))
        expect_status(done, 0)
        assert done.out == LINE * lines, f"{cipher}: {len(done.out)} bytes\n{done.err}"
        done = openssh(server, options, "count", text=LINE * lines)
        expect_status(done, 0)
        assert done.out == f"{len(LINE) * lines}\n", f"{cipher}: {done.out}\n{done.err}"
    server.expect_rekeys(len(CIPHERS) * 8)


@test
def openssh_exchanges_keys_again_when_the_server_asks():
    server = Honest()
    expect_numbers(openssh(server, (), "rekey", str(REKEYS)))
    server.expect_rekeys(REKEYS)


# ---- dropbear ----

def dbclient(server, *command, text=None):
    at = server.first
    return run(["dbclient", "-y", "-y", "-p", str(at["port"]), f"{at['user']}@{at['host']}",
                *command], env={"DROPBEAR_PASSWORD": at["password"], "HOME": "."}, text=text)


@test
def dropbear_gets_both_streams_and_the_status_though_it_guesses_the_key_exchange():
    server = Honest()
    expect_both_streams(dbclient(server, "status 7"))
    assert dbclient(server, "count", text=LINE * 8192).out == f"{len(LINE) * 8192}\n"


@test
def dropbear_exchanges_keys_again_when_the_server_asks():
    server = Honest()
    expect_numbers(dbclient(server, f"rekey {REKEYS}"))
    server.expect_rekeys(REKEYS)


# ---- PuTTY ----

def plink(server, *command, options=(), text=None):
    at = server.first
    return run(["plink", "-ssh", "-v", "-batch", "-hostkey", fingerprint(at), "-pw", at["password"],
                "-P", str(at["port"]), *options, f"{at['user']}@{at['host']}", *command],
               env={"HOME": "."}, text=text)


def fingerprint(at):
    with open("host.pub", "w") as file:
        file.write(at["hostkey"] + "\n")
    return run(["ssh-keygen", "-l", "-f", "host.pub"]).out.split()[1]


@test
def putty_gets_both_streams_and_the_status_by_strict_key_exchange():
    done = plink(Honest(), "status", "7")
    expect_both_streams(done)
    assert "strict key exchange" in done.err, str(done)
    assert "keyboard-interactive" in done.err, str(done)


@test
def an_open_that_a_script_answers_goes_to_who_asked():
    """PuTTY's channels count from 256: a recipient that the script left out is not just 0."""
    scenario = write("scenario.lua", """return { about = "Answers the open itself.",
      kind = "malformed", engine = "crafted", expect = { outcome = "success" },
      serve = function(conn)
        conn:upto("channel")
        conn:expect("CHANNEL_OPEN")
        conn:packet{ "CHANNEL_OPEN_CONFIRMATION" }
        conn:healthy()
      end }
""")
    done = plink(Server("--once", scenario), "nonce", "4f2a")
    expect_status(done, 0)
    assert done.out == "4f2a\n", str(done)


@test
def putty_logs_in_with_a_key():
    server = Honest()
    made = run(["puttygen", server.first["key"], "-O", "private", "-o", "key.ppk",
                "--old-passphrase", "/dev/null"])
    expect_status(made, 0)
    done = plink(server, "nonce", "4f2a", options=("-i", "key.ppk"))
    expect_status(done, 0)
    assert done.out == "4f2a\n" and "Sent public key signature" in done.err, str(done)


@test
def putty_exchanges_keys_again_when_the_server_asks():
    server = Honest()
    expect_numbers(plink(server, "rekey", str(REKEYS)))
    server.expect_rekeys(REKEYS)


# ---- libssh, by our own client ----

def sshexec(server, *command, key=True, text=None):
    at = server.first
    login = ["-i", at["key"]] if key else []
    return run([program("sshexec"), "--deadline", "10s", "-v", "--hostkey", at["hostkey"], *login,
                "-p", str(at["port"]), f"{at['user']}@{at['host']}", "--", *command], text=text,
               env={} if key else {"SSHEXEC_PASSWORD": at["password"]})


@test
def libssh_gets_both_streams_and_the_status_with_a_key_and_with_a_password():
    server = Honest()
    expect_both_streams(sshexec(server, "status", "7"))
    expect_both_streams(sshexec(server, "status", "7", key=False))


@test
def libssh_exchanges_keys_again_when_the_server_asks():
    server = Honest()
    expect_numbers(sshexec(server, "rekey", str(REKEYS)))
    server.expect_rekeys(REKEYS)


# ---- libssh2, by curl ----

@test
def libssh2_logs_in_and_fetches_a_file():
    server = Honest()
    at = server.first
    with open("key", "w") as copy, open(at["key"]) as key:
        copy.write(key.read())
    with open("key.pub", "w") as file:
        file.write(run(["ssh-keygen", "-y", "-f", at["key"]]).out)
    for login, word in (("test:test", "password"), ("test:", "SSH public key")):
        done = run(["curl", "-v", "-k", "--user", login, "--key", "key", "--pubkey", "key.pub",
                    f"scp://{at['host']}:{at['port']}/file"], env={"HOME": "."})
        expect_status(done, 0)
        assert done.out == "twelve bytes", str(done)


# ---- programs of tests/interop ----

def with_python(name):
    def client(server, method, *command):
        return run(["/usr/bin/python3", "-B", os.path.join(HERE, name),
                    *map(str, server.address()), method, " ".join(command)])
    return client


paramiko = with_python("paramiko_exec.py")
asyncssh = with_python("asyncssh_exec.py")


def expect_all_logins(client):
    server = Honest()
    for method in AUTH:
        expect_both_streams(client(server, method, "status", "7"))


def expect_rekeys_with(client):
    server = Honest()
    expect_numbers(client(server, "password", "rekey", str(REKEYS)))
    server.expect_rekeys(REKEYS)


@test
def paramiko_gets_both_streams_and_the_status_with_each_login():
    expect_all_logins(paramiko)


@test
def paramiko_exchanges_keys_again_when_the_server_asks():
    expect_rekeys_with(paramiko)


@test
def asyncssh_gets_both_streams_and_the_status_with_each_login():
    expect_all_logins(asyncssh)


@test
def asyncssh_exchanges_keys_again_when_the_server_asks():
    expect_rekeys_with(asyncssh)


def build_go_program():
    folder = os.getcwd()
    done = run(["go", "build", "-o", "exec", os.path.join(HERE, "exec.go")], timeout=60,
               env={"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "-p=2",
                    "GOCACHE": os.path.join(folder, "cache"), "GOTMPDIR": folder})
    expect_status(done, 0)

    def client(server, method, *command, algorithms=""):
        return run([os.path.join(folder, "exec"), *map(str, server.address()), method,
                    " ".join(command), algorithms])
    return client


@test(limit_s=120)
def gos_ssh_gets_both_streams_and_the_status_and_exchanges_keys_again():
    client = build_go_program()  # takes the most of the time
    expect_all_logins(client)
    expect_rekeys_with(client)
    server = Honest()
    for algorithms in ("chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com",
                       "aes128-ctr,hmac-sha2-256", "aes256-ctr,hmac-sha2-256-etm@openssh.com",
                       ",,ecdh-sha2-nistp256"):
        done = client(server, "password", "nonce", "4f2a", algorithms=algorithms)
        expect_status(done, 0)
        assert done.out == "4f2a\n", str(done)
