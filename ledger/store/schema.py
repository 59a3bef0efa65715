"""Creating and migrating the schema."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from ledger.store.database import Database


def migrate(database: Database, revision: str = "head") -> None:
    """Bring the schema to `revision`. Several processes may call this at once; one does it, the others wait."""
    with database.writers.connect() as connection:
        if database.dialect == "sqlite":
            # Not covered by the busy timeout, and kept in the file: said once, here.
            connection.exec_driver_sql("PRAGMA journal_mode = wal")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7237867)")
        command.upgrade(_config(connection), revision)
        connection.commit()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("migrations")))
    config.attributes["connection"] = connection
    return config
