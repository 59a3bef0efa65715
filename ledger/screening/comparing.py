"""How like a name that is asked for is to one that the ledger has, and what else speaks for or against it.

The rules are in docs/explanation/screening.md. A score depends on the query, and on what the ledger says of one actor:
on nothing else, so that it is the same whenever it is asked for again.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ledger.screening.names import Word

TOGETHER = 0.97
"""How like a word is to the two that it is written as elsewhere: Abdulrahman to Abdul Rahman."""
INITIAL = 0.6
"""How like a letter is to the word that begins with it."""
WEAK = 0.7
"""What a name counts that is weak, as its issuer says."""
LEAST_LIKENESS = 0.35
"""Names that are less alike are not looked at."""
_SURE, _LOWEST = 0.74, 0.53
"""From this likeness on it is the score of a name; from the least to this the score rises from the lowest."""
NAME_ALONE = 0.95
"""The most that a name scores by itself."""


class Pair(NamedTuple):
    """Words of the query that are taken for words of the name, by their places, and how alike they are."""

    asked: tuple[int, ...]
    listed: tuple[int, ...]
    likeness: float


class Likeness(NamedTuple):
    """How like two names are: 1 where they have the same words."""

    value: float
    pairs: tuple[Pair, ...]


class Asked:
    """A name that is asked for: its words, and which words of the lexicon are like each, by their numbers."""

    def __init__(self, words: Sequence[Word], like: Sequence[Mapping[int, float]]) -> None:
        self.words = words
        self.weight = sum(word.weight for word in words)
        self._like = like
        self._folded = {word.folded: place for place, word in enumerate(words)}
        self._joined = {
            words[place].folded + words[place + 1].folded: (place, place + 1) for place in range(len(words) - 1)
        }

    def likeness(self, listed: Sequence[Word], numbers: Sequence[int]) -> Likeness:
        """How like it is to the name with the words `listed`, which have those `numbers` in the lexicon.

        Each word is taken for at most one of the other name, the pair that says most first. What is left on one side
        only was left out; what is left on both is a contradiction, and counts once more.
        """
        pairs, said, heard = [], 0.0, 0.0
        asked_left, listed_left = set(range(len(self.words))), set(range(len(listed)))
        for pair in [*self._pairs(listed, numbers), *self._initials(listed)]:
            if asked_left.issuperset(pair.asked) and listed_left.issuperset(pair.listed):
                asked_left.difference_update(pair.asked)
                listed_left.difference_update(pair.listed)
                pairs.append(pair)
                said += pair.likeness * sum(self.words[place].weight for place in pair.asked)
                heard += pair.likeness * sum(listed[place].weight for place in pair.listed)
        weight = sum(word.weight for word in listed)
        contradiction = min(self.weight - said, weight - heard)
        return Likeness((said + heard) / (self.weight + weight + contradiction), tuple(pairs))

    def _pairs(self, listed: Sequence[Word], numbers: Sequence[int]) -> list[Pair]:
        """What may be taken for what, that which says most first."""
        found: list[tuple[float, Pair]] = []
        for place, like in enumerate(self._like):
            for other, number in enumerate(numbers):
                if (likeness := like.get(number)) is not None:
                    weight = self.words[place].weight + listed[other].weight
                    found.append((likeness * weight, Pair((place,), (other,), likeness)))
        for other, word in enumerate(listed):
            if (both := self._joined.get(word.folded)) is not None:
                found.append(self._together(both, (other,), listed))
            if other and (one := self._folded.get(listed[other - 1].folded + word.folded)) is not None:
                found.append(self._together((one,), (other - 1, other), listed))
        found.sort(key=lambda each: (-each[0], each[1].asked, each[1].listed))
        return [pair for _, pair in found]

    def _together(self, asked: tuple[int, ...], listed: tuple[int, ...], words: Sequence[Word]) -> tuple[float, Pair]:
        weight = sum(self.words[place].weight for place in asked) + sum(words[place].weight for place in listed)
        return TOGETHER * weight, Pair(asked, listed, TOGETHER)

    def _initials(self, listed: Sequence[Word]) -> Iterable[Pair]:
        for place, word in enumerate(self.words):
            for other, there in enumerate(listed):
                if 1 in {len(word.plain), len(there.plain)} and word.plain[0] == there.plain[0]:
                    yield Pair((place,), (other,), INITIAL)


def name_score(likeness: float, *, weak: bool) -> float:
    """What a name scores that is so like the one asked for."""
    if likeness < _SURE:
        likeness = _LOWEST + (likeness - LEAST_LIKENESS) * (_SURE - _LOWEST) / (_SURE - LEAST_LIKENESS)
    return likeness * WEAK if weak else likeness
