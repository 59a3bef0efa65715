"""Clients that keep their connections and send one request after the other, as lean as can be.

One thread serves them all, over bare sockets, with requests that were written beforehand: what is measured is the
server, which runs in a process of its own.
"""

import selectors
import socket
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

HOST = "127.0.0.1"
ANSWER_SECONDS = 30


class WrongAnswer(Exception):
    """The server did not answer as it should. The text has the answer."""


@dataclass(slots=True)
class _Client:
    """A connection, and what it still has to send."""

    connection: socket.socket
    waiting: deque[bytes] = field(default_factory=deque)
    received: bytes = b""

    def send_next(self) -> bool:
        """Send the next request; False where there is none."""
        if not self.waiting:
            return False
        self.connection.sendall(self.waiting.popleft())
        return True

    def receive(self, status: int) -> bool:
        """Take in what has come. True once it is a whole answer; raises WrongAnswer unless that has `status`."""
        more = self.connection.recv(65536)
        self.received += more
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not more or (found and not head.startswith(b"HTTP/1.1 %d" % status)):
            raise WrongAnswer((head + body).decode(errors="replace") or "the connection was closed")
        if not found or len(body) < _length(head):
            return False
        self.received = b""
        return True


def _length(head: bytes) -> int:
    head = head.lower()
    start = head.index(b"content-length:") + len(b"content-length:")
    return int(head[start:].split(b"\r\n", 1)[0])


class Clients:
    """Several clients of one server."""

    def __init__(self, port: int, number: int) -> None:
        self._clients = [_Client(socket.create_connection((HOST, port), ANSWER_SECONDS)) for _ in range(number)]
        self._selector = selectors.DefaultSelector()
        for client in self._clients:
            client.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(client.connection, selectors.EVENT_READ, client)

    def send(self, requests: Sequence[Iterable[bytes]], *, status: int = 200) -> float:
        """Send the requests of each client, one after the other; the seconds until all are answered with `status`."""
        for client, waiting in zip(self._clients, requests, strict=True):
            client.waiting.extend(waiting)
        began = perf_counter()
        busy = sum(client.send_next() for client in self._clients)
        while busy:
            ready = self._selector.select(ANSWER_SECONDS)
            if not ready:
                raise WrongAnswer(f"nothing came in {ANSWER_SECONDS} seconds")
            for key, _ in ready:
                asking: _Client = key.data
                if asking.receive(status) and not asking.send_next():
                    busy -= 1
        return perf_counter() - began

    def close(self) -> None:
        """Close every connection."""
        self._selector.close()
        for client in self._clients:
            client.connection.close()


def get(path: str) -> bytes:
    """A GET as it is sent."""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()


def post(path: str, body: bytes, token: str) -> bytes:
    """A POST of JSON as it is sent."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
