"""The names that are to be screened, in a CSV file: one on each row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from api.cli.endings import No

PROPERTIES = {"name": "name", "birth_date": "birthDate", "country": "country", "nationality": "nationality"}
"""The columns that say something of somebody, each with its property of FollowTheMoney."""
SCHEMA, ID = "schema", "id"
ANY = "Thing"
"""The schema of a row that states none: it is compared with everybody and everything."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file, as a query."""

    line: int
    id: str
    name: str
    query: dict[str, Any]


def rows_in(content: bytes, called: str) -> list[Row]:
    """The rows of a CSV file in UTF-8, whose first one names its columns. Raises No, saying what is wrong where."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise No(f"{called} is not UTF-8 at byte {error.start}: save it as CSV in UTF-8") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip().lower().replace(" ", "_") for cell in next(reader, [])]
        if "name" not in header:
            known = ", ".join([*PROPERTIES, SCHEMA, ID])
            raise No(f"{called} has no column `name` in its first row: it may have {known}, divided by commas")
        rows = list(_rows(reader, header, called))
    except csv.Error as error:
        raise No(f"{called} is no CSV at line {reader.line_num}: {error}") from None
    if not rows:
        raise No(f"{called} has no names: put one on each row below the first")
    return rows


def _rows(reader: Any, header: list[str], called: str) -> Iterator[Row]:
    before = 1
    for cells in reader:
        line, before = before + 1, reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header):
            raise No(f"{called} has more cells at line {line} than columns: put what holds a comma in quotes")
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        if not row.get("name"):
            raise No(f"{called} has no name at line {line}: give one, or take the row out")
        properties = {PROPERTIES[column]: [row[column]] for column in PROPERTIES if row.get(column)}
        mine = {ID: row[ID]} if row.get(ID) else {}
        query = {**mine, SCHEMA: row.get(SCHEMA) or ANY, "properties": properties}
        yield Row(line, row.get(ID, ""), row["name"], query)
