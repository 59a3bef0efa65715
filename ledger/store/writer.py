"""Turns at writing: requests that wait together share one durable commit.

What is refused is refused before it writes anything: so the others stand.
"""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, Generic, TypeVar

from ledger.errors import Refused
from ledger.store.database import Database
from ledger.store.session import Session

T = TypeVar("T")
_MOST_TOGETHER = 64


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
        self._turn = Lock()
        self._queue: deque[_Waiting[Any]] = deque()

    def write(self, work: Callable[[Session], T]) -> T:
        """What `work` returns, once what it wrote is durable. What it raises is raised; then it wrote nothing."""
        waiting = _Waiting(work)
        self._queue.append(waiting)
        with self._turn:  # whoever has the turn writes for all that wait behind it
            while not waiting.done:  # so many may wait that it takes more than one group
                group = self._next()
                if len(group) == 1:
                    self._write_alone(group[0])
                else:
                    self._write_together(group)
        if waiting.error:
            raise waiting.error
        result: T = waiting.result
        return result

    def _next(self) -> list[_Waiting[Any]]:
        return [self._queue.popleft() for _ in range(min(len(self._queue), _MOST_TOGETHER))]

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
