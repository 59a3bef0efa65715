"""Requests that wait together are written together: what they leave is what they leave one after the other, alone."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.append import IdempotencyKey, Request
from ledger.errors import Refused
from ledger.service import drafts_of
from ledger.store.tables import PROJECTIONS
from tests.posting import amended, imposed, lifted, merged, registered
from tests.property.histories import histories
from tests.property.product import fresh_sqlite
from tests.property.test_law import law


def appended_alone(ledger, batch, **how):
    """The sequences of a batch, or why it was refused."""
    try:
        return [event.sequence for event in ledger.append(batch, by="tests", **how).events]
    except Refused as refusal:
        return str(refusal)


def appended_in(ledger, session, batch, key=None):
    try:
        request = Request(drafts_of(batch), "tests", key)
        return [event.sequence for event in ledger._appending(session).append(request).events]
    except Refused as refusal:
        return str(refusal)


def in_groups(batches, sizes):
    """The batches in groups of those sizes, again and again."""
    left = list(batches)
    while left:
        for size in sizes:
            if left[:size]:
                yield left[:size]
            left = left[size:]


def left_behind(ledger):
    """Every row that follows from the events, and what the events are, without the times."""
    with ledger.reading() as session:
        tables = {table.name: sorted(session.rows(f"SELECT * FROM {table.name}"), key=repr) for table in PROJECTIONS}
        events = session.rows("SELECT sequence, subject, version, type, day FROM events ORDER BY sequence")
    return {**tables, "events": events}


def same(alone, together, batches, sizes):
    """Appends the batches to both ledgers, and holds what is answered and what is left against each other."""
    answers = []
    for group in in_groups(batches, sizes):
        with together._database.writing() as session:
            answers += [appended_in(together, session, batch) for batch in group]
    assert answers == [appended_alone(alone, batch) for batch in batches]
    assert left_behind(together) == left_behind(alone)
    assert together.rebuild(check=True) == []


@pytest.fixture
def two(sqlite_template):
    return partial(fresh_sqlite, sqlite_template), partial(fresh_sqlite, sqlite_template)


@law(25)
@given(history=histories(), sizes=st.lists(st.integers(1, 6), min_size=1, max_size=3))
def test_any_history_in_any_groups(two, history, sizes):
    one, other = two
    with one() as alone, other() as together:
        batches = [[alone._shifted(draft) for draft in batch] for batch in history]
        same(alone.ledger, together.ledger, batches, sizes)


@pytest.mark.parametrize(
    "batches",
    [
        [[imposed("m", "2020-01-01")], [amended("m", "2020-02-01", set={"title": "T"})], [lifted("m", "2020-03-01")]],
        [[registered("new")], [imposed("m", "2020-01-01", against="new")], [imposed("n", "2020-01-01", by="new")]],
        [[imposed("m", "2020-01-01")], [lifted("m", "2019-01-01")], [lifted("m", "2020-03-01")]],
        [[lifted("m", "2020-03-01")], [imposed("m", "2020-01-01")], [imposed("n", "2020-01-01", against="nobody")]],
        [
            [registered("a"), registered("b"), registered("x"), registered("y")],
            [merged("y", "a", "2020-01-01")], [merged("b", "x", "2020-01-01")],
            [merged("a", "b", "2020-01-01")], [merged("x", "y", "2020-01-01")],
        ],
    ],
    ids=["one subject", "one that another names", "refused in between", "before it was", "a circle of merged actors"],
)  # fmt: skip
def test_what_depends_on_what_is_yet_to_be_written(two, batches):
    one, other = two
    with one() as alone, other() as together:
        same(alone.ledger, together.ledger, batches, [len(batches)])


def test_one_request_that_came_twice_in_a_group_is_answered_once(ledger):
    key = IdempotencyKey.of("tests", "k", "json", b"body")
    with ledger._database.writing() as session:
        first, again = (appended_in(ledger, session, [registered("x")], key) for _ in range(2))
    assert first == again
    assert ledger.head().sequence == first[0]


def test_each_request_of_a_group_has_its_own_time_and_its_own_knowledge(ledger):
    batches = [[imposed("m", "2020-01-01")], [imposed("n", "2020-01-01")], [imposed("o", "2020-01-01")]]
    with ledger._database.writing() as session:
        sequences = [appended_in(ledger, session, batch)[0] for batch in batches]
    with ledger.reading() as session:
        rows = session.rows("SELECT recorded_at FROM events WHERE sequence > 252 ORDER BY sequence")
        since = "SELECT subject, min(known_from) FROM states WHERE subject LIKE 'measure:%' GROUP BY subject"
        known = session.rows(since)
    times = [recorded_at for (recorded_at,) in rows]
    assert times == sorted(set(times))
    assert sorted(known) == [(f"measure:{name}", sequence) for name, sequence in zip("mno", sequences, strict=True)]
