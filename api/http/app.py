"""The application factory."""

from flask import Flask

from api.http.openapi import RESOURCES, docs
from api.http.operations import observe
from api.http.problems import register_problems
from api.http.stream import Watch
from ledger.service import Ledger
from ledger.settings import Settings


def create_app(settings: Settings) -> Flask:
    """The application that serves the ledger in `settings.database_url`, which must have been initialised."""
    app = Flask("retorsion", static_folder=None)
    app.config.update(RETORSION=settings, MAX_CONTENT_LENGTH=settings.max_body)
    app.url_map.strict_slashes = True
    app.extensions["retorsion"] = Ledger.configured(settings)
    app.extensions["retorsion"].log.keep_signed()
    app.extensions["retorsion-watch"] = Watch(app.extensions["retorsion"])
    register_problems(app)
    for blueprint in (*RESOURCES, docs):
        app.register_blueprint(blueprint)
    observe(app)
    return app
