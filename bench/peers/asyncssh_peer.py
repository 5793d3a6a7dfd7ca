"""What AsyncSSH does with a plan (bench/deadlines.py): asyncio.wait_for around all of a task."""
import asyncio
import logging
import time
import warnings

import peer

warnings.simplefilter("ignore")
import asyncssh  # noqa: E402  (it warns of old ciphers while it is imported)


async def attempt(plan, known, key):
    async with asyncssh.connect(plan["host"], plan["port"], username=plan["user"], config=None,
                                known_hosts=known, client_keys=[key], agent_path=None) as conn:
        return await conn.run("nonce 4f2a")


async def task(plan, known, key, begin):
    left_s = begin + plan["deadline_ms"] / 1000 - time.monotonic()
    try:
        await asyncio.wait_for(attempt(plan, known, key), left_s)
        return "success"
    except asyncio.TimeoutError:
        return "timeout"
    except (OSError, asyncssh.Error) as error:
        return f"early: {error}"


async def hang(plan, known, key):
    late, outcomes = [], []

    async def one(begin):
        outcomes.append(await task(plan, known, key, begin))
        late.append((time.monotonic() - begin) * 1000 - plan["deadline_ms"])

    before, begin, tasks = peer.resident_kib(), time.monotonic(), []
    for number in range(plan["count"]):
        await asyncio.sleep(max(0, begin + peer.due_s(plan, number) - time.monotonic()))
        tasks.append(asyncio.create_task(one(time.monotonic())))
    await asyncio.sleep(max(0, begin + peer.look_s(plan) - time.monotonic()))
    hung = peer.resident_kib()
    await asyncio.gather(*tasks)
    return peer.hung(plan, late, outcomes, hung - before)


async def rate(plan, known, key):
    done, begin = [], time.monotonic()

    async def work():
        while time.monotonic() < begin + plan["seconds"]:
            done.append(await task(plan, known, key, time.monotonic()))

    await asyncio.gather(*[work() for _ in range(plan["concurrency"])])
    return peer.rate(done, time.monotonic() - begin)


async def main(plan):
    logging.disable(logging.CRITICAL)
    known = asyncssh.import_known_hosts(f"[{plan['host']}]:{plan['port']} {plan['hostkey']}\n")
    key = asyncssh.read_private_key(plan["key"])
    return await (rate if plan["seconds"] else hang)(plan, known, key)

peer.say(asyncio.run(main(peer.read_plan())))
