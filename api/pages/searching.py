"""`/search?q=`: where is it, and why was it found?"""

from __future__ import annotations

from dataclasses import dataclass
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
from api.pages.when import query_of, when_asked
from api.pages.wording import say, words
from ledger.domain.events import kind_of
from ledger.projections.words import texts_in, words_in

if TYPE_CHECKING:
    from flask import Response

    from ledger.screening.searching import Found

_QUERY = ListQuery(exclude=("limit", "cursor"))
MOST = 30
_AROUND = 60


@dataclass(frozen=True, slots=True)
class Result:
    """A subject that was found, and why."""

    kind: str
    row: Row
    why: Markup


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
        return answered(session, "search.html", asked, api_path=None, typed=typed, found=results)


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
            return tag("bdi", dots[0], before, tag("mark", piece), after, dots[1])
    return as_recorded(text[: 2 * _AROUND] + "…" * (len(text) > 2 * _AROUND))
