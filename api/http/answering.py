"""Responses: bodies with their ETag and what may be done with them, and the links from page to page."""

import base64
import binascii
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, request

from api.http.current import settings
from api.http.problems import ProblemError, invalid_parameters
from ledger.domain.values import LARGEST_INTEGER, text_problem

JSON = "application/json"
_FOR_GOOD = "max-age=31536000, immutable"


def answer(
    body: bytes,
    *,
    status: int = 200,
    media_type: str = JSON,
    immutable: bool = False,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """`body` as the answer to a GET, or 304 where the caller has it already."""
    etag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
    whose = "public" if settings().public_reads else "private"
    given = {
        "ETag": etag,
        "Cache-Control": f"{whose}, {_FOR_GOOD}" if immutable else f"{whose}, no-cache",
        **(headers or {}),
    }
    if request.headers.get("If-None-Match") and request.if_none_match.contains_weak(etag.strip('"')):
        return Response(status=304, headers=given)
    return Response(body, status, headers=given, content_type=media_type)


def link_to(path: str, parameters: Mapping[str, Any]) -> str:
    """A URI of this API; lists repeat their parameter, what is None is left out."""
    given = {name: value for name, value in parameters.items() if value is not None}
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def next_header(next_: str | None) -> dict[str, str]:
    """The `Link` header to the next page."""
    return {"Link": f'<{next_}>; rel="next"'} if next_ else {}


def cursor_of(*place: str | int) -> str:
    """A place in a list, for the caller to hand back and not to look into."""
    return base64.urlsafe_b64encode(orjson.dumps(place)).rstrip(b"=").decode()


def place_of(cursor: str, *kinds: type) -> list[Any]:
    """The place that a cursor of ours stands for. Raises 422 for any other text."""
    try:
        padding = b"=" * (-len(cursor) % 4)
        place = orjson.loads(base64.b64decode(cursor.encode() + padding, b"-_", validate=True))
    except (ValueError, binascii.Error):
        place = None
    if not isinstance(place, list) or [type(part) for part in place] != list(kinds) or not all(map(_can_be, place)):
        raise not_a_cursor()
    return place


def not_a_cursor() -> ProblemError:
    """422 for a cursor that no `next` ever had."""
    return invalid_parameters({"cursor": "is not a cursor of this list: take it from `next`"})


def _can_be(part: int | str) -> bool:
    return 0 <= part <= LARGEST_INTEGER if isinstance(part, int) else not text_problem(part)
