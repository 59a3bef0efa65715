"""`postgresql`: single POSTs and bulk append on PostgreSQL, told without a bar.

It is the server that the tests start, which waits for no disk: so no side of these is durable.
"""

from contextlib import chdir
from shutil import rmtree

import orjson
import psycopg

from benchmarks import bulk, post
from benchmarks.apps import CREATE_ON_POSTGRESQL
from benchmarks.figures import Figures
from benchmarks.ledgers import BATCH, folder, opened
from benchmarks.practice import batches, practice
from benchmarks.rounds import Side, in_turn, timed
from tests.postgresql import NoPostgresql, Server, installation, running


def figures() -> Figures:
    """Where there is a PostgreSQL that can be started here."""
    try:
        installed = installation()
    except NoPostgresql as reason:
        print(f"postgresql: passed over: {reason}")
        return
    with running(installed) as server, folder() as place, chdir(place):
        bare = _connection_string(server)
        found = post.measured(server.create("posts"), "insert_on_postgresql", bare, str(place / "retorsion.audit"))
        rmtree(place / "retorsion.audit")
        what = "single POST on PostgreSQL, beside a bare Flask app with one INSERT"
        yield post.figure("postgresql-post", what, found)
        with opened(server.create("bulk")) as ledger:
            found = in_turn(bulk.appending(ledger), _inserting(server), bulk.ROUNDS)
        what = "bulk append on PostgreSQL, beside bare batches of the same leaves by executemany"
        yield bulk.figure("postgresql-bulk", what, found)


def _connection_string(server: Server) -> str:
    return f"host={server.socket_folder} port=5432 user=postgres dbname=postgres"


def _inserting(server: Server) -> Side:
    """Inserts the bodies of the next batch in one transaction."""
    connection = psycopg.connect(_connection_string(server))
    connection.execute(CREATE_ON_POSTGRESQL)
    connection.commit()
    coming = batches(practice(), BATCH)

    def insert() -> float:
        rows = [[orjson.dumps(event)] for event in next(coming)]

        def saved() -> None:
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany("INSERT INTO posted (body) VALUES (%s)", rows)

        return timed(saved)

    return insert
