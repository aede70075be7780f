# SPDX-License-Identifier: BSD-2-Clause
"""One who follows what changes, applies every line, and goes on where the connection ends."""
import asyncio
import json
import re

from load_http import Closed, Connection, Lost, ask_once, request

# As the service writes them, and no name has a brace in it. Compared as they are: nothing is lost by parsing.
MAPPING = re.compile(rb'\{"start":"(0x[0-9a-f]+)"[^{}]*\}')
CHANGE = re.compile(rb'"before":(null|\{[^{}]*\}),"after":(null|\{[^{}]*\})')
FIELD = {name: re.compile(rb'"%s":"?([^",}]*)' % name) for name in (b"event", b"cursor", b"pid", b"revision")}


def field(line, name):
    found = FIELD[name].search(line)
    return found and found[1].decode()


def mappings_of(text):
    return {found[1]: hash(found[0]) for found in MAPPING.finditer(text)}


class Process:
    def __init__(self, revision, mappings):
        self.revision, self.mappings = revision, mappings

    def apply(self, line):
        """Whether each change is of what was there."""
        right = True
        changes = CHANGE.findall(line)
        for before, _ in changes:
            if before != b"null":
                right &= self.mappings.pop(MAPPING.match(before)[1], None) == hash(before)
        for _, after in changes:
            if after != b"null":
                self.mappings[MAPPING.match(after)[1]] = hash(after)
        return right


class Follower:
    def __init__(self, path, counts, only=None):
        self.path, self.counts, self.only = path, counts, only
        self.processes = {}
        self.cursor = None

    def instance(self):
        return self.cursor and self.cursor.split("-")[0]

    def take(self, line):
        event, cursor = field(line, b"event"), field(line, b"cursor")
        self.counts["lines"] += 1
        if event == "resync":
            self.processes = {}
            self.counts["resyncs"] += 1
        elif event not in ("current", "alive"):
            self.take_process(event, int(field(line, b"pid")), line)
        if cursor != "null":
            self.cursor = cursor

    def take_process(self, event, pid, line):
        if b'"snapshot":' in line:
            self.processes[pid] = Process(int(field(line, b"revision")), mappings_of(line))
        elif event == "removed":
            self.processes.pop(pid, None)
        elif event == "changed":
            self.change(pid, int(field(line, b"revision")), line)

    def change(self, pid, revision, line):
        process = self.processes.get(pid)
        if not process:
            self.counts["of_nobody"] += 1
        elif revision > process.revision:
            self.counts["wrong"] += not process.apply(line)
            self.counts["applied"] += 1
            process.revision = revision

    def question(self):
        parameters = [f"since={self.cursor}"] if self.cursor else []
        parameters += [f"pid={self.only}"] if self.only else []
        return "/v1/changes" + ("?" + "&".join(parameters) if parameters else "")

    async def follow_once(self):
        """Until the connection ends. Of another instance the first line must be that all begins anew."""
        connection = await Connection.open(self.path)
        try:
            connection.send(request(self.question()))
            status, _ = await connection.head()
            self.counts["served" if status == 200 else "refused" if status == 503 else "wrong"] += 1
            first = status == 200
            async for line in connection.lines() if first else ():
                if first and field(line, b"event") != "resync":
                    self.counts["stale"] += field(line, b"cursor").split("-")[0] != self.instance()
                first = False
                self.take(line)
        finally:
            connection.close()

    async def follow(self):
        while True:
            try:
                await self.follow_once()
            except (Closed, OSError):
                self.counts["closed"] += 1
            await asyncio.sleep(0.05)

    async def is_same(self, pid):
        """As the service answers by now; None: not yet."""
        answer = await ask_once(self.path, f"/v1/processes/{pid}/maps")
        process = self.processes.get(pid)
        if answer.status != 200 or not process:
            return None
        if answer.revision() != process.revision:
            return None
        return mappings_of(answer.body) == process.mappings

    async def compare(self, pid, patience):
        """At rest: what was told must come to what there is, in time."""
        for _ in range(int(patience / 0.1)):
            same = await self.is_same(pid)
            if same is not None:
                self.counts["same" if same else "different"] += 1
                return
            await asyncio.sleep(0.1)
        self.counts["lost"] += 1

    async def compare_all(self, patience):
        answer = await ask_once(self.path, "/v1/processes")
        there = [one for one in map(json.loads, answer.body.splitlines()) if one["state"] == "alive"]
        for one in there:
            if not self.only or one["pid"] == self.only:
                await self.compare(one["pid"], patience)
