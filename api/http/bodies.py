"""The bodies of requests: JSON in UTF-8, strictly, and NDJSON."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header

from api.http.current import header, settings
from api.http.problems import ProblemError
from api.http.queries import unreadable
from ledger.domain.values import Problem
from ledger.errors import Invalid
from ledger.schemas.reading import NotJSON, json_in, lines_in

MOST_EVENTS = 1000
_FORMS = {"application/json": "json", "application/x-ndjson": "ndjson"}


@dataclass(frozen=True, slots=True)
class PostedEvents:
    """What was posted: events, not yet looked at."""

    events: list[Any]
    single: bool
    """Whether it was one event, not an array of them."""
    form: str
    """How the body was read: `json` or `ndjson`."""
    body: bytes


def posted_json() -> Any:
    """The value in the body. Raises 400 for what is not JSON, 413, 415."""
    form = _form("json")
    try:
        return json_in(_whole_body(form))
    except NotJSON as error:
        raise unreadable(str(error)) from None


def posted_events() -> PostedEvents:
    """The events in the body. Raises 400 for what is not JSON, 413, 415, 422 for too few or too many."""
    form = _form("json", "ndjson")
    body = _whole_body(form)
    try:
        if form == "ndjson":
            events, single = list(islice(lines_in(body), MOST_EVENTS + 1)), False
        else:
            value = json_in(body)
            events, single = (value, False) if isinstance(value, list) else ([value], True)
    except NotJSON as error:
        raise unreadable(str(error)) from None
    if not 1 <= len(events) <= MOST_EVENTS:
        how_many = "more" if events else "none"
        raise Invalid([Problem("", f"must have 1 to {MOST_EVENTS} events, and this has {how_many}")])
    return PostedEvents(events, single, form, body)


def _whole_body(form: str) -> bytes:
    """The body. Raises where a client that went away in the middle could have its first half taken for all of it."""
    limit, length = settings().max_body, request.content_length
    if length is None:
        request.max_content_length = limit + 1  # at the limit itself werkzeug would cut the body off, without a word
        body = request.get_data(cache=False)
    elif length > limit:
        raise RequestEntityTooLarge
    else:
        body = request.environ["wsgi.input"].read(length)
    if len(body) > limit:
        raise RequestEntityTooLarge
    if body and length is None and form == "ndjson":  # of JSON the half is no JSON
        raise ProblemError(411, "length-required", "send NDJSON with a Content-Length, so that it is known to be whole")
    if length is not None and length != len(body):
        raise unreadable(f"the body ended after {len(body)} of {length} bytes")
    return body


def _form(*taken: str) -> str:
    """The form of the body, by its Content-Type. Raises 415 for one that is not `taken`."""
    form, encoding = _form_of(request.content_type or ""), header("Content-Encoding")
    if form not in taken or (encoding is not None and encoding.lower() != "identity"):
        types = [media_type for media_type, name in _FORMS.items() if name in taken]
        detail = f"send {' or '.join(types)} in UTF-8, not compressed, and say so in Content-Type"
        raise ProblemError(415, "unsupported-media-type", detail, headers={"Accept": ", ".join(types)})
    return form


@lru_cache
def _form_of(content_type: str) -> str | None:
    media_type, parameters = parse_options_header(content_type)
    charset = parameters.get("charset", "utf-8").lower()
    return _FORMS.get(media_type.lower()) if charset in {"utf-8", "utf8"} else None


def expected_version() -> int | None:
    """What `If-Match` says that the subject's version is."""
    given = header("If-Match")
    if given is None:
        return None
    version = given.strip().removeprefix('"').removesuffix('"')
    if not (version.isascii() and version.isdigit() and len(version) <= 15 and given.strip() == f'"{version}"'):
        raise unreadable('If-Match must be the version of the subject in quotes, as "3"')
    return int(version)


def idempotency_key() -> str | None:
    """The `Idempotency-Key` of the request."""
    key = header("Idempotency-Key")
    if key is not None and not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        raise unreadable("Idempotency-Key must be 1 to 255 printable ASCII characters")
    return key
