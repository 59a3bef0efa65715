"""A first glance at all names: how much of each is in the one that is asked for, without which word is which.

It may give a name more than that will have when it is compared word by word, as where two words are taken for one of
its own; and a little less, where the words of the name say more than those they are taken for.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ledger.screening.lexicon import Floats, Integers, Like
from ledger.screening.names import Word
from ledger.screening.register import Register


def glance(register: Register, words: Sequence[Word], like: Sequence[Like]) -> Floats:
    """For each name, by its number, roughly how like it is to `words`."""
    said = np.zeros(len(register.texts), np.float32)
    for word, meant in zip(words, like, strict=True):
        said += said_of(register, word, meant)
    for one, other in pairwise(words):
        for number in register.lexicon.sounding(one.folded + other.folded):
            said[register.with_word.of(number)] += np.float32(one.weight + other.weight)
    weight = np.float32(sum(word.weight for word in words))
    likeness: Floats = 2 * said / (weight + register.weights)
    return likeness


def said_of(register: Register, word: Word, like: Like) -> Floats:
    """What each name has of a word: the likest of its own words, times what the word says."""
    said = np.zeros(len(register.texts), np.float32)
    if len(like.numbers):
        names, counts = register.with_word.of_each(like.numbers)
        said[names] = np.repeat(like.likeness, counts)  # the likest comes last, and stays
    said[register.with_pair(word.folded)] = 1
    return said * np.float32(word.weight)


def likest(likeness: Floats, shown: NDArray[np.bool_], least: float, most: int) -> Integers:
    """The `most` names of those `shown` that are likest, and those as like as the last of them; none below `least`."""
    numbers: Integers = np.nonzero(shown & (likeness >= least))[0]
    if len(numbers) > most:
        found = likeness[numbers]
        last = np.partition(found, len(found) - most)[len(found) - most]
        numbers = numbers[found >= last]
    return numbers
