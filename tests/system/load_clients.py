# SPDX-License-Identifier: BSD-2-Clause
"""load_clients.py SOCKET COMMAND ...: clients of mapsnapd in numbers, and what became of each, as JSON."""
import argparse
import asyncio
import collections
import json
import os
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import time

from load_crowd import Client, Crowd
from load_follower import Follower, field
from load_http import Closed, Connection, Lost, ask_once, connect, metric, request
from load_wrong import send_all


async def crowd(args, counts):
    """Each asks for everything."""
    everybody = Crowd(args.socket, args.pids, counts)
    await asyncio.gather(*(Client(everybody, i).run(args.requests, args.pause) for i in range(args.clients)))
    if args.save:
        everybody.save(args.save)


# ---- more than there is room for

async def ask_until(args, counts, over):
    """One of those inside."""
    connection = await Connection.open(args.socket)
    while not over.is_set():
        answer = await connection.ask("/healthz")
        counts["inside_served" if answer.status == 200 else "inside_refused"] += 1
        await asyncio.sleep(0.05)
    connection.close()


async def ask_from_outside(args, counts, over):
    """Again and again, until somebody answers; how long one answer took at most."""
    while True:
        asked, late = time.monotonic(), over.is_set()
        try:
            status = (await ask_once(args.socket, "/healthz")).status
        except (Closed, OSError):
            status = 0
        except Lost:
            counts["lost"] += 1
            return
        counts["longest_wait_ms"] = max(counts["longest_wait_ms"], int(1000 * (time.monotonic() - asked)))
        counts[{200: "served", 503: "refused", 0: "closed"}.get(status, "wrong")] += 1
        if status == 200:
            counts["served_in_time"] += not late
            return
        await asyncio.sleep(0.1)


async def beyond(args, counts):
    over = asyncio.Event()
    inside = [asyncio.ensure_future(ask_until(args, counts, over)) for _ in range(args.clients)]
    while counts["inside_served"] < args.clients:
        await asyncio.sleep(0.05)
    outside = [asyncio.ensure_future(ask_from_outside(args, counts, over)) for _ in range(args.extra)]
    await asyncio.sleep(args.seconds)
    over.set()
    await asyncio.gather(*inside, *outside)


async def sit(args, counts):
    """Who only takes places: how many they were given."""
    connections = [await connect(args.socket) for _ in range(args.clients)]
    await asyncio.sleep(0.5)
    for connection in connections:
        counts["closed" if is_cut_off(connection) else "seated"] += 1
    print(json.dumps(counts), flush=True)
    await asyncio.sleep(args.seconds)


# ---- who reads slowly

def is_cut_off(connected):
    """By the service, however much of what it sent is still unread."""
    poll = select.poll()
    poll.register(connected, select.POLLRDHUP)
    return bool(poll.poll(0))


async def read_slowly(path, question, counts):
    """Some bytes a second, until it is closed."""
    loop = asyncio.get_running_loop()
    connected = await connect(path, receive=4096)
    try:
        await loop.sock_sendall(connected, request(question))
        first = await asyncio.wait_for(loop.sock_recv(connected, 64), 30)
        counts["held" if b" 200 " in first else "refused" if b" 503 " in first else "wrong"] += 1
        if b" 503 " in first:
            rest = await loop.sock_recv(connected, 4096)
            counts["retry_after"] += b"Retry-After: " in first + rest
            return
        while not is_cut_off(connected):
            await loop.sock_recv(connected, 16)
            await asyncio.sleep(0.2)
        counts["cut_off"] += 1
    except ConnectionError:
        counts["cut_off"] += 1
    except asyncio.TimeoutError:
        counts["lost"] += 1
    finally:
        connected.close()


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


async def look_around(args, counts, over):
    """What others find meanwhile."""
    connection = await Connection.open(args.socket)
    while not over.is_set():
        asked = time.monotonic()
        answer = await connection.ask("/healthz")
        counts["others_longest_ms"] = max(counts["others_longest_ms"], int(1000 * (time.monotonic() - asked)))
        counts["others_served" if answer.status == 200 else "others_refused"] += 1
        counts["pending_kib"] = max(counts["pending_kib"], int(await metric(args.socket, "mapsnapd_pending_bytes") / 1024))
        counts["resident_kib"] = max(counts["resident_kib"], resident(args.service))
        await asyncio.sleep(0.02)
    connection.close()


async def slow(args, counts):
    over = asyncio.Event()
    others = asyncio.ensure_future(look_around(args, counts, over))
    questions = [f"/v1/processes/{args.pids[0]}/maps", f"/v1/changes?pid={args.pids[0]}"]
    readers = []
    for i in range(args.clients):
        readers.append(asyncio.ensure_future(read_slowly(args.socket, questions[i % 2], counts)))
        await asyncio.sleep(0.1)
    await asyncio.gather(*readers)
    over.set()
    await others


