"""The lines of an NDJSON file, one after the other: a file of any length takes no more memory than its batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from ledger.schemas.reading import NotJSON, json_in

LONGEST_LINE = 8 * 1024 * 1024
"""In bytes. An event has 65,535 at most; this is only so that a file without line ends does not fill the memory."""


class BadLine(ValueError):
    """A line that is not an event, or that the ledger refuses. The text says which, and why."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line with an event on it; `end` is the number of bytes up to its end."""

    number: int
    event: Any
    end: int


def lines_of(file: IO[bytes], first: int = 1) -> Iterator[Line]:
    """The lines that are not blank, from the line `first` on. Raises BadLine."""
    number = end = 0
    while line := file.readline(LONGEST_LINE + 1):
        number, end = number + 1, end + len(line)
        if len(line) > LONGEST_LINE:
            raise BadLine(f"line {number} is longer than {LONGEST_LINE} bytes: put one event on each line")
        if number >= first and line.strip():
            yield Line(number, _event_in(line, number), end)


def _event_in(line: bytes, number: int) -> Any:
    try:
        return json_in(line)
    except NotJSON as error:
        # json_in numbers the lines of what it reads, which is this one alone.
        reason = str(error).replace("at line 1, column", "at column")
        raise BadLine(f"line {number}: {reason} (one event on each line, as JSON)") from None


def batches_of(lines: Iterator[Line], size: int | None) -> Iterator[list[Line]]:
    """As many lines together as `size` says; all of them unless it is given."""
    batch: list[Line] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
