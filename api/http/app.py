"""The application factory."""


from flask import Flask
from flask_smorest import Api

from api.http import documents
from api.http.actors import actors
from api.http.events import events
from api.http.operations import observe, operations
from api.http.problems import register_problems
from api.http.stream import Watch, stream
from api.http.subjects import subjects
from ledger.service import Ledger
from ledger.settings import Settings

_DOCUMENT = {
    "API_TITLE": "Retorsion",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "info": {"description": "An append-only, bitemporal ledger of geopolitical measures."},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    },
}


class _Api(Api):  # type: ignore[misc]
    """flask-smorest's, without its own error handler: it drops `Allow` and knows no problem documents."""

    def _register_error_handlers(self) -> None:
        pass


def create_app(settings: Settings) -> Flask:
    """The application that serves the ledger in `settings.database_url`, which must have been initialised."""
    app = Flask("retorsion", static_folder=None)
    app.config.update(_DOCUMENT, RETORSION=settings, MAX_CONTENT_LENGTH=settings.max_body)
    app.url_map.strict_slashes = True
    app.extensions["retorsion"] = Ledger.open(settings.database_url)
    app.extensions["retorsion-watch"] = Watch(app.extensions["retorsion"])
    register_problems(app)
    api = _Api(app)
    for blueprint in (events, stream, subjects, actors):
        api.register_blueprint(blueprint)
    documents.posted_components(api.spec)
    app.register_blueprint(operations)
    app.extensions["openapi"] = api.spec.to_dict
    observe(app)
    return app


