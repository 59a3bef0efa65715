"""A ledger behind its own checkpoint says so everywhere, serves reads, and appends again under a new log only."""

import errno
import shutil
from pathlib import Path

import pytest

from ledger.audit.checkpoint import open_checkpoint
from ledger.audit.note import NoteKey
from ledger.errors import BehindCheckpoint, Refused, Unsigned
from ledger.service import Ledger
from tests.client import Api
from tests.posting import registered

BUILT_IN = 252
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def backed_up(database_url) -> Path:
    """The database's file, copied."""
    file = Path(database_url.removeprefix("sqlite:///"))
    shutil.copy(file, file.with_suffix(".backup"))
    return file


def restored(file: Path) -> None:
    """The copy put back, as somebody does who knows nothing of the folder beside it."""
    for journal in file.parent.glob(f"{file.name}-*"):
        journal.unlink()
    shutil.copy(file.with_suffix(".backup"), file)


@pytest.fixture
def behind(database_url):
    """An old backup, restored while the newest checkpoint is of a tree with one event more."""
    file = backed_up(database_url)
    ledger = Ledger.open(database_url)
    ledger.append([registered("lost")], by="tests")
    ledger.close()
    restored(file)
    opened = Ledger.open(database_url)
    yield opened
    opened.close()


@on_sqlite
def test_it_appends_nothing_and_reads_as_ever(behind):
    with pytest.raises(BehindCheckpoint, match=rf"newest event is {BUILT_IN}.*has {BUILT_IN + 1}.*new-log"):
        behind.append([registered("next")], by="tests")
    assert behind.head().sequence == BUILT_IN
    assert behind.log.checkpoint() == behind.log.custody.newest().note, "the newest is what it published before"


@on_sqlite
def test_over_http_it_says_so(behind, database_url):
    from api.http import create_app
    from ledger.settings import Settings

    app = create_app(Settings(database_url=database_url))
    api = Api(app.test_client(), token=behind.create_token("tests", "append"))
    body = api.problem(api.post("/v1/events", json=registered("next")), 503, "behind-checkpoint")
    assert (body["size"], body["checkpoint"]) == (BUILT_IN, BUILT_IN + 1)
    ready = api.get("/readyz")
    assert ready.status_code == 200
    assert "new-log" in ready.json["appending"]
    assert api.get("/v1/actors/us").status_code == 200
    app.extensions["retorsion"].close()


@on_sqlite
def test_a_new_log_goes_on_and_the_old_one_is_shown_for_ever(behind, database_url):
    from api.http import create_app
    from ledger.settings import Settings

    custody = behind.log.custody
    before, note = custody.vkey(), custody.newest().note
    behind.new_log("The disk failed")
    assert custody.vkey().name == f"{before.name}/2"
    assert custody.vkey().public_key != before.public_key
    behind.append([registered("next")], by="tests")
    checkpoint = open_checkpoint(behind.log.checkpoint(), custody.vkey()).checkpoint
    assert checkpoint.size == BUILT_IN + 1
    (retired,) = custody.retired()
    assert (retired.vkey, retired.checkpoint.encode(), retired.reason) == (before.text(), note, "The disk failed")
    app = create_app(Settings(database_url=database_url))
    shown = Api(app.test_client()).get("/v1/audit/key").text
    assert NoteKey.parse(shown.splitlines()[0]) == custody.vkey()
    for line in (before.text(), "The disk failed", *note.decode().splitlines()):
        assert line in shown
    app.extensions["retorsion"].close()


@on_sqlite
def test_one_after_another(behind):
    behind.new_log("once")
    behind.append([registered("next")], by="tests")
    behind.log.checkpoint()
    behind._writer.write(lambda session: session.run("UPDATE appending SET sequence = 1"))  # as if it were older still
    behind.new_log("twice")
    assert [retired.reason for retired in behind.log.custody.retired()] == ["once", "twice"]
    assert behind.log.custody.vkey().name.endswith("/3")


def test_a_sound_ledger_declares_no_new_log(ledger):
    ledger.log.checkpoint()
    with pytest.raises(Refused, match="its log goes on"):
        ledger.new_log("for no reason")


@on_sqlite
def test_history_that_was_rewritten_before_the_checkpoint_is_a_fork(ledger):
    """As many events, but not the same: the tree leads elsewhere."""
    ledger.log.checkpoint()
    rewritten = "UPDATE tree SET hashes = zeroblob(length(hashes))"
    ledger._writer.write(lambda session: session.run(rewritten))
    with pytest.raises(BehindCheckpoint, match="they were rewritten"):
        ledger.append([registered("next")], by="tests")


@on_sqlite
def test_a_folder_that_is_gone_is_not_made_anew_in_silence(ledger, database_url):
    ledger.log.checkpoint()
    shutil.rmtree(ledger.log.custody.folder)
    again = Ledger.open(database_url)
    again.init()
    with pytest.raises(Unsigned, match="its folder is gone"):
        again.append([registered("next")], by="tests")
    again.new_log("The folder was lost")
    assert again.append([registered("next")], by="tests").events[0].sequence == BUILT_IN + 1
    (retired,) = again.log.custody.retired()
    assert retired.vkey == ""
    assert retired.checkpoint.splitlines()[1] == str(BUILT_IN)
    again.close()


