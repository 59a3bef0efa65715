"""What the tests stand on: fresh databases of both kinds, a ledger, the app, the API, the real command.

The fixtures import what they open, so that the pure tests start without Flask and without a database.
"""

from __future__ import annotations

import os
import shutil
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests import postgresql
from tests.client import Api
from tests.process import Served, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from flask import Flask

    from ledger.service import Ledger

SQLITE_FILE = "retorsion.db"

settings.register_profile("retorsion", deadline=None)  # the machine has other tenants: no test depends on a time
settings.load_profile("retorsion")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    """One PostgreSQL for the session. To find none is a failure under CI, and a skip that says so elsewhere."""
    try:
        installed = postgresql.installation()
    except postgresql.NoPostgresql as reason:
        absent = pytest.fail if os.environ.get("CI") else pytest.skip
        absent(f"no PostgreSQL: {reason}")
    with postgresql.running(installed) as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that `init` leaves on SQLite."""
    return _initialised(tmp_path_factory.mktemp("sqlite"), f"sqlite:///{SQLITE_FILE}")


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: postgresql.Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for PostgreSQL: the database `template`, and the files beside it."""
    return _initialised(tmp_path_factory.mktemp("postgresql"), postgresql_server.create("template"))


def _initialised(folder: Path, url: str) -> Path:
    """`init` in a folder, which keeps what belongs to the ledger outside its database: the key, the checkpoint."""
    from ledger.service import Ledger

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        ledger = Ledger.open(url)
        ledger.init()
        ledger.close()
    return folder


_numbers = count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A fresh database with the built-in actors in it, once on SQLite and once on PostgreSQL.

    The working directory is the test's own, with the files that belong to the ledger.
    For one kind alone: `@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)`.
    """
    shutil.copytree(request.getfixturevalue(f"{request.param}_template"), tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / SQLITE_FILE}"
        return
    server: postgresql.Server = request.getfixturevalue("postgresql_server")
    name = f"test_{next(_numbers)}"
    yield server.create(name, template="template")
    server.drop(name)


@pytest.fixture
def ledger(database_url: str) -> Iterator[Ledger]:
    """An open ledger."""
    from ledger.service import Ledger

    opened = Ledger.open(database_url)
    yield opened
    opened.close()


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """The application on the same database."""
    from api.http import create_app
    from ledger.settings import Settings

    made = create_app(Settings(database_url=database_url))
    yield made
    made.extensions["retorsion"].close()


@pytest.fixture
def api(app: Flask) -> Api:
    """The API as somebody sees it who may append."""
    return Api(app.test_client(), token=app.extensions["retorsion"].create_token("tests", "append"))


@pytest.fixture
def serve(database_url: str) -> Callable[..., AbstractContextManager[Served]]:
    """`with serve(workers=2) as served:` runs the real `retorsion serve` on the database, see tests.process.serving."""

    def start(*, url: str = database_url, **options: object) -> AbstractContextManager[Served]:
        return serving(url, **options)

    return start
