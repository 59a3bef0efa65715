"""The strip over the years below the two dates: a tick on each day on which something changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.pages.drawings.svg import Scale, scale_over
from api.pages.markup import tag
from api.pages.wording import day_in_words, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markupsafe import Markup

MOST_TICKS = 240
"""More would touch each other, and weigh more than all the rest of the page."""


def strip(turns: Sequence[int], day: int, address: Callable[[int], str]) -> tuple[Markup, Scale, int]:
    """The strip, its scale, and how many days are marked; `address` is where a day's tick leads.

    Of ticks that would touch, the first stays.
    """
    scale = scale_over([*turns, day])
    ticks, taken = [], -1.0
    for turn in turns:
        place = scale.place(turn)
        if len(turns) > MOST_TICKS and place - taken < 100 / MOST_TICKS:
            continue
        taken = place
        width, class_ = (6, "tick today") if turn == day else (2, "tick")  # seen on both sides of the line on the day
        tick = tag("rect", x=f"{place:g}%", y=2, width=width, height=14, class_=class_)
        ticks.append(tag("a", tick, href=address(turn), tabindex=-1, aria_label=day_in_words(turn)))
    here = tag("line", x1=scale.x(day), x2=scale.x(day), y1=0, y2=20, class_="here")
    drawn = tag(
        "svg",
        tag("title", say("when.strip"), id="strip-title"),
        tag("line", x1=0, x2="100%", y1=17, y2=17, class_="ground"),
        *ticks,
        here,
        *scale.axis(34),
        id="strip",
        class_="drawing",
        role="group" if ticks else "img",
        aria_labelledby="strip-title",
        width="100%",
        height=38,
    )
    return drawn, scale, len(ticks)
