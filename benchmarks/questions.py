"""As-of questions: the state of a measure on a day, as known at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ledger.domain.dates import day_text
from ledger.projections.asof import known_at_time, known_now
from ledger.projections.lists import When
from ledger.projections.states import held_on
from ledger.schemas.answers import as_of_members, known_at_text, state_json
from ledger.service import Ledger
from ledger.store.events import head_of, version_at
from ledger.times import time_text


@dataclass(frozen=True, slots=True)
class Question:
    """How did `subject` stand on that day, as known at that time (microseconds; None: now)?"""

    subject: str
    day: int
    known_at: int | None

    @property
    def path(self) -> str:
        """The question as a URI of the API."""
        known_at = f"&known_at={time_text(self.known_at)}" if self.known_at is not None else ""
        return f"/v1/measures/{self.subject.partition(':')[2]}?at={day_text(self.day)}{known_at}"


def questions_on(ledger: Ledger, number: int, *, seed: int = 1) -> list[Question]:
    """Questions on measures of the ledger at random, from their first event on; half are as known long ago."""
    chance = Random(seed)
    with ledger.reading() as session:
        told = session.rows("SELECT subject, day, recorded_at FROM events WHERE subject LIKE 'measure:%'")
    questions = []
    for index, (subject, day, recorded_at) in enumerate(chance.choices(told, k=number)):
        questions.append(Question(subject, day + chance.randrange(100), recorded_at if index % 2 else None))
    return questions


def answer(ledger: Ledger, question: Question) -> bytes:
    """The answer, as the API gives it: all that is done for it but HTTP itself."""
    with ledger.reading() as session:
        head = head_of(session)
        knowledge = known_now(head) if question.known_at is None else known_at_time(session, head, question.known_at)
        held = held_on(session, question.subject, question.day, knowledge)
        assert held, f"{question.subject} was not known"
        version = version_at(session, question.subject, knowledge.sequence)
    members = as_of_members(When(question.day, knowledge), known_at_text(knowledge, question.known_at))
    return state_json(held, members, version)


def answer_all(ledger: Ledger, questions: Sequence[Question]) -> None:
    """Answer each."""
    for question in questions:
        answer(ledger, question)
