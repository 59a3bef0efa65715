"""The ledger as known at a sequence, read part by part, each in a short transaction of its own.

What was known at a sequence never changes: so the parts fit together whatever is recorded meanwhile, and a slow reader
holds no connection and no snapshot of the database.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

from ledger.projections.lists import When
from ledger.projections.states import number_of_subjects, subjects_after
from ledger.store.events import head_of
from ledger.store.session import Session

T = TypeVar("T")

SUBJECTS_AT_ONCE = 250


class Part(NamedTuple):
    """A part of an export: some of its bytes, and how much of the whole it stands for, in the units of `total`."""

    body: bytes
    done: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The ledger as of a day, as known at a sequence."""

    reading: Callable[[], AbstractContextManager[Session]]
    when: When

    @property
    def sequence(self) -> int:
        """As known once this event was recorded."""
        return self.when.knowledge.sequence

    def known_at(self, sequence: int, recorded_at: int | None) -> "Snapshot":
        """The same as known at another sequence, whose event was recorded then."""
        knowledge = replace(self.when.knowledge, sequence=sequence, recorded_at=recorded_at)
        return replace(self, when=replace(self.when, knowledge=knowledge))

    @contextmanager
    def read(self) -> Iterator[tuple[Session, When]]:
        """A transaction, and where in it to look: rectangles are filed by what is known meanwhile."""
        with self.reading() as session:
            yield session, self.in_transaction(session)

    def in_transaction(self, session: Session) -> When:
        """Where to look in that transaction."""
        knowledge = replace(self.when.knowledge, newest=head_of(session).sequence)
        return replace(self.when, knowledge=knowledge)

    def number_of_subjects(self, kind: str = "") -> int:
        """How many subjects of that kind there are to be looked at; unless given, of any."""
        with self.reading() as session:
            return number_of_subjects(session, kind)

    def walked(self, look: Callable[[Session, When, list[str]], T], kind: str = "") -> Iterator[tuple[T, int]]:
        """What `look` makes of all subjects of that kind in their order, some at a time; and of how many.

        It is called in a transaction, told where to look in that. Some subjects may not have been known yet.
        """
        after = ""
        while True:
            with self.read() as (session, when):
                subjects = subjects_after(session, after, SUBJECTS_AT_ONCE, kind)
                found = look(session, when, subjects)
            if not subjects:
                return
            yield found, len(subjects)
            after = subjects[-1]
