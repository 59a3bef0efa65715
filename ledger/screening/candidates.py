"""From a name that is asked for to the names that it may mean: a first glance at all of them, then word by word."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ledger.screening.comparing import Asked, Likeness
from ledger.screening.glance import glance, likest
from ledger.screening.names import Word, is_initial
from ledger.screening.register import Register

MOST_COMPARED = 18
"""So many names, the likest at a first glance, are compared word by word; of several that are as like all are."""


class Alike(NamedTuple):
    """A name of the register, by its number, and how like it is to the one that is asked for."""

    name: int
    likeness: Likeness


def alike(register: Register, words: Sequence[Word], shown: NDArray[np.bool_], least: float) -> list[Alike]:
    """The names that `words` may mean, of those `shown`, that are not less like than `least`."""
    lexicon = register.lexicon
    like = [lexicon.like(word) for word in words]
    asked = Asked(words, [each.by_number for each in like])
    found = []
    may_differ = _may_be_written_otherwise(register, words)
    for name in likest(glance(register, words, like), shown, least, MOST_COMPARED).tolist():
        numbers = register.words[name]
        likeness = asked.likeness(
            [lexicon.words[number] for number in numbers], numbers, otherwise=may_differ(name, numbers)
        )
        if likeness.value >= least:
            found.append(Alike(name, likeness))
    return found


def _may_be_written_otherwise(register: Register, words: Sequence[Word]) -> Callable[[int, Sequence[int]], bool]:
    """Tells of a name, and its words, whether one word may be two on the other side, or a letter stand for a word.

    Most names have nothing of the kind, and need not be looked at for it.
    """
    lexicon = register.lexicon
    if any(map(is_initial, words)):
        return lambda _name, _numbers: True
    joined = {number for one, other in pairwise(words) for number in lexicon.sounding(one.folded + other.folded)}
    parted = {name for word in words for name in register.with_pair(word.folded).tolist()}
    telling = joined | lexicon.initials
    return lambda name, numbers: name in parted or not telling.isdisjoint(numbers)
