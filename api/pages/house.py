"""The house of the pages: the blueprint that all views are on, their headers, their errors, the files beside them."""

from __future__ import annotations

import re
from gzip import compress
from hashlib import blake2b
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING

import orjson
from flask import Blueprint, Flask, Response, g, redirect, request

from api.http.answering import answer, whole
from api.http.current import header, require_reading
from api.http.problems import MEDIA_TYPE as PROBLEM
from api.pages.rendering import TEMPLATE_GLOBALS, Said, render
from api.pages.when import fields_of
from ledger.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug import Response as BaseResponse

HTML = "text/html; charset=utf-8"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_API = re.compile(r"/v[0-9]+(/|$)")
_VIEWS = ("actor", "audit", "changes", "dyad", "editor", "lists", "searching", "subject", "taken")
"""The modules of this package that have views."""

pages = Blueprint("pages", __name__, template_folder="templates")
static = Blueprint("static", __name__)

_FILES = {file.name: file.read_bytes() for file in files(__package__).joinpath("static").iterdir() if file.is_file()}
VERSION = blake2b(b"".join(_FILES[name] for name in sorted(_FILES)), digest_size=6).hexdigest()
"""Stands in the address of each file, so that a browser may keep it for good."""


def register_pages(app: Flask) -> None:
    """Serve the pages from the application that serves the API."""
    for name in _VIEWS:
        import_module(f"{__package__}.{name}")
    app.jinja_env.globals.update(TEMPLATE_GLOBALS, static=lambda name: f"/static/{VERSION}/{name}")
    app.jinja_env.add_extension(Said)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_blueprint(pages)
    app.register_blueprint(static)
    app.after_request(_problem_as_page)


def page(
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    media_type: str = HTML,
    **shown: object,
) -> Response:
    """The page that a template makes of what is shown, or 304."""
    body, more = _packed(render(template, **shown).encode())
    all_headers = {**(headers or {}), **more, **_HEADERS, **_vary(headers)}
    if status != 200:
        return whole(body, status, media_type, all_headers)
    return answer(body, media_type=media_type, headers=all_headers)


@pages.before_request
def _reading() -> None:
    """Pages carry no cookie: where reading needs a token, they are for who sends one in the header."""
    require_reading()


@static.get("/static/<string:version>/<string:name>")
def get_static(version: str, name: str) -> BaseResponse:
    """A stylesheet, a script or a picture of the pages. Its address has its version: what it had before leads there."""
    if name not in _FILES:
        raise NotFound(f"there is no file {name}")
    if version != VERSION:
        return redirect(f"/static/{VERSION}/{name}")
    body, headers = _packed(_FILES[name])
    media_type = f"{_KINDS[name.rpartition('.')[2]]}; charset=utf-8"
    return answer(body, media_type=media_type, immutable=True, headers={**headers, "X-Content-Type-Options": "nosniff"})


def _packed(body: bytes) -> tuple[bytes, dict[str, str]]:
    """`body` as it is sent: packed, where the browser can unpack it."""
    if "gzip" not in (header("Accept-Encoding") or ""):
        return body, {"Vary": "accept-encoding"}
    return compress(body, 1, mtime=0), {"Content-Encoding": "gzip", "Vary": "accept-encoding"}


def _vary(headers: Mapping[str, str] | None) -> dict[str, str]:
    return {"Vary": ", ".join(filter(None, [(headers or {}).get("Vary"), "accept-encoding"]))}


def _problem_as_page(response: Response) -> Response:
    """A problem where a page was asked for, as a page with the same status."""
    if response.content_type != PROBLEM:
        return response
    is_page = request.blueprint == "pages" or (
        request.url_rule is None and request.method in {"GET", "HEAD"} and not _API.match(request.path)
    )
    if not is_page:
        return response
    problem = orjson.loads(response.get_data())
    wrong = {each["pointer"].removeprefix("/"): each["detail"] for each in problem.get("errors", [])}
    fields = fields_of(wrong) if g.get("dated") else None
    nowhere = request.url_rule is None and response.status_code == 404
    shown = render("problem.html", problem=problem, fields=fields, wrong=wrong, path=request.path, nowhere=nowhere)
    body, more = _packed(shown.encode())
    kept = {name: value for name, value in response.headers.items() if name not in {"Content-Type", "Content-Length"}}
    return whole(body, response.status_code, HTML, {**kept, **more, **_HEADERS})
