"""Two timelines of a subject, before and after a batch -> which rectangles close and which open.

A rectangle is a span of valid time by a span of transaction time, over which a state holds as known. What a batch
leaves as it was stays open.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Bounded(Protocol):
    """A span of days that can be told from another one with the same bounds."""

    @property
    def valid_from(self) -> int:
        """The first day of the span."""


S = TypeVar("S", bound=Bounded)


def turned(before: Sequence[S], after: Sequence[S]) -> tuple[list[S], list[S]]:
    """The spans of `before` whose rectangles close, and those of `after` whose rectangles open.

    Both are in the order of days; within each no two begin on the same day.
    """
    was = {span.valid_from: span for span in before}
    now = {span.valid_from: span for span in after}
    closing = [span for span in before if now.get(span.valid_from) != span]
    return closing, [span for span in after if was.get(span.valid_from) != span]


def fork(first: int, last: int) -> int:
    """The node at which an interval of sequences, `first` to `last` included, is filed in a relational interval tree.

    The number in it that is divisible by the highest power of two (Kriegel, Pötke, Seidl: Managing Intervals
    Efficiently in Object-Relational Databases, VLDB 2000). All rectangles of a subject at one node know that number,
    so their spans of days do not overlap: at most one of them holds on a day, and an index finds it.
    """
    low_bits = ((first - 1) ^ last).bit_length() - 1
    return last >> low_bits << low_bits


OPEN = 0
"""The node of rectangles that are still known."""


def path(sequence: int, newest: int) -> list[int]:
    """Every node at which a rectangle may be filed that was known at `sequence`, in a ledger of `newest` events."""
    nodes = [OPEN]
    step = 1
    while step <= newest:
        node = (sequence // (2 * step)) * 2 * step + step
        if node <= newest:
            nodes.append(node)
        step *= 2
    return nodes
