"""Elements of SVG, and what all drawings share: a scale of days, words cut into lines, the shapes of statuses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from unicodedata import east_asian_width

from markupsafe import Markup

from api.pages.markup import tag
from api.pages.wording import WORDS
from ledger.domain.dates import EVER, FOREVER

_LARGEST_DAY = FOREVER - 1
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


def drawing(
    name: str, title: str, description: str, *inside: str, height: int, width: int | None = None, linked: bool = False
) -> Markup:
    """The whole of a drawing, `width` pixels wide or as wide as there is room; `linked` where there are links in it."""
    return tag(
        "svg",
        tag("title", title, id=f"{name}-title"),
        tag("desc", description, id=f"{name}-desc"),
        *inside,
        id=name,
        class_="drawing",
        role="group" if linked else "img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-desc",
        width=width or "100%",
        height=height,
        viewBox=f"0 0 {width} {height}" if width else None,
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """Days from left to right, between two places in percent."""

    first: int
    last: int
    left: float = 0.0
    right: float = 100.0

    def place(self, day: int) -> float:
        """Where a day is, in percent; what is beyond an end is at that end."""
        within = min(max(day, self.first), self.last)
        return round(self.left + (self.right - self.left) * (within - self.first) / (self.last - self.first), 2)

    def x(self, day: int) -> str:
        """The same as an attribute."""
        return f"{self.place(day):g}%"

    def years(self, most: int = 6) -> list[tuple[int, str]]:
        """(first day, name) of some years, or of months where there are few, `most` at the most."""
        first, last = date.fromordinal(max(self.first, 1)), date.fromordinal(min(self.last, _LARGEST_DAY))
        months = (last.year - first.year) * 12 + last.month - first.month
        if months <= 2 * most:
            step = max(1, -(-months // most))
            every = [
                (first.year + (first.month + n - 1) // 12, (first.month + n - 1) % 12 + 1)
                for n in range(1, months + 1, step)
            ]
            return [
                (date(year, month, 1).toordinal(), f"{WORDS['months'][month - 1][:3]} {year}") for year, month in every
            ]
        step = next(
            step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000) if (last.year - first.year) / step <= most
        )
        begin = -(-(first.year + 1) // step) * step
        return [(date(year, 1, 1).toordinal(), str(year)) for year in range(begin, last.year + 1, step)]

    def axis(self, y: int) -> list[Markup]:
        """The names of years or months, in a line whose letters stand on `y`; some only where there is room."""
        found, named = [], self.years()
        is_crowded = len(named) > (2 if self.left else 4) and any(len(name) > len("2020") for _, name in named)
        for number, (day, name) in enumerate(named):
            place = self.place(day)
            edge = (self.right - self.left) * 0.08
            anchor = "start" if place < self.left + edge else "end" if place > self.right - edge else "middle"
            class_ = "axis wide" if is_crowded and number % 2 else "axis"
            found.append(tag("text", name, x=f"{place:g}%", y=y, class_=class_, text_anchor=anchor))
        return found


def scale_over(days: list[int], *, left: float = 0.0, right: float = 100.0) -> Scale:
    """A scale with some room around those days."""
    within = [day for day in days if EVER < day < FOREVER] or [_LARGEST_DAY // 2]
    first, last = min(within), max(within)
    room = max((last - first) // 12, 45)
    return Scale(max(first - room, 1), min(last + room, _LARGEST_DAY), left, right)


def breadth(text: str) -> float:
    """How many small Latin letters' room a text takes, roughly; a wide one takes that of two."""
    return sum(map(_room, text))


@lru_cache(maxsize=4096)
def _room(letter: str) -> float:
    if east_asian_width(letter) in "WF":
        return 2
    return 1.25 if letter.isupper() or "\u0400" <= letter <= "\u052f" else 1  # Cyrillic ones are broad too


def _beginning(text: str, letters: float) -> str:
    """As much of a text as has room, and one letter at the least."""
    taken = 0.0
    for at, letter in enumerate(text):
        taken += _room(letter)
        if taken > letters and at:
            return text[:at]
    return text


def lines_of(text: str, letters: int, most: int) -> list[str]:
    """`text` in lines of so many letters, `most` of them; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    for word in text.split():
        rest = word
        if lines and breadth(lines[-1]) + 1 + breadth(rest) <= letters:
            lines[-1] += " " + rest
            continue
        while rest:
            lines.append(_beginning(rest, letters))
            rest = rest[len(lines[-1]) :]
        if len(lines) > most:
            break
    if len(lines) > most:
        lines = [*lines[: most - 1], _beginning(lines[most - 1], letters - 1).rstrip() + "…"]
    return lines


def line_of(text: str, letters: int) -> str:
    """As much of `text` as one line has."""
    return next(iter(lines_of(text, letters, 1)), "")


def written(lines: list[str], x: object, y: int, height: int = 18, **more: object) -> Markup:
    """Lines of text below one another, the first with its letters on `y`."""
    spans = (tag("tspan", f"{line} ", x=x, y=y + number * height) for number, line in enumerate(lines))
    return tag("text", *spans, **more)


def shape(status: str, x: object, y: object, size: int = 14) -> Markup:
    """The shape of a status, which `templates/shapes.html` has."""
    return tag("use", href=f"#shape-{status}", x=x, y=y, width=size, height=size, class_=f"shape {status}")
