"""What a benchmark finds: a figure, and the bar that it has to reach."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure must reach, and what it should."""

    floor: float
    goal: float | None = None
    at_most: bool = False
    """Whether the figure must not be above the bar, rather than not below it."""

    def met_by(self, value: float) -> bool:
        """Whether `value` reaches the floor."""
        return value <= self.floor if self.at_most else value >= self.floor


@dataclass(frozen=True, slots=True)
class Figure:
    """What one benchmark found."""

    name: str
    what: str
    ours: str
    """What the ledger does, with its unit."""
    bare: str
    """What the bare thing does that it is held against, with the same unit."""
    value: float
    """What the bar is for: a ratio, or what `unit` says."""
    bar: Bar | None = None
    """None: told, and not judged."""
    unit: str = ""

    @property
    def missed(self) -> bool:
        """Whether it does not reach its floor."""
        return self.bar is not None and not self.bar.met_by(self.value)


Figures = Iterator[Figure]
"""A benchmark yields its figures one by one, each as soon as it is there."""


def per_second(count: int, seconds: float) -> str:
    """A rate, to three figures or so."""
    return f"{count / seconds:,.0f}/s"


def microseconds(seconds: float) -> str:
    """A time in microseconds."""
    return f"{seconds * 1e6:,.0f} µs"
