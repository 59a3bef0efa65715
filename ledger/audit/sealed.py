"""Files of evidence: one JSON object in canonical form, and below it a digest that keeps accidents out.

    <a JSON object in the canonical form of RFC 8785>
    <SHA-256 of all before this line, in hexadecimal>

The digest is no signature: whoever forges a file can compute it too. What is trusted are the signatures within.
"""

from hashlib import sha256
from typing import Any

import orjson

from ledger.audit.checks import CheckFailed
from ledger.audit.leaves import leaf_of

BUNDLE_LIMIT_BYTES = 64 * 1024 * 1024
"""Looked at before anything else: room for some thousands of large events, or a hundred thousand small ones."""
DIGEST_LINE_BYTES = 65
"""64 hexadecimal digits and a newline."""


def sealed(value: object) -> bytes:
    """The file that says `value`. Parts that are fragments of JSON have to be in canonical form."""
    body = orjson.dumps(value, option=orjson.OPT_SORT_KEYS) + b"\n"
    return body + _digest_line(body)


def unsealed(given: bytes, refused: type[CheckFailed]) -> Any:
    """What a file says: strictly, so that there is but one file for what one says. Raises `refused`."""
    return _canonical_json(_verified_body(given, refused), refused)


def require_members(check: str, given: object, members: frozenset[str], refused: type[CheckFailed]) -> None:
    """Raise `refused` unless `given` is an object with these members."""
    if not isinstance(given, dict) or given.keys() != members:
        raise refused(check, f"they are {', '.join(sorted(members))}, all of them and no other")


def _digest_line(body: bytes) -> bytes:
    return sha256(body).hexdigest().encode() + b"\n"


def _verified_body(given: bytes, refused: type[CheckFailed]) -> bytes:
    """All before the last line, whose SHA-256 that is."""
    if len(given) > BUNDLE_LIMIT_BYTES:
        raise refused("bundle length", f"at most {BUNDLE_LIMIT_BYTES} bytes, here {len(given)}")
    if len(given) <= DIGEST_LINE_BYTES:
        raise refused("bundle length", f"{len(given)} bytes are too few for a bundle")
    body, line = given[:-DIGEST_LINE_BYTES], given[-DIGEST_LINE_BYTES:]
    if _digest_line(body) != line:
        raise refused("digest", "the last line is not the SHA-256 of all before it: the file was changed")
    if not body.endswith(b"\n"):
        raise refused("digest", "it does not stand on a line of its own")
    return body[:-1]


def _canonical_json(body: bytes, refused: type[CheckFailed]) -> Any:
    """RFC 8785, which leaves one text for each value, and so no member twice (see `leaves.leaf_of` for its limits)."""
    try:
        value = orjson.loads(body)
        canonical = leaf_of(value)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError) as error:
        raise refused("JSON", str(error)) from error
    if canonical != body:
        raise refused("canonical JSON", "it is not in the form of RFC 8785")
    return value
