"""CSV (RFC 4180) in UTF-8: a header, then rows. Texts are written as they were recorded, whatever they begin with.

A spreadsheet takes a cell that begins with =, +, - or @ for a formula. To alter it would falsify the record, so that is
left to whoever opens the file: import the columns as text.
"""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

BETWEEN = ";"
"""Between the elements of a list in one cell."""


def csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Some rows; what is None is empty."""
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def listed(elements: Iterable[str]) -> str:
    """A list in one cell. Only the description of a group can hold a semicolon, which becomes a comma."""
    return BETWEEN.join(element.replace(BETWEEN, ",") for element in elements)
