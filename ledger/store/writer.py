"""Turns at writing: requests that wait together share one durable commit.

What is refused is refused before it writes anything: so the others stand.

Clients that send one request after the other would hardly ever meet: one would be written for alone while the others
wait, and be answered when it is their turn. So whoever has the turn waits a moment for as many as were there lately.
"""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition, Lock
from time import monotonic
from typing import Any, Generic, TypeVar

from ledger.errors import Refused
from ledger.store.database import Database
from ledger.store.session import Session

T = TypeVar("T")
_MOST_TOGETHER = 64
_MOMENT_SECONDS = 0.002
"""How long others are awaited at the most; no longer than the last commit took, where that was less."""


class _Waiting(Generic[T]):
    """A request until it has its answer: a result, or the exception that it ended with."""

    def __init__(self, work: Callable[[Session], T]) -> None:
        self.work = work
        self.done = False
        self.result: Any = None
        self.error: BaseException | None = None


class Writer:
    """Writes to one database, for all threads of this process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        own = Lock()  # is held by whoever looks at any of this
        self._turn, self._enough = Condition(own), Condition(own)
        self._is_writing = False
        self._queue: deque[_Waiting[Any]] = deque()
        self._awaited = 1
        """How many are to be there before one writes for all: as many as were when the last commit was done."""
        self._moment_seconds = 0.0
        """How long those are awaited."""

    def write(self, work: Callable[[Session], T]) -> T:
        """What `work` returns, once what it wrote is durable. What it raises is raised; then it wrote nothing."""
        waiting = _Waiting(work)
        with self._turn:
            self._queue.append(waiting)
            if len(self._queue) == self._awaited:
                self._enough.notify()
            self._turn.wait_for(lambda: waiting.done or not self._is_writing)
            if not waiting.done:
                self._is_writing = True
                self._write_for_all_until(waiting)
        if waiting.error:
            raise waiting.error
        result: T = waiting.result
        return result

    def _write_for_all_until(self, waiting: _Waiting[Any]) -> None:
        """Whoever has the turn writes for all that wait, until that one is done."""
        try:
            self._enough.wait_for(lambda: len(self._queue) >= self._awaited, self._moment_seconds)
            while not waiting.done:  # so many may wait that it takes more than one group
                group = self._next()
                began = monotonic()
                self._turn.release()
                try:
                    self._write(group)
                finally:
                    self._turn.acquire()
                self._awaited = min(len(group) + len(self._queue), _MOST_TOGETHER)
                self._moment_seconds = min(monotonic() - began, _MOMENT_SECONDS)
        finally:
            self._is_writing = False
            self._turn.notify_all()

    def _next(self) -> list[_Waiting[Any]]:
        return [self._queue.popleft() for _ in range(min(len(self._queue), _MOST_TOGETHER))]

    def _write(self, group: Sequence[_Waiting[Any]]) -> None:
        if len(group) == 1:
            self._write_alone(group[0])
        else:
            self._write_together(group)

    def _write_alone(self, waiting: _Waiting[Any]) -> None:
        try:
            with self._database.writing() as session:
                waiting.result = waiting.work(session)
        except Exception as error:  # noqa: BLE001  # is raised where it is waited for
            waiting.error = error
        finally:
            waiting.done = True

    def _write_together(self, group: Sequence[_Waiting[Any]]) -> None:
        """All in one transaction. Where one fails that is not refused, each has its own after all.

        Without savepoints: SQLite keeps all that changes within one, and walks through it at each row.
        """
        committing = False
        try:
            with self._database.writing() as session:
                for waiting in group:
                    _decide(session, waiting)
                committing = True
        except Exception as error:  # noqa: BLE001  # is raised where it is waited for
            for waiting in group:
                if not committing:
                    waiting.error = None
                    self._write_alone(waiting)
                elif waiting.error is None:  # whether it was stored is not known: so it is not tried again
                    waiting.error = error
        finally:
            for waiting in group:
                waiting.done = True


def _decide(session: Session, waiting: _Waiting[Any]) -> None:
    try:
        waiting.result = waiting.work(session)
    except Refused as refusal:  # before it wrote anything
        waiting.error = refusal
