"""`/v1/export`: the ledger's content in the forms that other tools read, streamed."""

from collections.abc import Iterator
from hashlib import blake2b
from importlib.metadata import version
from typing import Any

from flask import Response

from api.http import documents as doc
from api.http.answering import streamed
from api.http.asof import AsOf, AsOfQuery, as_of
from api.http.current import ledger, require_reading
from api.http.problems import invalid_parameters
from api.http.queries import Count, OneOf, Resource
from ledger.domain.dates import day_text
from ledger.exports.formats import FORMATS, Export, export_of
from ledger.exports.spells import DYAD_YEAR
from ledger.projections.asof import Knowledge, known_at_sequence
from ledger.store.events import head_of, stored_between
from ledger.store.session import Session

_NAMED = {"Content-Disposition": {"description": "How to call the file", "schema": {"type": "string"}}}
exports = Resource("exports", __name__, url_prefix="/v1/export", description="The ledger's content for other tools")

_SAID = {
    "ndjson": """Events, one on each line, by sequence, without those that `init` recorded.

    `retorsion append` takes such a file into another ledger. `at` makes no difference.""",
    "csv": """The states of all subjects that have begun, one in each row, ended ones too.""",
    "spells": """Each spell in which a measure was in force, one in each row; or counts by country dyad and year.""",
    "ftm": """FollowTheMoney entities, one on each line: whom measures are on, and each measure as a `Sanction`.""",
    "delta": """What changed in the `ftm` export of one day between two sequences, an entity on each line.

    `{"op": "ADD" | "MOD" | "DEL", "entity": {…}}`; of an entity that is gone there is only the `id`.""",
    "parquet": """A ZIP archive of Parquet files: every event, and all that was ever known to hold when.

    `at` makes no difference.""",
}


class SpellsQuery(AsOfQuery):
    by = OneOf([DYAD_YEAR], "Count measures by country dyad and year, instead of a row for each spell")


class DeltaQuery(AsOfQuery):
    from_ = Count("What changed after this event was recorded", 0, required=True, data_key="from", example=300)
    to = Count("Until this one was; unless given, as is known, or was at `known_at`", 0, example=323)


_QUERIES = {"spells": SpellsQuery, "delta": DeltaQuery}


def _export(name: str, query: dict[str, Any]) -> Response:
    require_reading()
    with ledger().reading() as session:
        asked = _asked(session, query)
        since = _since(session, query, asked) if name == "delta" else None
        stamp = _stamp(session, name, query, asked, since)
    snapshot = ledger().snapshot(asked.when)
    older = snapshot.known_at(since.sequence, since.recorded_at) if since else None
    form = FORMATS[name]
    called = f"retorsion-{name}-{day_text(asked.when.day)}-{snapshot.sequence}.{form.ending}"
    return streamed(
        lambda: _bytes(export_of(name, snapshot, by=query.get("by"), older=older)),
        etag=stamp,
        media_type=form.media_type,
        immutable=asked.immutable,
        headers={**asked.headers, "Content-Disposition": f'attachment; filename="{called}"'},
    )


def _bytes(export: Export) -> Iterator[bytes]:
    return (part.body for part in export.parts if part.body)


def _asked(session: Session, query: dict[str, Any]) -> AsOf:
    """What is asked for; `to` of a delta is the sequence as known at which. Raises as `as_of` does."""
    if "to" in query:
        if given := next((name for name in ("known_at", "known_at_sequence") if name in query), None):
            raise invalid_parameters({given: f"give one of to and {given}"})
        newest = head_of(session).sequence
        if query["to"] > newest:
            raise invalid_parameters({"to": f"the newest event is {newest}"})
        query["known_at_sequence"] = query["to"]
    return as_of(session, query)


def _since(session: Session, query: dict[str, Any], asked: AsOf) -> Knowledge:
    """What was known before a delta. Raises 422 where that is later than what is asked for."""
    since = known_at_sequence(session, head_of(session), query["from_"])
    until = query.get("to", asked.when.knowledge.sequence)  # of one batch all is known at once: so both are looked at
    if since is None or query["from_"] > until or since.sequence > asked.when.knowledge.sequence:
        raise invalid_parameters({"from": f"must not be later than event {until}"})
    return since


def _stamp(session: Session, name: str, query: dict[str, Any], asked: AsOf, since: Knowledge | None) -> str:
    """What tells this answer from every other one, without making it: what is asked for, of which ledger, of whom.

    The hash of the newest event that was known, and of its time, tells one ledger from another.
    """
    sequence = asked.when.knowledge.sequence
    newest = [event.leaf_hash.hex() for event in stored_between(session, sequence, sequence)]
    parts = [version("retorsion"), name, query.get("by"), asked.when.day, sequence, newest, since and since.sequence]
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def _add_route(name: str) -> None:
    @exports.get(f"/{name}", endpoint=name)
    @exports.arguments(_QUERIES.get(name, AsOfQuery), location="query")
    @exports.response(
        200,
        {"type": "string", "format": "binary"},
        content_type=FORMATS[name].media_type,
        headers=doc.ANSWER_HEADERS | _NAMED,
    )
    @doc.may_answer(exports, 302, 304, 400)
    @doc.summary(_SAID[name])
    def export(query: dict[str, Any]) -> Response:
        return _export(name, query)


for _name in FORMATS:
    _add_route(_name)
