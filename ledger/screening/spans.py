"""Spans of days and of knowledge, in numpy: which of many things hold on a day, as known at a sequence."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Span = tuple[int, int, int, int, int, int]
"""Whose it is, what holds, valid from, valid to, known from, known to: half-open, as in the table `states`."""
_OWNER, _THING, _VALID_FROM, _VALID_TO, _KNOWN_FROM, _KNOWN_TO = range(6)


class Spans:
    """What holds of some owners when, as was known when."""

    def __init__(self) -> None:
        self._table: Integers = np.zeros((0, 6), np.int64)

    def replace(self, owners: Sequence[int], spans: Iterable[Span]) -> None:
        """Of `owners` from now on these are the spans, whatever there was."""
        kept = self._table[~np.isin(self._table[:, _OWNER], owners)] if len(self._table) else self._table
        new = np.array(list(spans), np.int64).reshape(-1, 6)
        self._table = np.concatenate((kept, new))

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
