"""The use cases, by name: what a caller can ask of the ledger and tell it."""

import csv
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib.resources import files
from typing import Any

from ledger.append import Appended, IdempotencyKey, Request, append, judge
from ledger.domain.corrections import Record
from ledger.domain.events import Draft, draft, kind_of
from ledger.domain.history import Change, changes_of
from ledger.domain.timeline import Span, fold
from ledger.domain.values import Problem
from ledger.errors import Invalid
from ledger.projections.batch import Batch
from ledger.projections.rebuild import Difference, rebuild
from ledger.store.database import UNAVAILABLE, Database
from ledger.store.events import Event, Head, head_of, told_of
from ledger.store.schema import migrate
from ledger.store.session import Session
from ledger.store.tokens import Token, all_tokens, create_token, revoke_token, token_of
from ledger.store.writer import Writer
from ledger.times import now

BUILTIN_BY = "retorsion"
"""Who records the built-in actors."""


__all__ = ["UNAVAILABLE", "Ledger", "Previewed", "drafts_of"]


class Previewed:
    """What a dry run found: the event that would be stored, what it changes, its subject's spans as they would be."""

    def __init__(self, event: Event, changes: list[Change], spans: Sequence[Span]) -> None:
        self.event, self.changes, self.spans = event, changes, spans


class Ledger:
    """A ledger in one database."""

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database = database
        self._writer = Writer(database)
        self._clock = clock

    @classmethod
    def open(cls, database_url: str) -> "Ledger":
        """The ledger at an SQLAlchemy URL. Nothing is connected yet. Raises UnusableDatabase for a wrong URL."""
        return cls(Database(database_url))

    def init(self) -> None:
        """Create or migrate the database and register the built-in actors. Harmless when repeated."""
        migrate(self._database)
        drafts = drafts_of(_builtin_actors())

        def register(session: Session) -> None:
            if head_of(session, hold=True).sequence == 0:
                append(session, Request(drafts, BUILTIN_BY), self._clock)

        self._writer.write(register)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def reading(self, *, once: bool = False) -> AbstractContextManager[Session]:
        """A snapshot of the ledger, for as long as this lasts; with `once`, for one statement."""
        return self._database.reading(once=once)

    def head(self) -> Head:
        """The newest event."""
        with self.reading(once=True) as session:
            return head_of(session)

    def append(
        self,
        events: Sequence[Any],
        *,
        by: str,
        key: IdempotencyKey | None = None,
        single: bool = False,
        expected_version: int | None = None,
    ) -> Appended:
        """Append `events`, as they are posted, as one batch: all or none.

        With `single`, problems point into the one event, not into an array; `expected_version` is then what If-Match
        said. Raises Invalid, TimelineConflict, VersionConflict, KeyReused.
        """
        request = Request(drafts_of(events, single=single), by, key, single, expected_version)
        return self._writer.write(lambda session: append(session, request, self._clock))

    def dry_run(
        self, events: Sequence[Any], *, by: str, single: bool = False, expected_version: int | None = None
    ) -> list[Previewed]:
        """What `append` would store and change. Raises as it does; stores nothing."""
        request = Request(drafts_of(events, single=single), by, None, single, expected_version)
        with self.reading() as session:
            batch, found = judge(session, request, self._clock)
            records = _records(session, batch, found[0].sequence)
        changes = {name: changes_of(kind_of(name), record) for name, record in records.items()}
        spans = {name: fold(kind_of(name), record.entries())[0].spans() for name, record in records.items()}
        return [Previewed(event, changes[event.subject][event.sequence], spans[event.subject]) for event in found]

    def rebuild(self, *, check: bool = False) -> list[Difference]:
        """Rebuild the projections from the events, beside the live ones, and swap them in.

        Returns how the live ones differed. With `check` they are only compared.
        """
        return rebuild(self._database, self._writer, check=check)

    def create_token(self, name: str, scope: str) -> str:
        """A new token's secret. Raises TokenRefused."""
        return self._writer.write(lambda session: create_token(session, name, scope, self._clock()))

    def revoke_token(self, name: str) -> None:
        """Revoke a token. Raises TokenRefused."""
        self._writer.write(lambda session: revoke_token(session, name, self._clock()))

    def tokens(self) -> list[Token]:
        """Every token there is or was."""
        with self.reading() as session:
            return all_tokens(session)

    def token_of(self, secret: str) -> Token | None:
        """The token with that secret, if it is in use."""
        with self.reading(once=True) as session:
            return token_of(session, secret)


def drafts_of(events: Sequence[Any], *, single: bool = False) -> list[Draft]:
    """The drafts of posted events. Raises Invalid with all that is wrong with any of them."""
    drafts: list[Draft] = []
    problems: list[Problem] = []
    for index, event in enumerate(events):
        found = draft(event, "" if single else f"/{index}")
        if isinstance(found, Draft):
            drafts.append(found)
        else:
            problems += found
    if problems:
        raise Invalid(problems)
    return drafts


def _records(session: Session, batch: Batch, first: int) -> dict[str, Record]:
    """What is told of each subject of `batch`, whose first event is `first`, with what the batch tells."""
    stored = told_of(session, batch.subjects, first)
    return {
        name: Record([*stored[name], *(told for told, _ in subject.told)]) for name, subject in batch.subjects.items()
    }


def _builtin_actors() -> list[dict[str, Any]]:
    """domain.md, Subjects: what the ledger registers at first start, as ordinary events."""
    text = files("ledger").joinpath("builtin_actors.csv").read_text("utf-8")
    events = []
    for row in csv.DictReader(text.splitlines()):
        data: dict[str, Any] = {"category": row["category"], "name": row["name"]}
        if row["part_of"]:
            data["part_of"] = [f"actor:{row['part_of']}"]
        events.append({"type": "registered", "subject": f"actor:{row['slug']}", "data": data})
    return events
