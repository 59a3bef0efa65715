"""`retorsion audit verify`: what it says, and how it ends."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import make_url

from tests.audit.tampering import Forger, kept_in, with_history
from tests.process import retorsion

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def verified(ledger, database_url):
    with_history(ledger)
    return lambda *options: retorsion("audit", "verify", *options, database_url=database_url)


def test_of_a_sound_ledger_it_says_what_was_verified(ledger, verified):
    ran = verified()
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "events 1 to 257" in ran.stdout
    assert f"tree head of 257 events: {ledger.log.verify().root_hash.hex()}" in ran.stdout
    assert f"4 stored checkpoints of {ledger.log.custody.vkey().name}: all hold" in ran.stdout


def test_of_a_rewritten_one_it_names_the_first_event_and_exits_with_1(ledger, verified):
    Forger(ledger).set(253, day=1)
    ran = verified("--processes", "1")
    assert ran.returncode == 1
    assert "column-day: event 253: day is 1 in its column" in ran.stdout
    assert ran.stderr == "retorsion: verification failed: the first event whose parts disagree is 253 (column-day)\n"


def test_where_all_was_rewritten_alike_it_names_the_two_checkpoints(ledger, verified):
    forger = Forger(ledger)
    forger.rewrite(255, comment="forged")
    forger.regrow_tree()
    ran = verified()
    assert ran.returncode == 1
    assert "the last that holds is of 254 events, the first that does not is of 255 events" in ran.stdout
    assert "(rewritten-between-checkpoints)" in ran.stderr


def test_since_a_checkpoint_it_says_from_where_on(ledger, verified, tmp_path):
    (tmp_path / "then.txt").write_bytes(kept_in(ledger).read_bytes())
    ran = verified("--since", "then.txt")
    assert ran.returncode == 0, ran.stderr
    assert "what came before is as the given checkpoint of 257 events says" in ran.stdout


def test_what_is_no_checkpoint_is_refused_in_one_line(verified, tmp_path):
    (tmp_path / "then.txt").write_text("nothing")
    ran = verified("--since", "then.txt")
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)


def test_a_log_that_was_retired_is_shown_every_time(ledger, verified):
    Forger(ledger).cut_off(255)
    ledger.new_log("the disk failed")
    ledger.log.checkpoint()
    ran = verified()
    assert ran.returncode == 0, ran.stdout
    assert ": the disk failed" in ran.stdout
    assert "retired log" in ran.stdout


def test_verifying_changes_nothing(ledger, verified, database_url):
    def all_rows():
        with closing(sqlite3.connect(make_url(database_url).database)) as database:
            tables = ("events", "tree", "checkpoints", "subjects", "appending")
            return [database.execute(f"SELECT * FROM {table}").fetchall() for table in tables]

    before, kept = all_rows(), kept_in(ledger).read_bytes()
    verified()
    assert (all_rows(), kept_in(ledger).read_bytes()) == (before, kept)
