"""`/measures`: which?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from api.http.answering import cursor_of, link_to, place_of
from api.http.current import ledger
from api.http.queries import parameters
from api.http.subjects import MeasuresQuery, states_asked
from api.pages.answered import answered
from api.pages.called import Called
from api.pages.house import pages
from api.pages.rows import rows_of
from api.pages.when import DATES, query_of, when_asked
from ledger.domain.vocabulary import STATUSES
from ledger.projections.lists import Place

if TYPE_CHECKING:
    from flask import Response

ROWS = 50
_QUERY = MeasuresQuery(exclude=("limit",))
_FILTERS = ("q", "imposed_by", "target", "instrument", "ground", "topic", "programme")


@pages.get("/measures")
def get_measures() -> Response:
    """The API's filters, and the first of what they let through."""
    query = query_of(_QUERY)
    cursor = place_of(query["cursor"], int, int, str) if "cursor" in query else None
    with ledger().reading() as session:
        asked = when_asked(session, query, pinned=cursor[0] if cursor else None)
        after = Place(*cursor[1:]) if cursor else None
        found = states_asked(session, "measure", query, asked, after, ROWS + 1)
        rows = rows_of(found[:ROWS], Called(session, asked.when))
        given = {name: values for name, values in parameters().items() if name != "cursor"}
        next_ = None
        if len(found) > ROWS:
            last = found[ROWS - 1]
            place = cursor_of(asked.when.knowledge.sequence, last.valid_from, last.subject)
            next_ = link_to(request.path, {**given, **asked.pinned, "cursor": place})
        chosen: dict[str, Any] = {name: given.get(name, [""])[0] for name in _FILTERS}
        return answered(
            session, "measures.html", asked,
            api_path="/v1/measures", more={**{n: v for n, v in given.items() if n not in DATES}, "limit": ROWS},
            rows=rows, next=next_, chosen=chosen, statuses=given.get("status", []), filtered=set(given) - set(DATES),
            all_statuses=STATUSES["measure"],
        )  # fmt: skip
