"""Responses: bodies with their ETag and what may be done with them, and the links from page to page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson
from flask import Response, request
from werkzeug.datastructures import Headers

from api.http.current import header, settings
from api.http.problems import ProblemError, invalid_parameters
from ledger.domain.values import LARGEST_INTEGER, text_problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

JSON = "application/json"
_FOR_GOOD = "max-age=31536000, immutable"


class Answer(Response):
    """A response with all its headers, and a body that is whole.

    Flask's own would look every header through once more, and hand the body over piece by piece: granian sends a list
    of bytes at once, and anything else as a stream, which takes it as long as all that we do.
    """

    default_mimetype = None

    def __init__(self, body: bytes, status: int, headers: Mapping[str, str]) -> None:
        given = Headers()
        for name, value in headers.items():
            given.add(name, value)
        super().__init__([body], status, given)
        self._body = body

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """Answer with the headers as they are; what was asked with HEAD gets no more than those."""
        start_response(self.status, list(self.headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self._body]


def whole(body: bytes, status: int, media_type: str, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer with that body."""
    return Answer(body, status, {"Content-Type": media_type, "Content-Length": str(len(body)), **(headers or {})})


def answer(
    body: bytes,
    *,
    media_type: str = JSON,
    immutable: bool = False,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """`body` as the answer to a GET, or 304 where the caller has it already."""
    etag = blake2b(body, digest_size=16).hexdigest()
    given = _caching(etag, immutable=immutable, headers=headers)
    return Answer(b"", 304, given) if _is_there(etag) else whole(body, 200, media_type, given)


def streamed(
    parts: Callable[[], Iterator[bytes]],
    *,
    etag: str,
    media_type: str,
    immutable: bool,
    headers: Mapping[str, str],
) -> Response:
    """The parts of a long body as the answer to a GET, sent as they are made; or 304 where the caller has it already.

    None is made where nobody wants it. `etag` is of this body alone, known before there is one.
    """
    given = _caching(etag, immutable=immutable, headers=headers)
    if _is_there(etag):
        return Answer(b"", 304, given)
    return Response(parts(), headers=given, content_type=media_type)


def _caching(etag: str, *, immutable: bool, headers: Mapping[str, str] | None) -> dict[str, str]:
    """`headers`, and those that say how long an answer may be kept."""
    whose = "public" if settings().public_reads else "private"
    return {
        "ETag": f'"{etag}"',
        "Cache-Control": f"{whose}, {_FOR_GOOD}" if immutable else f"{whose}, no-cache",
        **(headers or {}),
    }


def _is_there(etag: str) -> bool:
    """Whether the caller has that answer already."""
    return bool(header("If-None-Match")) and request.if_none_match.contains_weak(etag)


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
