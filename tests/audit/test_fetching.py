"""Whoever answers, however slowly or at whatever length: it ends, and what is wrong is said."""

from itertools import repeat
from threading import Event

import pytest

from api.fetching import Answer, BadAddress, NoAnswer, answer_of
from tests.audit.answering import answering
from tests.process import free_port


@pytest.fixture
def server():
    with answering() as running:
        yield running


def asked(server, seconds=20.0, **options):
    return answer_of(f"{server.url}/there", limit_bytes=1000, seconds=seconds, **options)


def slowly(*parts):
    """The parts, then a byte now and then for ever: each comes in time, the whole never."""
    yield from parts
    while not Event().wait(0.02):
        yield b"x"


def test_the_answer_is_there_whatever_its_status(server):
    server.answer = lambda path, query, body: (418, "Text/Plain; charset=utf-8", f"{path} {query} {body}".encode())
    assert asked(server, parameters={"first": 3}) == Answer(418, "text/plain", b"/there {'first': '3'} b''")
    assert asked(server, posted=b"this").body == b"/there {} b'this'"


def test_redirects_are_not_followed(server):
    server.answer = lambda *_: b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
    assert asked(server).status == 302
    assert server.asked == ["/there"]


def test_a_body_is_not_decompressed(server):
    server.answer = lambda *_: b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nbomb"
    assert asked(server).body == b"bomb"


@pytest.mark.parametrize(
    "parts",
    [slowly(b"Content-Length: 1000\r\n\r\n"), slowly(b"\r\n"), slowly(b"X-Header: ")],
    ids="body end header".split(),
)
def test_one_that_is_slow_is_given_up(server, parts):
    server.answer = lambda *_: (200, "text/plain", parts)
    with pytest.raises(NoAnswer, match="not answered in full"):
        asked(server, seconds=0.5)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (b"x" * 1001, "longer than 1000 bytes"),
        ([b"\r\n", *repeat(b"x" * 1000, 1000)], "longer than 1000 bytes"),
        ([b"Content-Length: 100\r\n\r\nhalf"], "does not answer"),
        ([b"\r", b""], "does not answer"),
        ([b"Content-Length: nonsense\r\n\r\n"], "does not answer"),
    ],
    ids="long endless cut-off header-only nonsense".split(),
)
def test_what_is_too_long_or_cut_off_is_no_answer(server, parts, said):
    server.answer = lambda *_: (200, "text/plain", parts)
    with pytest.raises(NoAnswer, match=said):
        asked(server)


def test_where_nobody_listens_there_is_none():
    with pytest.raises(NoAnswer):
        answer_of(f"http://127.0.0.1:{free_port()}/", limit_bytes=10)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ledger.example",
        "ftp://ledger.example/",
        "http://",
        "http:///path",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:0/",
        "http://xn--/",
        "http://a\n/",
    ],
)
def test_what_is_no_address_is_said_to_be_none(url):
    with pytest.raises(BadAddress):
        answer_of(url, limit_bytes=10)
