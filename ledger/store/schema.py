"""Creating and migrating the schema. Alembic is imported where that is done, which most commands never do."""

from __future__ import annotations

from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.config import Config
    from sqlalchemy import Connection

    from ledger.store.database import Database


def migrate(database: Database) -> None:
    """Bring the schema up to date. Several processes may call this at once; one does it, the others wait."""
    from alembic import command

    with _alone(database) as connection:
        command.upgrade(config_of(connection), "head")


def take_back(database: Database) -> None:
    """Take every migration back. Raises RuntimeError where there is an event: nothing recorded is ever deleted."""
    from alembic import command

    with _alone(database) as connection:
        command.downgrade(config_of(connection), "base")


def config_of(connection: Connection) -> Config:
    """Alembic's configuration, for that connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("migrations")))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    with database.writers.connect() as connection:
        if database.dialect == "sqlite":
            # Not covered by the busy timeout, and kept in the file: said once, here.
            connection.exec_driver_sql("PRAGMA journal_mode = wal")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7237867)")
        yield connection
        connection.commit()
