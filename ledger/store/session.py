"""Statements on a database connection, in one transaction.

SQL is written once, with `:name` for what is bound, and runs on SQLite and PostgreSQL alike. SQLAlchemy gives the
engines, the pools and the translation to the driver's form of parameters; the driver's own cursor runs the statement,
because building a result object for each would cost more than most of our reads.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from functools import cache, lru_cache
from importlib import import_module
from itertools import chain, count
from typing import Any

import orjson
from sqlalchemy import TableClause, text
from sqlalchemy.engine import Dialect

_COPY_FROM_ROWS = 20
"""From how many rows on PostgreSQL's COPY is faster than single inserts in a pipeline."""

_ROWS_AT_ONCE = 32
"""How many rows SQLite is given in one statement: it finds the place of a row faster from that of the one before."""

_streams = count(1)
_MARKS = 128
"""Up to how many values SQLite has a mark for each."""

Row = tuple[Any, ...]


@lru_cache(maxsize=1024)
def _translated(sql: str, dialect: str) -> str:
    return str(text(sql).compile(dialect=_dialect(dialect)))


@cache
def _dialect(name: str) -> Dialect:
    """With the marks for what is bound that the driver takes. Only the one that is used is imported."""
    dialects: Any = import_module(f"sqlalchemy.dialects.{name}")
    dialect: Dialect = dialects.dialect(paramstyle="named" if name == "sqlite" else "pyformat")
    return dialect


@cache
def _inserting(table: TableClause, rows: int = 1) -> str:
    columns = ", ".join(column.name for column in table.columns)
    values = f"({', '.join('?' * len(table.columns))})"
    return f"INSERT INTO {table.name} ({columns}) VALUES {', '.join([values] * rows)}"


@cache
def _copying(table: TableClause) -> str:
    return f"COPY {table.name} ({', '.join(column.name for column in table.columns)}) FROM STDIN"


def _marks(number: int) -> str:
    """What SQLite takes behind IN for so many values; beyond _MARKS for one, which is a list in JSON."""
    return f"({','.join('?' * number)})" if number <= _MARKS else "(SELECT value FROM json_each(?))"


def _json(elements: Iterable[Any]) -> str:
    return orjson.dumps(list(elements)).decode()


