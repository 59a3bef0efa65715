"""Killed between the commit and the checkpoint's file, wherever in between: nobody has to do anything about it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.audit.checkpoint import Checkpoint
from ledger.audit.note import Note
from ledger.service import Ledger
from tests.audit.tampering import Forger, kept_in, with_history
from tests.posting import imposed

ROOT = Path(__file__).parents[2]
SECONDS = 60
PLACES = {
    "before the checkpoint is signed": "ledger.log.publishing.sign_checkpoint",
    "before it is stored": "ledger.log.publishing._store",
    "between its commit and its file": "ledger.log.custody.Custody.keep",
    "before its file is renamed into place": "pathlib.Path.replace",
    "after its file is renamed into place": "ledger.audit.files.sync_folder",
}
APPEND = """
import os, pkgutil, signal, sys
from ledger.service import Ledger
from tests.posting import imposed

url, place = sys.argv[1:]
ledger = Ledger.open(url)
ledger.append([imposed("crash", "2020-07-09")], by="tests")
owner, _, name = place.rpartition(".")
setattr(pkgutil.resolve_name(owner), name, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
ledger.log.checkpoint()
"""
INIT = """
import os, pkgutil, signal, sys
from ledger.service import Ledger

url, place = sys.argv[1:]
ledger = Ledger.open(url)
owner, _, name = place.rpartition(".")
setattr(pkgutil.resolve_name(owner), name, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
ledger.init()
ledger.close()
"""


def killed(program, url, place):
    """Run it in a process of its own, in this working directory, until it kills itself at that place."""
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{program}"
    ran = subprocess.run([sys.executable, "-c", program, url, place], capture_output=True, text=True, timeout=SECONDS)
    assert ran.returncode == -signal.SIGKILL, ran.stderr


def assert_goes_on(url, size):
    """It holds as it is; appends are taken; the next checkpoint is of all events, and kept."""
    ledger = Ledger.open(url)
    assert ledger.log.verify().holds
    ledger.append([imposed("afterwards", "2020-07-09")], by="tests")
    assert Checkpoint.parse(Note.parse(ledger.log.checkpoint()).text).size == size
    assert ledger.log.custody.newest().checkpoint.size == size
    found = ledger.log.verify()
    assert found.holds, found.findings
    ledger.close()


@pytest.mark.parametrize("place", PLACES)
def test_killed_between_the_commit_and_the_checkpoints_file(database_url, place):
    killed(APPEND, database_url, PLACES[place])
    assert_goes_on(database_url, 254)


@pytest.mark.parametrize("place", ["ledger.audit.keys.SigningKey.generate", *PLACES.values()])
def test_killed_before_the_first_checkpoint_of_all_is_kept(tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / 'fresh.db'}"
    killed(INIT, url, place)
    ledger = Ledger.open(url)
    ledger.init()
    ledger.close()
    assert_goes_on(url, 253)


def test_the_first_checkpoint_that_was_stored_and_not_yet_kept_is_no_finding(ledger):
    ledger.log.checkpoint()
    kept_in(ledger).unlink()
    assert ledger.log.verify().holds


def test_a_checkpoint_that_is_kept_and_was_not_stored_holds_all_the_same(ledger):
    with_history(ledger)
    Forger(ledger).run("DELETE FROM checkpoints WHERE size = 257")
    found = ledger.log.verify()
    assert found.holds
    assert found.kept.size == 257
    ledger.append([imposed("afterwards", "2020-07-09")], by="tests")
    assert ledger.log.verify().holds
