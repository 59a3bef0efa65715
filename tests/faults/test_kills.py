"""kill -9 in the middle of appends: every event that was acknowledged is there, whole, and nothing else is amiss."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import requests

from ledger.service import Ledger
from tests.posting import amended, imposed

WRITERS = 4
ACKNOWLEDGED_BEFORE_THE_KILL = 60
PATIENCE_SECONDS = 60


def test_after_a_kill_every_acknowledged_event_is_there(serve, ledger, database_url):
    """Single events and batches, some of them on one subject, by several clients of two workers."""
    ledger.append([imposed("common", "2020-07-09")], by="tests")
    token = ledger.create_token("tests", "append")
    acknowledged, enough = [], Event()

    def append(url, number):
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {token}"
            for attempt in range(10_000):
                name = f"w{number}-{attempt}"
                events = [imposed(f"{name}-{part}", "2020-07-09") for part in "abc"] if attempt % 2 else [
                    amended("common", "2020-08-01", add={"topics": [name]})
                ]  # fmt: skip
                try:
                    answer = session.post(f"{url}/v1/events", json=events, timeout=PATIENCE_SECONDS)
                except requests.RequestException:
                    return
                assert answer.status_code == 201, answer.text
                acknowledged.extend(answer.json()["items"])
                if len(acknowledged) >= ACKNOWLEDGED_BEFORE_THE_KILL:
                    enough.set()

    with serve(workers=2) as served, ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(append, served.url, number) for number in range(WRITERS)]
        assert enough.wait(PATIENCE_SECONDS)
        os.killpg(served.process.pid, signal.SIGKILL)
        for each in writing:
            each.result()
        served.process.wait()

    reopened = Ledger.open(database_url)
    with reopened.reading() as session:
        stored = session.rows("SELECT sequence, subject, version, leaf_hash FROM events ORDER BY sequence")
    assert [sequence for sequence, *_ in stored] == list(range(1, len(stored) + 1))
    found = {sequence: (subject, version, bytes(leaf_hash).hex()) for sequence, subject, version, leaf_hash in stored}
    for event in acknowledged:
        assert found[event["sequence"]] == (event["subject"], event["version"], event["leaf_hash"])
    batches = {subject[:-2] for _, subject, *_ in stored if subject.endswith(("-a", "-b", "-c"))}
    assert all({f"{batch}-{part}" for part in "abc"} <= {subject for _, subject, *_ in stored} for batch in batches)
    assert reopened.head().sequence == len(stored)
    assert reopened.rebuild(check=True) == []
    reopened.append([imposed("afterwards", "2020-07-09")], by="tests")
    reopened.close()
