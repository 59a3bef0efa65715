"""The words of all names, and which of them are like a given word.

Two words are alike by what it takes to turn one into the other: letters put in, left out, replaced or swapped with
their neighbour (optimal string alignment). So are their folded forms, by which they sound; that counts a little less.
And a word that some scripts write without vowels is like all that have its consonants.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from ledger.screening.names import LONGEST_WORD, Word, is_initial, skeleton

Integers = NDArray[np.intp]
Floats = NDArray[np.float32]
Texts = NDArray[np.bytes_]
_TEXT = f"S{LONGEST_WORD}"
"""Words one after the other in memory: to collect as many objects of Python would cost more than to compare them."""

FOLDED = 0.95
"""What it counts that two words sound alike, beside being written alike."""
ALIKE, UNLIKE = 0.8, 0.45
"""From this likeness on a word may be meant by another one; up to this one it is another word."""
CONSONANTS = 0.9
"""What it counts that two words have the same consonants, three or more, where one is written without vowels."""
_FEWEST_CONSONANTS = 3
_SHARED, _SPARED = 0.5, 1
"""Words are looked at that have this share of their pairs of letters in common, less so many: a slip in a short word
leaves few."""
_BITS = 64
_MOST_REMEMBERED = 20_000
_NONE: tuple[Integers, Floats] = (np.zeros(0, np.intp), np.zeros(0, np.float32))


class Like:
    """The words that may be meant by another one."""

    def __init__(self, numbers: Integers, likeness: Floats) -> None:
        self.numbers, self.likeness = numbers, likeness
        """Their numbers, and how like each is to the other word, the least like first."""
        self.by_number = dict(zip(numbers.tolist(), likeness.tolist(), strict=True))


class Lexicon:
    """Words, each with a number, and those like a word."""

    def __init__(self) -> None:
        self.words: list[Word] = []
        self.initials: set[int] = set()
        """The numbers of words that are a single letter."""
        self._numbers: dict[str, int] = {}
        self._by_sound: dict[str, list[int]] = {}
        self._pairs = np.zeros((2, 0), np.uint64)
        self._plain: Texts = np.zeros(0, _TEXT)
        self._folded: Texts = np.zeros(0, _TEXT)
        self._lengths = np.zeros(0, np.uint8)
        self._letters = np.zeros(0, np.uint64)
        self._by_consonants: dict[str, list[int]] = {}
        self._bare: dict[str, list[int]] = {}
        self._exact = np.zeros(0, np.bool_)
        self._by_length: dict[int, tuple[NDArray[np.uint8], NDArray[np.uint8]]] = {}
        self._remembered: dict[str, Like] = {}

    def add(self, names: Iterable[Sequence[Word]]) -> list[tuple[int, ...]]:
        """The numbers of the words of each name; a word that is new is taken in."""
        first = len(self.words)
        numbered = [tuple(map(self._number, words)) for words in names]
        new = self.words[first:]
        if new:
            folded = [word.folded for word in new]
            self._plain = np.append(self._plain, np.array([word.plain for word in new], _TEXT))
            self._folded = np.append(self._folded, np.array(folded, _TEXT))
            pairs = np.array([_pairs(each) for each in folded], np.uint64).T
            self._pairs = np.concatenate((self._pairs, pairs), axis=1)
            self._lengths = np.append(self._lengths, np.array([len(each) for each in folded], np.uint8))
            self._letters = np.append(self._letters, np.array([_letters(each) for each in folded], np.uint64))
            for number, each in enumerate(folded, first):
                consonants = skeleton(each)
                if len(consonants) >= _FEWEST_CONSONANTS:
                    for by in (self._by_consonants, self._bare) if _is_bare(each) else (self._by_consonants,):
                        by.setdefault(consonants, []).append(number)
            self._exact = np.append(self._exact, np.array([is_exact(word) for word in new], np.bool_))
            self._remembered.clear()
            self._by_length.clear()
        return numbered

    def sounding(self, folded: str) -> list[int]:
        """The numbers of the words that sound so."""
        return self._by_sound.get(folded, [])

    def like(self, word: Word) -> "Like":
        """The words that may be meant by `word`."""
        found = self._remembered.get(word.plain)
        if found is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            found = self._remembered[word.plain] = Like(*self._look_up(word))
        return found

    def _look_up(self, word: Word) -> tuple[Integers, Floats]:
        if is_exact(word):
            number = self._numbers.get(word.plain)
            return _NONE if number is None else (np.array([number], np.intp), np.ones(1, np.float32))
        numbers = self._may_be_alike(word.folded)
        sounding = _similar(word.folded, self._folded[numbers])
        heard = sounding > 0
        numbers, sounding = numbers[heard], sounding[heard]
        found = np.maximum(_similar(word.plain, self._plain[numbers]), np.float32(FOLDED) * sounding)
        unsure = np.maximum(0, (found - UNLIKE) * np.float32(ALIKE / (ALIKE - UNLIKE)))
        likeness: Floats = np.where(found >= ALIKE, found, unsure)
        if len(bare := self._with_consonants(word.folded)):
            numbers = np.concatenate((numbers, bare))
            likeness = np.concatenate((likeness, np.full(len(bare), CONSONANTS, np.float32)))
        meant = np.nonzero((likeness > 0) & ~self._exact[numbers])[0]
        order = meant[np.argsort(likeness[meant], kind="stable")]
        return numbers[order], likeness[order]

    def _may_be_alike(self, folded: str) -> Integers:
        """The numbers of the words that have enough in common with one that sounds so.

        Enough pairs of neighbouring letters; and few enough letters that are in one alone: each step from one word to
        the other changes two at the most.
        """
        low, high = map(np.uint64, _pairs(folded))
        shared = np.bitwise_count(self._pairs[0] & low) + np.bitwise_count(self._pairs[1] & high)
        least, most = self._bounds(len(folded))
        numbers: Integers = np.nonzero(shared >= least)[0]
        others = np.bitwise_count(self._letters[numbers] ^ np.uint64(_letters(folded)))
        kept: Integers = numbers[others <= most[numbers]]
        return kept

    def _bounds(self, length: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """How many pairs each word has to have in common with one of that length, and how many letters may be in one of
        both alone."""
        found = self._by_length.get(length)
        if found is None:
            lengths = np.arange(LONGEST_WORD + 1)
            least = np.ceil(_SHARED / 2 * (lengths + length + 2) - _SPARED)
            most = 2 * np.ceil(np.maximum(lengths, length) * (1 - UNLIKE) - 1)
            of_each = (least.astype(np.uint8)[self._lengths], most.astype(np.uint8)[self._lengths])
            found = self._by_length[length] = of_each
        return found

    def _with_consonants(self, folded: str) -> Integers:
        """The numbers of the words with the same consonants as one that sounds so, where one has no others."""
        found = (self._by_consonants if _is_bare(folded) else self._bare).get(skeleton(folded))
        return np.array(found, np.intp) if found else _NONE[0]

    def _number(self, word: Word) -> int:
        number = self._numbers.get(word.plain)
        if number is None:
            number = self._numbers[word.plain] = len(self.words)
            self.words.append(word)
            if is_initial(word):
                self.initials.add(number)
            self._by_sound.setdefault(word.folded, []).append(number)
        return number


def _similar(text: str, others: Texts) -> Floats:
    """How similar `text` is to each of `others`; 0 up to UNLIKE."""
    if not len(others):
        return _NONE[1]
    how: Any = {"scorer": OSA.normalized_similarity, "score_cutoff": UNLIKE, "dtype": np.float32}
    found: Floats = cdist([text.encode()], others.tolist(), **how)[0]
    return found


def is_exact(word: Word) -> bool:
    """Whether only the very same word is like it: a number, or a single letter."""
    return is_initial(word) or word.plain.isdigit()


def _pairs(folded: str) -> tuple[int, int]:
    """The pairs of neighbouring letters, those at the ends too, each a bit of two numbers; some have the same."""
    ended = f"^{folded}$"
    bits = 0
    for index in range(len(ended) - 1):
        bits |= 1 << crc32(ended[index : index + 2].encode()) % (2 * _BITS)
    return bits & (1 << _BITS) - 1, bits >> _BITS


def _is_bare(folded: str) -> bool:
    """Whether it has no vowel but perhaps as its first letter."""
    return skeleton(folded[1:]) == folded[1:]


def _letters(folded: str) -> int:
    """Which letters and digits there are, each a bit."""
    bits = 0
    for letter in folded:
        bits |= 1 << int(letter, 36)
    return bits
