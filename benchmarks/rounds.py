"""Rounds in turn: what two sides take for the same work, measured so that a busy machine slows both alike.

Each round runs both sides for a fraction of a second, one right after the other, and gives one ratio; which side goes
first alternates. The figure is the median of the ratios, so that a round in which the machine was taken away counts
for nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter

Side = Callable[[], float]
"""Does the work of one round; how many seconds it took."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """The seconds that each side took, round by round."""

    ours: Sequence[float]
    bare: Sequence[float]

    @property
    def slowness(self) -> float:
        """How many times as long as the bare side ours takes."""
        return median(ours / bare for ours, bare in zip(self.ours, self.bare, strict=True))

    @property
    def speed(self) -> float:
        """How many times as fast as the bare side ours is."""
        return median(bare / ours for ours, bare in zip(self.ours, self.bare, strict=True))

    @property
    def seconds_ours(self) -> float:
        """What a round takes us."""
        return median(self.ours)

    @property
    def seconds_bare(self) -> float:
        """What a round takes the bare side."""
        return median(self.bare)


def in_turn(ours: Side, bare: Side, rounds: int, *, warm_up: int = 2) -> Rounds:
    """Run both sides `rounds` times in turn, after some rounds that do not count."""
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(warm_up + rounds):
        first, second = ((0, ours), (1, bare)) if number % 2 else ((1, bare), (0, ours))
        for index, side in (first, second):
            seconds = side()
            if number >= warm_up:
                taken[index].append(seconds)
    return Rounds(*taken)


def timed(work: Callable[[], object]) -> float:
    """How many seconds `work` takes."""
    began = perf_counter()
    work()
    return perf_counter() - began
