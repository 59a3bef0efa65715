"""What the folder outside the database says, as a verification takes it: nothing in it is believed unread."""

from dataclasses import dataclass, field
from pathlib import Path

from ledger.audit.checkpoint import Checkpoint
from ledger.audit.checks import CheckFailed
from ledger.audit.note import Note, NoteKey
from ledger.errors import Refused, Unsigned
from ledger.log.custody import Custody, Retired
from ledger.log.findings import Fault, Findings
from ledger.log.stated import NotTheLogs, Stated, open_signed


@dataclass(slots=True)
class Outside:
    """What the folder outside the database says."""

    key: NoteKey | None = None
    """None where the folder is gone: then no signature can be verified."""
    place: Path = Path()
    kept: Stated | None = None
    is_there: bool = False
    """Whether a file of the newest checkpoint is there."""
    retired: list[tuple[Retired, NoteKey | None, Stated | None]] = field(default_factory=list)

    @property
    def covered(self) -> int:
        """How many events the newest checkpoint covers."""
        return self.kept.size if self.kept else 0

    @property
    def kept_checkpoint(self) -> Checkpoint | None:
        return Checkpoint(self.kept.origin, self.kept.size, self.kept.root_hash) if self.kept else None

    def keys(self) -> dict[str, NoteKey | None]:
        """The key of each log, by its origin; None for one that was lost."""
        keys = {retired.origin: key for retired, key, _ in self.retired}
        return keys | ({self.key.name: self.key} if self.key else {})


def read_outside(custody: Custody, findings: Findings) -> Outside:
    found = Outside()
    try:
        found.key = custody.vkey()
        found.retired = [_retired(each, findings) for each in custody.retired()]
    except (Unsigned, OSError, ValueError, TypeError) as error:
        findings.add(Fault.FOLDER_MISSING, None, f"what is kept outside the database cannot be read: {error}")
        return found
    found.place, note = custody.newest_unopened()
    found.is_there = note is not None
    if note is not None:
        found.kept = _stated_outside(note, found.key.name, found.key, f"the checkpoint kept at {found.place}", findings)
    return found


def _retired(retired: Retired, findings: Findings) -> tuple[Retired, NoteKey | None, Stated | None]:
    where = f"the last checkpoint of the retired log {retired.origin}"
    try:
        key = NoteKey.parse(retired.vkey) if retired.vkey else None
    except CheckFailed as error:
        findings.add(Fault.FOLDER_MISSING, None, f"the key of the retired log {retired.origin} is damaged: {error}")
        key = None
    note = retired.checkpoint.encode()
    return retired, key, _stated_outside(note, retired.origin, key, where, findings) if note else None


def _stated_outside(note: bytes, origin: str, key: NoteKey | None, where: str, findings: Findings) -> Stated | None:
    try:
        return open_signed(note, origin, key)
    except NotTheLogs as error:
        findings.add(error.fault, None, f"{where}: {error}")
        return None


def opened_since(note: bytes, outside: Outside) -> Checkpoint:
    if not outside.keys():
        raise Refused("no checkpoint can be relied upon: the verifier key of the log is gone; verify without --since")
    try:
        text = Note.parse(note).text
        origin = text.partition("\n")[0]
        if (key := outside.keys().get(origin)) is None:
            raise Refused(f"the checkpoint is of the log {origin[:80]!r}, of which there is no key here")
        stated = open_signed(note, origin, key)
    except (CheckFailed, NotTheLogs) as error:
        raise Refused(f"it is not a checkpoint of this log: {error}") from None
    return Checkpoint(stated.origin, stated.size, stated.root_hash)