class Session:
    """One transaction. Rows come as tuples."""

    def __init__(self, connection: Any, dialect: str) -> None:
        self._connection = connection
        self.dialect = dialect
        self.shared: Any = None
        """What those keep here who write together in this transaction."""
        self.before_commit: Callable[[], None] = lambda: None

    def rows(self, sql: str, /, **bound: Any) -> list[Row]:
        """All rows."""
        return self._run(sql, bound).fetchall()  # type: ignore[no-any-return]

    def row(self, sql: str, /, **bound: Any) -> Row | None:
        """The first row, if there is one."""
        return self._run(sql, bound).fetchone()  # type: ignore[no-any-return]

    def value(self, sql: str, /, **bound: Any) -> Any:
        """The first column of the first row; None where there is no row."""
        found = self.row(sql, **bound)
        return found[0] if found else None

    def stream(self, sql: str, /, **bound: Any) -> Iterator[Row]:
        """All rows, one after the other; a few are held at a time."""
        for rows in self.pages(1000, sql, **bound):
            yield from rows

    def pages(self, size: int, sql: str, /, **bound: Any) -> Iterator[list[Row]]:
        """All rows, `size` at a time."""
        # On PostgreSQL by a cursor of the server's: any other is given all of them at once.
        names = [f"stream_{next(_streams)}"] if self.dialect == "postgresql" else []
        with closing(self._connection.cursor(*names)) as cursor:
            cursor.execute(_translated(sql, self.dialect), bound)
            while rows := cursor.fetchmany(size):
                yield rows

    def run(self, sql: str, /, **bound: Any) -> int:
        """Run a statement that changes rows; how many it changed."""
        return self._run(sql, bound).rowcount  # type: ignore[no-any-return]

    def run_each(self, sql: str, bound: Sequence[Row]) -> None:
        """Run a statement once for each of `bound`: with `?` for each value of a row, which costs less than names."""
        if bound:
            self._connection.cursor().executemany(self._marked(sql), bound)

    def together(self, rows: int) -> AbstractContextManager[object]:
        """For statements that read nothing, and change some `rows` rows each.

        PostgreSQL is sent all of them before it is waited for; unless there are many rows, which are better copied.
        """
        if self.dialect == "sqlite" or rows >= _COPY_FROM_ROWS:
            return nullcontext()
        pipeline: AbstractContextManager[object] = self._connection.pipeline()
        return pipeline

    def _is_together(self) -> bool:
        return bool(self._connection.pgconn.pipeline_status)  # OFF is 0

    def insert(self, table: TableClause, rows: Sequence[Row]) -> None:
        """Insert rows, each with every column of `table` in its order."""
        if not rows:
            return
        if (
            self.dialect == "postgresql"
            and len(rows) >= _COPY_FROM_ROWS
            and not self._connection.pgconn.pipeline_status
        ):
            with self._connection.cursor().copy(_copying(table)) as copy:
                for row in rows:
                    copy.write_row(row)
            return
        several = 0
        if self.dialect == "sqlite":
            several = len(rows) - len(rows) % _ROWS_AT_ONCE
            sql, run = _inserting(table, _ROWS_AT_ONCE), self._connection.cursor().execute
            for start in range(0, several, _ROWS_AT_ONCE):
                run(sql, [*chain.from_iterable(rows[start : start + _ROWS_AT_ONCE])])
        self.run_each(_inserting(table), rows[several:])

    def values(self, selects: Sequence[str], bound: Sequence[Any]) -> Sequence[Any]:
        """What each SELECT of one value finds, with the next of `bound` for each `?`; None where there is no row.

        All in one statement, and as one row: at each row that SQLite gives, another thread of Python gets its turn.
        """
        sql = self._marked(f"SELECT ({'), ('.join(selects)})")
        found: Row = self._connection.cursor().execute(sql, bound).fetchone()
        return found

    def rows_among(self, sql: str, values: Sequence[Any]) -> list[Row]:
        """All rows of a SELECT that ends with a column, where that is one of `values`.

        For a few values far cheaper than a list that is read from JSON.
        """
        if not values:
            return []
        found: list[Row]
        if self.dialect == "postgresql":
            found = self._connection.cursor().execute(f"{sql} = ANY(%s)", [list(values)]).fetchall()
        else:
            bound = values if len(values) <= _MARKS else [_json(values)]
            found = self._connection.cursor().execute(f"{sql} IN {_marks(len(values))}", bound).fetchall()
        return found

    def name(self, name: str) -> str:
        """SQL for the name bound as `name`, where a recursive query begins with it."""
        return f":{name}" if self.dialect == "sqlite" else f'CAST(:{name} AS text) COLLATE "C"'

    def listed(self, name: str) -> str:
        """SQL for a subquery whose column `value` has each text of the list bound as `name` (see `listing`)."""
        if self.dialect == "sqlite":
            return f"(SELECT value FROM json_each(:{name}))"
        return f"(SELECT unnest(CAST(:{name} AS text[])) AS value)"

    def listed_integers(self, name: str) -> str:
        """The same for integers."""
        if self.dialect == "sqlite":
            return f"(SELECT value FROM json_each(:{name}))"
        return f"(SELECT unnest(CAST(:{name} AS bigint[])) AS value)"

    def joined(self, column: str, key: str) -> str:
        """SQL for the bytes in `column` of all rows, one after the other in the order of `key`, the primary key.

        SQLite reads a span of keys in their order, and knows no other way to say so before its version 3.44.
        """
        if self.dialect == "sqlite":
            return f"CAST(group_concat({column}, '') AS BLOB)"
        return f"string_agg({column}, ''::bytea ORDER BY {key})"

    def listing(self, elements: Iterable[Any]) -> Any:
        """`elements` in the form in which `listed` takes them."""
        return _json(elements) if self.dialect == "sqlite" else list(elements)

    def _marked(self, sql: str) -> str:
        """`sql`, with the driver's own mark for each `?`."""
        return sql if self.dialect == "sqlite" else sql.replace("?", "%s")

    def _run(self, sql: str, bound: Mapping[str, Any]) -> Any:
        return self._connection.cursor().execute(_translated(sql, self.dialect), bound)
