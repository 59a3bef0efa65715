"""Every name that was ever recorded, in memory, with whose it is and when it held.

It is read from the projections once, and from then on follows what is appended: of each subject that has a new event,
all is read again. What it holds is enough for any day and any knowledge: a register that is ahead of the snapshot in
which a question is asked answers it all the same.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple
from zlib import crc32

import numpy as np
import orjson
from numpy.typing import NDArray

from ledger.projections.states import every_rectangle
from ledger.screening.lexicon import Lexicon
from ledger.screening.names import words_of
from ledger.screening.postings import Postings
from ledger.screening.spans import Spans, When
from ledger.store.events import head_of, subjects_since
from ledger.store.session import Session

_PAIR_BITS = 20
"""Pairs of words are told apart by so many bits: those that are not cost a name that is compared in vain."""


class Named(NamedTuple):
    """A name of a subject, which has its number."""

    owner: int
    text: str
    weak: bool = False


class Register:
    """The names of all subjects of some kinds. What these are says a subclass."""

    kinds: ClassVar[tuple[str, ...]]

    def __init__(self) -> None:
        self.sequence = 0
        """The newest event that is in it."""
        self.lexicon = Lexicon()
        self.subjects: list[str] = []
        """Each has its place here as its number."""
        self.texts: list[str] = []
        """The names, as they are written; each has its place here as its number."""
        self.words: list[tuple[int, ...]] = []
        """Of each name the numbers of its words."""
        self.owners: NDArray[np.int32] = np.zeros(0, np.int32)
        self.weak: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self.weights: NDArray[np.float32] = np.zeros(0, np.float32)
        self.with_word = Postings()
        """The names that have a word, by its number."""
        self._with_pair = Postings()
        self.names = Spans()
        """Which names each subject has, when."""
        self._numbers: dict[str, int] = {}
        self._known: dict[Named, int] = {}
        self._new: list[Named] = []

    def follow(self, session: Session) -> bool:
        """Take in what was appended since; whether there was anything."""
        newest = head_of(session).sequence
        if newest <= self.sequence:
            return False
        changed: dict[int, None] = {}
        before = len(self.subjects)
        last, terms = None, None
        since = subjects_since(session, self.sequence, newest) if self.sequence else None
        for subject, *when, status, id_, json, beside in every_rectangle(session, self.kinds, since):
            number = self.number(subject)
            if number not in changed:
                changed[number] = None
                self._known = self._names_of(number) if number < before else {}
            if id_ != last:  # spans that follow each other often share their terms
                last, terms = id_, orjson.loads(json)
            self._take(number, tuple(when), status, terms, beside)
        self._put_in(list(changed))
        self.sequence = newest
        return True

    def number(self, subject: str) -> int:
        """The number of a subject; one that is new is taken in."""
        number = self._numbers.get(subject)
        if number is None:
            number = self._numbers[subject] = len(self.subjects)
            self.subjects.append(subject)
        return number

    def with_pair(self, folded: str) -> NDArray[np.intp]:
        """The names in which two words follow each other that sound so when they are read as one; and some others."""
        return self._with_pair.of(_key(folded))

    def _take(self, number: int, when: Any, status: str, terms: Any, beside: bytes | None) -> None:
        """Take in a span of a subject of those kinds."""
        raise NotImplementedError

    def _name(self, named: Named, when: When) -> None:
        """Somebody has that name then."""
        number = self._known.get(named)
        if number is None:
            number = self._known[named] = len(self.texts) + len(self._new)
            self._new.append(named)
        self.names.add(named.owner, number, when)

    def _put_in(self, changed: Sequence[int]) -> None:
        """What was taken in of those subjects takes the place of what there was."""
        self.names.settle(changed)
        self._add_names(self._new)
        self._known, self._new = {}, []

    def _names_of(self, owner: int) -> dict[Named, int]:
        """The names that a subject had up to now, which keep their numbers."""
        numbers = np.nonzero(self.owners == owner)[0].tolist()
        return {Named(owner, self.texts[number], bool(self.weak[number])): number for number in numbers}

    def _add_names(self, new: Sequence[Named]) -> None:
        if not new:
            return
        first = len(self.texts)
        cut = [words_of(name.text) for name in new]
        numbered = self.lexicon.add(cut)
        self.texts += [name.text for name in new]
        self.words += numbered
        self.owners = np.append(self.owners, np.array([name.owner for name in new], np.int32))
        self.weak = np.append(self.weak, np.array([name.weak for name in new], np.bool_))
        weights = [sum(word.weight for word in words) for words in cut]
        self.weights = np.append(self.weights, np.array(weights, np.float32))
        pairs = [[_key(one.folded + other.folded) for one, other in pairwise(words)] for words in cut]
        self._with_pair.add(
            np.array([key for of in pairs for key in of], np.intp),
            np.repeat(np.arange(first, len(self.texts), dtype=np.intp), [len(of) for of in pairs]),
        )
        distinct = [dict.fromkeys(numbers) for numbers in numbered]
        self.with_word.add(
            np.array([number for of in distinct for number in of], np.intp),
            np.repeat(np.arange(first, len(self.texts), dtype=np.intp), [len(of) for of in distinct]),
        )


def _key(pair: str) -> int:
    """A small number for a pair of words, the same in every process; some have the same."""
    return crc32(pair.encode()) >> (32 - _PAIR_BITS)
