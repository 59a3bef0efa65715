"""What stored checkpoints state, and whether the log has signed it. C2SP tlog-checkpoint."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.audit.checkpoint import CheckpointRefused, checkpoint_of, open_checkpoint
from ledger.audit.checks import CheckFailed
from ledger.audit.note import Note, NoteKey
from ledger.log.columns import bytes_of
from ledger.log.findings import Fault, Findings
from ledger.log.parts import Part
from ledger.store.session import Session


@dataclass(frozen=True, slots=True)
class Stated:
    """What a stored checkpoint says."""

    origin: str
    size: int
    root_hash: bytes


def stated_of(session: Session, part: Part, keys: Mapping[str, NoteKey | None], findings: Findings) -> Iterator[Stated]:
    """The stored checkpoints of the sizes that the part leads to, each as its note says it."""
    for origin, key in keys.items():
        rows = session.rows(
            "SELECT size, note FROM checkpoints WHERE origin = :origin AND size > :start AND size <= :last",
            origin=origin,
            start=part.start or -1,
            last=part.last,
        )
        for size, note in sorted(rows):
            if (stated := _stated_in(note, origin, size, key, findings)) is not None:
                yield stated


def _stated_in(note: bytes, origin: str, size: int, key: NoteKey | None, findings: Findings) -> Stated | None:
    """What the checkpoint stored under `origin` and `size` says, if the log's key has signed just that."""
    where = f"the stored checkpoint of {size} events"
    try:
        checkpoint = open_signed(note, origin, key)
    except NotTheLogs as error:
        findings.add(error.fault, size, f"{where}: {error}")
        return None
    if checkpoint.size != size:
        findings.add(Fault.CHECKPOINT_MALFORMED, size, f"{where} is one of {checkpoint.size}")
        return None
    return checkpoint


class NotTheLogs(Exception):
    """A note that is no checkpoint which the log has signed."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault


def open_signed(note: Any, origin: str, key: NoteKey | None) -> Stated:
    """The checkpoint in a note of the log with that origin and key; of a key that was lost nothing is checked.

    C2SP tlog-checkpoint. Raises NotTheLogs, which says whether it is malformed, of another origin, or another key's.
    """
    try:
        parsed = Note.parse(bytes_of(note))
    except CheckFailed as error:
        raise NotTheLogs(Fault.CHECKPOINT_MALFORMED, str(error)) from None
    try:
        checkpoint = checkpoint_of(parsed.text, origin)
    except CheckpointRefused as error:
        fault = Fault.CHECKPOINT_ORIGIN if error.check == "origin" else Fault.CHECKPOINT_MALFORMED
        raise NotTheLogs(fault, str(error)) from None
    if key is not None:
        try:
            open_checkpoint(parsed, key)
        except CheckFailed as error:
            raise NotTheLogs(Fault.CHECKPOINT_KEY, str(error)) from None
    return Stated(origin, checkpoint.size, checkpoint.root_hash)
