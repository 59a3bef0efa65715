"""The use cases, by name: what a caller can ask of the ledger and tell it."""

import csv
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from importlib.resources import files
from pathlib import Path
from typing import Any

from ledger.append import Appended, Appending, IdempotencyKey, Request, judge
from ledger.audit.checkpoint import Checkpoint
from ledger.audit.leaves import leaf_hash
from ledger.audit.note import Note, NoteKey
from ledger.audit.proofs import ProofRefused, verify_inclusion
from ledger.audit.tlog_proof import TlogProof
from ledger.domain.corrections import Record
from ledger.domain.events import Draft, draft, kind_of
from ledger.domain.history import Change, changes_of
from ledger.domain.timeline import Span, fold
from ledger.domain.values import Problem
from ledger.errors import Invalid, Unsigned
from ledger.exports.snapshot import Snapshot
from ledger.feeds.archive import Archive
from ledger.feeds.reading import Feed
from ledger.garbage import nothing_collected
from ledger.importing import MAX_REMOVALS, Imported, Importing
from ledger.log.bundles import Claim, bundle_of, covering
from ledger.log.custody import Custody
from ledger.log.leaves import inclusion, leaf
from ledger.log.publishing import Cosign, Log
from ledger.projections.batch import Batch
from ledger.projections.lists import When
from ledger.projections.rebuild import Difference, rebuild
from ledger.screening.answers import Inquiry
from ledger.screening.evidence import Screened, check_screened, evidence
from ledger.screening.screening import Screening
from ledger.settings import Settings
from ledger.store.database import UNAVAILABLE, Database
from ledger.store.events import Event, Head, head_of, held_head, told_of
from ledger.store.readings import StoredReading, all_readings
from ledger.store.schema import migrate
from ledger.store.session import Session
from ledger.store.tokens import Token, all_tokens, create_token, revoke_token, token_of
from ledger.store.writer import Writer
from ledger.times import now, seconds

BUILTIN_BY = "retorsion"
"""Who records the built-in actors."""


__all__ = ["UNAVAILABLE", "Ledger", "Previewed", "drafts_of"]


class Previewed:
    """What a dry run found: the event that would be stored, what it changes, its subject's spans as they would be."""

    def __init__(self, event: Event, changes: list[Change], spans: Sequence[Span]) -> None:
        self.event, self.changes, self.spans = event, changes, spans


