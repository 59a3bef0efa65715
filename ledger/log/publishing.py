"""The log as others see it: its newest checkpoint, and whether the ledger still is what that says."""

import logging
from collections.abc import Callable, Sequence
from signal import SIG_BLOCK, SIG_SETMASK, pthread_sigmask, valid_signals
from threading import Event, Lock, Thread

from ledger.audit.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from ledger.audit.checks import CheckFailed
from ledger.audit.note import Note
from ledger.audit.tree import TreeRefused, consistency_proof, root_at
from ledger.errors import BehindCheckpoint, Refused, Unsigned
from ledger.log.custody import Custody, Kept
from ledger.log.findings import Verification
from ledger.log.nodes import reading_nodes
from ledger.log.verifying import Advance, verify
from ledger.store.database import UNAVAILABLE, Database
from ledger.store.events import head_of
from ledger.store.session import Session
from ledger.store.writer import Writer

_logger = logging.getLogger("retorsion")
_BETWEEN_SECONDS = 1.0

Cosign = Callable[[Note, Callable[[int], Sequence[bytes]]], Note]
"""Lets witnesses cosign a checkpoint: gives the same note with what they signed. It is given what makes the consistency
proof from a tree of so many leaves."""


class Log:
    """The log of one ledger."""

    def __init__(self, database: Database, writer: Writer, custody: Custody, cosign: Cosign | None = None) -> None:
        self._database, self._writer, self._cosign = database, writer, cosign
        self.custody = custody
        self._publishing = Lock()
        self._held: Kept | None = None
        """The newest checkpoint that this ledger was seen to hold."""
        self._unsigned, self._closing = Event(), Event()
        self._signing: Thread | None = None

    def require_whole(self, session: Session, size: int) -> None:
        """Raise BehindCheckpoint unless the ledger, of `size` events, begins with what its newest checkpoint signed."""
        self._require(session, self._newest(session), size)

    def _require(self, session: Session, kept: Kept | None, size: int, *, again: bool = False) -> None:
        """What is held once is not looked at a second time, but for its size, unless `again`."""
        if kept is None:
            return
        there, looked_at = kept.checkpoint, kept is self._held and not again
        if size < there.size or not (looked_at or _holds(session, there)):
            self._held = None
            raise BehindCheckpoint(size, there.size)
        self._held = kept

    def _newest(self, session: Session) -> Kept | None:
        """The newest checkpoint: the one that is kept outside; where that was lost, the one that was stored last."""
        if kept := self.custody.newest():
            return kept
        vkey = self.custody.vkey()
        note = session.value(
            "SELECT note FROM checkpoints WHERE origin = :origin ORDER BY size DESC LIMIT 1", origin=vkey.name
        )
        if note is None:
            return None
        try:
            return Kept(open_checkpoint(note, vkey).checkpoint, note)
        except CheckFailed as error:
            raise Unsigned(f"the checkpoint that was stored last is not the log's: {error}") from None

    def trouble(self) -> str | None:
        """Why nothing can be appended: the ledger is not what its newest checkpoint says, or that cannot be known."""
        with self._database.reading() as session:
            try:
                kept = self._newest(session)  # first: one that is signed meanwhile would be ahead
                self._require(session, kept, head_of(session).sequence)
            except (BehindCheckpoint, Unsigned) as error:
                return str(error)
        return None

    def checkpoint(self) -> bytes:
        """The newest signed checkpoint, as a note: it covers every event that was stored before this was called.

        On a ledger that is behind its own checkpoint, that one. Raises Unsigned.
        """
        with self._publishing:
            with self._database.reading() as session:
                kept = self._newest(session)
                size = head_of(session).sequence
                if kept is not None and self._is_newest(session, kept, size):
                    signed = Note.parse(kept.note)
                else:
                    root = root_at(size, reading_nodes(session))
                    signed = sign_checkpoint(Checkpoint(self.custody.vkey().name, size, root), self.custody.key())
            note = signed if self._cosign is None else self._cosign(signed, self._proving_to(signed))
            if self.custody.newest() is None or kept is None or note.encode() != kept.note:
                self._writer.write(lambda session: _store(session, note))
                self.custody.keep(note)
        return note.encode()

    def _proving_to(self, note: Note) -> Callable[[int], Sequence[bytes]]:
        size = Checkpoint.parse(note.text).size

        def proof_from(first: int) -> Sequence[bytes]:
            with self._database.reading() as session:
                return consistency_proof(first, size, reading_nodes(session))

        return proof_from

    def _is_newest(self, session: Session, kept: Kept, size: int) -> bool:
        """Whether no other is to be signed: for want of new events, or because the ledger is not what this one says."""
        if size == kept.checkpoint.size:
            return True
        try:
            self._require(session, kept, size, again=True)  # so that no history is signed that was rewritten since
        except BehindCheckpoint:
            return True
        return False

    def verify(
        self, *, since: bytes | None = None, processes: int = 1, advance: Advance = lambda _done, _all: None
    ) -> Verification:
        """Hold the whole ledger, or what came after the checkpoint `since`, against the log. Raises Refused."""
        return verify(self._database, self.custody, since=since, processes=processes, advance=advance)

    def begin_anew(self, reason: str, now: int) -> None:
        """Declare another log: only for a ledger that is not what its newest checkpoint says, or whose key is lost.

        Raises Refused where neither is so, and Unsigned.
        """
        if self.trouble() is None and self._has_key():
            raise Refused("the ledger is what its newest checkpoint says, and its key is there: its log goes on")
        with self._publishing, self._database.reading() as session:
            newest = session.value("SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1")
        self.custody.retire(reason, now, Note.parse(bytes(newest)) if newest else None)

    def _has_key(self) -> bool:
        try:
            self.custody.key()
        except Unsigned:
            return False
        return True

    def grown(self) -> None:
        """Events were appended, and are to be signed: soon where `keep_signed` was called, else by `close`."""
        if not self._unsigned.is_set():  # to set it again costs more than to look
            self._unsigned.set()

    def keep_signed(self) -> None:
        """Sign from now on, at most once in a second, what was appended."""
        self._signing = Thread(target=self._sign_until_closed, name="signing", daemon=True)
        ours = pthread_sigmask(SIG_BLOCK, valid_signals())  # it inherits that: signals are for the thread that serves
        self._signing.start()
        pthread_sigmask(SIG_SETMASK, ours)

    def close(self) -> None:
        """Sign what was appended."""
        self._closing.set()
        pending = self._unsigned.is_set()
        if self._signing:
            self._unsigned.set()  # so that it wakes
            self._signing.join()
        if pending:
            self._try_to_sign()

    def _sign_until_closed(self) -> None:
        while not self._closing.is_set():
            self._unsigned.wait()
            if not self._closing.is_set():
                self._try_to_sign()
                self._closing.wait(_BETWEEN_SECONDS)

    def _try_to_sign(self) -> None:
        self._unsigned.clear()
        try:
            self.checkpoint()
        except (Unsigned, TreeRefused, *UNAVAILABLE) as error:
            _logger.error("what was appended could not be signed: %s", error)


def _holds(session: Session, checkpoint: Checkpoint) -> bool:
    """Whether the tree has that root at that size; one with nodes missing has none."""
    try:
        return root_at(checkpoint.size, reading_nodes(session)) == checkpoint.root_hash
    except TreeRefused:
        return False


def _store(session: Session, note: Note) -> None:
    checkpoint = Checkpoint.parse(note.text)
    session.run(
        "INSERT INTO checkpoints (origin, size, note) VALUES (:origin, :size, :note)"
        " ON CONFLICT (origin, size) DO UPDATE SET note = excluded.note",
        origin=checkpoint.origin,
        size=checkpoint.size,
        note=note.encode(),
    )