@on_sqlite
def test_a_key_that_is_lost_or_another_ones_signs_nothing(ledger):
    key = ledger.log.custody.folder / "signing.key"
    assert key.stat().st_mode & 0o777 == 0o600
    secret = key.read_text()
    key.unlink()
    ledger.append([registered("next")], by="tests")
    with pytest.raises(Unsigned, match=r"private key is not at"):
        ledger.log.checkpoint()
    key.write_text(secret)
    assert ledger.log.checkpoint()


@on_sqlite
def test_a_checkpoint_that_was_forged_is_not_believed(ledger):
    place = ledger.log.custody.folder / "checkpoint"
    ledger.log.checkpoint()
    place.write_text(place.read_text().replace(f"\n{BUILT_IN}\n", f"\n{BUILT_IN - 1}\n"))
    with pytest.raises(Unsigned, match="is not the log's"):
        ledger.append([registered("next")], by="tests")


@on_sqlite
def test_where_the_kept_checkpoint_is_lost_the_stored_one_is_held_against(ledger):
    """And where nothing is wrong with the ledger, it is kept again."""
    ledger.append([registered("next")], by="tests")
    note = ledger.log.checkpoint()
    place = ledger.log.custody.folder / "checkpoint"
    place.unlink()
    assert ledger.log.checkpoint() == note == place.read_bytes()
    place.unlink()
    rewritten = "UPDATE tree SET hashes = zeroblob(length(hashes))"
    ledger._writer.write(lambda session: session.run(rewritten))
    with pytest.raises(BehindCheckpoint, match="they were rewritten"):
        ledger.append([registered("after")], by="tests")


@pytest.mark.parametrize("edge", [b"", b"short"])
def test_where_the_trees_right_edge_was_damaged_nothing_is_appended(ledger, edge):
    ledger._writer.write(lambda session: session.run("UPDATE appending SET edge = :edge", edge=edge))
    with pytest.raises(Unsigned, match="audit verify"):
        ledger.append([registered("next")], by="tests")
    assert ledger.head().sequence == BUILT_IN


@on_sqlite
def test_a_history_that_is_rewritten_under_a_running_ledger_is_not_signed(ledger):
    """It was looked at when it was opened, and is again before the next checkpoint."""
    ledger.append([registered("one")], by="tests")
    kept = ledger.log.checkpoint()
    assert ledger.log.trouble() is None
    rewritten = "UPDATE tree SET hashes = zeroblob(length(hashes))"
    ledger._writer.write(lambda session: session.run(rewritten))
    ledger.append([registered("two")], by="tests")
    assert ledger.log.checkpoint() == kept
    assert "they were rewritten" in ledger.log.trouble()
    with pytest.raises(BehindCheckpoint, match="they were rewritten"):
        ledger.append([registered("three")], by="tests")


@on_sqlite
def test_a_checkpoint_that_cannot_be_kept_is_not_given_out(ledger, monkeypatch):
    """Events are recorded all the same, and are signed once there is room again."""
    ledger.log.checkpoint()
    kept = ledger.log.custody.newest()
    ledger.append([registered("next")], by="tests")

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("ledger.audit.files.os.fsync", full)
        with pytest.raises(Unsigned, match="No space left"):
            ledger.log.checkpoint()
    assert ledger.log.custody.newest() == kept
    assert ledger.log.checkpoint() != kept.note
    assert ledger.log.custody.newest().checkpoint.size == BUILT_IN + 1


@on_sqlite
def test_what_is_appended_is_signed_without_anybody_asking(ledger):
    ledger.log.keep_signed()
    for name in ("one", "two"):
        ledger.append([registered(name)], by="tests")
    ledger.log.close()
    assert ledger.log.custody.newest().checkpoint.size == BUILT_IN + 2
    assert not ledger.log._signing.is_alive()


@on_sqlite
@pytest.mark.parametrize("name", ["checkpoint", "verifier.key", "signing.key"])
def test_what_cannot_be_read_in_the_folder_is_said_and_nothing_is_a_fault_of_our_own(ledger, name):
    """A folder in the place of the file: that is so for root too."""
    ledger.append([registered("one")], by="tests")
    place = ledger.log.custody.folder / name
    place.unlink(missing_ok=True)
    place.mkdir()
    with pytest.raises(Unsigned, match=rf"{name} cannot be read"):
        ledger.log.custody.key() if name == "signing.key" else Ledger.open(str(ledger._database.url)).log.checkpoint()


@on_sqlite
def test_a_checkpoint_that_another_process_signs_meanwhile_is_no_trouble(ledger, database_url, monkeypatch):
    """Between two looks, at the folder and at the database: whichever comes first must not make the ledger seem old."""
    other, real, done = Ledger.open(database_url), ledger.log.custody.newest, []

    def newest():
        if not done:
            done.append(other.append([registered("meanwhile")], by="tests"))
            other.log.checkpoint()
        return real()

    ledger.head()
    monkeypatch.setattr(ledger.log.custody, "newest", newest)
    assert ledger.log.trouble() is None
    assert done
    other.close()
