"""The application factory."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import NullSession, SessionInterface, SessionMixin
from werkzeug.routing import MapAdapter

from api.http.openapi import RESOURCES, docs
from api.http.operations import observe
from api.http.problems import register_problems
from api.http.stream import Watch
from api.ledgers import ledger_of
from ledger.settings import Settings


class NoSessions(SessionInterface):
    """We set no cookie."""

    _none = NullSession()

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """The same for everybody: nothing can be put into it."""
        return self._none

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing is kept."""


class Application(Flask):
    """Flask, without what it does in every request for the sake of what we do not have."""

    session_interface = NoSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view and no hook is a coroutine."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """No route depends on the host; only the redirect of a path with too many slashes names it."""
        if request is None:
            return None
        return MapAdapter(
            self.url_map,
            request.host,
            request.root_path,
            "",
            request.scheme,
            request.path,
            request.method,
            request.query_string.decode(errors="replace"),
        )


def create_app(settings: Settings) -> Flask:
    """The application that serves the ledger in `settings.database_url`, which must have been initialised."""
    app = Application("retorsion", static_folder=None)
    app.config.update(RETORSION=settings, MAX_CONTENT_LENGTH=settings.max_body)
    app.url_map.strict_slashes = True
    app.extensions["retorsion"] = ledger_of(settings)
    app.extensions["retorsion"].log.keep_signed()
    app.extensions["retorsion-watch"] = Watch(app.extensions["retorsion"])
    register_problems(app)
    for blueprint in (*RESOURCES, docs):
        app.register_blueprint(blueprint)
    from api.pages import register_pages  # the pages stand on what is in this package

    register_pages(app)
    observe(app)
    return app
