"""`retorsion state` and `retorsion history`: what the API answers, as tables or as it is.

The same Flask application is asked, in this process: so the answers and the refusals are the API's.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

import click

from api.cli.asof import as_of_options, as_of_query
from api.cli.endings import No
from api.cli.opening import opened, settings_of

if TYPE_CHECKING:
    from werkzeug.test import Client, TestResponse

    from ledger.settings import Settings

Json = Any
_COLLECTIONS = {"measure": "measures", "agreement": "agreements", "act": "acts", "actor": "actors"}
_PAGE = 1000

_format = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="A table for people, or what the API answers.",
)


@click.command()
@click.argument("subject")
@as_of_options
@_format
@click.pass_context
def state(ctx: click.Context, subject: str, at: str | None, known_at: str | None, form: str) -> None:
    """Show a state as of a day, as known at a time.

    SUBJECT is measure:SLUG, agreement:SLUG, act:SLUG or actor:SLUG; `us` is actor:us. Of an actor it shows what it
    imposes, what is imposed on it and on its affiliates, and its agreements.

    \b
    Examples:
      retorsion state us
      retorsion state us --at 2020-07-10
      retorsion state us --at 2020-07-10 --known-at 277
      retorsion state measure:us-xinjiang-2020-07-09 --format json
    """
    kind, slug = kind_and_slug(subject)
    path = f"/v1/{_COLLECTIONS[kind]}/{slug}" + ("/state" if kind == "actor" else "")
    query = as_of_query(at, known_at)
    if kind == "actor":
        query["limit"] = str(_PAGE)
    with api_of(settings_of(ctx)) as api:
        body, answer = api.whole(path, query, ("imposing", "targeted", "agreements") if kind == "actor" else ())
    if form == "json":
        print_json(body)
        return
    from api.cli.states import actor_state_table, state_table
    from api.cli.tables import show

    show(actor_state_table(f"{kind}:{slug}", answer) if kind == "actor" else state_table(answer))


@click.command()
@click.argument("subject")
@_format
@click.pass_context
def history(ctx: click.Context, subject: str, form: str) -> None:
    """Show every event of a subject.

    Each with what it changed, and whether it was corrected or retracted, by which event.

    \b
    Examples:
      retorsion history measure:us-xinjiang-2020-07-09
      retorsion history us
      retorsion history agreement:ca-hk-extradition --format json
    """
    kind, slug = kind_and_slug(subject)
    with api_of(settings_of(ctx)) as api:
        body, answer = api.whole(f"/v1/{_COLLECTIONS[kind]}/{slug}/history", {"limit": str(_PAGE)}, ("",))
    if form == "json":
        print_json(body)
        return
    from api.cli.histories import history_table
    from api.cli.tables import show

    show(history_table(f"{kind}:{slug}", answer["items"]))


@click.command()
@_format
@click.pass_context
def feeds(ctx: click.Context, form: str) -> None:
    """Show the published lists that can be imported, and what was read of each last.

    As JSON it has all readings: day, SHA-256, counts, first and last event, and when each was read.

    \b
    Examples:
      retorsion feeds
      retorsion feeds --format json
    """
    with api_of(settings_of(ctx)) as api:
        body, answer = api.whole("/v1/feeds", {}, ())
    if form == "json":
        print_json(body)
        return
    from api.cli.feeds import feeds_table
    from api.cli.tables import show

    show(feeds_table(answer["items"]))


def kind_and_slug(subject: str) -> tuple[str, str]:
    """Kind and slug. Raises BadParameter."""
    from ledger.domain.values import is_slug

    kind, _, slug = subject.rpartition(":")
    kind = kind or "actor"
    if kind not in _COLLECTIONS or not is_slug(slug):
        known = ", ".join(f"{each}:SLUG" for each in _COLLECTIONS)
        raise click.BadParameter(
            f"{subject!r} is none of {known}, or the slug of an actor, as us", param_hint="SUBJECT"
        )
    return kind, slug


class Api:
    """The API, asked in this process."""

    def __init__(self, http: Client) -> None:
        self._http = http

    def whole(self, path: str, query: Mapping[str, str | None], lists: tuple[str, ...]) -> tuple[bytes, Json]:
        """The body of the answer, and what it says, with all pages of the lists in it: "" is the answer itself.

        Raises No where the ledger does not know the subject, BadParameter for what it cannot be asked.
        """
        body = self._get(path, {name: value for name, value in query.items() if value is not None})
        answer = _read(body)
        longer = False
        for name in lists:
            list_ = answer[name] if name else answer
            while (next_ := list_["next"]) is not None:
                page = _read(self._get(next_))
                list_["items"] += page["items"]
                list_["next"] = page["next"]
                longer = True
        return (_written(answer) if longer else body), answer

    def post(self, path: str, query: Mapping[str, str | None], body: Json) -> Json:
        """What is answered to `body`. Raises as `whole` does."""
        given = {name: value for name, value in query.items() if value is not None}
        answer = self._http.post(path, query_string=given, json=body)
        wrong: Json = answer.json["errors"] if answer.status_code == 422 and answer.json else []
        if any(each["pointer"].startswith("/queries/") for each in wrong):
            raise No("; ".join(map(_placed, wrong)))
        return _read(self._body(path, answer))

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> bytes:
        return self._body(path, self._http.get(path, query_string=query))

    def _body(self, path: str, answer: TestResponse) -> bytes:
        if answer.status_code == 200:
            return answer.get_data()
        problem: Json = answer.get_json()
        if answer.status_code == 404:
            raise No(problem["detail"] + self._meant(path))
        raise click.BadParameter(
            "; ".join(each["detail"] for each in problem.get("errors", ())) or problem["detail"],
            param_hint=" and ".join(_option(each["pointer"]) for each in problem.get("errors", ())) or None,
        )

    def _meant(self, path: str) -> str:
        """Other subjects with the same slug."""
        collection, slug = path.split("/")[2:4]
        if collection not in _COLLECTIONS.values():
            return ""
        others = [kind for kind, plural in _COLLECTIONS.items() if plural != collection and self._knows(plural, slug)]
        return f"; did you mean {' or '.join(f'{kind}:{slug}' for kind in others)}?" if others else ""

    def _knows(self, collection: str, slug: str) -> bool:
        return self._http.get(f"/v1/{collection}/{slug}").status_code == 200


def _placed(error: Json) -> str:
    """What is wrong with a query, which is named by where it came from."""
    _, _, name, *within = error["pointer"].split("/")
    return f"{name}: {'/'.join(within)} {error['detail']}"


def _option(pointer: str) -> str:
    name = pointer.removeprefix("/").removesuffix("_sequence")
    return f"--{name.replace('_', '-')}"


@contextmanager
def api_of(settings: Settings) -> Iterator[Api]:
    """The API of the ledger that `settings` name, which must have been initialised. Raises No."""
    from werkzeug.test import Client

    from api.http import create_app
    from ledger.service import UNAVAILABLE

    with opened(settings):
        pass
    # Whoever can open the database may read it: no token is needed here.
    app = create_app(replace(settings, public_reads=True))
    app.config["PROPAGATE_EXCEPTIONS"] = True
    for kind in UNAVAILABLE:  # told as by every other command, not as over HTTP
        app.register_error_handler(kind, _raise)
    try:
        yield Api(Client(app))  # Flask's own would import a debugger
    finally:
        app.extensions["retorsion"].close()


def _raise(error: Exception) -> NoReturn:
    raise error


def print_json(body: bytes) -> None:
    """As it is, or indented where somebody looks at it."""
    if sys.stdout.isatty():
        body = _written(_read(body), indent=True)
    sys.stdout.flush()
    sys.stdout.buffer.write(body + b"\n")


def _read(body: bytes) -> Json:
    import orjson

    return orjson.loads(body)


def _written(answer: Json, *, indent: bool = False) -> bytes:
    import orjson

    return orjson.dumps(answer, option=orjson.OPT_INDENT_2 if indent else 0)
