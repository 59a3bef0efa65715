"""`/v1/audit`: the log, for whoever wants to see that nobody rewrote it."""

from typing import Any

import orjson
from flask import Response
from marshmallow import Schema, fields

from api.http import documents as doc
from api.http.answering import answer
from api.http.current import ledger, require_reading
from api.http.problems import invalid_parameters
from api.http.queries import Count, Hash, Query, Resource
from ledger.audit.checks import base64_text
from ledger.audit.tiles import EntryBundle, Tile, TileRefused, encode_bundle, encode_tile, parse_path
from ledger.errors import NotFound
from ledger.log.leaves import consistency, inclusion, leaf, sequence_of
from ledger.log.nodes import reading_nodes
from ledger.store.events import head_of, stored_between

audit = Resource("audit", __name__, url_prefix="/v1/audit", description="The log: its key, checkpoints and proofs")
_TEXT = "text/plain; charset=utf-8"
_BYTES = "application/octet-stream"


class HashQuery(Query):
    hash = Hash("The hash of the leaf: `leaf_hash` of an event", required=True, example="ab" * 32)


class InclusionQuery(Query):
    sequence = Count("The event", 1, required=True, example=1)
    tree_size = Count("The tree of so many events; unless given, of all", 1, example=252)


class ConsistencyQuery(Query):
    first = Count("The size of the older tree", 0, required=True, example=100)
    second = Count("The size of the newer tree; unless given, of all", 0, example=252)


class Inclusion(Schema):
    leaf_index = fields.Integer(required=True, metadata={"description": "The sequence less one", "minimum": 0})
    tree_size = fields.Integer(required=True, metadata={"minimum": 1})
    leaf_hash = fields.String(required=True, metadata={"description": "Base64"})
    hashes = fields.List(fields.String(), required=True, metadata={"description": "RFC 9162, 2.1.3; base64"})
    root_hash = fields.String(required=True, metadata={"description": "Of that tree, base64"})


class Consistency(Schema):
    first = fields.Integer(required=True, metadata={"minimum": 0})
    second = fields.Integer(required=True, metadata={"minimum": 0})
    first_root = fields.String(required=True, metadata={"description": "Base64"})
    second_root = fields.String(required=True, metadata={"description": "Base64"})
    hashes = fields.List(fields.String(), required=True, metadata={"description": "RFC 9162, 2.1.4; base64"})


@audit.get("/key")
@audit.response(200, {"type": "string"}, content_type="text/plain", headers=doc.EVENT_HEADERS)
@audit.arguments(Query, location="query")
@doc.may_answer(audit, 304)
def get_key(_query: dict[str, Any]) -> Response:
    """The log's verifier key, a C2SP vkey, in the first line; below it the logs before this one, if there were any."""
    require_reading()
    custody = ledger().log.custody
    lines = [custody.vkey().text()]
    for number, before in enumerate(custody.retired(), 1):
        lines += ["", f"Log {number}, {before.origin}, was ended at {before.retired_at}: {before.reason}"]
        lines += [before.vkey or "Its key was lost.", before.checkpoint.removesuffix("\n") or "It had no checkpoint."]
    return answer("".join(f"{line}\n" for line in lines).encode(), media_type=_TEXT)


@audit.get("/checkpoint")
@audit.response(200, {"type": "string"}, content_type="text/plain", headers=doc.EVENT_HEADERS)
@audit.arguments(Query, location="query")
@doc.may_answer(audit, 304)
def get_checkpoint(_query: dict[str, Any]) -> Response:
    """The newest signed checkpoint (C2SP tlog-checkpoint): every event that was acknowledged before is in it."""
    return _checkpoint()


def _checkpoint() -> Response:
    require_reading()
    return answer(ledger().log.checkpoint(), media_type=_TEXT)


@audit.get("/leaves/<int:sequence>")
@audit.response(200, doc.Leaf, headers=doc.EVENT_HEADERS)
@audit.arguments(Query, location="query")
@doc.may_answer(audit, 304, 404)
def get_leaf(_query: dict[str, Any], sequence: int) -> Response:
    """The exact bytes of an event that were hashed, which are RFC 8785 JSON."""
    require_reading()
    with ledger().reading(once=True) as session:
        found = leaf(session, sequence)
    return answer(found, immutable=True)


