"""Turns at writing: requests that wait together share one durable commit.

Each request runs in a savepoint of its own, so that one that is refused leaves nothing behind and the others stand.
"""

from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar

from ledger.store.database import UNAVAILABLE, Database, NotCommitted
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
        """Without a savepoint: SQLite keeps what all that changes within one was, and walks through it at each row."""
        try:
            with self._database.writing() as session:
                waiting.result = waiting.work(session)
        except Exception as error:  # noqa: BLE001  # is raised where it is waited for
            waiting.error = error
        finally:
            waiting.done = True

    def _write_together(self, group: list[_Waiting[Any]]) -> None:
        failure: BaseException | None = None
        try:
            with self._database.writing() as session:
                for waiting in group:
                    self._write_one(session, waiting)
        except BaseException as error:
            failure = error
            if not isinstance(error, UNAVAILABLE):
                raise
        finally:
            for waiting in group:
                if failure and waiting.error is None:
                    waiting.error = NotCommitted(f"what was written together could not be committed: {failure}")
                waiting.done = True

    def _write_one(self, session: Session, waiting: _Waiting[Any]) -> None:
        session.run("SAVEPOINT request")
        try:
            waiting.result = waiting.work(session)
        except Exception as error:  # noqa: BLE001  # one that is refused or fails must not take the others with it
            waiting.error = error
            session.run("ROLLBACK TO SAVEPOINT request")
        session.run("RELEASE SAVEPOINT request")
