"""`/v1/audit/bundle`: an answer as evidence, in one file that is checked without the ledger."""

from typing import Any

from flask import Response

from api.http import documents as doc
from api.http.answering import answer
from api.http.asof import AsOfQuery, as_of
from api.http.current import ledger, require_reading
from api.http.queries import Resource, SubjectName
from ledger.audit.bundle import MEDIA_TYPE
from ledger.domain.dates import day_text
from ledger.log.bundles import claim_of

_NAMED = {"Content-Disposition": {"description": "How to call the file", "schema": {"type": "string"}}}
bundles = Resource("bundles", __name__, url_prefix="/v1/audit", description="Evidence bundles")


class BundleQuery(AsOfQuery):
    subject = SubjectName("The subject, `kind:slug`", required=True, example="measure:us-xinjiang-2020-07-09")


@bundles.get("/bundle")
@bundles.arguments(BundleQuery, location="query")
@bundles.response(
    200,
    {"type": "string", "format": "binary"},
    content_type=MEDIA_TYPE,
    headers=doc.ANSWER_HEADERS | _NAMED,
)
@doc.may_answer(bundles, 302, 304, 400, 404)
def get_bundle(query: dict[str, Any]) -> Response:
    """The state of a subject as of a day, as known at a time, as evidence: with the events, proven to be in the log.

    `retorsion audit check-bundle` checks it without the ledger.
    """
    require_reading()
    return bundle_answer(query["subject"], query)


def bundle_answer(subject: str, query: dict[str, Any]) -> Response:
    """The file, of a subject as of what a query asks for."""
    with ledger().reading() as session:
        asked = as_of(session, query)
        claim = claim_of(session, subject, asked.when, asked.asked)
    named = f"{subject.replace(':', '-')}-{day_text(asked.when.day)}-{claim.known}.bundle"
    headers = {**asked.headers, "Content-Disposition": f'attachment; filename="{named}"'}
    # Never immutable: witnesses may still sign the checkpoint, and the log may go on under another key.
    return answer(ledger().bundle(claim), media_type=MEDIA_TYPE, headers=headers)
