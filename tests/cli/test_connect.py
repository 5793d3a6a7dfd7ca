"""`fakesshd connect`: a server on standard input and output."""
import json
import socket
import subprocess
import threading

from lab import (Server, expect_no_process_left, expect_sentence, expect_status, fakesshd, finish,
                 program, run, start, test, wait_until)


class Peer:
    """A listening socket and the connection of the one client that comes."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(10)
        self.port = self.listener.getsockname()[1]

    def accept(self):
        connection, _ = self.listener.accept()
        connection.settimeout(10)
        return connection


def connect(port, **options):
    return start(fakesshd("connect", f"127.0.0.1:{port}"), stdin=subprocess.PIPE,
                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


@test
def openssh_reaches_a_healthy_server_through_it():
    server = Server("healthy/exec")
    command = server.ssh("nonce", "4f2a")
    command[1:1] = ["-o", f"ProxyCommand={program('fakesshd')} connect %h:%p"]
    done = run(command)
    expect_status(done, 0)
    assert done.out == "4f2a\n", str(done)


@test
def the_end_of_standard_input_is_passed_on_and_the_answer_still_comes():
    peer = Peer()
    process = connect(peer.port)
    connection = peer.accept()
    process.stdin.write("question")
    process.stdin.close()
    process.stdin = None
    text = b""
    while piece := connection.recv(100):
        text += piece
    assert text == b"question", text
    connection.sendall(b"answer")
    connection.close()
    done = finish(process, 10)
    expect_status(done, 0)
    assert done.out == "answer", str(done)


def echo(connection):
    while piece := connection.recv(65536):
        connection.sendall(piece)
    connection.close()


@test
def two_megabytes_pass_in_both_directions_unchanged():
    peer = Peer()
    text = "0123456789abcdef" * 131072
    process = connect(peer.port)
    connection = peer.accept()
    threading.Thread(target=echo, args=(connection,)).start()
    done = finish(process, 20, text)
    assert done.status == 0 and done.out == text, (done.status, len(done.out), done.err)


@test
def it_ends_with_the_server():
    peer = Peer()
    process = connect(peer.port)
    peer.accept().close()
    expect_status(finish(process, 10), 0)


@test
def it_ends_when_nobody_reads_any_more():
    for answers in (True, False):  # a server that accepted, and one that never will
        server = Server("ident/silent" if answers else "tcp/backlog-full")
        process = connect(server.first["port"])
        process.stdout.close()
        process.stdin.close()
        assert wait_until(lambda: process.poll() is not None), "it goes on"


@test
def a_reset_and_a_refusal_are_one_sentence_and_status_1():
    server = Server("tcp/reset-at-once")
    done = finish(connect(server.first["port"]), 10)
    expect_sentence(expect_status(done, 1), "fakesshd connect: 127.0.0.1:", "reset by peer")
    done = run(fakesshd("connect", "127.0.0.1:1"))
    expect_sentence(expect_status(done, 1), "127.0.0.1:1: Connection refused")


@test
def what_is_no_address_or_not_ours_is_refused_with_status_2():
    for word, sentence in (("", "expected one HOST:PORT"), ("localhost", "expected one HOST:PORT"),
                           ("127.0.0.1:", "expected one HOST:PORT"),
                           ("127.0.0.1:ssh", "expected one HOST:PORT"),
                           ("192.0.2.1:22", "is not a loopback address"),
                           ("[2001:db8::1]:22", "is not a loopback address")):
        expect_sentence(expect_status(run(fakesshd("connect", word)), 2), sentence)
    expect_sentence(expect_status(run(fakesshd("connect", "--quickly", "127.0.0.1:22")), 2),
                    "there is no option '--quickly'")


@test
def openssh_behind_a_proxy_command_is_judged_and_leaves_no_child():
    done = run(fakesshd("run", "healthy/exec", "ident/silent", "tcp/reset-at-once", "--client",
                        "openssh-proxy", "--json", "out.json"), timeout=60)
    expect_status(done, 0)
    with open("out.json") as file:
        cases = json.load(file)["cases"]
    assert {case["id"]: case["verdict"]["cleanup"] for case in cases} == {
        "healthy/exec": ["OK"], "ident/silent": ["OK"], "tcp/reset-at-once": ["OK"]}, str(done)
    expect_no_process_left()
