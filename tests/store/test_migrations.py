"""The schema, step by step: up, down, and the same as the tables in code."""

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import LargeBinary, inspect
from sqlalchemy.types import BigInteger, Boolean, Integer

from ledger.store.database import Database
from ledger.store.schema import config_of, migrate, take_back
from ledger.store.tables import metadata
from tests.audit.naive import Naive
from tests.feeds.made import entry, feed_of, imported, reading
from tests.posting import imposed

FAMILIES = (Boolean, BigInteger, Integer, LargeBinary)


def family(type_):
    """Which of the kinds of column it is that we use; all else is text."""
    if isinstance(type_, BigInteger | Integer) and not isinstance(type_, Boolean):
        return "number"
    return next((kind.__name__ for kind in FAMILIES if isinstance(type_, kind)), "text")


@pytest.fixture
def database(database_url):
    opened = Database(database_url)
    yield opened
    opened.close()


def test_the_migrated_tables_are_those_in_code(database):
    inspector = inspect(database.writers)
    for table in metadata.sorted_tables:
        found = {column["name"]: column for column in inspector.get_columns(table.name)}
        assert list(found) == [column.name for column in table.columns], table.name
        for column in table.columns:
            assert family(found[column.name]["type"]) == family(column.type), f"{table.name}.{column.name}"
            if not column.primary_key:
                assert found[column.name]["nullable"] == column.nullable, f"{table.name}.{column.name}"
        keys = inspector.get_pk_constraint(table.name)["constrained_columns"]
        unique = [index["column_names"] for index in inspector.get_indexes(table.name) if index["unique"]]
        assert [column.name for column in table.primary_key] in [keys, *unique], table.name
        indexed = {tuple(index["column_names"]) for index in inspector.get_indexes(table.name)}
        assert {tuple(column.name for column in index.columns) for index in table.indexes} <= indexed, table.name


def test_every_migration_goes_down_and_up_again_where_nothing_was_recorded(database_url, request):
    empty = database_url.replace("retorsion.db", "empty.db")
    if database_url.startswith("postgresql"):
        server = request.getfixturevalue("postgresql_server")
        empty = server.create("migrations_up_and_down")
    database = Database(empty)
    try:
        migrate(database)
        tables = set(inspect(database.writers).get_table_names())
        take_back(database)
        left = set(inspect(database.writers).get_table_names())
        assert not left & {table.name for table in metadata.sorted_tables}
        migrate(database)
        assert set(inspect(database.writers).get_table_names()) == tables
    finally:
        database.close()
        if database_url.startswith("postgresql"):
            server.drop("migrations_up_and_down")


def test_no_migration_goes_down_over_an_event(database, ledger):
    ledger.append([imposed("m", "2020-07-09")], by="tests")
    with pytest.raises(RuntimeError, match="never deleted"):
        take_back(database)
    assert ledger.head().sequence == 253


def test_that_of_readings_goes_down_where_there_is_none_and_not_over_one(database, ledger):
    feed = feed_of(reading(entry("made-1")))

    def to(revision):
        with database.writers.connect() as connection:
            command.downgrade(config_of(connection), revision)
            connection.commit()

    to("0001")
    assert not {"readings", "entries"} & set(inspect(database.writers).get_table_names())
    assert ledger.head().sequence == 252
    migrate(database)
    imported(ledger, feed, 0, "2020-01-01")
    with pytest.raises(RuntimeError, match="holds readings"):
        to("0001")
    assert len(ledger.readings()) == 1


def test_that_of_the_tree_keeps_all_nodes_and_leaves_it_to_verify_to_say_which_are_missing(database, ledger):
    """A ledger from before it had a row for each node, in the order in which they were completed."""
    with database.reading() as session:
        tree = "SELECT last_leaf, hashes FROM tree ORDER BY last_leaf"
        stored = session.rows(tree)
        leaves = [bytes(hash_) for (hash_,) in session.rows("SELECT leaf_hash FROM events ORDER BY sequence")]

    def to(revision):
        with database.writers.connect() as connection:
            command.downgrade(config_of(connection), revision)
            connection.commit()

    to("0002")
    widths = [1 << level for level in range(1, 8)]
    naive = Naive(leaves)
    completed = [naive.mth(last - width, last) for last in range(1, 253) for width in widths if last % width == 0]
    with database.reading() as session:
        found = session.rows("SELECT position, hash FROM tree ORDER BY position")
    assert found == list(enumerate(completed))
    migrate(database)
    with database.reading() as session:
        assert session.rows(tree) == stored
    assert ledger.log.verify().holds
    to("0002")
    with database.writing() as session:  # of leaf 2 alone, and of leaf 8 the node over all eight
        session.run("DELETE FROM tree WHERE position IN (0, 6)")
    migrate(database)
    found = ledger.log.verify().findings.first
    assert [(each.fault, each.sequence) for each in found] == [("tree-node-missing", 1)]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_that_of_the_tree_takes_its_table_from_nobody_who_may_read_it(database, ledger):
    with database.writing() as session:
        session.run("GRANT SELECT ON tree TO pg_monitor")
    for revision in ("0002", "0003"):
        with database.writers.connect() as connection:
            way = command.downgrade if revision == "0002" else command.upgrade
            way(config_of(connection), revision)
            connection.commit()
        with database.reading() as session:
            assert session.value("SELECT has_table_privilege('pg_monitor', 'tree', 'SELECT')")
            assert session.rows("SELECT indexname FROM pg_indexes WHERE tablename = 'tree'") == [("tree_pkey",)]


def test_there_is_one_line_of_migrations(database):
    with database.writers.connect() as connection:
        assert len(ScriptDirectory.from_config(config_of(connection)).get_heads()) == 1
