"""The product as the properties see it: over HTTP alone, on a fresh ledger, in the sequences of a history.

A history counts its events from 1; the ledger has registered its built-in actors before. All that is asked and
answered here is moved by that much.
"""

import json
import os
import shutil
import tempfile
from contextlib import chdir, contextmanager
from itertools import count
from pathlib import Path

from tests.client import Api, path_of
from tests.property.validity import without_nulls

_numbers = count(1)


class Product:
    """A ledger, what the model has to know of it, and the questions to it."""

    def __init__(self, app):
        self.ledger = app.extensions["retorsion"]
        self.api = Api(app.test_client(), token=self.ledger.create_token("property", "append"))
        stored = list(self.api.walk("/v1/events", limit=1000))
        self.offset = stored[-1]["sequence"]
        times = sorted({event["recorded_at"] for event in stored})
        self.built_in = [
            {
                "sequence": event["sequence"] - self.offset,
                "batch": times.index(event["recorded_at"]) - len(times),
                **{name: event[name] for name in ("subject", "type", "effective_on", "data")},
            }
            for event in stored
        ]

    def post(self, batch, **query):
        """Post one batch, an event alone as itself; the answer."""
        drafts = [self._shifted(draft) for draft in batch]
        return self.api.post("/v1/events", json=drafts[0] if len(drafts) == 1 else drafts, **query)

    def _shifted(self, draft):
        data = draft.get("data")
        if not data or not isinstance(data.get("of"), int):
            return draft
        return {**draft, "data": {**data, "of": data["of"] + self.offset}}

    def get(self, path, known=None, **query):
        """The answer as known at a sequence of the history."""
        if known is not None:
            query["known_at_sequence"] = known + self.offset
        return self.api.get(path, **query)

    def ask(self, path, known=None, **query):
        """The JSON answered, and None for `not-found`."""
        answer = self.get(path, known, **query)
        if answer.status_code == 404:
            self.api.problem(answer, 404, "not-found")
            return None
        assert answer.status_code == 200, f"{path} {known} {query}: {answer.text}"
        return answer.json

    def state(self, subject, day, known, **query):
        return self.ask(path_of(subject), known, at=day, **query)

    def timeline(self, subject, known):
        answered = self.ask(f"{path_of(subject)}/timeline", known)
        return answered and answered["items"]

    def actor_state(self, actor, day, known, **query):
        return self.ask(f"{path_of(actor)}/state", known, at=day, limit=1000, **query)

    def chain(self, measure, day, known):
        return self.ask(f"{path_of(measure)}/chain", known, at=day)

    def dyad(self, a, b, start, end, known):
        a, b = (actor.removeprefix("actor:") for actor in (a, b))
        return self.ask(f"/v1/dyads/{a}/{b}", known, from_=start, to=end)


@contextmanager
def fresh_sqlite(template):
    """A copy of a ledger that `init` has made, in a folder of its own, which is the working directory meanwhile."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        shutil.copytree(template, folder, dirs_exist_ok=True)
        with _opened(f"sqlite:///{Path(folder) / 'retorsion.db'}") as product:
            yield product


@contextmanager
def fresh_postgresql(template, server):
    name = f"property_{os.getpid()}_{next(_numbers)}"
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        shutil.copytree(template, folder, dirs_exist_ok=True)
        try:
            with _opened(server.create(name, template="template")) as product:
                yield product
        finally:
            server.drop(name)


@contextmanager
def _opened(url):
    from api.http import create_app
    from ledger.settings import Settings

    app = create_app(Settings(database_url=url))
    try:
        yield Product(app)
    finally:
        app.extensions["retorsion"].close()


# -------------------------------------------------------------------------------------------------- what is compared


def comparable(state):
    """A state of the API or of the model, without what the law leaves to taste: members that say nothing.

    Of a target, a position or an identifier, and of a suspension, what is null or empty may be there or not.
    """
    suspensions = state.get("suspensions") or []
    return {
        **{name: state.get(name) for name in ("subject", "status", "valid_from", "valid_to")},
        **{name: state[name] for name in ("status_since", "version", "dating") if name in state},
        "terms": state["terms"] and {member: said(value) for member, value in state["terms"].items()},
        "suspension": said(state.get("suspension")) or None,
        "suspensions": sorted((said(one) for one in suspensions), key=lambda one: one["party"]),
        "merged_into": state.get("merged_into"),
    }


def said(value):
    """A value without the members, of itself or of its elements, that are null or empty."""
    if isinstance(value, list):
        return [said(one) for one in value]
    if isinstance(value, dict):
        kept = {name: said(part) for name, part in without_nulls(value).items()}
        return {name: part for name, part in kept.items() if part not in (None, [], {})}
    return value


def as_json(history):
    """A history to paste: into a file of `tests/property/cases`, or into a call."""
    return json.dumps(history, ensure_ascii=False)
