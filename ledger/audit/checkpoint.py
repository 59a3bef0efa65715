"""What a log says of its tree: C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint), the text of a signed note.

origin
tree size
base64(root hash)
extension lines, if any
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from ledger.audit.checks import CheckFailed, base64_bytes, base64_text
from ledger.audit.note import Note, NoteKey, NoteRefused, OpenedNote, Signer, check_text, open_note, sign_note
from ledger.audit.proofs import ProofRefused, verify_consistency
from ledger.audit.tree import EMPTY_ROOT, HASH_BYTES, LARGEST_SIZE

_DECIMAL = re.compile(r"0|[1-9][0-9]*", re.ASCII)
_LONGEST_DECIMAL = len(str(LARGEST_SIZE))


class CheckpointRefused(CheckFailed):
    """The text is not a checkpoint, or one of another log."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree head of the log that `origin` names: so many leaves have that root hash."""

    origin: str
    size: int
    root_hash: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for check, line in (("origin", self.origin), *(("extension line", line) for line in self.extensions)):
            if not line:
                raise CheckpointRefused(check, "it is empty")
            _check_line(check, line)
        if not 0 <= self.size <= LARGEST_SIZE:
            raise CheckpointRefused("tree size", f"{self.size} is not between 0 and 2^63 - 1")
        if len(self.root_hash) != HASH_BYTES:
            raise CheckpointRefused("root hash", f"it is {HASH_BYTES} bytes long, here {len(self.root_hash)}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Section Note text. Raises CheckpointRefused."""
        if not text.endswith("\n"):
            raise CheckpointRefused("lines", "the last one does not end in a newline")
        lines = text.removesuffix("\n").split("\n")
        if len(lines) < 3:
            raise CheckpointRefused("lines", f"origin, tree size and root hash are three, here {len(lines)}")
        origin, size, root, *extensions = lines
        if len(size) > _LONGEST_DECIMAL or not _DECIMAL.fullmatch(size):
            raise CheckpointRefused("tree size", f"{size[:40]!r} is not a decimal without leading zeros below 2^63")
        try:
            root_hash = base64_bytes(root)
        except ValueError as error:
            raise CheckpointRefused("root hash", f"it is not Base 64: {error}") from error
        return cls(origin, int(size), root_hash, tuple(extensions))

    def text(self) -> str:
        """What `parse` takes, and what is signed."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, base64_text(self.root_hash), *self.extensions))


@dataclass(frozen=True, slots=True)
class OpenedCheckpoint:
    """A checkpoint that its log has signed, and the note that says so."""

    checkpoint: Checkpoint
    note: OpenedNote


def sign_checkpoint(checkpoint: Checkpoint, *signers: Signer) -> Note:
    """The checkpoint as a note. An empty tree has but one root (RFC 6962, 2.1), and no other is signed."""
    check_empty_root(checkpoint)
    return sign_note(checkpoint.text(), *signers)


def open_checkpoint(note: bytes | Note, key: NoteKey, *, origin: str | None = None) -> OpenedCheckpoint:
    """The checkpoint in `note`, if `key` has signed it and it is the log's that `origin` names.

    Without `origin` it has to be the name of the key, as section Signatures recommends and tlog-policy demands.
    Raises NoteRefused or CheckpointRefused.
    """
    opened = open_note(note, [key])
    return OpenedCheckpoint(checkpoint_of(opened.text, key.name if origin is None else origin), opened)


def checkpoint_of(text: str, origin: str) -> Checkpoint:
    """The checkpoint of that text, which has to be the log's that `origin` names."""
    checkpoint = Checkpoint.parse(text)
    if checkpoint.origin != origin:
        raise CheckpointRefused("origin", f"it is {checkpoint.origin[:80]!r}, not {origin!r}")
    return checkpoint


def verify_extends(older: Checkpoint, newer: Checkpoint, proof: Sequence[bytes]) -> None:
    """The tree of `newer` begins with that of `older`: one log, nothing rewritten. C2SP tlog-witness, add-checkpoint.

    From an empty tree the proof is empty, else it is RFC 9162, 2.1.4. Raises CheckpointRefused or ProofRefused.
    """
    if older.origin != newer.origin:
        raise CheckpointRefused("origin", f"it is {newer.origin[:80]!r}, not {older.origin!r}")
    check_empty_root(older)
    check_empty_root(newer)
    if older.size == 0:
        if proof:
            raise ProofRefused("proof length", f"from an empty tree it is empty, here it has {len(proof)} hashes")
        return
    verify_consistency(
        proof,
        first_size=older.size,
        first_root=older.root_hash,
        second_size=newer.size,
        second_root=newer.root_hash,
    )


def check_empty_root(checkpoint: Checkpoint) -> None:
    """RFC 6962, 2.1, and tlog-witness, add-checkpoint: the root hash at size 0. Raises CheckpointRefused."""
    if checkpoint.size == 0 and checkpoint.root_hash != EMPTY_ROOT:
        raise CheckpointRefused("root hash", f"that of an empty tree is {EMPTY_ROOT.hex()}")


def _check_line(check: str, line: str) -> None:
    """That a note can hold it as one line."""
    try:
        check_text(f"{line}\n")
    except NoteRefused as error:
        raise CheckpointRefused(check, error.detail) from error
    if "\n" in line:
        raise CheckpointRefused(check, "it is more than one line")
