# SPDX-License-Identifier: BSD-2-Clause
"""What no client should send, and how the service may answer: by a status, or by closing."""
import asyncio

from load_http import Closed, Connection, Lost, request

CLOSED = 0
MIB = b"x" * (1 << 20)


def post(length):
    return request("/v1/info", [f"Content-Length: {length}"], "POST")


# Name, what is sent, and what may come of it.
WRONG = [
    ("a header of 1 MB", request("/v1/info")[:-2] + b"X: " + MIB + b"\r\n\r\n", (431, 413)),
    ("10,000 headers", request("/v1/info")[:-2] + b"X: y\r\n" * 10000 + b"\r\n", (431, 413)),
    ("a path of 1 MB", request("/" + "x" * (1 << 20)), (414,)),
    ("a body of 100 MB", [post(100 << 20)] + [MIB] * 100, (405,)),
    ("a body that is larger than said", post(10) + b"x" * 1000, (405,)),
    ("a body in pieces", request("/v1/info", ["Transfer-Encoding: chunked"], "POST") + b"4\r\nbody\r\n0\r\n\r\n", (405,)),
    ("pieces that are none", request("/v1/info", ["Transfer-Encoding: chunked"], "POST") + b"zz\r\n", (400, CLOSED)),
    ("a length that is none", request("/v1/info", ["Content-Length: x"], "POST"), (400,)),
    ("a length below 0", request("/v1/info", ["Content-Length: -1"], "POST"), (400,)),
    ("a length that is too large", request("/v1/info", ["Content-Length: " + "9" * 30], "POST"), (413, 400)),
    ("random bytes", bytes(range(256)) * 16 + b"\r\n\r\n", (400, 505, CLOSED)),
    ("zeroes", bytes(4096), (400, CLOSED)),
    ("a zero in the path", b"GET /v1/in\0fo HTTP/1.1\r\nHost: m\r\n\r\n", (400, 404)),
    ("a zero in a header", b"GET /v1/info HTTP/1.1\r\nHost: m\0\r\n\r\n", (400, 200)),
    ("a zero as the address", b"GET /v1/processes/1/lookup?address=%00 HTTP/1.1\r\nHost: m\r\n\r\n", (400, 404)),
    ("HTTP/0.9", b"GET /v1/info\r\n\r\n", (505, 400, CLOSED)),
    ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (505, 400, CLOSED)),
    ("HTTP/9.9", b"GET /v1/info HTTP/9.9\r\nHost: m\r\n\r\n", (505, 200)),
    ("no host", b"GET /v1/info HTTP/1.1\r\n\r\n", (200, 400)),
    ("no such method", request("/v1/info", [], "BREW"), (405,)),
    ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(508), (400, CLOSED)),
    ("half a header", b"GET /v1/info HT", (CLOSED, 408)),
    ("nothing", b"", (CLOSED, 408)),
    ("headers without an end", request("/v1/info")[:-2] + b"X: y\r\n", (CLOSED, 408)),
    ("a body that does not come", post(1000) + b"x", (CLOSED, 408, 405)),
]


async def send(connection, pieces):
    """Nobody may read it to its end."""
    try:
        for piece in pieces if isinstance(pieces, list) else [pieces]:
            connection.send(piece)
            await connection.writer.drain()
    except ConnectionError:
        pass


async def outcome(path, data, patience):
    connection = await Connection.open(path)
    sending = asyncio.ensure_future(send(connection, data))
    try:
        return (await asyncio.wait_for(connection.answer(), patience)).status
    except (Closed, ConnectionError):
        return CLOSED
    finally:
        sending.cancel()
        connection.close()


async def pipelined(path, count):
    """Each is answered, in the order in which they were asked, up to the one that makes no sense."""
    connection = await Connection.open(path)
    try:
        connection.send(b"".join(request(one) for one in ["/v1/info", "/nothing", "/healthz"] * count) + b"\0\0 \r\n\r\n")
        statuses = [(await asyncio.wait_for(connection.answer(), 10)).status for _ in range(3 * count)]
        assert statuses == [200, 404, 200] * count, statuses
    finally:
        connection.close()


async def send_all(path, counts, patience):
    """All at once. Which went otherwise than they may."""
    async def one(name, data, allowed):
        try:
            came = await outcome(path, data, patience)
        except (Lost, asyncio.TimeoutError):
            counts["lost"] += 1
            return f"{name}: nothing came of it"
        counts["closed" if came == CLOSED else f"status_{came}"] += 1
        return None if came in allowed else f"{name}: {came}"

    await pipelined(path, 20)
    counts["pipelined"] += 60
    return [wrong for wrong in await asyncio.gather(*(one(*row) for row in WRONG)) if wrong]
