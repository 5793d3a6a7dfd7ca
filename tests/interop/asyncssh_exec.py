"""Runs a command with AsyncSSH: HOST PORT USER PASSWORD KEY-FILE HOST-KEY METHOD COMMAND"""
import asyncio
import logging
import sys
import warnings

warnings.simplefilter("ignore")
import asyncssh  # noqa: E402  (it warns of old ciphers while it is imported)

host, port, user, password, key_file, host_key, method, command = sys.argv[1:]


class Client(asyncssh.SSHClient):
    def kbdint_auth_requested(self):
        return ""

    def kbdint_challenge_received(self, name, instructions, lang, prompts):
        return [password for _ in prompts]


async def main():
    logging.basicConfig(level=logging.DEBUG)
    asyncssh.set_debug_level(2)
    known = asyncssh.import_known_hosts(f"[{host}]:{port} {host_key}\n")
    async with asyncssh.connect(host, int(port), username=user, known_hosts=known, config=None,
                                client_factory=Client, agent_path=None, preferred_auth=method,
                                password=password if method == "password" else None,
                                client_keys=[key_file] if method == "publickey" else None) as conn:
        done = await conn.run(command, encoding=None)
        sys.stdout.buffer.write(done.stdout)
        sys.stderr.buffer.write(done.stderr)
        return done.exit_status

sys.exit(asyncio.run(main()))
