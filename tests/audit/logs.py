"""A log in memory, by the definitions of RFC 6962 alone, and the forks of it that its key could sign."""

from ledger.audit.checkpoint import Checkpoint, sign_checkpoint
from ledger.audit.keys import SigningKey
from ledger.audit.leaves import leaf_hash
from ledger.audit.submission import Submission
from tests.audit.naive import Naive


class Log:
    """A log with `leaves`; of two with different `fork` the histories part after `forked_after` leaves."""

    def __init__(self, name="ledger.example", *, leaves=64, fork="", forked_after=0, seed=b"\x07"):
        self.key = SigningKey(name, seed * 32)
        self.origin = name
        self.fork = fork
        self._tree = Naive(
            [leaf_hash(f"{number} {fork if number >= forked_after else ''}".encode()) for number in range(leaves)]
        )

    def checkpoint(self, size):
        return Checkpoint(self.origin, size, self._tree.mth(0, size))

    def note(self, size):
        """The checkpoint, signed by the log."""
        return sign_checkpoint(self.checkpoint(size), self.key)

    def proof(self, first, second):
        return self._tree.proof(first, second) if first else []

    def submission(self, first, second):
        """The body for a witness."""
        return Submission(first, tuple(self.proof(first, second)), self.note(second)).encode()
