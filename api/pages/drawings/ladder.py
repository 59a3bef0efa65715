"""The ladder of two actors: the steps of the one left, of the other right, time down; and its series, by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from api.pages.drawings.chain import days_in_words
from api.pages.drawings.svg import drawing, line_of, lines_of, scale_over, written
from api.pages.markup import tag
from api.pages.wording import day_in_words, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

MOST_STEPS = 60
_WIDTH, _COLUMN, _MIDDLE = 1120, 456, 560
"""As wide as the pages are; between the two columns there is room for the days after what a step answers."""


class Rung(NamedTuple):
    """A step: on which day, on which side (`a` or `b`), what it was, and the days since what it answers."""

    on: int
    side: str
    title: str
    what: str
    days: int | None
    address: str
    future: bool
    """Whether it comes after the day on which the reader stands."""


def ladder(names: tuple[str, str], rungs: Sequence[Rung]) -> Markup:
    """The rungs, one below the other; a day is said once."""
    drawn, y, said, rail = _heads(names), 36, None, 28
    for rung in rungs:
        lines = lines_of(rung.title, 54, 3)
        height = 26 + 18 * len(lines)
        if rung.on != said:
            drawn.append(_rail(rail, y))
            y += 4
            drawn.append(tag("text", day_in_words(rung.on), x=_MIDDLE, y=y + 12, text_anchor="middle", class_="axis"))
            y, said = y + 20, rung.on
            rail = y - 2
        drawn.append(_rung(rung, lines, y, height))
        y += height + 8
    drawn.append(_rail(rail, y))
    title = say("dyad.ladder_title", a=names[0], b=names[1])
    description = say("dyad.ladder_description", count=len(rungs))
    return drawing("steps", title, description, *drawn, height=y + 4, width=_WIDTH, linked=True)


def _heads(names: tuple[str, str]) -> list[Markup]:
    a, b = (line_of(name, 30) for name in names)
    return [
        tag("text", f"A  {a}", x=0, y=16, class_="head side-a"),
        tag("text", f"{b}  B", x=_WIDTH, y=16, text_anchor="end", class_="head side-b"),
    ]


def _rail(top: int, bottom: int) -> Markup:
    """The line down the middle, from one day to the next."""
    return tag("line", x1=_MIDDLE, x2=_MIDDLE, y1=top, y2=bottom, class_="ground")


def _rung(rung: Rung, lines: list[str], y: int, height: int) -> Markup:
    left = 0 if rung.side == "a" else _WIDTH - _COLUMN
    inner = _COLUMN if rung.side == "a" else _WIDTH - _COLUMN
    edge = left if rung.side == "a" else _WIDTH - 6
    inside = [
        tag(
            "rect",
            x=left + 1,
            y=y + 1,
            width=_COLUMN - 2,
            height=height - 2,
            rx=3,
            class_="box future" if rung.future else "box",
        ),
        tag("rect", x=edge, y=y, width=6, height=height, class_=f"side side-{rung.side}"),
        written(lines, left + 14, y + 20, class_="small"),
        tag("text", rung.what, x=left + 14, y=y + height - 8, class_="axis"),
    ]
    drawn = tag("a", *inside, href=rung.address)
    middle = y + height // 2
    drawn += tag("line", x1=inner, x2=_MIDDLE, y1=middle, y2=middle, class_="ground")
    if said := days_in_words(rung.days):
        drawn += tag("text", said, x=(inner + _MIDDLE) // 2, y=middle - 4, text_anchor="middle", class_="axis")
    return drawn


def series(names: tuple[str, str], points: Sequence[tuple[int, int, int]], day: int) -> Markup:
    """How many live measures each held against the other, in steps: A solid, B dashed, a line on `day`."""
    scale = scale_over([*(on for on, _, _ in points), day], left=6)
    most = max((max(a, b) for _, a, b in points), default=0) or 1
    shown = _apart(points, scale.place)

    def level(number: int) -> int:
        return 128 - round(108 * number / most)

    drawn = []
    for side, index in (("a", 1), ("b", 2)):
        before = 0
        for number, point in enumerate(shown):
            left = scale.x(point[0])
            right = scale.x(shown[number + 1][0]) if number + 1 < len(shown) else "100%"
            now = point[index]
            drawn.append(tag("line", x1=left, x2=left, y1=level(before), y2=level(now), class_=f"step side-{side}"))
            drawn.append(tag("line", x1=left, x2=right, y1=level(now), y2=level(now), class_=f"step side-{side}"))
            before = now
    if shown:
        _, a, b = shown[-1]
        drawn += [
            tag("text", side.upper(), x="100%", y=y, text_anchor="end", class_=f"small side-{side}")
            for side, y in zip("ab", _beside(level(a), level(b)), strict=True)
        ]
    axis = [tag("text", f"{most:,}", x=0, y=24, class_="axis"), tag("text", "0", x=0, y=132, class_="axis")]
    ground = tag("line", x1="6%", x2="100%", y1=128, y2=128, class_="ground")
    here = tag("line", x1=scale.x(day), x2=scale.x(day), y1=4, y2=136, class_="here")
    title = say("dyad.series_title", a=names[0], b=names[1])
    description = say("dyad.series_description", a=names[0], b=names[1])
    return drawing("numbers", title, description, ground, *drawn, here, *axis, *scale.axis(150), height=156)


def _beside(a: int, b: int) -> tuple[int, int]:
    """The baselines of the letters of two lines that end at these heights: above the upper, below the lower."""
    above, below = -4, 14
    return (a + above, b + below) if a <= b else (a + below, b + above)


def _apart(points: Sequence[tuple[int, int, int]], place: object) -> list[tuple[int, int, int]]:
    """Of thousands of points, those that can be told apart; where some are at one place, the last."""
    assert callable(place)
    if len(points) <= 300:
        return list(points)
    return list({round(place(point[0]) * 3): point for point in points}.values())
