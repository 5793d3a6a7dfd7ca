"""Clients of other people that are compiled programs, or libraries in C, Java and Erlang: what they
need of the server, and how they are judged."""

from lab import Server, expect_status, run, test, write

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
        server = Server(write(f"{engine}.lua", HEALTHY.format(engine)))
        for hostkey in HOST_KEYS:
            expect_keys(server, hostkey, *USER_KEYS[0])
        for key, algorithm in USER_KEYS:
            expect_keys(server, HOST_KEYS[0], key, algorithm)
        with open(server.first["key_rsa"]) as file:
            assert file.readline() == "-----BEGIN RSA PRIVATE KEY-----\n"


@test
def a_client_that_offers_all_algorithms_is_shown_the_ed25519_key():
    for engine in ("libssh", "crafted"):
        words = Server(write(f"{engine}.lua", HEALTHY.format(engine))).ssh("nonce", "4f2a")
        done = expect_status(run([words[0], "-v", *words[1:]]), 0)
        assert "kex: host key algorithm: ssh-ed25519" in done.err, str(done)
