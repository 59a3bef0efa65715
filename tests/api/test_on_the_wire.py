"""What only a real server meets: chunked bodies, broken requests, clients that go away (on the one that we ship)."""

import errno
import json
import re
import socket
import time
from urllib.parse import urlsplit

import pytest
import requests

from tests.posting import imposed, registered

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATIENCE_SECONDS = 60


class Wire:
    """A running server, spoken to in bytes."""

    def __init__(self, url, token):
        self.url, self._token = url, token
        self._address = (urlsplit(url).hostname, urlsplit(url).port)

    def send(self, data, *, then_nothing=False):
        """Everything that comes back until the server closes; with `then_nothing`, told that no more will come."""
        with socket.create_connection(self._address, timeout=PATIENCE_SECONDS) as connection:
            try:
                connection.sendall(data)
                if then_nothing:
                    connection.shutdown(socket.SHUT_WR)
                return b"".join(iter(lambda: connection.recv(65536), b""))
            except OSError as closed:
                if isinstance(closed, ConnectionError) or closed.errno == errno.ENOTCONN:
                    return b""
                raise

    def break_off(self, data):
        """Send `data` and go away; comes back when the server has dealt with it."""
        before = self._posts()
        with socket.create_connection(self._address, timeout=PATIENCE_SECONDS) as connection:
            connection.sendall(data)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._posts() == before:
            assert time.monotonic() < deadline, "the server has not noticed that the client went away"
            time.sleep(0.02)

    def _posts(self):
        metrics = requests.get(f"{self.url}/metrics", timeout=PATIENCE_SECONDS).text
        return re.findall(r'^retorsion_request_seconds_count{method="POST".*$', metrics, re.MULTILINE)

    def posting(self, headers, body, content_type="application/json", version="1.1"):
        head = (
            f"POST /v1/events HTTP/{version}\r\nHost: here\r\nAuthorization: Bearer {self._token}\r\n"
            f"Content-Type: {content_type}\r\nConnection: close\r\n{headers}\r\n"
        )
        return head.encode() + body

    def chunked(self, body, size=100_000):
        parts = [body[start : start + size] for start in range(0, len(body), size)]
        return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"

    @property
    def newest(self):
        answer = requests.get(f"{self.url}/v1/events?after=252", timeout=PATIENCE_SECONDS)
        assert answer.status_code == 200
        return [event["subject"] for event in answer.json()["items"]]


@pytest.fixture
def wire(serve, ledger):
    token = ledger.create_token("tests", "append")
    with serve() as served:
        yield Wire(served.url, token)


def status(answer):
    return int(answer.split(b" ", 2)[1])


def test_bodies_may_come_in_pieces_and_are_held_to_the_same_limit(wire):
    body = json.dumps(imposed("m", "2020")).encode()
    assert status(wire.send(wire.posting("Transfer-Encoding: chunked\r\n", wire.chunked(body, 7)))) == 201
    assert wire.newest == ["measure:m"]
    large = wire.posting("Transfer-Encoding: chunked\r\n", wire.chunked(b" " * (9 * 1024 * 1024)))
    # Who is still sending when the connection is closed may lose the answer: on a busy machine now and then.
    answer = next(filter(None, (wire.send(large) for _ in range(10))))
    assert status(answer) == 413
    assert b"/problems/body-too-large" in answer
    declared = wire.send(wire.posting(f"Content-Length: {9 * 1024 * 1024}\r\n", b" " * (9 * 1024 * 1024)))
    assert declared == b"" or status(declared) == 413
    old = wire.send(wire.posting(f"Content-Length: {len(body)}\r\n", body.replace(b":m", b":n"), version="1.0"))
    assert status(old) == 201
    assert wire.newest == ["measure:m", "measure:n"]


def test_a_client_that_goes_away_in_the_middle_has_stored_nothing(wire):
    events = [registered("acme"), registered("emca")]
    for content_type, body in (
        ("application/json", json.dumps(events).encode()),
        ("application/json", json.dumps(events).encode() + b" "),
        ("application/x-ndjson", json.dumps(events[0]).encode() + b"\n"),
    ):
        wire.break_off(wire.posting(f"Content-Length: {len(body) + 10}\r\n", body, content_type))
    half = json.dumps(events).encode()[:-1]
    wire.break_off(wire.posting("Transfer-Encoding: chunked\r\n", b"%x\r\n%s\r\n" % (len(half), half)))
    line = json.dumps(events[0]).encode() + b"\n"
    wire.break_off(
        wire.posting("Transfer-Encoding: chunked\r\n", b"%x\r\n%s\r\n" % (len(line), line), "application/x-ndjson")
    )
    assert wire.newest == []


def test_lines_that_come_in_pieces_must_say_how_long_they_are(wire):
    """Else the lines before the client went away would look like all of them."""
    line = json.dumps(registered("acme")).encode() + b"\n"
    answer = wire.send(wire.posting("Transfer-Encoding: chunked\r\n", wire.chunked(line), "application/x-ndjson"))
    assert status(answer) == 411
    assert b"/problems/length-required" in answer
    assert status(wire.send(wire.posting(f"Content-Length: {len(line)}\r\n", line, "application/x-ndjson"))) == 201


def test_what_is_no_request_does_no_harm(wire):
    for data in (
        b"\r\n\r\n", b"nonsense\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/9.9\r\n\r\n",
        b"\x00" * 1000,
        b"GET /v1/actors/\x00 HTTP/1.1\r\nHost: here\r\n\r\n",
        b"GET /v1/actors/\xff\xfe HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n",
        b"GET /v1/actors/us HTTP/1.1\r\nHost: here\r\nIf-None-Match: \x00\r\n\r\n",
        b"GET /v1/actors/us?at=\x00 HTTP/1.1\r\nHost: here\r\n\r\n",
        b"GET /v1/actors/us HTTP/1.1\r\nHost: here\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n",
        b"GET /v1/actors/us HTTP/1.1\r\nHost: here\r\n" + b"A: b\r\n" * 1000 + b"Connection: close\r\n\r\n",
        b"GET /v1/events/" + b"9" * 100_000 + b" HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n",
        b"GET /v1/events?q=" + b"x" * 60_000 + b" HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n",
        wire.posting("Content-Length: -1\r\n", b"{}"), wire.posting("Content-Length: 2\r\nContent-Length: 3\r\n",
        b"{}"),
        wire.posting("Transfer-Encoding: chunked\r\n", b"zz\r\n{}\r\n0\r\n\r\n"),
        wire.posting("Transfer-Encoding: gzip\r\n", b"{}"),
        wire.posting("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", b"2\r\n{}\r\n0\r\n\r\n"),
    ):  # fmt: skip
        answer = wire.send(data, then_nothing=True)
        assert answer == b"" or 200 <= status(answer) < 500, (data[:100], answer[:300])
    assert wire.newest == []
