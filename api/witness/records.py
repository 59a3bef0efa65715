"""What a witness remembers: for each origin the newest checkpoint that it has cosigned, in plain files.

    FOLDER/key                           its private key, mode 0600
    FOLDER/checkpoints/<origin hash>     a note with the signatures of the log and of the witness

The origin hash is the SHA-256 of the origin in hexadecimal, as in tlog-witness, Monitor Retrieval Mechanism. A witness
that forgets a checkpoint may sign another history after it. So a record is written durably before its cosignature is
given out, a damaged one stops the witness, and whoever signs holds the lock on the key.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ledger.audit.checkpoint import Checkpoint
from ledger.audit.checks import CheckFailed
from ledger.audit.cosignature import CosignerKey, cosigner_key, timestamp_of
from ledger.audit.files import UNFINISHED, InUse, locked, replace_file, sync_folder
from ledger.audit.keys import SigningKey
from ledger.audit.note import Note, open_note


class FolderRefused(Exception):
    """The folder is not one from which a witness can safely sign. The text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Record:
    """The newest checkpoint of an origin that the witness cosigned, at `timestamp`, in seconds since the Epoch."""

    checkpoint: Checkpoint
    timestamp: int
    note: Note
    """With the signatures of the log that were verified, and the cosignature."""


def origin_hash(origin: str) -> str:
    """Tlog-witness, Monitor Retrieval Mechanism: SHA-256, hex encoded, in lowercase."""
    return sha256(origin.encode()).hexdigest()


@contextmanager
def prepared(folder: Path, name: str | None, default_name: str) -> Iterator[CosignerKey]:
    """Hold the folder for one server, with a key in it: made where there is none, under `name` or the default.

    Gives what verifies the cosignatures. Raises FolderRefused where another server holds it, where its key is damaged
    or of another `name`, and where a record is damaged; KeyRefused for a name that no key can have.
    """
    checkpoints, key_file = folder / "checkpoints", folder / "key"
    if key_file.exists() and not checkpoints.exists():
        raise FolderRefused(f"{folder}: its key is there, but what it has cosigned is gone; take a new folder")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    checkpoints.mkdir(mode=0o700, exist_ok=True)
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(checkpoints, wait=False))
        except InUse:
            raise FolderRefused(
                f"{folder}: another witness serves from it; give this one a folder of its own"
            ) from None
        if not key_file.exists():
            _make_key(folder, name or default_name)
        key = cosigner_key(_key_in(folder))
        if name is not None and key.name != name:
            raise FolderRefused(f"{folder}: its key is named {key.name}; leave out --name, or take another folder")
        _records_in(folder, key)
        yield key


def _make_key(folder: Path, name: str) -> None:
    if any((folder / "checkpoints").iterdir()):
        raise FolderRefused(f"{folder}: it has checkpoints, but the key is gone; take a new folder")
    key = SigningKey.generate(name)
    sync_folder(folder.parent)
    replace_file(folder / "key", f"{key.text()}\n".encode(), mode=0o600)


def _key_in(folder: Path) -> SigningKey:
    try:
        return SigningKey.parse((folder / "key").read_bytes().decode().removesuffix("\n"))
    except (CheckFailed, UnicodeDecodeError) as error:
        reason = error if isinstance(error, CheckFailed) else "not UTF-8"
        raise FolderRefused(f"{folder / 'key'}: it is not a private key: {reason}") from None


def _records_in(folder: Path, key: CosignerKey) -> dict[str, Record]:
    """By origin hash."""
    paths = [path for path in (folder / "checkpoints").iterdir() if path.suffix != UNFINISHED]
    return {path.name: _record_in(path, key) for path in paths}


def _record_in(path: Path, key: CosignerKey) -> Record:
    """The record at `path`, if the witness itself has signed it and it is of the origin that the name says."""
    try:
        note = Note.parse(path.read_bytes())
        opened = open_note(note, [key])
        checkpoint = Checkpoint.parse(opened.text)
    except CheckFailed as error:
        raise FolderRefused(f"{path}: it is not as this witness left it ({error}); a new folder is safe") from None
    if origin_hash(checkpoint.origin) != path.name:
        raise FolderRefused(f"{path}: it is of another origin, {checkpoint.origin[:80]!r}; a new folder is safe")
    return Record(checkpoint, max(timestamp_of(signature.signature) for _, signature in opened.verified), note)


class Records:
    """The key and the records of a folder that is `prepared`, for the one process that signs.

    Where another process signs still, this waits until it has ended. Raises FolderRefused.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held = ExitStack()
        self._held.enter_context(locked(folder / "key", wait=True))
        try:
            self.key = _key_in(folder)
            self._records = _records_in(folder, cosigner_key(self.key))
        except BaseException:
            self.close()
            raise

    def newest(self, origin: str) -> Record | None:
        """What was cosigned last for that origin; None where nothing ever was."""
        return self.by_hash(origin_hash(origin))

    def by_hash(self, name: str) -> Record | None:
        """The same, by the origin hash."""
        return self._records.get(name)

    def keep(self, record: Record) -> None:
        """From now on it is the newest of its origin, after a crash too. Raises OSError; then it is not given out."""
        name = origin_hash(record.checkpoint.origin)
        replace_file(self._folder / "checkpoints" / name, record.note.encode())
        self._records[name] = record

    def close(self) -> None:
        """Let another process sign."""
        self._held.close()
