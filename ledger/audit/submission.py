"""What a log sends to a witness: the body of C2SP tlog-witness, add-checkpoint (https://c2sp.org/tlog-witness).

old <size>
base64(hash of the consistency proof), a line for each
<an empty line>
the signed checkpoint
"""

import re
from dataclasses import dataclass
from typing import Self

from ledger.audit.checks import CheckFailed, base64_bytes, base64_text
from ledger.audit.note import NOTE_LIMIT_BYTES, Note
from ledger.audit.proofs import LONGEST_PROOF
from ledger.audit.tree import HASH_BYTES, LARGEST_SIZE

SUBMISSION_LIMIT_BYTES = NOTE_LIMIT_BYTES + 4096
"""What a body needs at most: the note, 63 hashes in Base 64, and the size."""
SIZE_MEDIA_TYPE = "text/x.tlog.size"
"""Of the answer 409, which is the size that the witness cosigned last: `size_of` it and a newline."""
_OLD = "old "
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class SubmissionRefused(CheckFailed):
    """The body of a request is not of that form. Of the note in it NoteRefused says so."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A checkpoint for a witness, and the proof from the tree of `old_size` leaves that it cosigned last."""

    old_size: int
    proof: tuple[bytes, ...]
    note: Note

    def __post_init__(self) -> None:
        if not 0 <= self.old_size <= LARGEST_SIZE:
            raise SubmissionRefused("old size", f"{self.old_size} is not between 0 and 2^63 - 1")
        if len(self.proof) > LONGEST_PROOF:
            raise SubmissionRefused("proof length", f"at most {LONGEST_PROOF} hashes, here {len(self.proof)}")
        if not set(map(len, self.proof)) <= {HASH_BYTES}:
            raise SubmissionRefused("proof hash", f"a hash is {HASH_BYTES} bytes long")

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Raises SubmissionRefused or NoteRefused. What the note says is not looked at, nor who signed it."""
        if len(body) > SUBMISSION_LIMIT_BYTES:
            raise SubmissionRefused("length", f"at most {SUBMISSION_LIMIT_BYTES} bytes, here {len(body)}")
        head, empty_line, note = body.partition(b"\n\n")
        if not empty_line:
            raise SubmissionRefused("empty line", "there is none between proof and checkpoint")
        if not head.isascii():
            raise SubmissionRefused("proof line", "it is not ASCII")
        old, *proof = head.decode("ascii").split("\n")
        if not old.startswith(_OLD):
            raise SubmissionRefused("old size", f"the first line is `old <size>`, here {old[:40]!r}")
        if len(proof) > LONGEST_PROOF:
            raise SubmissionRefused("proof length", f"at most {LONGEST_PROOF} hashes, here {len(proof)}")
        return cls(size_of(old.removeprefix(_OLD)), tuple(map(_hash_of, proof)), Note.parse(note))

    def encode(self) -> bytes:
        """What `parse` takes."""
        head = "".join(f"{line}\n" for line in (f"{_OLD}{self.old_size}", *map(base64_text, self.proof)))
        return f"{head}\n".encode("ascii") + self.note.encode()


def size_of(text: str) -> int:
    """A tree size: an ASCII decimal without leading zeros, below 2^63. Raises SubmissionRefused."""
    if not _DECIMAL.fullmatch(text) or int(text) > LARGEST_SIZE:
        raise SubmissionRefused("old size", f"{text[:40]!r} is not a decimal without leading zeros below 2^63")
    return int(text)


def _hash_of(line: str) -> bytes:
    try:
        return base64_bytes(line)
    except ValueError as error:
        raise SubmissionRefused("proof line", f"{line[:60]!r} is not Base 64: {error}") from error
