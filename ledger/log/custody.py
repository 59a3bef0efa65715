"""What is kept outside the database: the log's key, its newest checkpoint, and those of logs before it.

    signing.key            the private key, mode 0600, unless it is given in the environment
    verifier.key           its vkey: which log this is
    checkpoint             the newest signed checkpoint, a C2SP signed note
    retired/1/…            of the first log, once another one took its place: its key, and the rest in `why.json`

Whoever rewrites the database cannot rewrite these; a database that is older than the checkpoint shows as such. Every
file is written beside its place, synced, and renamed into it.
"""

import json
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_hex

from ledger.audit.checkpoint import Checkpoint, open_checkpoint
from ledger.audit.checks import CheckFailed
from ledger.audit.files import locked, replace_file, sync_folder
from ledger.audit.keys import SigningKey
from ledger.audit.note import Note, NoteKey
from ledger.errors import Unsigned
from ledger.times import time_text

_KEY, _VERIFIER_KEY, _CHECKPOINT, _RETIRED, _WHY = "signing.key", "verifier.key", "checkpoint", "retired", "why.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """The newest checkpoint, as its own key opens it, and its note."""

    checkpoint: Checkpoint
    note: bytes


@dataclass(frozen=True, slots=True)
class Retired:
    """A log that another one followed: its verifier key, its newest checkpoint, and when and why it ended.

    Where the folder was lost with the key, `vkey` is empty.
    """

    origin: str
    vkey: str
    checkpoint: str
    retired_at: str
    reason: str


class Custody:
    """The folder of one ledger.

    `key_text` is a private key that is given otherwise, and `origin` the name of a log that is yet to begin.
    """

    def __init__(self, folder: Path, *, key_text: str | None = None, origin: str | None = None) -> None:
        self.folder = folder
        self._key_text = key_text
        self._origin = origin
        self._checkpoint = folder / _CHECKPOINT
        self._read: tuple[tuple[int, int, int], Kept] | None = None
        self._has_begun = False

    def begin(self) -> None:
        """Make the folder and, unless one is given or there, the key. Harmless when repeated. Raises Unsigned."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone():
            if self._place(_VERIFIER_KEY).exists():
                return
            if self._key_text is None and not self._place(_KEY).exists():
                self._make_key(self._origin or f"retorsion/{token_hex(8)}")
            self._write(_VERIFIER_KEY, f"{self._private_key().note_key.text()}\n".encode())

    def key(self) -> SigningKey:
        """The private key; its name is the log's origin. Raises Unsigned where there is none, or another one."""
        key = self._private_key()
        if key.note_key != (vkey := self.vkey()):
            advice = f"put the key of {vkey.text()} back; if it is lost, `retorsion audit new-log`"
            raise Unsigned(f"the private key is that of {key.note_key.text()}: {advice}")
        if self._origin not in (None, key.name):
            raise Unsigned(f"the log's origin is {key.name}, and RETORSION_ORIGIN says {self._origin}: leave it out")
        return key

    def vkey(self) -> NoteKey:
        """The verifier key of the log. Raises Unsigned."""
        place = self._place(_VERIFIER_KEY)
        try:
            return NoteKey.parse(place.read_text("utf-8").removesuffix("\n"))
        except FileNotFoundError:
            advice = "put it back, or, if it is lost, `retorsion audit new-log --reason TEXT`"
            raise Unsigned(f"the log has not begun, or its folder is gone: {place} is not there: {advice}") from None
        except OSError as error:
            raise _unreadable(error) from None
        except CheckFailed as error:
            raise Unsigned(f"{place} has no verifier key: {error}") from None

    def newest(self) -> Kept | None:
        """The newest checkpoint. Raises Unsigned where its file cannot be read, is damaged, or of another key."""
        try:
            at = self._checkpoint.stat()
            stamp = (at.st_mtime_ns, at.st_size, at.st_ino)
            if self._read is None or self._read[0] != stamp:
                self._read = (stamp, self._opened(self._checkpoint.read_bytes()))
        except FileNotFoundError:
            self._has_begun = self._has_begun or bool(self.vkey())  # which raises where the folder is gone too
            return None
        except OSError as error:
            raise _unreadable(error) from None
        return self._read[1]

    def newest_unopened(self) -> tuple[Path, bytes | None]:
        """Where the newest checkpoint is kept, and what is there, whatever it may be; None where nothing is."""
        place = self._checkpoint
        try:
            return place, place.read_bytes()
        except FileNotFoundError:
            return place, None

    def _opened(self, note: bytes) -> Kept:
        try:
            return Kept(open_checkpoint(note, self.vkey()).checkpoint, note)
        except CheckFailed as error:
            raise Unsigned(f"the checkpoint at {self._checkpoint} is not the log's: {error}") from None

    def keep(self, note: Note) -> None:
        """Keep a checkpoint of the log, unless one of a larger tree is there. When this returns it is on the disk.

        Raises Unsigned where it cannot be kept: then it is not to be given out.
        """
        encoded = note.encode()
        coming = self._opened(encoded)
        try:
            with self._alone():
                kept = self.newest()
                if kept is None or kept.checkpoint.size <= coming.checkpoint.size:
                    self._write(_CHECKPOINT, encoded)
        except OSError as error:
            advice = "see that there is room, and that it may be written to"
            raise Unsigned(f"the checkpoint cannot be kept in {self.folder}: {error.strerror}: {advice}") from None

    def retired(self) -> list[Retired]:
        """The logs before this one, in their order."""
        places = sorted(self._place(_RETIRED).glob("*/" + _WHY), key=lambda place: int(place.parent.name))
        return [Retired(**json.loads(place.read_text("utf-8"))) for place in places]

    def retire(self, reason: str, now: int, lost: Note | None = None) -> None:
        """End the log: keep its keys, its checkpoint and `reason` beside, and begin another with an origin and key.

        A key that is given otherwise must have been replaced before. Where the folder is gone, `lost` is a checkpoint
        of the log that was kept in it. Raises Unsigned.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone():
            before = self.retired()
            retired = self._last(reason, time_text(now), lost)
            if self._key_text is not None and self._private_key().name == retired.origin:
                advice = "put one of another origin there"
                raise Unsigned(f"RETORSION_SIGNING_KEY still has a key of {retired.origin}: {advice}")
            beside = f"{_RETIRED}/{len(before) + 1}"
            self._place(beside).mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._place(_KEY).exists():
                self._write(f"{beside}/{_KEY}", self._place(_KEY).read_bytes(), mode=0o600)
            self._write(f"{beside}/{_WHY}", json.dumps(asdict(retired), ensure_ascii=False, indent=1).encode())
            if self._key_text is None:
                self._make_key(f"{(before or [retired])[0].origin}/{len(before) + 2}")
            self._write(_VERIFIER_KEY, f"{self._private_key().note_key.text()}\n".encode())
            self._checkpoint.unlink(missing_ok=True)
            sync_folder(self.folder)

    def _last(self, reason: str, now: str, lost: Note | None) -> Retired:
        """What is to be kept of the log that ends."""
        if self._place(_VERIFIER_KEY).exists():
            vkey, place = self.vkey(), self._checkpoint
            return Retired(vkey.name, vkey.text(), place.read_text("utf-8") if place.exists() else "", now, reason)
        note = lost.encode().decode() if lost else ""
        return Retired(note.partition("\n")[0] or "retorsion", "", note, now, reason)

    def _private_key(self) -> SigningKey:
        try:
            return SigningKey.parse(self._key_text or self._place(_KEY).read_text("utf-8").removesuffix("\n"))
        except FileNotFoundError:
            advice = "put it back, or set RETORSION_SIGNING_KEY; if it is lost, `retorsion audit new-log`"
            raise Unsigned(f"the log's private key is not at {self._place(_KEY)}: {advice}") from None
        except OSError as error:
            raise _unreadable(error) from None
        except CheckFailed as error:
            raise Unsigned(f"the log's private key cannot be used: {error}") from None

    def _make_key(self, origin: str) -> None:
        self._write(_KEY, f"{SigningKey.generate(origin).text()}\n".encode(), mode=0o600)

    def _place(self, name: str) -> Path:
        return self.folder / name

    def _write(self, name: str, content: bytes, mode: int = 0o644) -> None:
        replace_file(self._place(name), content, mode=mode)

    def _alone(self) -> AbstractContextManager[None]:
        """No other process writes here meanwhile, nor any other thread of this one."""
        return locked(self.folder, wait=True)


def _unreadable(error: OSError) -> Unsigned:
    return Unsigned(f"{error.filename} cannot be read: {error.strerror}: see that it may be")
