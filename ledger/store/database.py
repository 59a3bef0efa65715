"""The database: engines and pools, and the transactions in which it is read and written.

A reader sees one snapshot for as long as its transaction lasts. There is one writer at a time: on SQLite by BEGIN
IMMEDIATE, on PostgreSQL because whoever writes holds the row of `appending`.
"""

import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, PoolProxiedConnection, create_engine, event, exc
from sqlalchemy.engine import URL, make_url

from ledger.store.session import Session

BUSY_TIMEOUT_SECONDS = 60
"""How long a writer waits for its turn on SQLite."""
_READERS = {"sqlite": (16, 240), "postgresql": (8, 12)}
"""How many connections to keep, and how many more there may be: on PostgreSQL all processes share some hundred."""
_WRITERS = (1, 3)
_RESTING = 8
"""How many readers, and how many writers, rest outside their pool."""


UNAVAILABLE = (sqlite3.OperationalError, psycopg.OperationalError, exc.DBAPIError, exc.TimeoutError)
"""What a database that does not answer, or cannot write, raises."""


class UnusableDatabase(Exception):
    """The database's address is not one that Retorsion can use. The text says what to do."""


class Database:
    """One database, by its SQLAlchemy URL."""

    def __init__(self, url: str) -> None:
        self.url = _parsed(url)
        self.dialect = self.url.get_backend_name()
        self.readers = self._engine(reading=True)
        self.writers = self._engine(reading=False)
        self._resting: dict[Engine, deque[PoolProxiedConnection]] = {self.readers: deque(), self.writers: deque()}
        """Connections between two transactions: to give one back to the pool and take it out again would cost more than
        most of our reads."""

    @property
    def folder(self) -> Path:
        """Where the ledger keeps what is not in its database: beside SQLite's file, else in the working directory."""
        return self._beside("audit")

    @property
    def archive_folder(self) -> Path:
        """Where it keeps the lists that it was told of: in the same place."""
        return self._beside("archive")

    def _beside(self, ending: str) -> Path:
        file = str(self.url.database).removeprefix("file:") if self.dialect == "sqlite" else "retorsion"
        return Path(f"{file}.{ending}")

    @contextmanager
    def reading(self, *, once: bool = False) -> Iterator[Session]:
        """A transaction that reads one snapshot. With `once` it is for one statement, which sees one by itself."""
        connection = self._awake(self.readers)
        driver: Any = connection.driver_connection
        try:
            if self.dialect == "postgresql":
                if driver.autocommit != once:  # to begin a transaction and to end it would be two turns more
                    driver.autocommit = once
            elif not once:
                driver.execute("BEGIN")
            yield Session(driver, self.dialect)
            driver.rollback()
        except BaseException as error:
            self._give_back(connection, error)
            raise
        self._rest(self.readers, connection)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that writes: committed at the end, rolled back where an exception leaves it."""
        connection = self._awake(self.writers)
        driver: Any = connection.driver_connection
        try:
            if self.dialect == "sqlite":
                driver.execute("BEGIN IMMEDIATE")
            session = Session(driver, self.dialect)
            yield session
            session.before_commit()
            driver.commit()
        except BaseException as error:
            self._give_back(connection, error)
            raise
        self._rest(self.writers, connection)

    def close(self) -> None:
        """Close every connection."""
        self._wake()
        self.readers.dispose()
        self.writers.dispose()

    def _awake(self, engine: Engine) -> PoolProxiedConnection:
        """A connection that rested, or one from the pool."""
        try:
            return self._resting[engine].pop()
        except IndexError:
            return engine.raw_connection()

    def _rest(self, engine: Engine, connection: PoolProxiedConnection) -> None:
        """Let a connection whose transaction is over rest."""
        if len(self._resting[engine]) < _RESTING:
            self._resting[engine].append(connection)
        else:
            connection.close()

    def _give_back(self, connection: PoolProxiedConnection, error: BaseException) -> None:
        """Give a connection whose transaction failed back to its pool."""
        connection.close()  # which rolls back, or finds that it is broken
        if isinstance(error, UNAVAILABLE):
            self._wake()  # for those that rest may be broken too

    def _wake(self) -> None:
        """Give what rests back to the pools."""
        for resting in self._resting.values():
            with suppress(IndexError):
                while True:
                    resting.pop().close()

    def _engine(self, *, reading: bool) -> Engine:
        kept, more = _READERS[self.dialect] if reading else _WRITERS
        engine = create_engine(self.url, pool_size=kept, max_overflow=more)
        if self.dialect == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
        else:
            event.listen(engine, "connect", _prepare_postgresql)
            if reading:
                event.listen(engine, "connect", _prepare_postgresql_reader)
        return engine


def _parsed(text: str) -> URL:
    try:
        url = make_url(text)
        backend, driver = url.get_backend_name(), url.get_driver_name()
    except (exc.ArgumentError, exc.NoSuchModuleError):
        backend, driver = "", ""
    if (backend, driver) not in {("sqlite", "pysqlite"), ("postgresql", "psycopg")}:
        raise UnusableDatabase(
            "RETORSION_DATABASE_URL must be sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"
        )
    if backend == "sqlite" and url.database in {None, "", ":memory:"}:
        raise UnusableDatabase("an SQLite ledger needs a file: sqlite:///retorsion.db")
    return url


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say so
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}")
    connection.execute("PRAGMA synchronous = FULL")  # NORMAL may lose acknowledged commits at a power cut
    connection.execute("PRAGMA recursive_triggers = ON")  # so that REPLACE fires the triggers that refuse it
    connection.execute("PRAGMA cache_size = -32000")
    connection.execute("PRAGMA wal_autocheckpoint = 4000")  # pages: a page that many batches change is copied once
    connection.execute("PRAGMA temp_store = MEMORY")


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """Every question is an index read, whatever statistics there are.

    Left alone PostgreSQL reads whole tables and joins them as long as it knows nothing of them, which is for a minute
    at the least after many events came; and a plan that it made for small tables it keeps until then.
    """
    connection.autocommit = True
    connection.execute("SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off")
    connection.autocommit = False


def _prepare_postgresql_reader(connection: Any, _record: Any) -> None:
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
