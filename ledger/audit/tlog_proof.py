"""A proof that stands on its own: C2SP tlog-proof (https://c2sp.org/tlog-proof).

c2sp.org/tlog-proof@v1
index <of the leaf, counted from 0>
<the inclusion proof, a hash in Base 64 on each line>
<an empty line>
<the checkpoint, a signed note>
"""

import re
from dataclasses import dataclass
from typing import Self

from ledger.audit.checks import CheckFailed, base64_bytes, base64_text
from ledger.audit.note import Note
from ledger.audit.proofs import LONGEST_PROOF
from ledger.audit.tree import HASH_BYTES, LARGEST_SIZE

_FIRST_LINE = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)


class ProofFileRefused(CheckFailed):
    """The text is not a tlog-proof."""


@dataclass(frozen=True, slots=True)
class TlogProof:
    """That leaf `index`, counted from 0, is in the tree of the checkpoint in `note`.

    Nothing of it may be believed before the note was opened with the log's key and the proof verified.
    """

    index: int
    hashes: tuple[bytes, ...]
    note: Note

    def __post_init__(self) -> None:
        if not 0 <= self.index < LARGEST_SIZE:
            raise ProofFileRefused("index", f"{self.index} is not between 0 and 2^63 - 2")
        if len(self.hashes) > LONGEST_PROOF or any(len(each) != HASH_BYTES for each in self.hashes):
            raise ProofFileRefused("hashes", f"at most {LONGEST_PROOF}, of {HASH_BYTES} bytes each")

    @classmethod
    def parse(cls, given: bytes) -> Self:
        """Section Format, without `extra`: there is none in ours. Raises ProofFileRefused, NoteRefused."""
        head, empty_line, note = given.partition(b"\n\n")
        if not empty_line:
            raise ProofFileRefused("empty line", "there is none between the proof and the checkpoint")
        try:
            first, index, *hashes = head.decode("ascii").split("\n")
        except ValueError as error:
            raise ProofFileRefused("lines", "two at the least, in ASCII, before the checkpoint") from error
        if first != _FIRST_LINE:
            raise ProofFileRefused("first line", f"it is not {_FIRST_LINE}")
        if not (found := _INDEX.fullmatch(index)):
            raise ProofFileRefused("index", f"{index[:40]!r} is not `index` and a number")
        try:
            return cls(int(found[1]), tuple(map(base64_bytes, hashes)), Note.parse(note))
        except ValueError as error:
            raise ProofFileRefused("hashes", f"a line is not Base 64: {error}") from error

    def encode(self) -> bytes:
        """What `parse` takes."""
        lines = [_FIRST_LINE, f"index {self.index}", *map(base64_text, self.hashes)]
        return "".join(f"{line}\n" for line in lines).encode() + b"\n" + self.note.encode()
