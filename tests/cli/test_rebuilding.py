"""`retorsion rebuild`: derived from the events alone, and equal to what is there."""

import sqlite3
from contextlib import closing

import pytest


def tampered(statement):
    with closing(sqlite3.connect("retorsion.db")) as database:
        database.execute(statement)
        database.commit()


@pytest.mark.parametrize("words", [["rebuild"], ["rebuild", "--check"]], ids=" ".join)
def test_of_a_sound_ledger_it_says_that_all_is_as_the_events_have_it(run, story, words):
    assert "as the events have it" in run(*words).done()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_same_on_a_server(run, database_url):
    assert "as the events have it" in run("rebuild", RETORSION_DATABASE_URL=database_url).done()
    assert "as the events have it" in run("rebuild", "--check", RETORSION_DATABASE_URL=database_url).done()


def test_check_shows_a_difference_and_exits_with_1_and_changes_nothing(run, story):
    tampered("UPDATE states SET status = 'lifted' WHERE subject = 'measure:us-tibet-access-2020-07-07'")
    for _ in range(2):
        ran = run("rebuild", "--check")
        assert ran.status == 1
        assert ran.stderr.count("\n") == 1
        assert "rows of states" in ran.stderr or "row of states" in ran.stderr
        assert "run `retorsion rebuild`" in ran.stderr
        assert {line[:9] for line in ran.stdout.splitlines()} == {"- states ", "+ states "}


def test_rebuild_mends_it(run, story):
    before = run("state", "measure:us-tibet-access-2020-07-07", "--format", "json").done()
    tampered("DELETE FROM states WHERE subject = 'measure:us-tibet-access-2020-07-07'")
    assert "were not as the events have it" in run("rebuild").done()
    assert "as the events have it" in run("rebuild", "--check").done()
    assert run("state", "measure:us-tibet-access-2020-07-07", "--format", "json").done() == before
