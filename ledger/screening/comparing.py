"""How like a name that is asked for is to one that the ledger has, and what else speaks for or against it.

The rules are in docs/explanation/screening.md. A score depends on the query, and on what the ledger says of one actor:
on nothing else, so that it is the same whenever it is asked for again.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from ledger.screening.names import Word

TOGETHER = 0.97
"""How like a word is to the two that it is written as elsewhere: Abdulrahman to Abdul Rahman."""
INITIAL = 0.6
"""How like a letter is to the word that begins with it."""
WEAK = 0.7
"""What a name counts that is weak, as its issuer says."""
LEAST_LIKENESS = 0.25
"""Names that are less alike are not looked at."""
_SURE, _LOWEST = 0.74, 0.53
"""From this likeness on it is the score of a name; from the least to this the score rises from the lowest."""
NAME_ALONE = 0.95
"""The most that a name scores by itself."""


class Pair(NamedTuple):
    """Words of the query that are taken for words of a name."""

    says: float
    """How alike they are, times what they say: the pair that says most is taken first."""
    asked: int
    listed: int
    """Their places, each a bit."""
    likeness: float
    asked_weight: float
    listed_weight: float


_Pair = tuple[float, int, int, float, float, float]
"""A Pair while names are compared: so many are made that naming their parts would cost as much as all the rest."""


class Likeness(NamedTuple):
    """How like two names are: 1 where they have the same words."""

    value: float
    taken: Sequence[_Pair]

    @property
    def pairs(self) -> list[Pair]:
        """Which words were taken for which."""
        return list(map(Pair._make, self.taken))


class Asked:
    """A name that is asked for: its words, and which words of a lexicon are like each, by their numbers."""

    def __init__(self, words: Sequence[Word], like: Sequence[Mapping[int, float]]) -> None:
        """`like` has the likeness of words in the lexicon to each of `words`, by their numbers."""
        self.words = words
        self.weight = sum(word.weight for word in words)
        self._like = [(1 << place, word.weight, of) for place, (word, of) in enumerate(zip(words, like, strict=True))]
        self._folded = {word.folded: (1 << place, word.weight) for place, word in enumerate(words)}
        self._joined = {
            one.folded + other.folded: (3 << place, one.weight + other.weight)
            for place, (one, other) in enumerate(pairwise(words))
        }

    def likeness(self, listed: Sequence[Word], numbers: Sequence[int], *, otherwise: bool = True) -> Likeness:
        """How like it is to the name with the words `listed`, which have those `numbers` in the lexicon.

        With `otherwise` one word may be two on the other side, and a letter stand for a word.

        Each word is taken for at most one of the other name. What is left on one side only was left out; what is left
        on both is a contradiction, and counts once more.
        """
        weight, found = 0.0, list[_Pair]()
        for place, (word, number) in enumerate(zip(listed, numbers, strict=True)):
            weight += word.weight
            for asked, asked_weight, like in self._like:
                if number in like:
                    found.append(_pair(like[number], asked, asked_weight, 1 << place, word.weight))
        likeness = self._taken(found, weight)
        if likeness.value < 1 and otherwise and (more := [*self._together(listed), *self._initials(listed)]):
            return max(likeness, self._taken(found + more, weight), key=attrgetter("value"))
        return likeness

    def _taken(self, found: list[_Pair], weight: float) -> Likeness:
        found.sort(reverse=True)
        pairs, asked, listed, said, heard = [], 0, 0, 0.0, 0.0
        for pair in found:
            _, here, there, likeness, asked_weight, listed_weight = pair
            if not (asked & here or listed & there):
                pairs.append(pair)
                asked |= here
                listed |= there
                said += likeness * asked_weight
                heard += likeness * listed_weight
        contradiction = min(self.weight - said, weight - heard)
        return Likeness((said + heard) / (self.weight + weight + contradiction), pairs)

    def _together(self, listed: Sequence[Word]) -> Iterator[_Pair]:
        """One word that is two on the other side."""
        before: Word | None = None
        for place, word in enumerate(listed):
            if (both := self._joined.get(word.folded)) is not None:
                yield _pair(TOGETHER, *both, 1 << place, word.weight)
            if before and (one := self._folded.get(before.folded + word.folded)) is not None:
                yield _pair(TOGETHER, *one, 3 << place - 1, before.weight + word.weight)
            before = word

    def _initials(self, listed: Sequence[Word]) -> Iterator[_Pair]:
        """A letter for a word that begins with it."""
        for place, word in enumerate(listed):
            for asked, one in enumerate(self.words):
                if one.plain[0] == word.plain[0] and 1 in {len(one.plain), len(word.plain)} and one.plain != word.plain:
                    yield _pair(INITIAL, 1 << asked, one.weight, 1 << place, word.weight)


def _pair(likeness: float, asked: int, asked_weight: float, listed: int, listed_weight: float) -> _Pair:
    return likeness * (asked_weight + listed_weight), asked, listed, likeness, asked_weight, listed_weight


def name_score(likeness: float, *, weak: bool) -> float:
    """What a name scores that is so like the one asked for."""
    if likeness < _SURE:
        likeness = _LOWEST + (likeness - LEAST_LIKENESS) * (_SURE - _LOWEST) / (_SURE - LEAST_LIKENESS)
    return likeness * WEAK if weak else likeness
