"""`/search?q=`: where is it, and why was it found?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import dropwhile
from typing import TYPE_CHECKING

from markupsafe import Markup

from api.http.current import ledger
from api.http.subjects import ListQuery
from api.pages.answered import answered
from api.pages.called import Called, subjects_within
from api.pages.house import pages
from api.pages.inline import as_recorded
from api.pages.markup import tag
from api.pages.rows import Row, rows_of
from api.pages.when import linked, query_of, when_asked
from api.pages.wording import listed, say, words
from ledger.domain.events import kind_of
from ledger.projections.states import held_of_each
from ledger.projections.words import texts_in, words_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flask import Response

    from api.http.asof import AsOf
    from ledger.screening.searching import Found
    from ledger.store.session import Session

_QUERY = ListQuery(exclude=("limit", "cursor"))
MOST = 30
_AROUND = 60
_BETWEEN_WORDS = re.compile(r"[\s,;/&+\u2010-\u2015-]+")
_MOST_WORDS = 8
"""What is longer is no pair of names."""
_SAME_NAME = 0.95
"""How like a name has to be for a pair: what is only near is found below, each by itself."""


@dataclass(frozen=True, slots=True)
class Result:
    """A subject that was found, and why."""

    kind: str
    row: Row
    why: Markup


@dataclass(frozen=True, slots=True)
class Pair:
    """Two actors whose names were typed: the page of both."""

    names: tuple[str, str]
    address: str


@pages.get("/search")
def get_search() -> Response:
    """What is found by name, however it is written, and by any word; the likest first."""
    query = query_of(_QUERY)
    typed = query.get("q", "")
    with ledger().reading() as session:
        asked = when_asked(session, query)
        called = Called(session, asked.when)
        found = ledger().screening.search(session, asked.when, typed, MOST) if typed.strip() else []
        rows = rows_of((each.held for each in found), called)
        results = [
            Result(kind_of(each.held.subject), row, _why(each, typed, called))
            for each, row in zip(found, rows, strict=True)
        ]
        return answered(
            session, "search.html", asked, api_path=None, typed=typed, found=results,
            pair=_pair(session, asked, typed, called), whole=len(results) < MOST,
        )  # fmt: skip


def _pair(session: Session, asked: AsOf, typed: str, called: Called) -> Pair | None:
    """The two actors that `us china`, `China and the United States` mean; None where it means no two.

    Each is named as a whole, by its name or its slug; what is one name itself, as Bosnia and Herzegovina, is no pair.
    """
    pieces = [piece for piece in _BETWEEN_WORDS.split(typed.lower()) if piece]
    if not 2 <= len(pieces) <= _MOST_WORDS or _actor_named(session, asked, pieces):
        return None
    for one, other in _halves(pieces):
        a = _actor_named(session, asked, one)
        b = _actor_named(session, asked, other) if a else None
        if a and b and a != b:
            first, second = sorted([a, b])
            called.add({first, second})
            slugs = (name.partition(":")[2] for name in (first, second))
            return Pair((called(first), called(second)), linked("/dyads/" + "/".join(slugs)))
    return None


def _halves(pieces: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Each way to part the words in two names, without what stands before and between these."""
    passed_over = set(listed("search.between"))
    for at in range(1, len(pieces)):
        one, other = (list(dropwhile(passed_over.__contains__, half)) for half in (pieces[:at], pieces[at:]))
        if one and other and one[-1] not in passed_over:
            yield one, other


def _actor_named(session: Session, asked: AsOf, pieces: Sequence[str]) -> str | None:
    """The actor with just that name, or that slug."""
    subject = f"actor:{'-'.join(pieces)}"
    if held_of_each(session, [subject], asked.when.day, asked.when.knowledge):
        return subject
    named = ledger().screening.named(session, asked.when, "actor", " ".join(pieces))
    best = min(named, key=lambda name: (-named[name].score, name), default=None)
    return best if best and named[best].score >= _SAME_NAME else None


def _why(found: Found, typed: str, called: Called) -> Markup:
    """The member in which it was found, and what stands there around the first of the words."""
    for member, value in (found.held.state.terms or {}).items():
        for text in texts_in(value):
            if text == found.matched:
                shown = called(text) if text in subjects_within(text) else text
                return say("search.why", member=words("members").get(member, member), text=_around(shown, typed))
    return say("search.why_slug", slug=found.matched)


def _around(text: str, typed: str) -> Markup:
    """The text around the first of the words that were typed, which is marked; where none is in it, its beginning."""
    place, wanted = 0, words_in(typed)
    for piece in text.split():
        start = text.index(piece, place)
        place = start + len(piece)
        if any(word.startswith(one) for word in words_in(piece) for one in wanted):
            before, after = text[max(0, start - _AROUND) : start], text[place : place + _AROUND]
            dots = ("…" if start > _AROUND else "", "…" if place + _AROUND < len(text) else "")
            if dots[0] and " " in before.rstrip():
                before = before[before.index(" ") + 1 :]
            if dots[1] and " " in after.lstrip():
                after = after[: after.rindex(" ")]
            return tag("bdi", dots[0], before, tag("mark", piece), after, dots[1])
    return as_recorded(text[: 2 * _AROUND] + "…" * (len(text) > 2 * _AROUND))
