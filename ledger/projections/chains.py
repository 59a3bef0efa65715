"""Chains: all that led to a subject, and all that answered it (domain.md, Projections: responses)."""

from dataclasses import dataclass

from ledger.projections.lists import When
from ledger.projections.states import first_days
from ledger.store.session import Session


@dataclass(frozen=True, slots=True)
class Answer:
    """That `subject` answers `answered`, and how many days after that began it first named it."""

    answered: str
    subject: str
    days: int | None


def chain_of(session: Session, subject: str, when: When) -> tuple[list[str], list[Answer]]:
    """The subjects of the chain, `subject` first, and its answers, as of a day.

    It walks from effects to their causes and, apart from that, from causes to their effects: what answers a cause of
    the subject, but not the subject, is another chain. Circles are harmless.
    """
    found: dict[tuple[str, str], int] = {}
    for of, to in (("subject", "answered"), ("answered", "subject")):
        reached, frontier = {subject}, {subject}
        while frontier:
            rows = session.rows(
                f"""
                SELECT answered, subject, named_on FROM responses
                WHERE {of} IN {session.listed("frontier")} AND named_on <= :day
                  AND known_from <= :sequence AND known_to > :sequence
                """,
                frontier=session.listing(frontier),
                day=when.day,
                sequence=when.knowledge.sequence,
            )
            found |= {(answered, answering): named_on for answered, answering, named_on in rows}
            ends = {row[0] if to == "answered" else row[1] for row in rows}
            frontier = ends - reached
            reached |= ends
    subjects = {subject} | {name for pair in found for name in pair}
    begun = first_days(session, subjects, when.knowledge)
    answers = [
        Answer(answered, answering, named_on - begun[answered] if answered in begun else None)
        for (answered, answering), named_on in sorted(found.items())
    ]
    return [subject, *sorted(subjects - {subject})], answers
