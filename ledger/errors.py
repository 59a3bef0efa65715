"""Why the ledger says no. Each says what is wrong in words that help to do it right."""

from collections.abc import Sequence

from ledger.domain.values import Problem

_SAID_AT_ONCE = 20


class Refused(Exception):
    """A request that cannot be fulfilled. Nothing was stored."""


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
