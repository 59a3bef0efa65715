"""A witness: C2SP tlog-witness (https://c2sp.org/tlog-witness), add-checkpoint, one check after the other.

It cosigns a checkpoint of a log that it knows if nothing was rewritten since the one that it cosigned before, so that
all who rely on its cosignatures see one history.
"""

import time
from collections.abc import Iterable
from threading import Lock

from api.witness.records import Record, Records
from ledger.audit.checkpoint import Checkpoint, CheckpointRefused, OpenedCheckpoint, checkpoint_of, verify_extends
from ledger.audit.checks import CheckFailed
from ledger.audit.cosignature import cosign
from ledger.audit.note import Note, NoteKey, NoteRefused, Signature, open_note
from ledger.audit.proofs import ProofRefused
from ledger.audit.submission import Submission
from ledger.audit.tree import EMPTY_ROOT


class Refusal(Exception):
    """The checkpoint is not cosigned. `status` is that of HTTP, the text names the check that failed."""

    status: int


class Malformed(Refusal):
    """The request is not of the form, or its old size exceeds that of the checkpoint."""

    status = 400


class NotSigned(Refusal):
    """No trusted key of the origin has signed, or one of them wrongly."""

    status = 403


class UnknownLog(Refusal):
    """The origin is not that of a known log."""

    status = 404


class Inconsistent(Refusal):
    """It is not shown that the tree extends the one cosigned last: a wrong proof, or a fork."""

    status = 422


class OtherSize(Refusal):
    """The old size is not that of the checkpoint cosigned last, which is `size`."""

    status = 409

    def __init__(self, size: int) -> None:
        super().__init__(f"old size: the checkpoint cosigned last has {size} leaves")
        self.size = size


class NotKept(Refusal):
    """It could not be written down, so it was not cosigned."""

    status = 503


class Witness:
    """One that knows the logs with those keys; a key's name is the origin of its log. Threads may share it."""

    def __init__(self, records: Records, logs: Iterable[NoteKey]) -> None:
        self._records = records
        self._logs: dict[str, list[NoteKey]] = {}
        for key in dict.fromkeys(logs):
            self._logs.setdefault(key.name, []).append(key)
        self._one_at_a_time = Lock()

    def add_checkpoint(self, body: bytes) -> Signature:
        """Cosign the checkpoint in `body`, which is as long as `SUBMISSION_LIMIT_BYTES` at most. Raises Refusal."""
        submission, checkpoint = _read(body)
        opened = self._opened(submission.note, checkpoint)
        if submission.old_size > checkpoint.size:
            raise Malformed(f"old size: {submission.old_size} exceeds the {checkpoint.size} leaves of the checkpoint")
        with self._one_at_a_time:  # from the check of the old size until the new one is kept, or it could go backwards
            newest = self._records.newest(checkpoint.origin)
            _check_extends(newest, checkpoint, submission)
            return self._cosigned(newest, opened)

    def newest(self, origin_hash: str) -> Note | None:
        """Monitor Retrieval Mechanism: the checkpoint cosigned last, with the log's signature and the cosignature."""
        record = self._records.by_hash(origin_hash)
        return record.note if record else None

    def _opened(self, note: Note, checkpoint: Checkpoint) -> OpenedCheckpoint:
        """The checkpoint, signed by a key that is trusted for its origin. Signatures of unknown keys are ignored."""
        keys = self._logs.get(checkpoint.origin)
        if keys is None:
            raise UnknownLog(f"origin: {checkpoint.origin[:80]!r} is not known here")
        try:
            opened = open_note(note, keys)
        except NoteRefused as error:
            raise NotSigned(str(error)) from error
        return OpenedCheckpoint(checkpoint_of(opened.text, checkpoint.origin), opened)

    def _cosigned(self, newest: Record | None, opened: OpenedCheckpoint) -> Signature:
        """The cosignature, given out only once it is kept.

        Its time never goes backwards: it says that at that time this was the largest tree (tlog-cosignature, Format).
        """
        timestamp = max(int(time.time()), newest.timestamp if newest else 0)
        cosignature = cosign(opened.checkpoint, self._records.key, timestamp=timestamp)
        of_log = (signature for _, signature in opened.note.verified)
        note = Note(opened.note.text, (*of_log, cosignature))
        try:
            self._records.keep(Record(opened.checkpoint, timestamp, note))
        except OSError as error:
            raise NotKept(f"record: it could not be written ({error.strerror}), so nothing was cosigned") from error
        return cosignature


def _read(body: bytes) -> tuple[Submission, Checkpoint]:
    """What is asked, of the right form; nothing of it may be believed yet."""
    try:
        submission = Submission.parse(body)
        return submission, Checkpoint.parse(submission.note.text)
    except CheckFailed as error:
        raise Malformed(str(error)) from error


def _check_extends(newest: Record | None, checkpoint: Checkpoint, submission: Submission) -> None:
    """The old size is that of the newest record, 0 where there is none, and the proof leads on from its root."""
    older = newest.checkpoint if newest else Checkpoint(checkpoint.origin, 0, EMPTY_ROOT)
    if submission.old_size != older.size:
        raise OtherSize(older.size)
    try:
        verify_extends(older, checkpoint, submission.proof)
    except (CheckpointRefused, ProofRefused) as error:
        raise Inconsistent(f"{error} ({_said(checkpoint)}, where {_said(older)} was cosigned before)") from error


def _said(checkpoint: Checkpoint) -> str:
    return f"{checkpoint.origin!r} with {checkpoint.size} leaves and root {checkpoint.root_hash.hex()}"
