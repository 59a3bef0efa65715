"""What was known when: across, days in the world; up, a row for each time at which the ledger learned something."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from api.pages.drawings.svg import drawing, scale_over
from api.pages.drawings.timeline import Segment, bar, joined, visible
from api.pages.markup import tag
from api.pages.wording import say, short_day
from ledger.domain.dates import parse_day
from ledger.times import time_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

_ROW = 34
_LEFT = 30.0
MOST_ROWS = 40


class Learned(NamedTuple):
    """A time at which the ledger learned something, and what it held to be so from then on."""

    recorded_at: int
    sequence: int
    segments: Sequence[Segment]
    address: str
    """The page as known then."""


def drawn_of(rows: Sequence[Learned], sequence: int) -> range:
    """Which of the rows are drawn: the newest, or, where the reader stands before these, those up to there."""
    known = sum(row.sequence <= sequence for row in rows)
    end = len(rows) if known > len(rows) - MOST_ROWS else max(known, min(MOST_ROWS, len(rows)))
    return range(max(end - MOST_ROWS, 0), end)


def knowledge(rows: Sequence[Learned], day: int, sequence: int) -> Markup:
    """The rows, newest on top, the reader where the lines cross: on `day`, as known at `sequence`."""
    shown = [rows[number] for number in drawn_of(rows, sequence)]
    days = [one for row in shown for each in row.segments for one in (each.valid_from, each.valid_to)]
    scale = scale_over([*days, day], left=_LEFT)
    here = max((row.sequence for row in shown if row.sequence <= sequence), default=None)
    height = _ROW * len(shown)
    drawn = []
    for number, row in enumerate(reversed(shown)):
        y = number * _ROW
        on = time_text(row.recorded_at)
        told = short_day(parse_day(on[:10]))
        bars = [
            bar(each, scale, y + 6, _ROW - 6) for each in visible(joined(row.segments), scale) if each.status != "none"
        ]
        words = tag(
            "text",
            tag("tspan", f"{told} ", x=0, y=y + 18),
            tag("tspan", f"{on[11:19]} UTC", x=0, y=y + 32, class_="axis"),
            class_="small",
        )
        area = tag("rect", x=0, y=y + 2, width="100%", height=_ROW - 2, class_="area")
        current = "true" if row.sequence == here else None
        drawn.append(tag("a", area, words, *bars, href=row.address, aria_current=current))
        if current:
            drawn.append(
                tag("line", x1=f"{_LEFT:g}%", x2="100%", y1=y + 3 + _ROW // 2, y2=y + 3 + _ROW // 2, class_="here")
            )
    cross = tag("line", x1=scale.x(day), x2=scale.x(day), y1=0, y2=height + 6, class_="here")
    title, description = say("known.title"), say("known.description")
    return drawing(
        "rectangles", title, description, *drawn, cross, *scale.axis(height + 22), height=height + 28, linked=True
    )
