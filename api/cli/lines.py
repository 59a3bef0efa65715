"""The lines of an NDJSON file, one after the other: a file of any length takes no more memory than its batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, NamedTuple

from ledger.domain.values import LARGEST_INTEGER
from ledger.schemas.reading import NotJSON, json_in

LONGEST_LINE = 8 * 1024 * 1024
"""In bytes. An event has 65,535 at most; this is only so that a file without line ends does not fill the memory."""


class BadLine(ValueError):
    """A line that is not an event, or that the ledger refuses. The text says which, and why."""


class Copied(NamedTuple):
    """What another ledger had set of an event that comes from an export of it."""

    sequence: int
    version: int
    recorded_at: str | None


_LAST_VERSION = 2**31 - 1
_SET_BY_THE_LEDGER = ("sequence", "version", "recorded_at", "recorded_by", "leaf_hash")
"""What an export has of an event and nobody posts: it is passed over."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line with an event on it, as it can be posted; `end` is the number of bytes up to its end.

    `copied` is for one from an export, whose `of` is a sequence of that.
    """

    number: int
    event: Any
    end: int
    copied: Copied | None = None


def lines_of(file: IO[bytes], first: int = 1, skipped: Callable[[Line], None] | None = None) -> Iterator[Line]:
    """The lines that are not blank, from the line `first` on; `skipped` is told of those before. Raises BadLine."""
    number = end = 0
    while line := file.readline(LONGEST_LINE + 1):
        number, end = number + 1, end + len(line)
        if len(line) > LONGEST_LINE:
            raise BadLine(f"line {number} is longer than {LONGEST_LINE} bytes: put one event on each line")
        if not line.strip():
            continue
        if number >= first:
            yield _line(number, _event_in(line, number), end)
        elif skipped is not None and b'"sequence"' in line:
            skipped(_line(number, _event_in(line, number), end))


def _line(number: int, event: Any, end: int) -> Line:
    if not isinstance(event, dict) or "sequence" not in event:
        return Line(number, event, end)
    sequence, version, recorded_at, *_ = (event.pop(name, None) for name in _SET_BY_THE_LEDGER)
    if not _is_number(sequence, LARGEST_INTEGER) or not _is_number(version, _LAST_VERSION):
        raise BadLine(
            f"line {number}: sequence and version must be whole numbers from 1 on, as an export has them; leave both"
            " out of an event that is no copy"
        )
    return Line(number, event, end, Copied(sequence, version, recorded_at))


def _is_number(value: Any, most: int) -> bool:
    return type(value) is int and 1 <= value <= most


def _event_in(line: bytes, number: int) -> Any:
    try:
        return json_in(line)
    except NotJSON as error:
        # json_in numbers the lines of what it reads, which is this one alone.
        reason = str(error).replace("at line 1, column", "at column")
        raise BadLine(f"line {number}: {reason} (one event on each line, as JSON)") from None


def batches_of(lines: Iterator[Line], size: int | None) -> Iterator[list[Line]]:
    """As many lines together as `size` says; all of them unless it is given.

    More, where they come from an export and were recorded together: only together they may be possible.
    """
    batch: list[Line] = []
    for line in lines:
        if size is not None and len(batch) >= size and not _were_together(batch[-1], line):
            yield batch
            batch = []
        batch.append(line)
        if len(batch) == size and line.copied is None:  # whoever waits for it need not wait for the next line
            yield batch
            batch = []
    if batch:
        yield batch


def _were_together(one: Line, next_: Line) -> bool:
    """Whether both come from an export, of one batch."""
    return one.copied is not None and next_.copied is not None and one.copied.recorded_at == next_.copied.recorded_at
