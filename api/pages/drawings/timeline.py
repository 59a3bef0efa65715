"""The timeline of a subject: a segment for each status, and a line where the reader stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from api.pages.drawings.svg import Scale, drawing, scale_over
from api.pages.markup import tag
from api.pages.wording import say, words
from ledger.domain.dates import FOREVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markupsafe import Markup


MOST_TOLD_APART = 200
"""Of more, those are left out that are too narrow to see."""


class Segment(NamedTuple):
    """Days with one status, half-open; `exact` says how well the first of them is known."""

    valid_from: int
    valid_to: int
    status: str
    exact: bool = True


def joined(segments: Iterable[Segment]) -> list[Segment]:
    """Those that follow each other with the same status as one."""
    found: list[Segment] = []
    for each in segments:
        if found and found[-1].status == each.status and found[-1].valid_to == each.valid_from:
            found[-1] = found[-1]._replace(valid_to=each.valid_to)
        else:
            found.append(each)
    return found


def timeline(segments: Sequence[Segment], day: int, title: str, description: str, name: str = "spans") -> Markup:
    """The segments of a subject, what is `none` among them or not, with a line on `day`."""
    shown = [each for each in joined(segments) if each.status != "none"]
    scale = scale_over([*(day_ for each in shown for day_ in (each.valid_from, each.valid_to)), day])
    bars = [bar(each, scale, 20, 16) for each in visible(shown, scale)]
    names = [
        tag("text", words("status")[each.status], x=f"{scale.place(each.valid_from):g}%", dx=2, y=14, class_="small")
        for each in shown
        if len(shown) <= 6 and scale.place(each.valid_to) - scale.place(each.valid_from) > 16
    ]
    ground = tag("line", x1=0, x2="100%", y1=36, y2=36, class_="ground")
    here = tag("line", x1=scale.x(day), x2=scale.x(day), y1=16, y2=40, class_="here")
    return drawing(name, title, description, ground, *names, *bars, here, *scale.axis(52), height=56)


def visible(segments: Sequence[Segment], scale: Scale) -> list[Segment]:
    """Of thousands, those that can be told apart: one that is too narrow to see is left out."""
    if len(segments) <= MOST_TOLD_APART:
        return list(segments)
    found, taken = [], -1.0
    for each in segments:
        if scale.place(each.valid_to) - taken >= 0.4:
            found.append(each)
            taken = scale.place(each.valid_to)
    return found


def bar(segment: Segment, scale: Scale, y: int, height: int) -> Markup:
    """A segment as a rectangle, by its status; with a dashed edge where its first day is not exactly known."""
    left, right = scale.place(segment.valid_from), scale.place(segment.valid_to)
    drawn = tag(
        "rect", x=f"{left:g}%", y=y, width=f"{max(right - left, 0.3):g}%", height=height, class_=f"bar {segment.status}"
    )
    if segment.status == "partly_suspended":
        half = height // 2
        drawn += tag(
            "rect", x=f"{left:g}%", y=y + half, width=f"{right - left:g}%", height=height - half, class_="bar in_force"
        )
    if not segment.exact:
        drawn += tag("line", x1=f"{left:g}%", x2=f"{left:g}%", y1=y - 3, y2=y + height + 3, class_="about")
    return drawn


def said_of(segments: Sequence[Segment]) -> str:
    """The segments in a sentence, for who does not see them; of many, how many."""
    from api.pages.wording import day_in_words

    shown = [each for each in joined(segments) if each.status != "none"]
    if not shown:
        return str(say("timeline.nothing"))
    if len(shown) > 12:
        return str(say("timeline.many", count=len(shown)))
    about = {each.valid_from for each in segments if not each.exact}

    def day(ordinal: int) -> str:
        return str(say("inline.about", day=day_in_words(ordinal)) if ordinal in about else day_in_words(ordinal))

    said = []
    for each in shown:
        since = day(each.valid_from) if each.valid_from else say("timeline.ever")
        until = day(each.valid_to) if each.valid_to < FOREVER else None
        text = "timeline.from_to" if until else "timeline.from"
        said.append(say(text, status=words("status")[each.status], since=since, until=until))
    return " ".join(said)
