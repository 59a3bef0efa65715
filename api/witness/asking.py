"""A log asks a witness to cosign its checkpoint: the other side of C2SP tlog-witness, add-checkpoint."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.fetching import EXCHANGE_SECONDS, Answer, NoAnswer, answer_of
from ledger.audit.checkpoint import Checkpoint
from ledger.audit.checks import CheckFailed
from ledger.audit.cosignature import CosignerKey
from ledger.audit.note import SIGNATURE_LIMIT, Note, Signature, open_note
from ledger.audit.submission import SIZE_MEDIA_TYPE, Submission, size_of

ANSWER_LIMIT_BYTES = 64 * 1024
"""Room for a hundred signature lines; a cosignature with Ed25519 has some 150 bytes."""


class NotCosigned(Exception):
    """The witness has not cosigned the checkpoint. The text says why, in one line."""


class WitnessUnreachable(NotCosigned):
    """Nobody answered, or not all in time."""


class WitnessRefused(NotCosigned):
    """It answered, with anything but a cosignature: it does not know the log, or its key, or it has a fault."""


class WitnessAhead(NotCosigned):
    """It has cosigned a larger tree of this log, of `size` leaves.

    So it is where a newer checkpoint was published meanwhile; or else the log has lost what it had published.
    """

    def __init__(self, text: str, size: int) -> None:
        super().__init__(text)
        self.size = size


class ForkClaimed(NotCosigned):
    """It says that the checkpoint does not extend the one it cosigned before: one of the two logs it saw is a fork."""


class CosignatureWrong(NotCosigned):
    """It answered 200, but what it sent is not its cosignature of the checkpoint."""


@dataclass(frozen=True, slots=True)
class AskedWitness:
    """Where a witness takes checkpoints, its submission prefix, and the key with which it cosigns them."""

    url: str
    key: CosignerKey


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The cosignature, to be put under the note with `Note.signed_by`, and what to ask the same witness with next."""

    signature: Signature
    old_size: int


def cosigned_by(
    witness: AskedWitness,
    note: Note,
    proof_from: Callable[[int], Sequence[bytes]],
    *,
    old_size: int = 0,
    seconds: float = EXCHANGE_SECONDS,
) -> Cosigned:
    """Have `witness` cosign the checkpoint in `note`, which its log has signed.

    `old_size` is the size it cosigned last, if that is known. `proof_from` gives the consistency proof from a tree of
    so many leaves to that of the checkpoint: [] from 0, and where both are equal. Where the witness says that it is at
    another size it is asked once more, from that one. Each request may take `seconds`.

    Raises NotCosigned, of which each kind is one of the classes above; BadAddress.
    """
    checkpoint = Checkpoint.parse(note.text)
    old_size = min(old_size, checkpoint.size)
    for _ in range(2):
        answer = _asked(witness, Submission(old_size, tuple(proof_from(old_size)), note), seconds)
        if answer.status != 409:
            break
        at, old_size = old_size, _size_in(witness, answer)
        if old_size > checkpoint.size:
            text = f"{witness.url}: it has cosigned {old_size} leaves, more than these {checkpoint.size}"
            raise WitnessAhead(text, old_size)
        if at == old_size == checkpoint.size:  # so tlog-witness had it until July 2026, now it is 422
            raise ForkClaimed(f"{witness.url}: it has cosigned another tree of {at} leaves")
    if answer.status == 422:
        raise ForkClaimed(f"{witness.url}: it says that this does not extend what it cosigned: {answer.said()}")
    if answer.status != 200:
        raise WitnessRefused(f"{witness.url}: it answered {answer.said()}")
    return Cosigned(_cosignature_in(witness, answer, note), checkpoint.size)


def _asked(witness: AskedWitness, submission: Submission, seconds: float) -> Answer:
    url = f"{witness.url.rstrip('/')}/add-checkpoint"
    try:
        return answer_of(url, limit_bytes=ANSWER_LIMIT_BYTES, posted=submission.encode(), seconds=seconds)
    except NoAnswer as error:
        raise WitnessUnreachable(f"{witness.url}: {error}") from error


def _size_in(witness: AskedWitness, answer: Answer) -> int:
    """Of a 409: the size in decimal and a newline, which its media type says it is."""
    if answer.media_type != SIZE_MEDIA_TYPE:
        raise WitnessRefused(f"{witness.url}: it answered {answer.said()}")
    try:
        text = answer.body.decode("ascii")
        if not text.endswith("\n"):
            raise CheckFailed("size", "it does not end in a newline")
        return size_of(text.removesuffix("\n"))
    except (CheckFailed, UnicodeDecodeError) as error:
        raise WitnessRefused(f"{witness.url}: it answered 409 with a size that is none: {error}") from error


def _cosignature_in(witness: AskedWitness, answer: Answer, note: Note) -> Signature:
    """Of a 200: signature lines. Those of unknown keys are ignored, as the specification demands."""
    try:
        lines = answer.body.decode().removesuffix("\n").split("\n", SIGNATURE_LIMIT)
        answered = Note(note.text, tuple(map(Signature.of_line, lines)))
        (_, signature), *_ = open_note(answered, [witness.key]).verified
    except (CheckFailed, UnicodeDecodeError) as error:
        raise CosignatureWrong(f"{witness.url}: what it answered is not its cosignature: {error}") from error
    return signature