@audit.get("/leaves")
@audit.arguments(HashQuery, location="query")
@audit.response(302, headers={"Location": {"description": "The leaf", "schema": {"type": "string"}}})
@doc.may_answer(audit, 404)
def find_leaf(query: dict[str, Any]) -> Response:
    """Where the leaf with that hash is."""
    require_reading()
    with ledger().reading(once=True) as session:
        sequence = sequence_of(session, query["hash"])
    return Response(status=302, headers={"Location": f"/v1/audit/leaves/{sequence}"})


@audit.get("/inclusion")
@audit.arguments(InclusionQuery, location="query")
@audit.response(200, Inclusion, headers=doc.EVENT_HEADERS)
@doc.may_answer(audit, 304, 404)
def get_inclusion(query: dict[str, Any]) -> Response:
    """The proof that an event is in the tree of that size (RFC 9162, 2.1.3)."""
    require_reading()
    with ledger().reading(once="tree_size" in query) as session:  # of a fixed tree all is read by one statement
        size = query["tree_size"] if "tree_size" in query else head_of(session).sequence
        hash_, proof, root = inclusion(session, query["sequence"], size)
    found = {
        "leaf_index": query["sequence"] - 1,
        "tree_size": size,
        "leaf_hash": base64_text(hash_),
        "hashes": list(map(base64_text, proof)),
        "root_hash": base64_text(root),
    }
    return answer(orjson.dumps(found), immutable="tree_size" in query)


@audit.get("/consistency")
@audit.arguments(ConsistencyQuery, location="query")
@audit.response(200, Consistency, headers=doc.EVENT_HEADERS)
@doc.may_answer(audit, 304, 404)
def get_consistency(query: dict[str, Any]) -> Response:
    """The proof that the newer tree begins with the older one (RFC 9162, 2.1.4): nothing of it was changed."""
    require_reading()
    with ledger().reading() as session:
        second = query["second"] if "second" in query else head_of(session).sequence
        if query["first"] > second:
            raise invalid_parameters({"first": f"must not be larger than second, {second}"})
        first_root, second_root, proof = consistency(session, query["first"], second)
    found = {
        "first": query["first"],
        "second": second,
        "first_root": base64_text(first_root),
        "second_root": base64_text(second_root),
        "hashes": list(map(base64_text, proof)),
    }
    return answer(orjson.dumps(found), immutable="second" in query)


@audit.get("/log/checkpoint")
@audit.response(200, {"type": "string"}, content_type="text/plain", headers=doc.EVENT_HEADERS)
@audit.arguments(Query, location="query")
@doc.may_answer(audit, 304)
def get_log_checkpoint(_query: dict[str, Any]) -> Response:
    """The newest signed checkpoint, at its place in a log of tiles (C2SP tlog-tiles)."""
    return _checkpoint()


@audit.get("/log/tile/<path:place>")
@audit.response(200, {"type": "string", "format": "binary"}, content_type=_BYTES, headers=doc.EVENT_HEADERS)
@audit.arguments(Query, location="query")
@doc.may_answer(audit, 304, 404)
def get_tile(_query: dict[str, Any], place: str) -> Response:
    """A tile of hashes, `{L}/{N}`, or an entry bundle, `entries/{N}`, full or partial (C2SP tlog-tiles)."""
    require_reading()
    try:
        wanted = parse_path(f"tile/{place}")
    except TileRefused as error:
        raise NotFound(f"there is no such tile: {error}") from None
    with ledger().reading() as session:
        if not wanted.exists(head_of(session).sequence):
            raise NotFound(f"there is no tile {place} yet")
        match wanted:
            case Tile():
                body = encode_tile(reading_nodes(session)(wanted.nodes()))
            case EntryBundle():
                stored = stored_between(session, wanted.first + 1, wanted.first + wanted.width)
                body = encode_bundle([event.leaf for event in stored])
    return answer(body, media_type=_BYTES, immutable=True)
