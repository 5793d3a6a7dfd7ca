"""What Paramiko does with a plan (bench/deadlines.py): a thread for each task (Paramiko starts
another for each connection), and each step gets what is left of the deadline."""
import logging
import socket
import threading
import time

import paramiko

import peer


def attempt(plan, key, end):
    def left():
        return max(end - time.monotonic(), 0.001)

    sock = socket.create_connection((plan["host"], plan["port"]), timeout=left())
    transport = None
    try:
        transport = paramiko.Transport(sock)
        transport.banner_timeout = transport.handshake_timeout = left()
        transport.auth_timeout = left()
        transport.start_client(timeout=left())
        if transport.get_remote_server_key().get_base64() != plan["hostkey"].split()[1]:
            raise paramiko.SSHException("another host key")
        transport.auth_publickey(plan["user"], key)
        channel = transport.open_session(timeout=left())
        channel.settimeout(left())
        channel.exec_command("nonce 4f2a")
        while channel.recv(4096):
            pass
        return channel.recv_exit_status()
    finally:
        if transport is not None:
            transport.close()
        sock.close()


def task(plan, key, begin):
    end = begin + plan["deadline_ms"] / 1000
    try:
        attempt(plan, key, end)
        return "success"
    except (OSError, EOFError, paramiko.SSHException) as error:
        return "timeout" if time.monotonic() >= end else f"early: {error}"


def hang(plan, key):
    late, outcomes, threads = [], [], []

    def one(begin):
        outcomes.append(task(plan, key, begin))
        late.append((time.monotonic() - begin) * 1000 - plan["deadline_ms"])

    before, begin = peer.resident_kib(), time.monotonic()
    for number in range(plan["count"]):
        time.sleep(max(0, begin + peer.due_s(plan, number) - time.monotonic()))
        threads.append(threading.Thread(target=one, args=(time.monotonic(),)))
        threads[-1].start()
    time.sleep(max(0, begin + peer.look_s(plan) - time.monotonic()))
    grown = peer.resident_kib() - before
    for thread in threads:
        thread.join()
    return peer.hung(plan, late, outcomes, grown)


def rate(plan, key):
    done, begin = [], time.monotonic()

    def work():
        while time.monotonic() < begin + plan["seconds"]:
            done.append(task(plan, key, time.monotonic()))

    threads = [threading.Thread(target=work) for _ in range(plan["concurrency"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return peer.rate(done, time.monotonic() - begin)


def main():
    logging.disable(logging.CRITICAL)
    threading.stack_size(256 * 1024)
    plan = peer.read_plan()
    key = paramiko.Ed25519Key.from_private_key_file(plan["key"])
    peer.say((rate if plan["seconds"] else hang)(plan, key))

main()
