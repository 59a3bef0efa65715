"""The words of all names, and which of them are like a given word.

Two words are alike by what it takes to turn one into the other: letters put in, left out, replaced or swapped with
their neighbour (optimal string alignment). So are their folded forms, by which they sound; that counts a little less.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from ledger.screening.names import Word, skeleton
from ledger.screening.postings import Postings

Integers = NDArray[np.int32]
Floats = NDArray[np.float32]

FOLDED = 0.95
"""What it counts that two words sound alike, beside being written alike."""
ALIKE, UNLIKE = 0.8, 0.5
"""From this likeness on a word may be meant by another one; up to this one it is another word."""
_SHARED = 0.36
"""The least share of pairs of letters that words have in common which are looked at (Dice's coefficient)."""
_MOST_REMEMBERED = 20_000
_NONE: tuple[Integers, Floats] = (np.zeros(0, np.int32), np.zeros(0, np.float32))


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
        self._numbers: dict[str, int] = {}
        self._by_sound: dict[str, list[int]] = {}
        self._grams: dict[str, int] = {}
        self._with_gram = Postings()
        self._plain: list[str] = []
        self._folded: list[str] = []
        self._lengths = np.zeros(0, np.int32)
        self._letters = np.zeros(0, np.uint64)
        self._exact = np.zeros(0, np.bool_)
        self._remembered: dict[str, Like] = {}

    def add(self, names: Iterable[Sequence[Word]]) -> list[tuple[int, ...]]:
        """The numbers of the words of each name; a word that is new is taken in."""
        first = len(self.words)
        numbered = [tuple(map(self._number, words)) for words in names]
        new = self.words[first:]
        if new:
            grams = [[self._gram(gram) for gram in _grams(word.folded)] for word in new]
            self._plain += [word.plain for word in new]
            self._folded += [word.folded for word in new]
            letters = np.array([_letters(word.folded) for word in new], np.uint64)
            self._letters = np.append(self._letters, letters)
            self._exact = np.append(self._exact, np.array([is_exact(word) for word in new], np.bool_))
            self._lengths = np.append(self._lengths, np.array([_length(word.folded) for word in new], np.int32))
            self._with_gram.add(
                np.array([gram for of in grams for gram in of], np.int32),
                np.repeat(np.arange(first, len(self.words), dtype=np.int32), [len(of) for of in grams]),
            )
            self._remembered.clear()
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
            return _NONE if number is None else (np.array([number], np.int32), np.ones(1, np.float32))
        postings = [
            self._with_gram.of(number) for gram in _grams(word.folded) if (number := self._grams.get(gram)) is not None
        ]
        if not postings:
            return _NONE
        shared = np.bincount(np.concatenate(postings), minlength=len(self.words))
        numbers = np.nonzero(2 * shared >= _SHARED * (self._lengths + _length(word.folded)))[0].astype(np.int32)
        numbers = numbers[self._may_be_alike(word, numbers)]
        sounding = self._similar(word.folded, self._folded, numbers)
        heard = sounding > 0
        numbers, sounding = numbers[heard], sounding[heard]
        found = np.maximum(self._similar(word.plain, self._plain, numbers), np.float32(FOLDED) * sounding)
        unsure = np.maximum(0, (found - UNLIKE) * np.float32(ALIKE / (ALIKE - UNLIKE)))
        likeness = np.where(found >= ALIKE, found, unsure).astype(np.float32)
        likeness[self._exact[numbers]] = 0
        kept = likeness > 0
        numbers, likeness = numbers[kept], likeness[kept]
        order = np.argsort(likeness, kind="stable")
        return numbers[order], likeness[order]

    def _similar(self, text: str, texts: list[str], numbers: Integers) -> Floats:
        """How similar `text` is to those of `texts`; 0 up to UNLIKE."""
        how: Any = {"scorer": OSA.normalized_similarity, "score_cutoff": UNLIKE, "dtype": np.float32}
        found: Floats = cdist([text], [texts[number] for number in numbers.tolist()], **how)
        return found[0] if len(numbers) else _NONE[1]

    def _may_be_alike(self, word: Word, numbers: Integers) -> NDArray[np.bool_]:
        """Which of those have letters few enough that `word` has not: each step from one to the other changes two."""
        others = np.bitwise_count(self._letters[numbers] ^ np.uint64(_letters(word.folded)))
        longest = np.maximum(self._lengths[numbers], _length(word.folded)) - 1
        most: NDArray[np.bool_] = others <= 2 * np.ceil(longest * (1 - UNLIKE) - 1)
        return most

    def _number(self, word: Word) -> int:
        number = self._numbers.get(word.plain)
        if number is None:
            number = self._numbers[word.plain] = len(self.words)
            self.words.append(word)
            self._by_sound.setdefault(word.folded, []).append(number)
        return number

    def _gram(self, gram: str) -> int:
        return self._grams.setdefault(gram, len(self._grams))


def is_exact(word: Word) -> bool:
    """Whether only the very same word is like it: a number, or a single letter."""
    return len(word.plain) == 1 or word.plain.isdigit()


def _grams(folded: str) -> set[str]:
    """The pairs of neighbouring letters, those at the ends too; and the consonants, by which words are found that some
    scripts write without vowels."""
    ended = f"^{folded}$"
    grams = {ended[index : index + 2] for index in range(len(ended) - 1)}
    consonants = skeleton(folded)
    return grams | {f"={consonants}"} if len(consonants) > 1 else grams


def _length(folded: str) -> int:
    return len(folded) + 1


def _letters(folded: str) -> int:
    """Which letters and digits there are, each a bit."""
    bits = 0
    for letter in folded:
        bits |= 1 << int(letter, 36)
    return bits
