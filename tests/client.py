"""The API, as tests speak to it: over Flask's own client, with a token, in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

Json = Any  # what a JSON document holds
PLURALS = {"measure": "measures", "agreement": "agreements", "act": "acts", "actor": "actors"}


class Api:
    """`api.get("/v1/events", subject="measure:m", limit=5)`; a list as a value repeats its parameter."""

    def __init__(self, http: FlaskClient, token: str | None = None) -> None:
        self.http = http
        self.token = token

    def with_token(self, token: str | None) -> Api:
        """The same API as the bearer of another token, or of none, sees it."""
        return Api(self.http, token)

    def get(self, path: str, headers: Mapping[str, str] | None = None, **query: Json) -> TestResponse:
        """A name that Python reserves is written with `_` behind it: `from_=`."""
        return self.http.get(path, headers=self._headers(headers), query_string=_query(query))

    def post(
        self,
        path: str,
        *,
        json: Json = None,
        data: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        content_type: str | None = None,
        **query: Json,
    ) -> TestResponse:
        """`json` is a document to post, `data` the body's very text."""
        body = {"json": json} if data is None else {"data": data, "content_type": content_type or "application/json"}
        return self.http.post(path, headers=self._headers(headers), query_string=_query(query), **body)

    def append(self, *events: Mapping[str, Json], headers: Mapping[str, str] | None = None) -> list[Json]:
        """Append events, one alone or several as one batch; the stored events. Anything but 201 is a failure."""
        answer = self.post("/v1/events", json=events[0] if len(events) == 1 else list(events), headers=headers)
        assert answer.status_code == 201, answer.text
        stored: Json = answer.json
        return [stored] if len(events) == 1 else list(stored["items"])

    def state(self, subject: str, **query: Json) -> Json:
        """The state of `kind:slug`; of an actor, what it imposes and suffers is at `actor_state`."""
        return self._found(path_of(subject), **query)

    def actor_state(self, actor: str, **query: Json) -> Json:
        """`/v1/actors/{slug}/state`, of `actor:us` or `us`."""
        return self._found(f"/v1/actors/{actor.removeprefix('actor:')}/state", **query)

    def history(self, subject: str, **query: Json) -> list[Json]:
        """The events of a subject with what each changed, all pages of them."""
        return list(self.walk(f"{path_of(subject)}/history", **query))

    def timeline(self, subject: str, **query: Json) -> list[Json]:
        """The intervals of a subject."""
        items: list[Json] = self._found(f"{path_of(subject)}/timeline", **query)["items"]
        return items

    def walk(self, path: str, **query: Json) -> Iterator[Json]:
        """Each item of a list, from page to page by its `next`."""
        page = self._found(path, **query)
        yield from page["items"]
        while page["next"] is not None:
            page = self._found(page["next"])
            yield from page["items"]

    def problem(self, answer: TestResponse, status: int, slug: str) -> Json:
        """The body of an error, held against RFC 9457 and the status and type that are expected."""
        assert answer.status_code == status, answer.text
        assert answer.mimetype == "application/problem+json"
        body: Json = answer.json
        assert (body["type"], body["status"]) == (f"/problems/{slug}", status)
        assert body["title"]
        assert body["detail"]
        return body

    def _found(self, path: str, **query: Json) -> Json:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json

    def _headers(self, headers: Mapping[str, str] | None) -> dict[str, str]:
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return bearer | dict(headers or {})


def path_of(subject: str) -> str:
    """`measure:m` -> `/v1/measures/m`."""
    kind, slug = subject.split(":", 1)
    return f"/v1/{PLURALS[kind]}/{slug}"


def _query(query: Mapping[str, Json]) -> dict[str, Json] | None:
    """Lists stay lists, which the client repeats; what is None is left out; booleans are JSON's."""
    given = {name.rstrip("_"): value for name, value in query.items() if value is not None}
    written = {name: str(value).lower() if isinstance(value, bool) else value for name, value in given.items()}
    return written or None
