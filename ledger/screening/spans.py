"""Spans of days and of knowledge, in numpy: which of many things hold on a day, as known at a sequence."""

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
When = tuple[int, int, int, int]
"""Valid from, valid to, known from, known to: half-open, as in the table `states`."""
_OWNER, _THING, _VALID_FROM, _VALID_TO, _KNOWN_FROM, _KNOWN_TO = range(6)


class Spans:
    """What holds of some owners when, as was known when."""

    def __init__(self) -> None:
        self._table: Integers = np.zeros((0, 6), np.int64)
        self._new = array("q")

    def add(self, owner: int, thing: int, when: When) -> None:
        """This holds of that owner then, once it is settled."""
        self._new.extend((owner, thing, *when))

    def settle(self, owners: Sequence[int]) -> None:
        """Of `owners` from now on that holds which was added, in place of what did before."""
        kept = self._table[~np.isin(self._table[:, _OWNER], owners)] if len(self._table) else self._table
        self._table = np.concatenate((kept, np.array(self._new, np.int64).reshape(-1, 6)))
        self._new = array("q")

    def holding(self, day: int, sequence: int) -> tuple[Integers, Integers]:
        """The owners, and what holds of each, on `day` as known at `sequence`."""
        table = self._table
        held = table[
            (table[:, _VALID_FROM] <= day)
            & (table[:, _VALID_TO] > day)
            & (table[:, _KNOWN_FROM] <= sequence)
            & (table[:, _KNOWN_TO] > sequence)
        ]
        return held[:, _OWNER], held[:, _THING]
