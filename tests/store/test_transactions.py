"""Transactions: a reader sees one snapshot, and of what is written together all is stored, or nothing."""

import sqlite3

import psycopg
import pytest

from ledger.store.database import Database
from ledger.store.tables import subjects, terms
from tests.posting import imposed

_NEWEST = "SELECT max(sequence) FROM events"
_COUNT = "SELECT count(*) FROM subjects WHERE subject LIKE 'measure:%'"


@pytest.fixture
def database(database_url):
    found = Database(database_url)
    yield found
    found.close()


def test_a_reader_sees_one_snapshot_also_on_a_connection_that_read_one_statement_before(ledger, database):
    for once in (False, True, True, False):
        with database.reading(once=once) as session:
            before = session.value(_NEWEST)
            ledger.append([imposed(f"m{before}", "2020-07-09")], by="tests")
            assert session.value(_NEWEST) == before + once
    with database.reading() as session:
        assert session.value(_NEWEST) == before + 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_single_statement_leaves_no_transaction_open(database):
    for once in (True, False, True):
        with database.reading(once=once) as session:
            session.value(_NEWEST)
            status = session._connection.info.transaction_status
        assert (status == psycopg.pq.TransactionStatus.IDLE) is once


@pytest.mark.parametrize("rows", [1, 30])
def test_of_what_is_written_together_all_is_stored_or_nothing(database, rows):
    def write(numbers):
        with database.writing() as session, session.together(rows):
            session.insert(subjects, [(f"measure:m{number}", 1, 0, True) for number in numbers])
            session.insert(terms, [(number, b"{}") for number in range(10**6, 10**6 + 40)])
            session.run("UPDATE appending SET words_to = words_to")
            session.run("DELETE FROM terms WHERE id >= 1000000")

    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.UniqueViolation)):
        write([*range(rows), 0])
    with database.reading() as session:
        assert session.value(_COUNT) == 0
    write(range(rows))
    with database.reading() as session:
        assert session.value(_COUNT) == rows
