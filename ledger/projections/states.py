"""States as of a day and a knowledge: one subject's, its timeline, and those of many subjects."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import orjson

from ledger.domain.dates import EVER, FOREVER
from ledger.domain.rectangles import OPEN
from ledger.domain.states import State
from ledger.projections.asof import Knowledge
from ledger.store.session import Row, Session

COLUMNS = "s.subject, s.valid_from, s.valid_to, s.status, s.status_since, s.live_since, s.exact, t.terms, s.beside"
WITH_TERMS = "LEFT JOIN terms AS t ON t.id = s.terms"


@dataclass(frozen=True)
class Held:
    """A span of days and what is known to hold over it."""

    subject: str
    valid_from: int
    valid_to: int
    status: str
    status_since: int
    live_since: int
    exact: bool
    terms: bytes | None
    """JSON; None where the subject has not begun."""
    beside: bytes | None
    """JSON of an object: `suspension`, `suspensions` or `merged_into`; None where there is none."""

    @cached_property
    def state(self) -> State:
        """The state that holds."""
        terms = None if self.terms is None else orjson.loads(self.terms)
        return State(self.status, terms, **orjson.loads(self.beside or b"{}"))

    @property
    def content(self) -> bytes:
        """Members of a JSON object: `"terms": …`, and those beside them."""
        terms = b"null" if self.terms is None else self.terms
        return b'"terms":%s' % terms if self.beside is None else b'"terms":%s,%s' % (terms, self.beside[1:-1])


def held_on(session: Session, subject: str, day: int, knowledge: Knowledge) -> Held | None:
    """What is known to hold of `subject` on `day`; None where it was not known yet.

    One index probe for each node on the path to the sequence asked for; one in all for what is known now. CROSS JOIN,
    here and below, because SQLite keeps to its order: node by node, not span by span.
    """
    if knowledge.nodes == [OPEN]:  # the spans that are known now have every day
        row = session.row(
            f"SELECT {COLUMNS} FROM states AS s {WITH_TERMS} WHERE s.subject = :subject AND s.node = 0"
            " AND s.valid_from <= :day ORDER BY s.valid_from DESC LIMIT 1",
            subject=subject,
            day=day,
        )
        return Held(*row) if row else None
    row = session.row(
        f"""
        SELECT {COLUMNS} FROM {session.listed_integers("nodes")} AS node CROSS JOIN states AS s {WITH_TERMS}
        WHERE s.subject = :subject AND s.node = node.value AND s.valid_from = (
            SELECT max(valid_from) FROM states
            WHERE subject = :subject AND node = node.value AND valid_from <= :day)
          AND s.valid_to > :day AND s.known_from <= :sequence AND s.known_to > :sequence
        """,
        subject=subject,
        day=day,
        nodes=session.listing(knowledge.nodes),
        sequence=knowledge.sequence,
    )
    return Held(*row) if row else None


def timelines_of(session: Session, subjects: Iterable[str], knowledge: Knowledge) -> Iterator[Held]:
    """All spans of each of `subjects` as they were known, in the order of subjects and days."""
    rows = session.rows(
        f"""
        SELECT {COLUMNS} FROM states AS s {WITH_TERMS}
        WHERE s.subject IN {session.listed("subjects")} AND s.node IN {session.listed_integers("nodes")}
          AND s.known_from <= :sequence AND s.known_to > :sequence
        ORDER BY s.subject, s.valid_from
        """,
        subjects=session.listing(subjects),
        nodes=session.listing(knowledge.nodes),
        sequence=knowledge.sequence,
    )
    return (Held(*row) for row in rows)


def every_rectangle(session: Session, kinds: Iterable[str], subjects: Iterable[str] | None = None) -> Iterator[Row]:
    """Every rectangle with terms of the subjects of some kinds, or of those in `subjects` alone, in their order.

    Each is a row: subject, valid_from, valid_to, known_from, known_to, status, where the terms are kept, they as JSON,
    and as JSON what is beside them.
    """
    of_kinds = " OR ".join(f"s.subject > '{kind}:' AND s.subject < '{kind};'" for kind in kinds)
    among = "" if subjects is None else f" AND s.subject IN {session.listed('subjects')}"
    return session.stream(
        f"""
        SELECT s.subject, s.valid_from, s.valid_to, s.known_from, s.known_to, s.status, t.id, t.terms, s.beside
        FROM states AS s JOIN terms AS t ON t.id = s.terms WHERE ({of_kinds}){among}
        ORDER BY s.subject
        """,
        **({} if subjects is None else {"subjects": session.listing(subjects)}),
    )


def held_of_each(session: Session, subjects: Iterable[str], day: int, knowledge: Knowledge) -> dict[str, Held]:
    """What is known to hold on `day` of each of `subjects` that was known."""
    rows = session.rows(
        f"""
        SELECT {COLUMNS} FROM {session.listed("subjects")} AS wanted
        CROSS JOIN {session.listed_integers("nodes")} AS node CROSS JOIN states AS s {WITH_TERMS}
        WHERE s.subject = wanted.value AND s.node = node.value AND s.valid_from = (
            SELECT max(valid_from) FROM states
            WHERE subject = wanted.value AND node = node.value AND valid_from <= :day)
          AND s.valid_to > :day AND s.known_from <= :sequence AND s.known_to > :sequence
        """,
        subjects=session.listing(subjects),
        nodes=session.listing(knowledge.nodes),
        day=day,
        sequence=knowledge.sequence,
    )
    return {row[0]: Held(*row) for row in rows}


def inexact_among(session: Session, days: Iterable[tuple[str, int]], knowledge: Knowledge) -> set[tuple[str, int]]:
    """Of those first days of spans, each with its subject, those that are not known exactly, as was known."""
    wanted = set(days)
    rows = session.rows(
        f"""
        SELECT s.subject, s.valid_from FROM states AS s
        WHERE s.subject IN {session.listed("subjects")} AND s.node IN {session.listed_integers("nodes")}
          AND s.valid_from IN {session.listed_integers("days")}
          AND s.known_from <= :sequence AND s.known_to > :sequence AND NOT s.exact
        """,
        subjects=session.listing({subject for subject, _ in wanted}),
        nodes=session.listing(knowledge.nodes),
        days=session.listing({day for _, day in wanted}),
        sequence=knowledge.sequence,
    )
    return wanted.intersection(rows)


def subjects_after(session: Session, after: str, limit: int, kind: str = "") -> list[str]:
    """The first `limit` subjects, of that kind, that come after `after` in the order of their bytes."""
    rows = session.rows(
        "SELECT subject FROM subjects WHERE subject > :after AND subject < :end ORDER BY subject LIMIT :limit",
        after=max(after, f"{kind}:" if kind else ""),
        end=f"{kind};" if kind else "~",
        limit=limit,
    )
    return [subject for (subject,) in rows]


def number_of_subjects(session: Session, kind: str = "") -> int:
    """How many subjects of that kind there are, as known now."""
    number: int = session.value(
        "SELECT count(*) FROM subjects WHERE subject > :start AND subject < :end",
        start=f"{kind}:" if kind else "",
        end=f"{kind};" if kind else "~",
    )
    return number


class Rectangle(NamedTuple):
    """What was known to hold over a span of days, for a span of sequences, of which `known_to` is the first after it.

    It is None where that is not over.
    """

    held: Held
    known_from: int
    known_to: int | None


def rectangles_of(session: Session, subjects: Iterable[str], sequence: int) -> list[Rectangle]:
    """All that was ever known of each of `subjects` up to `sequence`, by subject, day and sequence."""
    rows = session.rows(
        f"""
        SELECT {COLUMNS}, s.known_from, s.known_to FROM states AS s {WITH_TERMS}
        WHERE s.subject IN {session.listed("subjects")} AND s.known_from <= :sequence
        ORDER BY s.subject, s.valid_from, s.known_from
        """,
        subjects=session.listing(subjects),
        sequence=sequence,
    )
    return [Rectangle(Held(*row[:-2]), row[-2], None if row[-1] > sequence else row[-1]) for row in rows]


def first_days(session: Session, subjects: Iterable[str], knowledge: Knowledge) -> dict[str, int]:
    """The first day on which each of `subjects` holds, of those known that begin on a day.

    Before it a subject has the status `none`, from the beginning of time.
    """
    before = held_of_each(session, subjects, EVER, knowledge)
    return {
        subject: held.valid_to for subject, held in before.items() if held.status == "none" and held.valid_to < FOREVER
    }


def versions_at(session: Session, subjects: Iterable[str], sequence: int) -> dict[str, int]:
    """The version of each of `subjects` at `sequence`, of those known then."""
    rows = session.rows(
        f"""
        SELECT wanted.value, (
            SELECT version FROM events WHERE subject = wanted.value AND sequence <= :sequence
            ORDER BY sequence DESC LIMIT 1)
        FROM {session.listed("subjects")} AS wanted
        """,
        subjects=session.listing(subjects),
        sequence=sequence,
    )
    return {subject: version for subject, version in rows if version is not None}
