"""What the projections promise of themselves, whatever was recorded: read from the tables, after random histories."""

from functools import partial

import pytest
from hypothesis import given, note

from ledger.domain.corrections import Record
from ledger.domain.dates import EVER, FOREVER
from ledger.domain.events import kind_of
from ledger.domain.rectangles import fork
from ledger.domain.timeline import fold
from ledger.projections.asof import Knowledge, known_at_sequence, known_now
from ledger.projections.facets import STATUS_CODES, facets_of
from ledger.projections.lists import When
from ledger.projections.standing import Standing, standing_on
from ledger.projections.states import held_on, timelines_of
from ledger.store.events import head_of, told_of, version_at
from ledger.store.tables import STILL_KNOWN
from tests.property.histories import histories
from tests.property.product import as_json, fresh_sqlite
from tests.property.test_law import law


@pytest.fixture(scope="module")
def fresh(sqlite_template):
    return partial(fresh_sqlite, sqlite_template)


def recorded(product, history):
    """Post what is accepted of a history. Every sequence that was the newest at some time."""
    note(as_json(history))
    sequences = {product.ledger.head().sequence}
    for batch in history:
        product.post(batch)
        sequences.add(product.ledger.head().sequence)
    return sorted(sequences)


def subjects_of(session, history):
    known = {subject for (subject,) in session.rows("SELECT subject FROM subjects")}
    return sorted({draft["subject"] for batch in history for draft in batch} & known)


@law(20)
@given(history=histories())
def test_rectangles_tile_every_day_for_every_sequence_that_knew_the_subject(fresh, history):
    with fresh() as product:
        newest = recorded(product, history)
        with product.ledger.reading() as session:
            for known in newest:
                knowledge = Knowledge(known, 0, newest[-1])
                for subject in subjects_of(session, history):
                    spans = list(timelines_of(session, [subject], knowledge))
                    if not spans:
                        assert not told_of(session, [subject], known + 1)[subject]
                        continue
                    edges = [(span.valid_from, span.valid_to) for span in spans]
                    assert edges[0][0] == EVER
                    assert edges[-1][1] == FOREVER
                    assert [end for _, end in edges[:-1]] == [start for start, _ in edges[1:]]


@law(20)
@given(history=histories())
def test_rectangles_equal_the_fold_of_what_was_told_for_every_day_and_sequence(fresh, history):
    """Kept as events arrive, most of them folded onto what was known: the same as folded anew from the first."""
    with fresh() as product:
        newest = recorded(product, history)
        with product.ledger.reading() as session:
            for known in newest:
                knowledge = Knowledge(known, 0, newest[-1])
                for subject, told in told_of(session, subjects_of(session, history), known + 1).items():
                    if not told:
                        continue
                    timeline, clashes = fold(kind_of(subject), Record(told).entries())
                    assert not clashes
                    for span in timeline.spans():
                        for day in {span.valid_from, span.valid_to - 1}:
                            held = held_on(session, subject, day, knowledge)
                            found = (held.valid_from, held.valid_to, held.status_since, held.live_since, held.exact)
                            assert found == (
                                span.valid_from, span.valid_to, span.status_since, span.live_since, span.exact,
                            )  # fmt: skip
                            assert held.state == span.state


@law(20)
@given(history=histories())
def test_every_rectangle_is_filed_where_its_knowledge_says(fresh, history):
    with fresh() as product:
        recorded(product, history)
        with product.ledger.reading() as session:
            rows = session.rows("SELECT node, known_from, known_to FROM states")
            assert rows
            for node, known_from, known_to in rows:
                assert node == (0 if known_to == STILL_KNOWN else fork(known_from, known_to - 1))


@law(20)
@given(history=histories())
def test_states_are_found_by_their_facets_once_on_every_day_and_as_known_at_every_sequence(fresh, history):
    with fresh() as product:
        newest = recorded(product, history)
        with product.ledger.reading() as session:
            named = set(subjects_of(session, history))
            for known in newest:
                knowledge = Knowledge(known, 0, newest[-1])
                spans = list(timelines_of(session, named, knowledge))
                for day in {day for span in spans for day in (span.valid_from, span.valid_to - 1)}:
                    there = [
                        (facet, span.valid_from, span.subject, STATUS_CODES[span.status])
                        for span in spans
                        if span.valid_from <= day < span.valid_to
                        for facet in facets_of(kind_of(span.subject), span.state)
                    ]
                    holding = When(day, knowledge).holding("f")
                    found = session.rows(
                        f"SELECT facet, valid_from, subject, status FROM facets AS f WHERE {holding}"
                        f" AND subject IN {session.listed('named')}",
                        named=session.listing(named), day=day, sequence=known,
                    )  # fmt: skip
                    assert sorted(found) == sorted(there)


def standing_by_parts(session, subject, day, knowledge):
    held = held_on(session, subject, day, knowledge)
    return Standing(knowledge, version_at(session, subject, knowledge.sequence), held) if held else None


@law(20)
@given(history=histories())
def test_one_statement_says_how_a_subject_stood_as_several_do(fresh, history):
    with fresh() as product:
        sequences = recorded(product, history)
        with product.ledger.reading() as session:
            head = head_of(session)
            for subject in [*subjects_of(session, history), "measure:nobody-knows-it"]:
                spans = timelines_of(session, [subject], known_now(head))
                edges = {day for span in spans for day in (span.valid_from, span.valid_to)} - {EVER, FOREVER}
                for day in {EVER + 1, FOREVER - 1} | edges:
                    now = standing_by_parts(session, subject, day, known_now(head))
                    assert standing_on(session, subject, day) == now
                    for known in sequences:
                        knowledge = known_at_sequence(session, head, known)
                        then = standing_by_parts(session, subject, day, knowledge)
                        assert standing_on(session, subject, day, known_at_sequence=known) == then
                        assert standing_on(session, subject, day, known_at=knowledge.recorded_at) == then


def test_of_a_time_before_and_an_event_after_the_ledger_nothing_is_said(fresh):
    with fresh() as product, product.ledger.reading() as session:
        head = head_of(session)
        assert standing_on(session, "actor:us", 1, known_at=0) is None
        assert standing_on(session, "actor:us", 1, known_at_sequence=0) is None
        assert standing_on(session, "actor:us", 1, known_at_sequence=head.sequence + 1) is None
        assert standing_on(session, "actor:us", 1, known_at=head.recorded_at + 1) == standing_on(session, "actor:us", 1)
