"""Runs a command with Paramiko: HOST PORT USER PASSWORD KEY-FILE HOST-KEY METHOD COMMAND"""
import base64
import logging
import sys

import paramiko

host, port, user, password, key_file, host_key, method, command = sys.argv[1:]
logging.basicConfig(level=logging.DEBUG)
transport = paramiko.Transport((host, int(port)))
transport.start_client(timeout=10)
assert transport.get_remote_server_key().asbytes() == base64.b64decode(host_key.split()[1])
if method == "publickey":
    transport.auth_publickey(user, paramiko.Ed25519Key.from_private_key_file(key_file))
elif method == "password":
    transport.auth_password(user, password)
else:
    transport.auth_interactive(user, lambda title, text, prompts: [password for _ in prompts])
channel = transport.open_session(timeout=10)
channel.exec_command(command)
out, err = channel.makefile("rb").read(), channel.makefile_stderr("rb").read()
status = channel.recv_exit_status()
transport.close()
sys.stdout.buffer.write(out)
sys.stderr.buffer.write(err)
sys.exit(status)
