"""Many writers at once: nothing lost, nothing doubled, no gap, no deadlock."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from ledger.append import IdempotencyKey
from ledger.errors import Refused
from tests.posting import amended, imposed

WRITERS = 8
ROUNDS = 12

WRITER = """
import json, sys
from ledger.append import IdempotencyKey
from ledger.errors import Refused, VersionConflict
from ledger.service import Ledger

url, me, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
ledger = Ledger.open(url)
mine, refused = [], 0

def measure(slug):
    return {"type": "imposed", "subject": f"measure:{slug}", "effective_on": "2020-07-09", "data": {
        "title": slug, "imposed_by": ["actor:us"], "targets": [{"actor": "actor:cn"}]}}

sys.stdin.readline()  # all begin together
for number in range(rounds):
    mine += [e.sequence for e in ledger.append([measure(f"{me}-{number}")], by=me).events]
    mine += [e.sequence for e in ledger.append([measure(f"{me}-{number}-{n}") for n in "abc"], by=me).events]
    key = IdempotencyKey.of("all", f"shared-{number}", "json", b"the same body")
    ledger.append([measure(f"shared-{number}")], by="all", key=key)
    try:
        ledger.append([measure("taken"), measure(f"{me}-{number}")], by=me)
    except Refused:
        refused += 1
    while True:
        with ledger.reading() as session:
            version = session.value("SELECT version FROM subjects WHERE subject = 'measure:common'")
        topic = {"type": "amended", "subject": "measure:common", "effective_on": "2020-08-01",
                 "expected_version": version, "data": {"add": {"topics": [f"{me}-{number}"]}}}
        try:
            mine += [e.sequence for e in ledger.append([topic], by=me).events]
            break
        except VersionConflict:
            continue
print(json.dumps({"mine": mine, "refused": refused}))
"""


def test_eight_processes_append_at_once(ledger, database_url):
    ledger.append([imposed("common", "2020-07-09")], by="tests")
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, database_url, f"w{number}", str(ROUNDS)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for number in range(WRITERS)
    ]  # fmt: skip
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    ended = [process.communicate(timeout=200) for process in started]
    assert [process.returncode for process in started] == [0] * WRITERS, [errors for _, errors in ended]
    said = [json.loads(output) for output, _ in ended]
    acknowledged = [sequence for each in said for sequence in each["mine"]]
    assert [each["refused"] for each in said] == [ROUNDS] * WRITERS
    assert len(acknowledged) == len(set(acknowledged)) == WRITERS * ROUNDS * 5

    with ledger.reading() as session:
        rows = session.rows("SELECT sequence, subject, version, recorded_at FROM events ORDER BY sequence")
    sequences = [sequence for sequence, *_ in rows]
    assert sequences == list(range(1, len(rows) + 1)), "no gap"
    assert len(rows) == 253 + WRITERS * ROUNDS * 5 + ROUNDS, "nothing lost, nothing doubled"
    assert set(acknowledged) <= set(sequences)
    versions = {}
    for _, subject, version, _ in rows:
        assert version == versions.get(subject, 0) + 1
        versions[subject] = version
    assert versions["measure:common"] == 1 + WRITERS * ROUNDS
    assert all(versions[f"measure:shared-{number}"] == 1 for number in range(ROUNDS))
    times = [time for *_, time in rows]
    assert times == sorted(times)
    assert ledger.rebuild(check=True) == []


def test_threads_share_a_commit_and_one_that_is_refused_takes_nobody_with_it(ledger):
    together = Barrier(WRITERS)

    def write(number):
        together.wait()
        outcomes = []
        for attempt in range(20):
            event = imposed(f"m{number}-{attempt}", "2020-07-09", by="nobody" if attempt % 3 == 0 else "us")
            try:
                outcomes.append(ledger.append([event], by="tests").events[0].sequence)
            except Refused:
                outcomes.append(None)
        return outcomes

    with ThreadPoolExecutor(WRITERS) as pool:
        outcomes = [outcome for each in pool.map(write, range(WRITERS)) for outcome in each]
    stored = sorted(outcome for outcome in outcomes if outcome)
    assert outcomes.count(None) == WRITERS * 7
    assert stored == list(range(253, 253 + WRITERS * 13))
    assert ledger.rebuild(check=True) == []


def test_equal_requests_that_race_are_answered_alike_and_stored_once(ledger):
    together = Barrier(WRITERS)

    def write(_):
        together.wait()
        key = IdempotencyKey.of("tests", "one", "json", b"body")
        return ledger.append(
            [imposed("m", "2020-07-09"), amended("m", "2020-07-10", add={"topics": ["x"]})], by="t", key=key
        )

    with ThreadPoolExecutor(WRITERS) as pool:
        answers = list(pool.map(write, range(WRITERS)))
    assert len({tuple(event.json() for event in answer.events) for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1
    assert ledger.head().sequence == 254
