"""Posting lists: for each key the numbers of what has it, in few large arrays."""

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.intp]
_NONE: Integers = np.zeros(0, np.intp)
_SETTLED_AGAIN = 4
"""Once those that came later are more than a fourth of the others, they are put in with them."""


class Postings:
    """Numbers by keys, which are small whole numbers themselves. What comes later is kept beside until it is much."""

    def __init__(self) -> None:
        self._numbers: Integers = _NONE
        self._starts: Integers = np.zeros(1, np.intp)
        self._later: dict[int, list[int]] = {}
        self._waiting = 0

    def add(self, keys: Integers, numbers: Integers) -> None:
        """Add each of `numbers` under the key beside it."""
        if (self._waiting + len(keys)) * _SETTLED_AGAIN > len(self._numbers):
            self._settle(keys, numbers)
            return
        for key, number in zip(keys.tolist(), numbers.tolist(), strict=True):
            self._later.setdefault(key, []).append(number)
        self._waiting += len(keys)

    def of(self, key: int) -> Integers:
        """The numbers under that key."""
        start, end = self._bounds(key)
        settled = self._numbers[start:end]
        later = self._later.get(key)
        return np.concatenate((settled, np.array(later, np.intp))) if later else settled

    def of_each(self, keys: Integers) -> tuple[Integers, Integers]:
        """The numbers under each of `keys`, one key after the other, and how many each has."""
        if self._later:
            lists = [self.of(key) for key in keys.tolist()]
            return np.concatenate(lists), np.array([len(each) for each in lists], np.intp)
        starts = self._starts[keys]
        counts = self._starts[keys + 1] - starts
        after = np.cumsum(counts)
        places = np.arange(after[-1])
        places += np.repeat(starts - after + counts, counts)
        return self._numbers.take(places), counts

    def _bounds(self, key: int) -> tuple[int, int]:
        if key + 1 >= len(self._starts):
            return 0, 0
        return int(self._starts[key]), int(self._starts[key + 1])

    def _settle(self, keys: Integers, numbers: Integers) -> None:
        settled = np.repeat(np.arange(len(self._starts) - 1, dtype=np.intp), np.diff(self._starts))
        late_keys = [key for key, of in self._later.items() for _ in of]
        late_numbers = [number for of in self._later.values() for number in of]
        all_keys = np.concatenate((settled, np.array(late_keys, np.intp), keys))
        all_numbers = np.concatenate((self._numbers, np.array(late_numbers, np.intp), numbers))
        order = np.argsort(all_keys, kind="stable")
        self._numbers = all_numbers[order]
        last = int(all_keys.max()) if len(all_keys) else -1
        self._starts = np.searchsorted(all_keys[order], np.arange(last + 2))
        self._later, self._waiting = {}, 0
