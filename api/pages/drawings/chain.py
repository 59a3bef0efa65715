"""A chain: what led to a subject on its left, what answered it on its right, and the days between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from api.pages.drawings.svg import drawing, line_of, lines_of, shape, written
from api.pages.markup import tag
from api.pages.wording import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

MOST_NODES = 40
"""Of more, the list alone is shown."""
_WIDTH, _HEIGHT = 216, 102
_ACROSS, _DOWN = 300, 120


class Node(NamedTuple):
    """A subject of the chain: by whom, and since when, both in words."""

    subject: str
    title: str
    status: str
    by: str
    since: str
    address: str

    @property
    def about(self) -> str:
        """By whom, since when."""
        return ", ".join(filter(None, [self.by, self.since]))


class Edge(NamedTuple):
    """That `to` answered `from_`, so many days after it began (None: not known)."""

    from_: str
    to: str
    days: int | None


def columns_of(centre: str, nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """In which column each subject stands: the subject in 0, what led to it before, what answered it behind.

    So many steps as the longest way has; a circle ends where it began.
    """
    causes: dict[str, set[str]] = {name: set() for name in nodes}
    answers: dict[str, set[str]] = {name: set() for name in nodes}
    for edge in edges:
        causes[edge.to].add(edge.from_)
        answers[edge.from_].add(edge.to)
    return _walked(centre, causes, -1) | _walked(centre, answers, 1) | {centre: 0}


def _walked(centre: str, next_to: Mapping[str, set[str]], step: int) -> dict[str, int]:
    found: dict[str, int] = {}
    frontier, column = {centre}, 0
    while frontier and abs(column) < len(next_to):
        column += step
        frontier = {name for each in frontier for name in next_to[each]} - {centre}
        found |= dict.fromkeys(frontier, column)
    return found


def chain(nodes: Sequence[Node], edges: Sequence[Edge]) -> Markup:
    """The chain of the first of `nodes`."""
    columns = columns_of(nodes[0].subject, [node.subject for node in nodes], edges)
    leftmost = min(columns.values())
    stacked: dict[int, list[Node]] = {}
    for node in nodes:
        stacked.setdefault(columns.get(node.subject, 0), []).append(node)
    tallest = max(map(len, stacked.values()))
    places: dict[str, tuple[int, int]] = {}
    for column, within in stacked.items():
        top = (tallest - len(within)) * _DOWN // 2
        places |= {node.subject: ((column - leftmost) * _ACROSS, top + n * _DOWN) for n, node in enumerate(within)}
    width = (max(stacked) - leftmost) * _ACROSS + _WIDTH + 2
    height = tallest * _DOWN - (_DOWN - _HEIGHT) + 4
    arrow = tag(
        "marker",
        tag("path", d="M0 0L8 4L0 8z"),
        id="arrow",
        viewBox="0 0 8 8",
        refX=8,
        refY=4,
        markerWidth=8,
        markerHeight=8,
        orient="auto",
    )
    boxes = (_box(node, *places[node.subject], centre=node is nodes[0]) for node in nodes)
    return drawing(
        "answers", say("chain.title"), say("chain.description", count=len(nodes) - 1), tag("defs", arrow),
        *(_arrow(edge, places) for edge in edges), *boxes,
        height=height, width=width, linked=True,
    )  # fmt: skip


def days_in_words(days: int | None) -> str:
    """`1 day`, `same day`; a day before, where an answer came first."""
    if days is None:
        return ""
    if days < 0:
        return str(say("chain.before", count=-days))
    return str(say("chain.same_day")) if days == 0 else str(say("chain.days", count=days))


def _box(node: Node, x: int, y: int, *, centre: bool) -> Markup:
    title = lines_of(node.title, 24, 3)
    inside = [
        tag(
            "rect",
            x=x + 1,
            y=y + 1,
            width=_WIDTH - 2,
            height=_HEIGHT - 2,
            rx=3,
            class_="box centre" if centre else "box",
        ),
        written(title, x + 10, y + 20, 17, class_="small"),
        shape(node.status, x + 9, y + 65, 12),
        written([line_of(node.by, 26), node.since], x + 26, y + 76, 16, class_="axis"),
    ]
    return tag("a", *inside, href=node.address)


def _arrow(edge: Edge, places: Mapping[str, tuple[int, int]]) -> Markup:
    (x1, y1), (x2, y2) = places[edge.from_], places[edge.to]
    x1, y1, y2 = x1 + _WIDTH, y1 + _HEIGHT // 2, y2 + _HEIGHT // 2
    middle = (x1 + x2) // 2
    path = f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2 - 1} {y2}"
    said = days_in_words(edge.days)
    label = tag("text", said, x=middle, y=(y1 + y2) // 2 - 5, text_anchor="middle", class_="axis halo") if said else ""
    return tag("path", d=path, class_="arrow", marker_end="url(#arrow)") + label
