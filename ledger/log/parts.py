"""The parts in which a log is reckoned."""

from dataclasses import dataclass

PART_LEVEL = 12
PART_LEAVES = 1 << PART_LEVEL


@dataclass(frozen=True, slots=True)
class Part:
    """The events after `start`, up to `last`: all in one aligned subtree of PART_LEAVES leaves."""

    start: int
    last: int
    edge: tuple[bytes, ...] = ()
    """Where `start` is within that subtree: the hashes of its right edge there."""
    sizes: tuple[int, ...] = ()
    """Tree sizes from `start` to `last` at which the right edge is asked for."""

    @property
    def offset(self) -> int:
        """How many leaves the subtree has before `start`."""
        return self.start % PART_LEAVES

    @property
    def base(self) -> int:
        """How many leaves come before the subtree."""
        return self.start - self.offset
