# SPDX-License-Identifier: BSD-2-Clause
"""Many who ask, each of whose answers is looked at."""
import asyncio
import json
import os

from load_http import Closed, Connection, Lost

KEPT = 100  # bodies, for somebody else to read


def check_maps(answer, pid):
    """Whole, and in order."""
    capture = json.loads(answer.body)
    assert capture["format"] == "maps-dump" and capture["pid"] == pid
    end = 0
    for mapping in capture["mappings"]:
        assert end <= int(mapping["start"], 16) < int(mapping["end"], 16)
        end = int(mapping["end"], 16)
    assert end
    return capture


class Crowd:
    def __init__(self, path, pids, counts):
        self.path, self.pids, self.counts = path, pids, counts
        self.bodies = {}  # by tag
        self.newest = {pid: 0 for pid in pids}  # revision that anybody was told of

    def save(self, folder):
        for i, (_, body) in enumerate(list(self.bodies.items())[:KEPT]):
            with open(os.path.join(folder, f"{i}.json"), "wb") as file:
                file.write(body)

    def note(self, pid, answer):
        """Of one tag there is one body."""
        tag = answer.tag()
        if self.bodies.setdefault(tag, answer.body) is answer.body:
            check_maps(answer, pid)
        assert self.bodies[tag] == answer.body, "two bodies of one tag"
        self.newest[pid] = max(self.newest[pid], answer.revision())


class Client:
    def __init__(self, crowd, number):
        self.crowd, self.number = crowd, number
        self.connection = None
        self.tags = {}

    async def ask(self, path, *headers):
        if not self.connection:
            self.connection = await Connection.open(self.crowd.path)
        return await self.connection.ask(path, *headers)

    def hang_up(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    async def maps(self, pid):
        """Whoever says that nothing has changed must not have told anybody otherwise before."""
        tag, newest = self.tags.get(pid), self.crowd.newest[pid]
        answer = await self.ask(f"/v1/processes/{pid}/maps", *([f"If-None-Match: {tag}"] if tag else []))
        if answer.status == 304:
            assert answer.tag() == tag and answer.revision() >= newest, "unchanged, and it is not so"
        elif answer.status == 200:
            assert answer.tag() != tag, "the same again"
            self.crowd.note(pid, answer)
            self.tags[pid] = answer.tag()
        return answer

    async def anew(self, pid):
        self.tags.pop(pid, None)
        return await self.maps(pid)

    async def lookup(self, pid):
        answer = await self.ask(f"/v1/processes/{pid}/lookup?address=0,ffffffffffffffff")
        lines = [json.loads(line) for line in answer.body.splitlines()]
        assert answer.status == 503 or [line["mapped"] for line in lines] == [False, False]
        return answer

    async def processes(self, pid):
        answer = await self.ask("/v1/processes")
        listed = [json.loads(line) for line in answer.body.splitlines()]
        assert answer.status == 503 or any(one["pid"] == pid for one in listed)
        return answer

    async def metrics(self, _):
        answer = await self.ask("/metrics")
        assert answer.status == 503 or answer.body.endswith(b"\n# EOF\n")
        return answer

    async def step(self, i):
        """One question, of whatever kind is due."""
        kinds = self.maps, self.lookup, self.maps, self.anew, self.processes, self.metrics
        pid = self.crowd.pids[(self.number + i) % len(self.crowd.pids)]
        answer = await kinds[(self.number + i) % len(kinds)](pid)
        name = {200: "served", 304: "unchanged", 503: "refused"}.get(answer.status, "wrong")
        self.crowd.counts[name] += 1
        if answer.status == 503:
            assert int(answer.headers["retry-after"]) > 0
        if answer.headers.get("connection") == "close":
            self.hang_up()
        return answer.status

    async def run(self, requests, pause=0.02):
        """Now and then by another connection."""
        for i in range(requests):
            try:
                await self.step(i)
            except (Closed, OSError):
                self.crowd.counts["closed"] += 1
                self.hang_up()
            except (Lost, asyncio.TimeoutError):
                self.crowd.counts["lost"] += 1
                self.hang_up()
            if i % 10 == 9:
                self.hang_up()
            await asyncio.sleep(pause)
        self.hang_up()
