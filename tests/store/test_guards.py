"""The database refuses to rewrite history by itself, on any connection (domain.md, Tamper evidence)."""

import sqlite3

import psycopg
import pytest
from sqlalchemy import make_url

from tests.posting import amended, imposed

REWRITINGS = [
    "UPDATE events SET recorded_at = 0 WHERE sequence = 1",
    "UPDATE events SET leaf = leaf",
    "UPDATE events SET sequence = 253 WHERE sequence = 1",
    "DELETE FROM events WHERE sequence = 1",
    "DELETE FROM events",
]
IN_PLACE_OF = {
    "the same sequence": "(1, 'measure:other', 1, 'imposed', NULL, 1, x'00', x'00')",
    "the same version": "({next}, 'actor:us', 1, 'registered', NULL, 1, x'00', x'00')",
    "a version ahead": "({next}, 'actor:us', 3, 'updated', NULL, 1, x'00', x'00')",
    "a gap": "({next} + 1, 'measure:other', 1, 'imposed', NULL, 1, x'00', x'00')",
    "no sequence": "(NULL, 'measure:other', 1, 'imposed', NULL, 1, x'00', x'00')",
}


def strangers_connection(url):
    """A connection that knows nothing of Retorsion: no pragma, no pool."""
    if url.startswith("sqlite"):
        return sqlite3.connect(make_url(url).database)
    return psycopg.connect(url.replace("postgresql+psycopg", "postgresql"))


def leaves(connection):
    return connection.execute("SELECT sequence, subject, version, leaf FROM events ORDER BY sequence").fetchall()


@pytest.mark.parametrize("statement", REWRITINGS)
def test_no_connection_can_change_or_delete_an_event(database_url, statement):
    connection = strangers_connection(database_url)
    before = leaves(connection)
    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.RaiseException), match="never"):
        connection.execute(statement)
    connection.rollback()
    assert leaves(connection) == before
    connection.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_no_connection_can_truncate_the_events(database_url):
    connection = strangers_connection(database_url)
    with pytest.raises(psycopg.errors.RaiseException, match="never"):
        connection.execute("TRUNCATE events")
    connection.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("place", IN_PLACE_OF)
@pytest.mark.parametrize("verb", ["REPLACE", "INSERT OR REPLACE", "INSERT"])
def test_nothing_can_be_inserted_in_the_place_of_an_event_or_beside_the_order(database_url, verb, place):
    """REPLACE deletes what it collides with, and without `recursive_triggers` fires no trigger for that."""
    connection = strangers_connection(database_url)
    before = leaves(connection)
    with pytest.raises(sqlite3.IntegrityError, match="without a gap"):
        connection.execute(f"{verb} INTO events VALUES {IN_PLACE_OF[place].format(next=len(before) + 1)}")
    assert leaves(connection) == before
    connection.close()


@pytest.mark.parametrize(
    ("place", "columns"),
    [
        ("(1, 'actor:x', 1, 'registered', NULL, 1, {0}, {0})", "sequence"),
        ("(253, 'actor:us', 1, 'registered', NULL, 1, {0}, {0})", "subject, version"),
    ],
)
def test_an_upsert_changes_no_event(database_url, place, columns):
    connection = strangers_connection(database_url)
    before = leaves(connection)
    row = place.format("x''" if database_url.startswith("sqlite") else "''::bytea")
    upsert = f"INSERT INTO events VALUES {row} ON CONFLICT ({columns}) DO UPDATE SET leaf = excluded.leaf"
    refused = (sqlite3.IntegrityError, sqlite3.OperationalError, psycopg.errors.RaiseException)
    with pytest.raises(refused, match=r"never|without a gap|does not match any"):
        connection.execute(upsert)
    connection.rollback()
    assert leaves(connection) == before
    connection.close()


def test_the_ledger_itself_goes_on_appending(ledger):
    ledger.append([imposed("m", "2020-07-09")], by="tests")
    ledger.append([amended("m", "2020-07-10", add={"topics": ["tibet"]})], by="tests")
    assert ledger.head().sequence == 254
