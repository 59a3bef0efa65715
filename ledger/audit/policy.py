"""Whom to believe: a log's key, its witnesses, and how many of them have to have cosigned.

What C2SP tlog-policy (https://c2sp.org/tlog-policy) says with one `log`, a `witness` for each and one `group` of them
as the `quorum`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.audit.checkpoint import Checkpoint, checkpoint_of
from ledger.audit.checks import CheckFailed
from ledger.audit.cosignature import LARGEST_TIMESTAMP, CosignerKey, timestamp_of
from ledger.audit.note import Note, NoteKey, Signature, VerifierKey, open_note


class PolicyRefused(CheckFailed):
    """The policy makes no sense, or a checkpoint does not fulfil it."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A witness has cosigned, at that time in seconds since the Epoch by its own clock."""

    witness: CosignerKey
    timestamp: int


@dataclass(frozen=True, slots=True)
class WitnessedCheckpoint:
    """A checkpoint that fulfils a policy, and what it rests on."""

    checkpoint: Checkpoint
    cosigned: tuple[Cosigned, ...]
    """In the order of the policy's witnesses; those that have not signed are left out."""
    unknown: tuple[Signature, ...]
    """Of keys that the policy does not name: neither right nor wrong."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A checkpoint holds if `log` has signed it and at least `quorum` of `witnesses` have cosigned it.

    The name of the log's key is its origin (tlog-policy, Defining a log).
    """

    log: NoteKey
    witnesses: tuple[CosignerKey, ...] = ()
    quorum: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.quorum <= len(self.witnesses):
            raise PolicyRefused("quorum", f"{self.quorum} of {len(self.witnesses)} witnesses can never be reached")
        seen: set[bytes] = {self.log.public_key}
        for witness in self.witnesses:
            # tlog-policy, Defining a witness, and Public key representation: under whatever name. Nor is a log a
            # witness of itself: with a key for both it could reach a quorum alone.
            if witness.public_key in seen:
                raise PolicyRefused("witness", f"the key of {witness.name} is there more than once")
            seen.add(witness.public_key)

    def open(self, note: bytes | Note, *, now: int | None = None) -> WitnessedCheckpoint:
        """The checkpoint in `note`, if it fulfils the policy.

        With `now`, in seconds since the Epoch, later cosignatures do not count (tlog-cosignature, Format: verifiers may
        reject those from the future); allow for clocks that differ.
        Raises NoteRefused, CheckpointRefused or PolicyRefused.
        """
        opened = open_note(note, [self.log, *self.witnesses])
        if all(key != self.log for key, _ in opened.verified):
            raise PolicyRefused("log signature", f"{self.log.name}+{self.log.key_id.hex()} has not signed")
        checkpoint = checkpoint_of(opened.text, self.log.name)
        cosigned = tuple(_cosigned(self.witnesses, opened.verified, LARGEST_TIMESTAMP if now is None else now))
        if len(cosigned) < self.quorum:
            named = ", ".join(one.witness.name for one in cosigned) or "none"
            raise PolicyRefused("quorum", f"{self.quorum} witnesses are needed, {len(cosigned)} cosigned: {named}")
        return WitnessedCheckpoint(checkpoint, cosigned, opened.unknown)


def _cosigned(
    witnesses: Sequence[CosignerKey], verified: Sequence[tuple[VerifierKey, Signature]], latest: int
) -> list[Cosigned]:
    """Each witness once, with the earliest of its cosignatures: since then the checkpoint has been there."""
    cosigned = []
    for witness in witnesses:
        times = [timestamp_of(signature.signature) for key, signature in verified if key == witness]
        if times := [time for time in times if time <= latest]:
            cosigned.append(Cosigned(witness, min(times)))
    return cosigned
