"""Who reckons the parts of a log: this process alone, or others with it."""

import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from ledger.audit.note import NoteKey
from ledger.log.findings import Findings
from ledger.log.heads import verify_heads, verify_heads_after
from ledger.log.parts import Part
from ledger.log.reckoning import Reckoned, reckon
from ledger.store.database import Database

_MOST_AHEAD = 100
"""So many parts at the most are reckoned before one that is under way: this process goes on while the others start."""


class _Alone:
    """Does it in this process."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def heads(self, covered: int, start: int) -> Callable[[], Findings]:
        """What gives the findings on versions and heads."""
        return lambda: _verified_heads(self._database, covered, start)

    def reckoned(self, parts: Iterator[Part], keys: Mapping[str, NoteKey | None]) -> Iterator[Reckoned]:
        """Every part, in order."""
        for part in parts:
            with self._database.reading() as session:
                yield reckon(session, part, keys)


class _Together:
    """Does it in this process and in others, each with its own connection."""

    def __init__(self, database: Database, pool: ProcessPoolExecutor, others: int) -> None:
        self._database, self._pool, self._at_once = database, pool, 2 * others

    def heads(self, covered: int, start: int) -> Callable[[], Findings]:
        """What gives the findings on versions and heads."""
        return self._pool.submit(_heads_here, covered, start).result

    def reckoned(self, parts: Iterator[Part], keys: Mapping[str, NoteKey | None]) -> Iterator[Reckoned]:
        """Every part, in order. A few wait for the others at a time; when they have enough to do, one is done here."""
        under_way: deque[Future[Reckoned]] = deque()
        for part in parts:
            if sum(not each.done() for each in under_way) < self._at_once:
                under_way.append(self._pool.submit(_reckon_here, part, keys))
            else:
                under_way.append(self._reckoned_by_me(part, keys))
            while under_way and (under_way[0].done() or len(under_way) > _MOST_AHEAD):
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()

    def _reckoned_by_me(self, part: Part, keys: Mapping[str, NoteKey | None]) -> Future[Reckoned]:
        done: Future[Reckoned] = Future()
        with self._database.reading() as session:
            done.set_result(reckon(session, part, keys))
        return done


@contextmanager
def working(database: Database, processes: int) -> Iterator[_Alone | _Together]:
    """With more than one process, none but this thread may be at work: the others are forked off it.

    To begin them anew would take each half a second, for what they import: as long as 100,000 events take.
    """
    if processes == 1:
        yield _Alone(database)
        return
    database.close()  # a connection to SQLite must not be taken along by a fork; it opens others when it needs them
    url = database.url.render_as_string(hide_password=False)
    pool = ProcessPoolExecutor(processes - 1, get_context("fork"), _open_here, (url,))
    try:
        yield _Together(database, pool, processes - 1)
    finally:
        pool.shutdown(cancel_futures=True)


_here: list[Database] = []
"""The database of a process that works for another."""


def _open_here(url: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    _here.append(Database(url))


def _reckon_here(part: Part, keys: Mapping[str, NoteKey | None]) -> Reckoned:
    with _here[0].reading() as session:
        return reckon(session, part, keys)


def _heads_here(covered: int, start: int) -> Findings:
    return _verified_heads(_here[0], covered, start)


def _verified_heads(database: Database, covered: int, start: int) -> Findings:
    with database.reading() as session:
        return verify_heads_after(session, start) if start else verify_heads(session, covered)
