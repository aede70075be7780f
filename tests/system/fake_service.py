# SPDX-License-Identifier: BSD-2-Clause
"""What listens where mapsnapd should, and is not well: fake_service.py SOCKET BEHAVIOUR [ARGUMENT [STATUS]].
For a file STATUS is the age that is said, and for a list-then-ended the file of each process.

Appends a line to SOCKET.log for each connection, and one for each request. Connections are kept open, but
for what BEHAVIOUR says.
"""

import os
import socket
import sys

PATH, BEHAVIOUR = sys.argv[1:3]
ARGUMENT = sys.argv[3] if len(sys.argv) > 3 else ""
STATUS = sys.argv[4] if len(sys.argv) > 4 else ""


def log(line):
    with open(PATH + ".log", "a", encoding="ascii") as file:
        file.write(line + "\n")


def head(status, length=None):
    length = "" if length is None else f"Content-Length: {length}\r\n"
    state = "Mapsnap-State: ended\r\n" if BEHAVIOUR == "list-then-ended" else ""
    age = f"Mapsnap-Age-Ns: {STATUS}\r\n" if BEHAVIOUR == "file" and STATUS else ""
    return f"HTTP/1.1 {status} Whatever\r\nContent-Type: application/json\r\n{length}{age}{state}\r\n".encode()


def whole(status, body):
    return head(status, len(body)) + body


def body(name=ARGUMENT):
    with open(name, "rb") as file:
        return file.read()


def endless(connection):
    connection.sendall(head(200))
    while True:
        connection.sendall(b" " * (1 << 20))


def problem(status):
    return whole(status, b'{"status":%s,"error":"\x1b[31m"}\n' % status.encode())


def answer(connection, path):
    """Returns whether to keep the connection."""
    if BEHAVIOUR == "status":
        connection.sendall(problem(ARGUMENT))
    elif BEHAVIOUR == "list":
        connection.sendall(whole(200, body()) if path == "/v1/processes" else problem(STATUS))
    elif BEHAVIOUR == "list-then-ended":
        connection.sendall(whole(200, body() if path == "/v1/processes" else body(STATUS)))
    elif BEHAVIOUR == "file":
        connection.sendall(whole(200, body()))
    elif BEHAVIOUR == "file-then-close":
        connection.sendall(whole(200, body()))
        return False
    elif BEHAVIOUR == "text":
        connection.sendall(b"220 mail.example.org ESMTP\r\n")
        return False
    elif BEHAVIOUR == "half":
        text = body()
        connection.sendall(head(200, len(text)) + text[: len(text) // 2])
        return False
    elif BEHAVIOUR == "half-of-no-length":
        text = body()
        connection.sendall(head(200) + text[: len(text) // 2])
        return False
    elif BEHAVIOUR == "giant":
        connection.sendall(head(200, 1 << 40))
        endless(connection)
    elif BEHAVIOUR == "endless":
        endless(connection)
    elif BEHAVIOUR == "close":
        return False
    return True


def read_request(connection):
    """Returns the path, or None at the end."""
    request = b""
    while not request.endswith(b"\r\n\r\n"):
        more = connection.recv(4096)
        if not more:
            return None
        request += more
    path = request.split()[1].decode()
    log("request " + path)
    return path


def serve(connection):
    try:
        while (path := read_request(connection)) and answer(connection, path):
            pass
    except (BrokenPipeError, ConnectionResetError):
        pass


listening = socket.socket(socket.AF_UNIX)
listening.bind(PATH)
os.chmod(PATH, 0o666)
listening.listen(16)
log("ready")
while True:
    client, _ = listening.accept()
    log("connection")
    with client:
        serve(client)
