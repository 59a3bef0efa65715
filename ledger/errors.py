"""Why the ledger says no. Each says what is wrong in words that help to do it right."""

from collections.abc import Sequence

from ledger.domain.values import Problem

_SAID_AT_ONCE = 20


class Refused(Exception):
    """A request that cannot be fulfilled. Nothing was stored: it is raised before anything is written."""


class Invalid(Refused):
    """What was asked or posted is wrong whatever the ledger holds, or names what it does not hold."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        said = [f"{problem.pointer} {problem.detail}".strip() for problem in self.problems[:_SAID_AT_ONCE]]
        more = [f"and {len(self.problems) - _SAID_AT_ONCE} more"] if len(self.problems) > _SAID_AT_ONCE else []
        super().__init__("; ".join(said + more))


class TimelineConflict(Refused):
    """A day of a subject's timeline would become impossible.

    `conflicts` are the stored events that could not stand, `problems` the posted ones.
    """

    def __init__(self, detail: str, conflicts: Sequence[int], problems: Sequence[Problem]) -> None:
        self.conflicts = list(conflicts)
        self.problems = list(problems)
        super().__init__(detail)


class VersionConflict(Refused):
    """The subject has moved on since the writer looked at it."""

    def __init__(self, subject: str, expected: int, version: int) -> None:
        self.subject, self.expected, self.version = subject, expected, version
        super().__init__(
            f"{subject} is at version {version}, not {expected}: look at what was recorded meanwhile, then post again"
        )


class KeyReused(Refused):
    """An Idempotency-Key came again with another body."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"the Idempotency-Key {key!r} was used before with another body: use a new key for a new request"
        )


class NotFound(Refused):
    """The ledger does not know what was asked for, or did not know it yet at that time."""


class Unsigned(Refused):
    """The log's key, its tree, or the checkpoint that is kept outside the database, cannot be used."""


class BehindCheckpoint(Refused):
    """The ledger is not, or no more, what its own newest checkpoint says: nothing may be appended.

    `size` is the newest event, `checkpoint` that of the checkpoint.
    """

    def __init__(self, size: int, checkpoint: int) -> None:
        self.size, self.checkpoint = size, checkpoint
        what = (
            f"its newest event is {size}, its newest checkpoint has {checkpoint}: it was restored from an old backup,"
            " or lost its end"
            if size < checkpoint
            else f"its first {checkpoint} events are not those of its newest checkpoint: they were rewritten"
        )
        super().__init__(
            f"the ledger is behind its own checkpoint: {what}. Restore the right database; if that is lost, declare a"
            " new log with `retorsion audit new-log --reason TEXT`"
        )
