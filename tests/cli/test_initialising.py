"""`retorsion init`."""

import pytest

from tests.process import retorsion


def test_it_makes_a_ledger_with_the_built_in_actors(run, nowhere):
    printed = run("init").done()
    assert printed.startswith("retorsion.db is ready")
    assert "United States" in run("state", "us").done()


def test_it_is_harmless_when_repeated(run, here):
    first = run("init").done()
    assert run("init").done() == first


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_it_is_harmless_when_repeated_on_a_server_and_shows_no_password(run, database_url):
    assert "is ready: its newest event is" in run("init", RETORSION_DATABASE_URL=database_url).done()


def test_the_installed_command_does_it_too(nowhere):
    ran = retorsion("init")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert (nowhere / "retorsion.db").exists()
