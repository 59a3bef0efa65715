"""What is taken along from a page: the feed of an actor, and the evidence bundle of a subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from api.http.asof import AsOfQuery
from api.http.bundles import bundle_answer
from api.http.current import ledger
from api.http.queries import Query
from api.http.subjects import COLLECTIONS, subject_named, unknown
from api.pages.called import Called
from api.pages.changes import changed
from api.pages.house import page, pages
from api.pages.when import query_of
from ledger.domain.dates import FOREVER
from ledger.projections.asof import known_now
from ledger.projections.concerning import newest_concerning
from ledger.projections.lists import When
from ledger.projections.states import held_on
from ledger.store.events import head_of

if TYPE_CHECKING:
    from flask import Response

ENTRIES = 50
_ATOM = "application/atom+xml; charset=utf-8"
_NONE, _AS_OF = Query(), AsOfQuery()


@pages.get("/actors/<string:slug>/feed.atom")
def get_feed(slug: str) -> Response:
    """The newest events on the actor and on what it imposes, is subject to or is party to, as Atom (RFC 4287)."""
    query_of(_NONE)
    subject = subject_named("actors", slug)
    with ledger().reading() as session:
        head = head_of(session)
        known = known_now(head)
        if held_on(session, subject, 1, known) is None:
            raise unknown(subject)
        entries = changed(session, newest_concerning(session, subject, known, ENTRIES))
        name = Called(session, When(FOREVER - 1, known)).add([subject])(subject)
    return page("feed.xml", media_type=_ATOM, name=name, slug=slug, entries=entries, root=request.url_root.rstrip("/"))


def _add_bundle(collection: str) -> None:
    @pages.get(f"/{collection}/<string:slug>/bundle", endpoint=f"get_{COLLECTIONS[collection]}_bundle")
    def get_bundle(slug: str) -> Response:
        return bundle_answer(subject_named(collection, slug), query_of(_AS_OF, form=False))


for _collection in COLLECTIONS:
    _add_bundle(_collection)
