"""`/search?q=`: where is it, and why was it found?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from api.http.current import ledger
from api.http.subjects import ListQuery, states_asked
from api.pages.answered import answered
from api.pages.called import Called, name_in, subjects_within
from api.pages.house import pages
from api.pages.rows import Row, rows_of
from api.pages.when import query_of, when_asked
from api.pages.wording import say, words
from ledger.projections.words import texts_in, words_in

if TYPE_CHECKING:
    from flask import Response

    from api.http.asof import AsOf
    from ledger.projections.states import Held
    from ledger.store.session import Session

_QUERY = ListQuery(exclude=("limit", "cursor"))
_KINDS = ("actor", "measure", "agreement", "act")
MOST = 20
"""Of each kind."""
_AROUND = 60


@dataclass(frozen=True, slots=True)
class Found:
    """A subject that was found, and why."""

    kind: str
    row: Row
    why: Markup


@pages.get("/search")
def get_search() -> Response:
    """What a query finds, of each kind; actors also by names that are nearly so written."""
    query = query_of(_QUERY)
    typed = query.get("q", "")
    with ledger().reading() as session:
        asked = when_asked(session, query)
        found = _found(session, query, asked) if words_in(typed) else []
        return answered(
            session, "search.html", asked,
            api_path="/v1/measures", more={"q": typed or None, "status": "all"}, typed=typed, found=found,
        )  # fmt: skip


def _found(session: Session, query: dict[str, Any], asked: AsOf) -> list[Found]:
    called = Called(session, asked.when)
    found = []
    for kind in _KINDS:
        helds = states_asked(session, kind, {**query, "status": ["all"]}, asked, None, MOST)
        helds.sort(key=lambda held: not _named(held, words_in(query["q"])))
        found += [
            Found(kind, row, why(held, words_in(query["q"]), called))
            for held, row in zip(helds, rows_of(helds, called), strict=True)
        ]
    return found


def _named(held: Held, wanted: list[str]) -> bool:
    """Whether the name or the title has the words."""
    return all(
        any(word.startswith(one) for word in words_in(name_in(held.subject, held.state.terms))) for one in wanted
    )


def why(held: Held, wanted: list[str], called: Called) -> Markup:
    """The member in which the first of the words is, and what stands around it."""
    for member, value in (held.state.terms or {}).items():
        for text in texts_in(value):
            if shown := _around(called(text) if text in subjects_within(text) else text, wanted):
                return say("search.why", member=words("members").get(member, member), text=shown)
    return say("search.why_slug", slug=held.subject.partition(":")[2])


def _around(text: str, wanted: list[str]) -> Markup | None:
    """The text around the first of the words, which is marked."""
    place = 0
    for piece in text.split():
        start = text.index(piece, place)
        place = start + len(piece)
        if any(word.startswith(one) for word in words_in(piece) for one in wanted):
            before, after = text[max(0, start - _AROUND) : start], text[place : place + _AROUND]
            dots = ("…" if start > _AROUND else "", "…" if place + _AROUND < len(text) else "")
            marked = Markup("<mark>{}</mark>").format(piece)
            return Markup("<bdi>{}{}{}{}{}</bdi>").format(dots[0], before, marked, after, dots[1])
    return None
