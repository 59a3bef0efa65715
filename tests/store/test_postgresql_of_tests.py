"""The PostgreSQL that the tests stand on is real, alone, and gone afterwards."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests import postgresql

OLDEST_SUPPORTED = 150_000


def test_it_is_of_a_supported_version(postgresql_server):
    with postgresql_server.connect() as connection:
        assert connection.info.server_version >= OLDEST_SUPPORTED


def test_it_has_the_extensions_that_the_schema_may_use(postgresql_server):
    with postgresql_server.connect() as connection:
        found = connection.execute("SELECT name FROM pg_available_extensions").fetchall()
    assert {"btree_gist", "pg_trgm", "unaccent"} <= {name for (name,) in found}


def test_it_listens_on_no_address(postgresql_server):
    with postgresql_server.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_database_made_from_a_template_is_its_own(postgresql_server):
    postgresql_server.create("original")
    with postgresql_server.connect("original") as connection:
        connection.execute("CREATE TABLE things AS SELECT 1 AS thing")
    postgresql_server.create("copy", template="original")
    with postgresql_server.connect("copy") as connection:
        connection.execute("DELETE FROM things")
    with postgresql_server.connect("original") as connection:
        assert connection.execute("SELECT thing FROM things").fetchall() == [(1,)]
        postgresql_server.drop("copy")
    postgresql_server.drop("original")


def test_a_second_server_beside_it_is_another(postgresql_server):
    with postgresql.running() as second:
        second.create("only_in_the_second")
        with postgresql_server.connect() as connection:
            names = connection.execute("SELECT datname FROM pg_database").fetchall()
        assert ("only_in_the_second",) not in names
    assert not second.socket_folder.exists()
    with pytest.raises(psycopg.OperationalError):
        second.connect()


@pytest.mark.usefixtures("postgresql_server")
def test_it_ends_when_its_session_is_killed():
    program = (
        "from tests.postgresql import running\nwith running() as it:\n print(it.socket_folder, flush=True)\n input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as session:
        folder = Path(session.stdout.readline().strip())
        assert (folder / "data/postmaster.pid").exists()
        session.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + postgresql.STOP_SECONDS
    while (folder / "data/postmaster.pid").exists():
        assert time.monotonic() < deadline, "PostgreSQL outlived the session that started it"
        time.sleep(0.02)
    shutil.rmtree(folder)


def test_a_folder_without_the_programs_is_an_error_and_no_reason_to_look_elsewhere(monkeypatch, tmp_path):
    monkeypatch.setenv(postgresql.BIN_VARIABLE, str(tmp_path))
    with pytest.raises(ValueError, match=postgresql.BIN_VARIABLE):
        postgresql.installation()
