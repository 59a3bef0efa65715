"""A page that is an answer as of two dates: with what all of them have above and below."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from flask import request

from api.http.answering import link_to
from api.http.queries import parameters
from api.pages.called import Called
from api.pages.drawings.strip import strip
from api.pages.house import page
from api.pages.inline import path_of
from api.pages.kept import kept
from api.pages.when import DATES, linked, shown_when
from api.pages.wording import a_time
from ledger.audit.tree import TreeRefused, root_at
from ledger.domain.dates import day_text
from ledger.domain.events import kind_of
from ledger.errors import Unsigned
from ledger.log.nodes import reading_nodes
from ledger.projections.asof import known_now
from ledger.projections.lists import When
from ledger.store.events import first_heard, head_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Response

    from api.http.asof import AsOf
    from ledger.store.session import Session


def answered(
    session: Session,
    template: str,
    asked: AsOf,
    *,
    api_path: str | None,
    turns: Sequence[int] | None = None,
    subject: str | None = None,
    since: tuple[int, str | None] | None = None,
    more: dict[str, Any] | None = None,
    status: int = 200,
    **shown: Any,
) -> Response:
    """The page that a template makes of an answer.

    `api_path`, with the parameters `more`, is where the API has the same, None where it has not; `turns` are the days
    on which something changes, None where the page has no such days; `since` is how many things were learned since, and
    where they are, None where they are on no page but that of what is known now.
    """
    when = shown_when(asked, turns or ())
    others = {name: values for name, values in parameters().items() if name not in {*DATES, "cursor"}}
    drawn, scale, marked = None, None, 0
    if turns is not None:
        drawn, scale, marked = strip(when.turns, when.day, lambda day: linked(request.path, at=day_text(day), **others))
    pinned = {"at": day_text(when.day), "known_at_sequence": when.sequence}
    return page(
        template,
        headers=asked.headers,
        status=status,
        when=when,
        path=request.path,
        origin=request.url_root.rstrip("/"),
        kept=others,
        own=(),
        go=None,
        strip=drawn,
        slider=scale,
        marked=marked,
        since=since if when.in_past else None,
        alternate=when.alternate(api_path, **(more or {})) if api_path else None,
        csv=link_to("/v1/export/csv", pinned),
        bundle=link_to(f"{path_of(subject)}/bundle", pinned) if subject else None,
        root=kept(("root", when.newest), lambda: _root(session, when.newest)),
        **shown,
    )


def _root(session: Session, size: int) -> str:
    """The root of the log's tree, in Base 64; nothing where the tree was damaged, which hinders no reading."""
    try:
        return base64.b64encode(root_at(size, reading_nodes(session))).decode()
    except (Unsigned, TreeRefused):
        return ""


def not_known(session: Session, subject: str, asked: AsOf) -> Response:
    """404: the ledger does not know the subject, or did not know it yet: then when it first heard of it.

    What it did not know yet is called as it is by now.
    """
    heard = first_heard(session, subject)
    called = Called(session, When(asked.when.day, known_now(head_of(session)))).add([subject])
    return answered(
        session, "not_known.html", asked, turns=(), api_path=f"/v1{path_of(subject)}", status=404,
        kind=kind_of(subject), name=called(subject), heard=None if heard is None else a_time(heard),
    )  # fmt: skip
