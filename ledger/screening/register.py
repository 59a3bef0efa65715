"""Every name that an actor ever had, and every measure that was ever on it, in memory, with when they held.

It is read from the projections once, and from then on follows what is appended: of each subject that has a new event,
all is read again. What it holds is enough for any day and any knowledge: who is newer than the snapshot that a question
is asked in answers it all the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from ledger.domain.events import kind_of
from ledger.domain.vocabulary import LIVE
from ledger.screening.lexicon import Lexicon
from ledger.screening.identifiers import comparable
from ledger.screening.names import words_of
from ledger.screening.postings import Postings
from ledger.screening.spans import Span, Spans
from ledger.store.events import head_of
from ledger.store.session import Session

_COLUMNS = "s.subject, s.valid_from, s.valid_to, s.known_from, s.known_to, s.status, t.id, t.terms, s.beside"


_When = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class About:
    """What the terms of an actor say of it besides its names."""

    category: str
    birth_dates: tuple[str, ...]
    countries: tuple[str, ...]
    identifiers: tuple[str, ...]
    """In the form in which they are compared."""


class Named(NamedTuple):
    """A name of an actor."""

    owner: int
    text: str
    weak: bool


class Register:
    """The names of all actors, the targets of all measures."""

    def __init__(self) -> None:
        self.sequence = 0
        """The newest event that is in it."""
        self.lexicon = Lexicon()
        self.subjects: list[str] = []
        """Actors and measures; each has its place here as its number."""
        self._numbers: dict[str, int] = {}
        self.texts: list[str] = []
        """The names, as they are written; each has its place here as its number."""
        self.words: list[tuple[int, ...]] = []
        """Of each name the numbers of its words."""
        self.owners: NDArray[np.int32] = np.zeros(0, np.int32)
        self.weak: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self.weights: NDArray[np.float32] = np.zeros(0, np.float32)
        self.with_word = Postings()
        self.with_identifier: dict[str, set[int]] = {}
        """The actors that ever had an identifier."""
        self._abouts: dict[About, int] = {}
        self.abouts: list[About] = []
        self.names, self.about, self.merged, self.targeted = Spans(), Spans(), Spans(), Spans()
        """When an actor has a name; is what; is merged into another one; when a live measure is on an actor."""

    def follow(self, session: Session) -> None:
        """Take in what was appended since."""
        newest = head_of(session).sequence
        if newest <= self.sequence:
            return
        found = _Found(self)
        for row in self._rows(session, newest):
            found.take(*row)
        self._add_names(found.new_names)
        for mine, theirs in (
            (self.names, found.names),
            (self.about, found.about),
            (self.merged, found.merged),
            (self.targeted, found.targeted),
        ):
            mine.replace(list(found.changed), theirs)
        self.sequence = newest

    def _rows(self, session: Session, newest: int) -> Iterator[Any]:
        """All spans of all actors and measures, or of those that have events since."""
        which, bound = "", {}
        if self.sequence:
            changed = session.rows(
                "SELECT DISTINCT subject FROM events WHERE sequence > :after AND sequence <= :newest",
                after=self.sequence,
                newest=newest,
            )
            which = f"AND s.subject IN {session.listed('changed')}"
            bound = {"changed": session.listing(subject for (subject,) in changed)}
        return session.stream(
            f"SELECT {_COLUMNS} FROM states AS s JOIN terms AS t ON t.id = s.terms"
            " WHERE (s.subject > 'actor:' AND s.subject < 'actor;' OR s.subject > 'measure:' AND s.subject < 'measure;')"
            f" {which}",
            **bound,
        )

    def number(self, subject: str) -> int:
        """The number of a subject; one that is new is taken in."""
        number = self._numbers.get(subject)
        if number is None:
            number = self._numbers[subject] = len(self.subjects)
            self.subjects.append(subject)
        return number

    def about_number(self, about: About) -> int:
        """The number of what is said of an actor."""
        number = self._abouts.get(about)
        if number is None:
            number = self._abouts[about] = len(self.abouts)
            self.abouts.append(about)
        return number

    def names_of(self, owners: Sequence[int]) -> dict[Named, int]:
        """The names that those had up to now, each with its number."""
        numbers = np.nonzero(np.isin(self.owners, owners))[0].tolist()
        return {
            Named(int(self.owners[number]), self.texts[number], bool(self.weak[number])): number for number in numbers
        }

    def _add_names(self, new: Sequence[Named]) -> None:
        cut = [words_of(name.text) for name in new]
        numbered = self.lexicon.add(cut)
        first = len(self.texts)
        self.texts += [name.text for name in new]
        self.words += numbered
        self.owners = np.append(self.owners, np.array([name.owner for name in new], np.int32))
        self.weak = np.append(self.weak, np.array([name.weak for name in new], np.bool_))
        weights = [sum(word.weight for word in words) for words in cut]
        self.weights = np.append(self.weights, np.array(weights, np.float32))
        distinct = [dict.fromkeys(numbers) for numbers in numbered]
        self.with_word.add(
            np.array([number for of in distinct for number in of], np.int32),
            np.repeat(np.arange(first, len(self.texts), dtype=np.int32), [len(of) for of in distinct]),
        )


class _Found:
    """The spans of subjects that have changed."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._before = len(register.subjects)
        self._last: tuple[int, dict[str, Any]] = (-1, {})
        self._known: dict[Named, int] = {}
        self.changed: dict[int, None] = {}
        self.new_names: list[Named] = []
        self.names: list[Span] = []
        self.about: list[Span] = []
        self.merged: list[Span] = []
        self.targeted: list[Span] = []

    def take(
        self,
        subject: str,
        valid_from: int,
        valid_to: int,
        known_from: int,
        known_to: int,
        status: str,
        terms_id: int,
        terms: bytes,
        beside: bytes | None,
    ) -> None:
        """Take in a span of one of them."""
        number, when = self._register.number(subject), (valid_from, valid_to, known_from, known_to)
        if number not in self.changed:
            self.changed[number] = None
            if number < self._before:
                self._known |= self._register.names_of([number])
        if kind_of(subject) == "measure":
            if status in LIVE:
                self._measure(number, when, self._read(terms_id, terms))
            return
        self._actor(number, when, self._read(terms_id, terms))
        if beside:
            into = self._register.number(orjson.loads(beside)["merged_into"])
            self.merged.append((number, into, *when))

    def _read(self, id_: int, terms: bytes) -> dict[str, Any]:
        """Those terms: spans that follow each other often share them."""
        if self._last[0] != id_:
            self._last = (id_, orjson.loads(terms))
        return self._last[1]

    def _measure(self, number: int, when: _When, terms: dict[str, Any]) -> None:
        for target in terms["targets"]:
            if "actor" in target:
                self.targeted.append((number, self._register.number(target["actor"]), *when))

    def _actor(self, number: int, when: _When, terms: dict[str, Any]) -> None:
        strong = dict.fromkeys([terms["name"], *terms["aliases"]])
        named = [Named(number, text, weak=False) for text in strong]
        named += [Named(number, text, weak=True) for text in terms["weak_aliases"] if text not in strong]
        self.names += [(number, self._name(each), *when) for each in named]
        identifiers = tuple(filter(None, (comparable(each["value"]) for each in terms["identifiers"])))
        about = About(terms["category"], tuple(terms["birth_dates"]), tuple(terms["countries"]), identifiers)
        self.about.append((number, self._register.about_number(about), *when))
        for identifier in identifiers:
            self._register.with_identifier.setdefault(identifier, set()).add(number)

    def _name(self, named: Named) -> int:
        found = self._known.get(named)
        if found is None:
            found = self._known[named] = len(self._register.texts) + len(self.new_names)
            self.new_names.append(named)
        return found
