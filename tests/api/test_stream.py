"""GET /v1/events/stream: whoever follows it misses no event and gets none twice (contract.md, Events)."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
import requests

from tests.posting import imposed, lifted, registered

PATIENCE_SECONDS = 60


class Following:
    """An open stream, read message by message."""

    def __init__(self, chunks):
        self._chunks = iter(chunks)
        self._text = b""
        self.comments = 0

    def __next__(self):
        """The next event, as (id, data)."""
        while True:
            while b"\n\n" not in self._text:
                self._text += next(self._chunks)
            message, _, self._text = self._text.partition(b"\n\n")
            if message.startswith(b":"):
                self.comments += 1
                continue
            id_, data = (line.split(b": ", 1) for line in message.split(b"\n"))
            assert (id_[0], data[0]) == (b"id", b"data")
            return int(id_[1]), json.loads(data[1])

    def take(self, count):
        """The ids of the next events."""
        return [next(self)[0] for _ in range(count)]


@contextmanager
def following(api, headers=None, **query):
    """A stream of the application in this process."""
    answer = api.get("/v1/events/stream", headers=headers, **query)
    assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
    assert answer.headers["Cache-Control"] == "no-store"
    try:
        yield Following(answer.iter_encoded())
    finally:
        answer.close()


# --------------------------------------------------------------------------------------------------- in this process


def test_it_tells_what_was_recorded_and_then_what_comes(api):
    stored = api.append(imposed("m", "2020-07-09"), registered("acme"))
    with following(api, after=252) as stream:
        assert [next(stream), next(stream)] == [(event["sequence"], event) for event in stored]
        later = api.append(lifted("m", "2021-01-01"))[0]
        assert next(stream) == (later["sequence"], later)
        api.append(*(registered(f"c{number}") for number in range(3)))
        assert stream.take(3) == [256, 257, 258]


def test_it_tells_everything_from_the_beginning_however_much_it_is(api):
    api.append(*(registered(f"c{number}") for number in range(1000)))
    with following(api, after=0) as stream:
        assert stream.take(1252) == list(range(1, 1253))


def test_last_event_id_goes_before_after(api):
    api.append(registered("a"), registered("b"), registered("c"))
    with following(api, headers={"Last-Event-ID": "254"}) as stream:
        assert stream.take(1) == [255]
    with following(api, headers={"Last-Event-ID": "254"}, after=1) as stream:
        assert stream.take(1) == [255]


def test_without_a_place_it_begins_with_what_comes(api):
    with following(api) as stream:
        stored = api.append(registered("a"))[0]
        assert next(stream) == (stored["sequence"], stored)


def test_it_speaks_at_once_so_that_the_client_knows_it_is_connected(api):
    answer = api.get("/v1/events/stream")
    assert next(answer.iter_encoded()).startswith(b":")
    answer.close()


@pytest.mark.parametrize("header", ["", "x", "-1", "1.5", "9" * 30, "²"])
def test_a_last_event_id_that_is_no_sequence_cannot_be_read(api, header):
    api.problem(api.get("/v1/events/stream", headers={"Last-Event-ID": header}), 400, "bad-request")


def test_a_place_beyond_the_newest_is_invalid(api):
    api.problem(api.get("/v1/events/stream", after=253), 422, "validation-error")
    api.problem(api.get("/v1/events/stream", headers={"Last-Event-ID": "253"}), 422, "validation-error")


def test_one_thread_looks_for_all_streams_and_only_while_somebody_waits(app):
    """However often a stream waits again."""

    def looking():
        return [thread for thread in threading.enumerate() if thread.name == "retorsion-watch"]

    watch = app.extensions["retorsion-watch"]
    for _ in range(20):
        assert not watch.wait_beyond(10**9, 0.001)
        assert len(looking()) <= 1
    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(lambda _: watch.wait_beyond(10**9, 0.01), range(16)))
    for thread in looking():
        thread.join(PATIENCE_SECONDS)
    assert looking() == []


# ---------------------------------------------------------------------------------------------------- the real server


class Server:
    """A server that runs, for one who may append."""

    def __init__(self, url, token):
        self.url, self._headers = url, {"Authorization": f"Bearer {token}"}

    def append(self, *events):
        answer = requests.post(
            f"{self.url}/v1/events", json=list(events), headers=self._headers, timeout=PATIENCE_SECONDS
        )
        assert answer.status_code == 201, answer.text
        return [event["sequence"] for event in answer.json()["items"]]

    @contextmanager
    def following(self, after=None, last=None):
        with requests.get(
            f"{self.url}/v1/events/stream",
            params={"after": after} if after is not None else {},
            headers={"Last-Event-ID": str(last)} if last is not None else {},
            stream=True,
            timeout=PATIENCE_SECONDS,
        ) as answer:
            assert answer.status_code == 200, answer.text
            yield Following(answer.iter_content(None))


@pytest.fixture
def server(serve, ledger):
    """Two workers."""
    token = ledger.create_token("tests", "append")
    with serve(workers=2) as served:
        yield Server(served.url, token)


def test_a_client_that_reconnects_misses_none(server):
    """It goes away in the middle, again and again, while others append; whichever worker it comes back to."""
    seen, last = [], 252
    with ThreadPoolExecutor(1) as pool:
        appending = pool.submit(
            lambda: [server.append(*(registered(f"c{n}-{m}") for m in range(5))) for n in range(40)]
        )
        while len(seen) < 200:
            with server.following(last=last) as stream:
                seen += stream.take(min(17, 200 - len(seen)))
            last = seen[-1]
        appending.result()
    assert seen == list(range(253, 453))


def test_many_open_streams_hear_of_everything_and_hinder_nobody(server):
    with ExitStack() as open_:
        streams = [open_.enter_context(server.following(after=252)) for _ in range(40)]
        for number in range(3):
            server.append(registered(f"c{number}"))
            answer = requests.get(f"{server.url}/v1/actors/us/state", timeout=PATIENCE_SECONDS)
            assert answer.status_code == 200
        for stream in streams:
            assert stream.take(3) == [253, 254, 255]
