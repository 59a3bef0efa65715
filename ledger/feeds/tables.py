"""Tables: lists that come as rows and columns of text (RFC 4180), read so that nothing broken passes for a list.

A file that was cut off shows it by an open quote, a record with too few fields, or a last line without an end; one
that is another list, or another edition of this one, by its columns.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from ledger.feeds.reading import BrokenList


class Row(dict[str, str]):
    """The cells of one record by the names of their columns, trimmed."""

    def __init__(self, cells: Iterator[tuple[str, str]], line: int) -> None:
        super().__init__(cells)
        self.line = line
        """The line of the file on which the record begins."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file with a header."""

    name: str
    above: list[list[str]]
    """The records above the header."""
    columns: tuple[str, ...]
    rows: Iterator[Row]
    """Read as they are asked for. Raises BrokenList where the file turns out to be damaged, or has no row at all."""
    ends: bool
    """Whether the last line has an end, as all others do: nothing else tells a file that was cut off in its last
    cell."""
    warnings: list[str]

    def broken(self, row: Row, detail: str) -> BrokenList:
        """The refusal of a row that says what cannot be, with the line to look at."""
        return BrokenList(f"{self.name}, line {row.line}: {detail}")


def table(
    path: Path, *forms: Sequence[str], encodings: Sequence[str] = ("utf-8-sig",), above: int = 0, ends: bool = True
) -> Table:
    """The table in the file at `path`, whose header has every column of one of the `forms`, in any order.

    `above` records stand above the header. The last line needs an end where the list `ends` with one. Raises BrokenList
    for any other file.
    """
    text = text_of(path, *encodings)
    found = records(text, path.name)
    before = [cells for _, cells in (_next(found, path.name) for _ in range(above))]
    header = tuple(cell.strip() for cell in _next(found, path.name)[1])
    warnings = _unread(path.name, header, forms)
    ended = text.endswith(("\n", "\r"))
    if ends and not ended:
        raise BrokenList(f"{path.name}: its last line has no end, so it may be cut off; fetch it again")
    return Table(path.name, before, header, _rows(path.name, header, found), ended, warnings)


def text_of(path: Path, *encodings: str) -> str:
    """The text of a file: in the first of the `encodings` that fits it. Raises BrokenList where none does.

    An UTF-8 file that is cut off within a character is refused, and not read as something else.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BrokenList(f"{path} cannot be read: {error.strerror}") from None
    if not content.strip():
        raise BrokenList(f"{path.name} is empty; fetch it again")
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        raise BrokenList(f"{path.name}, line {line}: holds a NUL, so it is no text; fetch it again")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            if error.reason == "unexpected end of data":
                break
    said = " or ".join(encodings)
    raise BrokenList(f"{path.name}, line {line}: is not text in {said}, or is cut off; fetch it again")


def records(text: str, name: str, width: int | None = None) -> Iterator[tuple[int, list[str]]]:
    """Each record of the text of the file `name`, with the line on which it begins; blank lines are passed over.

    Raises BrokenList for an open quote, and for a record that has not `width` fields, where that is given.
    """
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                if width is not None and len(cells) != width:
                    raise _uneven(name, line, len(cells), width)
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise BrokenList(
            f"{name}, line {line}: {error}: a quote is open, or the file is cut off; fetch it again"
        ) from None


def _next(found: Iterator[tuple[int, list[str]]], name: str) -> tuple[int, list[str]]:
    if (record := next(found, None)) is None:
        raise BrokenList(f"{name} ends before its header; fetch it again")
    return record


def _unread(name: str, header: tuple[str, ...], forms: Sequence[Sequence[str]]) -> list[str]:
    """Warnings of the columns that no form has. Raises BrokenList unless the header has all columns of one form."""
    if twice := sorted({column for column in header if header.count(column) > 1}):
        raise BrokenList(
            f"{name}: the header has {_some(twice)} more than once: it is another list, or its publisher changed its"
            " form"
        )
    nearest = min(forms, key=lambda form: (not set(form) <= set(header), len(set(form) ^ set(header))))
    missing = [column for column in nearest if column not in header]
    others = [column for column in header if column not in nearest]
    if missing:
        instead = f", and has {_some(others)}, which it should not" if others else ""
        raise BrokenList(
            f"{name}: the header lacks {_some(missing)}{instead}: it is another list, or its publisher changed its form"
        )
    return [f"{name}: the column {column!r} is new and not read" for column in others]


def _some(columns: Sequence[str]) -> str:
    more = f" and {len(columns) - 5} more" if len(columns) > 5 else ""
    return ", ".join(repr(column[:60]) for column in columns[:5]) + more


def _rows(name: str, header: tuple[str, ...], found: Iterator[tuple[int, list[str]]]) -> Iterator[Row]:
    none = True
    for line, cells in found:
        if len(cells) != len(header):
            raise _uneven(name, line, len(cells), len(header))
        none = False
        yield Row(zip(header, map(str.strip, cells), strict=True), line)
    if none:
        raise BrokenList(f"{name} has a header and no entry; fetch it again")


def _uneven(name: str, line: int, fields: int, width: int) -> BrokenList:
    return BrokenList(
        f"{name}, line {line}: has {fields} fields, not {width}: the file is damaged or cut off; fetch it again"
    )
