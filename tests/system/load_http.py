# SPDX-License-Identifier: BSD-2-Clause
"""HTTP over a Unix socket, so that each way in which a question can end is told apart."""
import asyncio
import socket

PATIENCE = 30  # seconds, after which an answer does not come any more


class Closed(Exception):
    """By the service, before a byte of an answer."""


class Lost(Exception):
    """No answer in time, or only a part of one."""


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def tag(self):
        return self.headers["etag"]

    def revision(self):
        return int(self.tag().strip('"').split("-")[2], 16)


async def connect(path, receive=None):
    """A socket that does not block. A queue that is full is no answer: it is tried again."""
    connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connected.setblocking(False)
    if receive:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    end = asyncio.get_running_loop().time() + PATIENCE
    while True:
        try:
            connected.connect(path)
            return connected
        except BlockingIOError:
            if asyncio.get_running_loop().time() > end:
                connected.close()
                raise Lost("connect") from None
            await asyncio.sleep(0.01)
        except OSError:
            connected.close()
            raise


def request(path, headers=(), method="GET"):
    lines = [f"{method} {path} HTTP/1.1", "Host: mapsnapd", *headers, "", ""]
    return "\r\n".join(lines).encode()


class Connection:
    def __init__(self, connected, reader, writer):
        self.socket, self.reader, self.writer = connected, reader, writer

    @classmethod
    async def open(cls, path):
        connected = await connect(path)
        reader, writer = await asyncio.open_unix_connection(sock=connected, limit=1 << 22)
        return cls(connected, reader, writer)

    def close(self):
        self.writer.close()

    async def head(self):
        """Status and headers."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            raise (Lost("half a header") if error.partial else Closed()) from None
        first, *lines = head.decode("ascii").split("\r\n")[:-2]
        headers = dict(line.lower().split(": ", 1) for line in lines)
        return int(first.split()[1]), headers

    async def answer(self):
        status, headers = await self.head()
        if status == 304:
            return Answer(status, headers, b"")
        try:
            body = await self.reader.readexactly(int(headers["content-length"]))
        except asyncio.IncompleteReadError:
            raise Lost("half a body") from None
        return Answer(status, headers, body)

    def send(self, data):
        self.writer.write(data)

    async def ask(self, path, *headers):
        """The answer; Closed or Lost where there is none."""
        self.send(request(path, headers))
        try:
            return await asyncio.wait_for(self.answer(), PATIENCE)
        except asyncio.TimeoutError:
            raise Lost(path) from None
        except ConnectionError:
            raise Closed() from None

    async def chunk(self):
        """The next piece of a stream; b"": its end."""
        try:
            size = int(await self.reader.readuntil(b"\r\n"), 16)
            return (await self.reader.readexactly(size + 2))[:-2]
        except asyncio.IncompleteReadError:
            raise Closed() from None

    async def lines(self):
        """Those of a stream, until it ends or is closed."""
        pieces = []
        while piece := await self.chunk():
            pieces.append(piece)
            if b"\n" not in piece:
                continue
            *whole, left = b"".join(pieces).split(b"\n")
            pieces = [left]
            for line in whole:
                yield line


async def ask_once(path, question, *headers):
    connection = await Connection.open(path)
    try:
        return await connection.ask(question, *headers)
    finally:
        connection.close()


async def metric(path, name):
    body = (await ask_once(path, "/metrics")).body.decode()
    return next(float(line.split()[-1]) for line in body.splitlines() if line.startswith(name + " "))
