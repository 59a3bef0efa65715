"""Searching: subjects by their names and titles, whatever the script, the order of words and a slip of the pen."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ledger.domain.events import kind_of
from ledger.domain.vocabulary import KINDS, STATUSES
from ledger.projections.lists import When, accepting, having, page, with_words
from ledger.projections.states import Held, held_of_each
from ledger.projections.words import found_by, texts_in, words_in
from ledger.screening.glance import said_of
from ledger.screening.lexicon import Floats
from ledger.screening.names import LITTLE_WEIGHT, Word, words_of
from ledger.screening.register import Register
from ledger.store.session import Session

_LEAST_OF_A_WORD = 0.4
"""How like each word must be to one of the name: two slips in a word of six letters."""
_LEAST_OF_A_NAME = 0.6
"""What a name has to have of all words together: "Chad" is not meant by "chen q"."""
_COVERED, _WHOLE = 0.75, 0.25
"""How much it counts that all words are in the name, and that the name has no others."""
_BEGUN, _SAID = 0.85, 0.8
"""What it counts that all words begin words of the name or title, or of anything else that is said."""


class Named(NamedTuple):
    """What a name or title is found with."""

    score: float
    """1 where it has the same words."""
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """A subject that a search has found."""

    held: Held
    """How it stands."""
    score: float
    """From 0 to 1: what the likest is found with comes first."""
    matched: str
    """The name, the title, or the text in it in which the words are."""


def named(register: Register, when: When, text: str) -> dict[str, Named]:
    """The subjects that have a name then, as was known, in which every word of `text` is, or one like it."""
    words = words_of(text)
    if not words or not register.texts:
        return {}
    said = np.zeros(len(register.texts), np.float32)
    shown = np.zeros(len(register.texts), np.bool_)
    shown[register.names.holding(when.day, when.knowledge.sequence)[1]] = True
    for word, of_word in zip(words, _said_of_each(register, words), strict=True):
        said += of_word
        if _is_required(word, words):
            shown &= of_word >= np.float32(_LEAST_OF_A_WORD * word.weight)
    weight = sum(word.weight for word in words)
    found: dict[str, Named] = {}
    for name in np.nonzero(shown)[0].tolist():
        covered, whole = said[name] / weight, min(2 * said[name] / (weight + register.weights[name]), 1)
        each = Named(round(float(_COVERED * covered + _WHOLE * whole), 3), register.texts[name])
        if each.score < _LEAST_OF_A_NAME:
            continue
        subject = register.subjects[register.owners[name]]
        found[subject] = max(found.get(subject, each), each)
    return found


def _said_of_each(register: Register, words: Sequence[Word]) -> list[Floats]:
    """What each name has of each word; two that are one word there are both in it."""
    said = [said_of(register, word, register.lexicon.like(word)) for word in words]
    for place, (one, other) in enumerate(pairwise(words)):
        for number in register.lexicon.sounding(one.folded + other.folded):
            names = register.with_word.of(number)
            said[place][names] = np.float32(one.weight)
            said[place + 1][names] = np.float32(other.weight)
    return said


def _is_required(word: Word, words: Sequence[Word]) -> bool:
    """Whether a name must have it: not a particle, where there are others."""
    return word.weight > LITTLE_WEIGHT or all(other.weight <= LITTLE_WEIGHT for other in words)


def ranked(session: Session, when: When, text: str, by_name: dict[str, Named], limit: int) -> list[Found]:
    """The first `limit` subjects that are found by their names, as `by_name` has them, or by words in their terms."""
    best = sorted(by_name, key=lambda subject: (-by_name[subject].score, _place(subject)))[:limit]
    helds = held_of_each(session, best, when.day, when.knowledge)
    found = {subject: Found(helds[subject], *by_name[subject]) for subject in best if subject in helds}
    words = words_in(text)
    for kind in KINDS if words else ():
        for held in _by_words(session, when, kind, words, limit):
            score, matched = _words_found(words, held)
            if held.subject not in found or found[held.subject].score < score:
                found[held.subject] = Found(held, score, matched)
    return sorted(found.values(), key=lambda each: (-each.score, _place(each.held.subject)))[:limit]


def _by_words(session: Session, when: When, kind: str, words: Sequence[str], limit: int) -> list[Held]:
    selection = with_words(session, having(session, when, "kind", [kind]), words)
    return page(session, selection, STATUSES[kind], after=None, limit=limit, accepts=accepting((), words))


def _place(subject: str) -> tuple[int, str]:
    """Actors come first."""
    return -KINDS.index(kind_of(subject)), subject


def _words_found(words: Sequence[str], held: Held) -> tuple[float, str]:
    """What it counts, and the text in which they are, or the first of them; the slug where no text has any."""
    terms = held.state.known_terms()
    for text in [terms.get("name") or terms["title"], *terms.get("aliases", ())]:
        if found_by(words, [text]):
            return _BEGUN, text
    said = (text for text in texts_in(terms) if any(found_by([word], [text]) for word in words))
    return _SAID, next(said, held.subject.partition(":")[2])
