"""From a name that is asked for to the names that it may mean: a first glance at all of them, then word by word."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ledger.screening.comparing import Asked, Likeness
from ledger.screening.glance import glance, likest
from ledger.screening.names import Word
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
    for name in likest(glance(register, words, like), shown, least, MOST_COMPARED).tolist():
        numbers = register.words[name]
        likeness = asked.likeness([lexicon.words[number] for number in numbers], numbers)
        if likeness.value >= least:
            found.append(Alike(name, likeness))
    return found
