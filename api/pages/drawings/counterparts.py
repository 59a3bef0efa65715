"""An actor and the others: for each of them what it holds against the actor, left, and the actor against it, right."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from api.pages.drawings.svg import breadth, drawing, line_of, shape
from api.pages.markup import tag
from api.pages.wording import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

MOST_MARKS = 300
MOST_BARS = 40
_IN_LINE = 8
_PITCH = 16


class Mark(NamedTuple):
    """A live measure."""

    subject: str
    status: str


class Counterpart(NamedTuple):
    """Another actor, with the numbers of live measures either way, and each of them where they are drawn one by one."""

    name: str
    address: str | None
    held_against: int
    held_by: int
    marks_against: Sequence[Mark] = ()
    marks_by: Sequence[Mark] = ()


def counterparts(name: str, rows: Sequence[Counterpart], *, one_by_one: bool) -> Markup:
    """The rows; each measure a mark, or, where there are too many, bars with numbers."""
    most = max((max(row.held_against, row.held_by) for row in rows), default=1)
    drawn, y = _heads(name), 28
    for row in rows if one_by_one else rows[:MOST_BARS]:
        lines = -(-max(len(row.marks_against), len(row.marks_by), 1) // _IN_LINE) if one_by_one else 1
        label = line_of(row.name, 40)
        words = tag("text", label, x="50%", y=y + 16, text_anchor="middle")
        drawn.append(tag("a", words, href=row.address) if row.address else words)
        drawn.append(tag("line", x1=0, x2="100%", y1=y - 2, y2=y - 2, class_="ground"))
        if one_by_one:
            drawn += [_marks(row.marks_against, y + 24, -1), _marks(row.marks_by, y + 24, 1)]
        else:
            drawn += _bars(row, y + 24, most)
        y += 24 + lines * _PITCH + 10
    drawn.append(tag("line", x1="50%", x2="50%", y1=4, y2=20, class_="ground"))
    title = say("counterparts.title", name=name)
    return drawing("counterparts", title, say("counterparts.description", name=name), *drawn, height=y, linked=True)


def _heads(name: str) -> list[Markup]:
    short = name if breadth(name) <= 14 else line_of(name, 14)
    return [
        tag("text", say("counterparts.left", name=short), x="50%", dx=-12, y=14, text_anchor="end", class_="axis"),
        tag("text", say("counterparts.right", name=short), x="50%", dx=12, y=14, class_="axis"),
    ]


def _marks(marks: Sequence[Mark], y: int, way: int) -> Markup:
    """Marks from the middle outwards, line below line."""
    placed = []
    for number, mark in enumerate(marks):
        line, column = divmod(number, _IN_LINE)
        x = 6 + column * _PITCH if way > 0 else -6 - (column + 1) * _PITCH + 2
        placed.append(tag("g", shape(mark.status, x, line * _PITCH), data_subject=mark.subject))
    return tag("svg", *placed, x="50%", y=y, overflow="visible", width=1, height=1)


def _bars(row: Counterpart, y: int, most: int) -> list[Markup]:
    left, right = (34 * number / most for number in (row.held_against, row.held_by))
    drawn, small = [], {"class_": "small"}
    if row.held_against:
        drawn += [
            tag("rect", x=f"{50 - left:.2f}%", y=y, width=f"{left:.2f}%", height=12, class_="bar in_force"),
            tag(
                "text",
                f"{row.held_against:,}",
                x=f"{50 - left:.2f}%",
                dx=-4,
                y=y + 11,
                text_anchor="end",
                class_="small",
            ),
        ]
    if row.held_by:
        drawn += [
            tag("rect", x="50%", y=y, width=f"{right:.2f}%", height=12, class_="bar in_force"),
            tag("text", f"{row.held_by:,}", x=f"{50 + right:.2f}%", dx=4, y=y + 11, **small),
        ]
    return drawn
