"""When SIGINT and SIGTERM may end a command that commits again and again: between two commits, never within one."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from api.cli.endings import Ended


class Turn:
    """Whether a signal may end the command now. Not while a batch is being committed: it is in, or it is not."""

    def __init__(self) -> None:
        self._committing = False
        self._asked: int | None = None

    def receive(self, number: int, _frame: FrameType | None) -> None:
        """A signal came."""
        self._asked = number
        if not self._committing:
            raise Ended(128 + number)

    @contextmanager
    def not_now(self) -> Iterator[None]:
        """What is done meanwhile is done to its end."""
        self._committing = True
        try:
            yield
        finally:
            self._committing = False
        if self._asked is not None:
            raise Ended(128 + self._asked)


@contextmanager
def taking_turns(wanted: bool) -> Iterator[Turn]:
    """Where it can be resumed, SIGINT and SIGTERM end it between two batches."""
    turn = Turn()
    if not wanted:
        yield turn
        return
    before = {number: signal.signal(number, turn.receive) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield turn
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
