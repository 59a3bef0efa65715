"""Chains: all that led to a subject, and all that answered it (domain.md, Projections: responses)."""

from dataclasses import dataclass
from typing import Literal

from ledger.projections.lists import When
from ledger.projections.states import first_days
from ledger.store.session import Row, Session

_HELD = "named_on <= :day AND known_from <= :sequence AND known_to > :sequence"


@dataclass(frozen=True, slots=True)
class Answer:
    """That `subject` answers `answered`, and how many days after that began it first named it."""

    answered: str
    subject: str
    days: int | None


def chain_of(session: Session, subject: str, when: When) -> tuple[list[str], list[Answer]]:
    """The subjects of the chain, `subject` first, and every answer of one of them to another, as of a day.

    It walks from effects to their causes and, apart from that, from causes to their effects: what answers a cause of
    the subject, but not the subject, is another chain. Circles are harmless.
    """
    causes, effects = (_walk(session, subject, step, when) for step in ("to its causes", "to its effects"))
    names = {subject} | causes | effects
    named = f"subject IN {session.listed('names')} AND answered IN {session.listed('names')}"
    rows = _answers(session, named, when, names)
    begun = first_days(session, names, when.knowledge)
    answers = [
        Answer(answered, answering, named_on - begun[answered] if answered in begun else None)
        for answered, answering, named_on in rows
    ]
    return [subject, *sorted(names - {subject})], answers


def _walk(session: Session, start: str, step: Literal["to its causes", "to its effects"], when: When) -> set[str]:
    end, found = (0, "subject") if step == "to its causes" else (1, "answered")
    reached, frontier = {start}, {start}
    while frontier:
        rows = _answers(session, f"{found} IN {session.listed('names')}", when, frontier)
        frontier = {row[end] for row in rows} - reached
        reached |= frontier
    return reached


def _answers(session: Session, condition: str, when: When, names: set[str]) -> list[Row]:
    return session.rows(
        f"SELECT answered, subject, named_on FROM responses WHERE {condition} AND {_HELD} ORDER BY answered, subject",
        names=session.listing(names),
        day=when.day,
        sequence=when.knowledge.sequence,
    )