class Ledger:
    """A ledger in one database."""

    def __init__(
        self,
        database: Database,
        custody: Custody,
        clock: Callable[[], int] = now,
        cosign: Cosign | None = None,
        archive: Archive | None = None,
    ) -> None:
        self._database = database
        self._writer = Writer(database)
        self._clock = clock
        self.log = Log(database, self._writer, custody, cosign)
        self.screening = Screening()
        self.archive = archive or Archive(database.archive_folder)

    @classmethod
    def open(cls, database_url: str, custody: Custody | None = None) -> "Ledger":
        """The ledger at an SQLAlchemy URL. Nothing is connected yet. Raises UnusableDatabase for a wrong URL.

        `custody` has what is kept outside the database; unless given, it is a folder beside SQLite's file, or in the
        working directory.
        """
        database = Database(database_url)
        return cls(database, custody or Custody(database.folder))

    @classmethod
    def configured(cls, settings: Settings, cosign: Cosign | None = None) -> "Ledger":
        """The ledger that `settings` name, whose checkpoints `cosign` has cosigned."""
        database = Database(settings.database_url)
        folder = Path(settings.audit_folder) if settings.audit_folder else database.folder
        custody = Custody(folder, key_text=settings.signing_key or None, origin=settings.origin or None)
        archive = Archive(Path(settings.archive_folder)) if settings.archive_folder else None
        return cls(database, custody, cosign=cosign, archive=archive)

    def init(self) -> None:
        """Create or migrate the database, make the log's key and register the built-in actors. Harmless when repeated.

        Raises Unsigned.
        """
        migrate(self._database)
        with self.reading() as session:
            if not session.value("SELECT count(*) FROM checkpoints"):  # else the folder is there, or was lost
                self.log.custody.begin()
        drafts = drafts_of(_builtin_actors())

        def register(session: Session) -> None:
            if held_head(session)[0].sequence == 0:
                self._appending(session).append(Request(drafts, BUILTIN_BY))

        self._writer.write(register)
        self.log.grown()

    def close(self) -> None:
        """Sign what was appended, and close every connection."""
        self.log.close()
        self._database.close()

    def reading(self, *, once: bool = False) -> AbstractContextManager[Session]:
        """A snapshot of the ledger, for as long as this lasts; with `once`, for one statement."""
        return self._database.reading(once=once)

    def snapshot(self, when: When) -> Snapshot:
        """The ledger as of `when`, to be exported: see `ledger.exports.formats`."""
        return Snapshot(self.reading, when)

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
        placed: Callable[[int, Sequence[Draft]], Sequence[Draft]] | None = None,
    ) -> Appended:
        """Append `events`, as they are posted, as one batch: all or none.

        With `single`, problems point into the one event, not into an array; `expected_version` is then what If-Match
        said. `placed` is what the drafts become once it is certain after which event they come: for those that name
        others of the batch. Raises Invalid, TimelineConflict, VersionConflict, KeyReused.
        """
        with nothing_collected():
            request = Request(drafts_of(events, single=single), by, key, single, expected_version)

            def append(session: Session) -> Appended:
                appending = self._appending(session)
                return appending.append(request.placed(appending.newest().sequence, placed) if placed else request)

            appended = self._writer.write(append)
        self.log.grown()
        return appended

    def _appending(self, session: Session) -> Appending:
        """The appends of that transaction."""
        if session.shared is None:
            session.shared = Appending(session, self._clock, self.log)
        appending: Appending = session.shared
        return appending

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

    def import_reading(
        self,
        feed: Feed,
        path: Path,
        *,
        by: str,
        published_on: str | None = None,
        fetched_on: str | None = None,
        max_removals: float = MAX_REMOVALS,
        dry_run: bool = False,
    ) -> Imported:
        """Append, as one batch, what the list at `path` says beyond the reading before; with `dry_run` only say what.

        `published_on` is the day of the reading, by default the one that the list states, else `fetched_on`;
        `max_removals` is how many percent of the entries may be gone. Its files are kept in the archive.

        Raises Refused: then nothing was appended.
        """
        with nothing_collected():
            reading = feed.read(path)
            day, today = published_on or reading.published_on or fetched_on, seconds(self._clock()).toordinal()
            importing = Importing(feed, reading, day, max_removals, by, today)
            if dry_run:
                with self.reading() as session:
                    return importing.preview(session, head_of(session))
            self.archive.keep_reading(path, reading)
            imported = self._writer.write(
                lambda session: importing.record(session, self._appending(session), self._clock)
            )
        self.log.grown()
        return imported

    def readings(self) -> list[StoredReading]:
        """Every reading of a published list, by feed, the newest first."""
        with self.reading(once=True) as session:
            return all_readings(session)

    def rebuild(self, *, check: bool = False) -> list[Difference]:
        """Rebuild the projections from the events, beside the live ones, and swap them in.

        Returns how the live ones differed. With `check` they are only compared.
        """
        return rebuild(self._database, self._writer, check=check)

    def prove(self, sequence: int) -> TlogProof:
        """The proof that an event is in the log, with the newest checkpoint.

        It was checked. Raises NotFound, Unsigned: that too where the event is not what the checkpoint was signed over.
        """
        note = Note.parse(self.log.checkpoint())
        checkpoint = Checkpoint.parse(note.text)
        with self.reading() as session:
            _, hashes, _ = inclusion(session, sequence, checkpoint.size)
            found = leaf_hash(leaf(session, sequence))
        try:
            verify_inclusion(
                hashes,
                leaf_hash=found,
                leaf_index=sequence - 1,
                tree_size=checkpoint.size,
                root_hash=checkpoint.root_hash,
            )
        except ProofRefused as error:
            advice = "somebody rewrote it, or the tree: see `retorsion audit verify`"
            raise Unsigned(f"event {sequence} is not the one that was signed ({error}); {advice}") from None
        return TlogProof(sequence - 1, tuple(hashes), note)

    def bundle(self, claim: Claim) -> bytes:
        """The evidence bundle that shows `claim`. Raises Unsigned, BehindCheckpoint, Invalid where it is too large."""
        note = self._covering(claim.known)
        with self.reading() as session:
            return bundle_of(session, claim, note)

    def screened(self, answer: Mapping[str, Any], inquiry: Inquiry) -> bytes:
        """An answer to screening as evidence. Raises Unsigned."""
        return evidence(answer, inquiry, self._covering(answer["sequence"]))

    def check_screened(self, given: bytes, key: NoteKey) -> Screened:
        """What a file of evidence says of screening. Raises a CheckFailed unless this ledger still says the same."""
        with self.reading() as session:
            return check_screened(session, self.screening, given, key)

    def _covering(self, sequence: int) -> Note:
        """A checkpoint that covers the first `sequence` events, signed now where none was. Raises Unsigned."""
        with self.reading() as session:
            note = covering(session, self.log.custody, sequence)
        return Note.parse(self.log.checkpoint()) if note is None else note

    def new_log(self, reason: str) -> None:
        """Declare another log for a ledger that is not what its newest checkpoint says. Raises Unsigned, Refused."""
        self.log.begin_anew(reason, self._clock())

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
