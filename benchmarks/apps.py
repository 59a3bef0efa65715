"""The applications that are served: ours, and the bare ones that it is held against.

Each is a factory, as granian takes them; what they need is in the environment.
"""

import os
import sqlite3
from threading import Lock, local

import psycopg
from flask import Flask, request

from api.http import create_app
from ledger.settings import load_settings

BARE_DATABASE = "RETORSION_BENCHMARKS_BARE_DATABASE"
"""Names the database of the bare applications: a file of SQLite, or a connection string of PostgreSQL."""
CREATE = "CREATE TABLE IF NOT EXISTS posted (id INTEGER PRIMARY KEY, body BLOB NOT NULL)"
CREATE_ON_POSTGRESQL = "CREATE TABLE IF NOT EXISTS posted (id BIGSERIAL PRIMARY KEY, body BYTEA NOT NULL)"


def retorsion() -> Flask:
    """The API of the ledger."""
    return create_app(load_settings())


def _bare(name: str) -> Flask:
    """It says that it serves, as the server waits for; the rest is to come."""
    app = Flask(name)

    @app.get("/healthz")
    def say_alive() -> str:
        return "ok"

    return app


def hello() -> Flask:
    """One view that says hello."""
    app = _bare("hello")

    @app.get("/hello")
    def say_hello() -> str:
        return "hello"

    return app


def insert() -> Flask:
    """One view that makes one durable INSERT of what is posted, on SQLite."""
    app = _bare("insert")
    database = os.environ[BARE_DATABASE]
    kept = local()
    turn = Lock()  # faster than SQLite's own waiting

    def connection() -> sqlite3.Connection:
        if not hasattr(kept, "connection"):
            kept.connection = sqlite3.connect(database, isolation_level=None, timeout=60)
            kept.connection.execute("PRAGMA synchronous = FULL")
        found: sqlite3.Connection = kept.connection
        return found

    sqlite3.connect(database).execute("PRAGMA journal_mode = wal").connection.execute(CREATE)

    @app.post("/events")
    def post_event() -> tuple[dict[str, int | None], int]:
        body = request.get_data()
        with turn:
            id_ = connection().execute("INSERT INTO posted (body) VALUES (?)", [body]).lastrowid
        return {"id": id_}, 201

    return app


def insert_on_postgresql() -> Flask:
    """The same on PostgreSQL."""
    app = _bare("insert")
    database = os.environ[BARE_DATABASE]
    kept = local()

    def connection() -> psycopg.Connection:
        if not hasattr(kept, "connection"):
            kept.connection = psycopg.connect(database, autocommit=True)
        found: psycopg.Connection = kept.connection
        return found

    connection().execute(CREATE_ON_POSTGRESQL)

    @app.post("/events")
    def post_event() -> tuple[dict[str, int], int]:
        inserted = connection().execute("INSERT INTO posted (body) VALUES (%s) RETURNING id", [request.get_data()])
        row = inserted.fetchone()
        assert row, "what was inserted is returned"
        return {"id": row[0]}, 201

    return app
