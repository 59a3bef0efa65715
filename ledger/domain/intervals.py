"""Sets of days as sorted, disjoint, half-open intervals that do not touch."""

from collections.abc import Iterable

Interval = tuple[int, int]
Intervals = tuple[Interval, ...]


def united(intervals: Iterable[Interval]) -> Intervals:
    """All days of any of `intervals`."""
    together: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if together and start <= together[-1][1]:
            together[-1] = (together[-1][0], max(end, together[-1][1]))
        else:
            together.append((start, end))
    return tuple(together)


def common(one: Interval, many: Intervals) -> list[Interval]:
    """The days of `one` that are in `many`."""
    start, end = one
    return [(max(start, a), min(end, b)) for a, b in many if a < end and start < b]


def run_at(day: int, intervals: Intervals) -> Interval | None:
    """The interval that has `day`."""
    return next(((start, end) for start, end in intervals if start <= day < end), None)