# ---- who goes in the middle

async def begin(args):
    connection = await Connection.open(args.socket)
    connection.send(request("/v1/changes"))
    await connection.head()
    async for line in connection.lines():
        if field(line, b"event") == "current":
            break
    return connection


def go(connection, how, i):
    """Also with what comes still unread, which the service takes for a reset."""
    if how == "linger":
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if i % 2:
        connection.writer.transport.abort()
    else:
        connection.close()


async def vanish(args, counts):
    if args.how == "kill":
        await vanish_by_kill(args, counts)
        return
    connections = await asyncio.gather(*(begin(args) for _ in range(args.clients)))
    counts["streams"] = int(await metric(args.socket, "mapsnapd_streams"))
    for i, connection in enumerate(connections):
        go(connection, args.how, i)
    counts["vanished"] += len(connections)


async def vanish_by_kill(args, counts):
    with subprocess.Popen([sys.executable, __file__, args.socket, "hold", "--clients", str(args.clients)],
                          stdout=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"ready\n"
        counts["streams"] = int(await metric(args.socket, "mapsnapd_streams"))
        child.send_signal(signal.SIGKILL)
    counts["vanished"] += args.clients


async def hold(args, _):
    """Streams, until the end of the input or of the process."""
    connections = await asyncio.gather(*(begin(args) for _ in range(args.clients)))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for connection in connections:
        connection.close()


# ---- who follows

async def follow(args, counts):
    """Until the file is there; then all must come to rest."""
    only = args.pids[0] if args.pids else None
    followers = [Follower(args.socket, counts, only) for _ in range(args.clients)]
    tasks = [asyncio.ensure_future(follower.follow()) for follower in followers]
    while not os.path.exists(args.until):
        for task in tasks:
            if task.done():
                task.result()
        if args.service:
            counts["resident_kib"] = max(counts["resident_kib"], resident(args.service))
        await asyncio.sleep(0.05)
    for follower in followers:
        await follower.compare_all(args.patience)
    for task in tasks:
        task.cancel()


# ---- what no client should do

async def wrong(args, counts):
    for sentence in await send_all(args.socket, counts, args.patience):
        counts["wrong"] += 1
        print(sentence, file=sys.stderr)


# ---- all of it

async def soak(args, counts):
    end = time.monotonic() + args.seconds

    async def again(what, *arguments):
        while time.monotonic() < end:
            await what(*arguments)
            await asyncio.sleep(0.2)

    async def some_vanish():
        for how in ("close", "linger", "kill"):
            await vanish(argparse.Namespace(socket=args.socket, how=how, clients=10), counts)

    async def one_reads_slowly():
        await read_slowly(args.socket, f"/v1/processes/{args.pids[0]}/maps", counts)

    everybody = Crowd(args.socket, args.pids, counts)
    follower = asyncio.ensure_future(Follower(args.socket, counts).follow())
    await asyncio.gather(again(some_vanish), again(wrong, args, counts), again(one_reads_slowly),
                         *(again(Client(everybody, i).run, 20) for i in range(args.clients)))
    if follower.done():
        follower.result()
    follower.cancel()


# Also where there are none.
NAMES = ("served", "unchanged", "refused", "closed", "wrong", "lost", "inside_refused", "served_in_time",
         "others_refused", "retry_after", "cut_off", "different", "stale", "of_nobody")


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("socket")
    parser.add_argument("command", choices=["crowd", "beyond", "slow", "vanish", "hold", "follow", "wrong", "sit", "soak"])
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--extra", type=int, default=0)
    parser.add_argument("--requests", type=int, default=1)
    parser.add_argument("--pause", type=float, default=0.02, help="seconds between two questions of a client")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--patience", type=float, default=20)
    parser.add_argument("--how", choices=["close", "linger", "kill"], default="close")
    parser.add_argument("--pid", type=int, action="append", dest="pids", default=[])
    parser.add_argument("--uid", type=int, help="of who asks")
    parser.add_argument("--service", type=int, help="pid of the service")
    parser.add_argument("--until", help="a file")
    parser.add_argument("--save", help="a folder")
    return parser.parse_args()


def main():
    args = arguments()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if args.uid:
        os.setgroups([])
        os.setresgid(args.uid, args.uid, args.uid)
        os.setresuid(args.uid, args.uid, args.uid)
    counts = collections.Counter({name: 0 for name in NAMES})
    asyncio.run(globals()[args.command](args, counts))
    if args.command != "hold":
        print(json.dumps(counts))


main()
