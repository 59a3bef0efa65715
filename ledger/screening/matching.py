"""Screening: whom a query may mean, of those on whom a measure is live, each with a score that explains itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ledger.screening.candidates import Alike, alike
from ledger.screening.comparing import LEAST_LIKENESS, NAME_ALONE, name_score
from ledger.screening.corroboration import (
    Agreement,
    birth_dates,
    countries,
    identifiers,
    raised_or_lowered,
)
from ledger.screening.names import Word, words_of
from ledger.screening.queries import Query
from ledger.screening.view import View


class Compared(NamedTuple):
    """A name that was asked for, one that is listed, and what that scores."""

    score: float
    asked: str
    words: Sequence[Word]
    alike: Alike
    text: str
    """The name that is listed."""


@dataclass(frozen=True, slots=True)
class Match:
    """An actor whom a query may mean."""

    actor: str
    merged: Sequence[str]
    """The actors that were merged into it."""
    score: float
    """From 0 to 1, with three decimals."""
    explanations: Mapping[str, Agreement]
    """`name_match`, `birth_date`, `country`, `identifier`: each that could be compared."""
    measures: Sequence[str]
    """Those that are live and on the actor."""


@dataclass(frozen=True, slots=True)
class Matches:
    """The best whom a query may mean, and how many there are in all."""

    total: int
    best: Sequence[Match]


class _Known(NamedTuple):
    """What is known of whom is asked for, besides names."""

    birth_dates: Sequence[str]
    countries: Sequence[str]
    identifiers: Sequence[str]


class _Scored(NamedTuple):
    score: float
    actor: int
    compared: Compared | None
    besides: Mapping[str, Agreement]


_NOTHING: Mapping[str, Agreement] = {}


def matches(view: View, query: Query, *, limit: int, cutoff: float) -> Matches:
    """Whom `query` may mean with a score of at least `cutoff`, the best first, and of equals by their names."""
    compared: dict[int, Compared | None] = {**_by_name(view, query)}
    known = _Known(query.birth_dates(), query.countries(), query.identifiers())
    more = view.with_identifiers(known.identifiers, query.categories)
    compared |= {actor: None for actor in more if actor not in compared}
    scored = [_scored(view, known, actor, best) for actor, best in compared.items()]
    kept = [each for each in scored if each.score >= cutoff and each.score > 0]
    kept.sort(key=lambda each: (-each.score, view.register.subjects[each.actor]))
    return Matches(len(kept), [_explained(view, each) for each in kept[:limit]])


def _by_name(view: View, query: Query) -> dict[int, Compared]:
    """The best of its names for each actor."""
    register, best = view.register, dict[int, Compared]()
    shown = view.shown(query.categories)
    for text, is_weak in query.names():
        words = words_of(text)
        if not words:
            continue
        for found in alike(register, words, shown, LEAST_LIKENESS):
            weak = is_weak or bool(register.weak[found.name])
            score = NAME_ALONE * name_score(found.likeness.value, weak=weak)
            actor = view.actor(register.owners[found.name])
            there = best.get(actor)
            if there is None or (score, there.text) > (there.score, register.texts[found.name]):
                best[actor] = Compared(score, text, words, found, register.texts[found.name])
    return best


def _scored(view: View, known: _Known, actor: int, best: Compared | None) -> _Scored:
    score = best.score if best else 0.0
    if not any(known):
        return _Scored(round(score, 3), actor, best, _NOTHING)
    abouts = view.about(actor)
    birth = birth_dates(known.birth_dates, _all(about.birth_dates for about in abouts))
    country = countries(known.countries, _all(about.countries for about in abouts))
    identifier = identifiers(known.identifiers, _all(about.identifiers for about in abouts))
    score = raised_or_lowered(score, birth, country, identifier)
    found = {"birth_date": birth, "country": country, "identifier": identifier}
    return _Scored(round(score, 3), actor, best, {name: each for name, each in found.items() if each})


def _all(lists: Iterable[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(each for of in lists for each in of))


def _explained(view: View, scored: _Scored) -> Match:
    names = {"name_match": _words_compared(view, scored.compared)} if scored.compared else {}
    actor, *merged = (view.register.subjects[record] for record in view.records_of(scored.actor))
    return Match(actor, merged, scored.score, {**names, **scored.besides}, view.measures_on(scored.actor))


def _words_compared(view: View, best: Compared) -> Agreement:
    """Which words were taken for which, and which were left."""
    register, name = view.register, best.alike.name
    listed = [register.lexicon.words[number] for number in register.words[name]]
    pairs = sorted(best.alike.likeness.pairs, key=lambda pair: pair.asked)
    said = [_pair(_at(pair.asked, best.words), _at(pair.listed, listed), pair.likeness) for pair in pairs]
    said += [f"nothing for {word}" for word in _left([pair.asked for pair in pairs], best.words)]
    said += [f"{word} is left" for word in _left([pair.listed for pair in pairs], listed)]
    weak = "the weak alias " if register.weak[name] else ""
    detail = f"{best.asked} is compared with {weak}{register.texts[name]}: {', '.join(said)}"
    return Agreement(round(best.score / NAME_ALONE, 3), detail)


def _pair(asked: str, listed: str, likeness: float) -> str:
    return f"{asked} = {listed}" if likeness == 1 else f"{asked} ~ {listed} ({likeness:.2f})"


def _at(places: int, words: Sequence[Word]) -> str:
    return " ".join(word.plain for place, word in enumerate(words) if places >> place & 1)


def _left(taken: Iterable[int], words: Sequence[Word]) -> list[str]:
    together = 0
    for places in taken:
        together |= places
    return [word.plain for place, word in enumerate(words) if not together >> place & 1]
