"""`audit verify`: one test for each way of tampering, named for what it is."""

import shutil
import sqlite3

import pytest
from sqlalchemy import make_url

from ledger.audit.checkpoint import Checkpoint, sign_checkpoint
from ledger.audit.keys import SigningKey
from ledger.audit.leaves import leaf_hash, leaf_of
from ledger.audit.note import Note
from ledger.errors import BehindCheckpoint, Refused, Unsigned
from ledger.log import bounds, parts, reckoning, subtrees, verifying
from ledger.log.leaves import inclusion
from ledger.service import Ledger
from tests.audit.tampering import Forger, canonical, checkpointed, faults, kept_in, with_history, without_folder
from tests.posting import amended, imposed

FIRST = 253
"""The first event after the built-in actors; with_history appends five, in batches of two, one and two."""


@pytest.fixture
def history(ledger):
    return with_history(ledger)


@pytest.fixture
def forger(ledger, history):
    return Forger(ledger)


def signed_by(name, size, root, origin=None):
    return sign_checkpoint(Checkpoint(origin or name, size, root), SigningKey.generate(name)).encode()


# ------------------------------------------------------------------------------------------------------ a sound ledger


def test_a_ledger_that_nobody_touched_is_verified_whole(ledger, history):
    found = ledger.log.verify()
    assert found.holds
    assert (found.events, found.since, found.kept.size) == (257, None, 257)
    (log,) = found.logs
    assert (log.checked, log.last_that_holds, log.first_that_fails) == (len(history), 257, None)
    assert found.root_hash == found.kept.root_hash


def test_events_after_the_newest_checkpoint_are_verified_too(ledger, history):
    ledger.append([imposed("o", "2020-01-01")], by="tests")
    found = ledger.log.verify()
    assert found.holds
    assert (found.events, found.kept.size) == (258, 257)


def test_an_initialised_ledger_without_a_checkpoint_yet_is_sound(database_url):
    opened = Ledger.open(database_url)
    assert opened.log.verify().holds
    opened.close()


# --------------------------------------------------------------------------------------------- the columns, in turn


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("subject", "measure:other", "column-subject"),
        ("version", 7, "column-version"),
        ("type", "lifted", "column-type"),
        ("day", 1, "column-day"),
        ("day", None, "column-day"),
        ("recorded_at", 1, "column-recorded-at"),
        ("leaf_hash", b"\0" * 32, "leaf-hash"),
        ("leaf_hash", b"", "leaf-hash"),
    ],
)
def test_a_rewritten_column_is_named(ledger, forger, column, value, fault):
    forger.set(FIRST, **{column: value})
    found = faults(ledger)
    assert found[0] == (fault, FIRST)
    assert "rewritten-between-checkpoints" not in dict(found), "the leaves are as they were"


def test_a_rewritten_sequence_leaves_a_gap_and_stands_where_it_is_not(ledger, forger):
    forger.set(257, sequence=259)
    assert faults(ledger)[0] == ("event-missing", 257)


def without(event, name):
    return {other: value for other, value in event.items() if other != name}


LEAVES = {
    "says something else": (lambda event: canonical(event | {"comment": "forged"}), "leaf-hash"),
    "a blank behind it": (lambda event: canonical(event) + b" ", "leaf-not-canonical"),
    "a blank within": (lambda event: b"{ " + canonical(event)[1:], "leaf-not-canonical"),
    "a member given twice": (lambda event: b'{"comment":1,' + canonical(event)[1:], "leaf-not-canonical"),
    "a member missing": (lambda event: canonical(without(event, "comment")), "leaf-not-an-event"),
    "a member too many": (lambda event: canonical(event | {"further": 1}), "leaf-not-an-event"),
    "a list": (lambda _event: b"[1]", "leaf-not-an-event"),
    "no UTF-8": (lambda _event: b"\xff", "leaf-not-json"),
    "nothing": (lambda _event: b"", "leaf-not-json"),
    "a day that is none": (lambda event: canonical(event | {"effective_on": "soon"}), "leaf-not-an-event"),
    "a day that is a number": (lambda event: canonical(event | {"effective_on": 5}), "leaf-not-an-event"),
    "a version that is true": (lambda event: canonical(event | {"version": True}), "column-version"),
    "too deep": (
        lambda event: canonical(event | {"data": 0}).replace(b'"data":0', b'"data":' + b"[" * 300 + b"]" * 300),
        "leaf-not-canonical",
    ),
}


@pytest.mark.parametrize("case", LEAVES)
def test_a_rewritten_leaf_is_named_for_what_it_is(ledger, forger, case):
    leaf, fault = LEAVES[case]
    forger.set(FIRST, leaf=leaf(forger.event(FIRST)))
    found = faults(ledger)
    assert {sequence for _, sequence in found} == {FIRST}
    assert (fault, FIRST) in found
    assert ("leaf-hash", FIRST) in found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_time_that_is_none_is_named_even_where_the_leaf_has_none(ledger, forger):
    forger.rewrite(FIRST, recorded_at=None)
    forger.set(FIRST, recorded_at="soon")
    assert ("column-recorded-at", FIRST) in faults(ledger)


def test_leaf_and_hash_rewritten_alike_disagree_with_the_columns_or_the_tree(ledger, forger):
    forger.rewrite(FIRST, comment="forged")
    assert faults(ledger)[0] == ("tree-node-wrong", FIRST)
    assert (
        "the index of words does not know event 253 by the hash of its leaf"
        in ledger.log.verify().findings.first[0].detail
    )
    forger.rewrite(FIRST, subject="measure:other")
    assert faults(ledger)[0] == ("column-subject", FIRST)


def test_of_leaf_and_hash_rewritten_alike_before_the_words_are_indexed_the_eight_are_named(ledger, forger):
    forger.run("UPDATE appending SET words_to = 250")
    forger.rewrite(FIRST, comment="forged")
    forger.run("DELETE FROM checkpoints WHERE size < 257")
    found = ledger.log.verify().findings.first[0]
    assert (found.fault, found.sequence) == ("tree-node-wrong", 249)
    assert "events 249 to 256" in found.detail


def test_none_of_those_that_a_checkpoint_holds_for_is_named(ledger, forger):
    assert ledger.log.verify().logs[0].last_that_holds == 257
    sizes = [size for (size,) in forger.rows("SELECT size FROM checkpoints ORDER BY size")]
    before = max(size for size in sizes if size < 256)
    forger.run("UPDATE appending SET words_to = 240")
    forger.rewrite(256, comment="forged")
    assert ("tree-node-wrong", before + 1) in faults(ledger)


def test_nothing_is_proven_by_leaves_of_which_one_beside_is_missing_or_no_hash(ledger, forger):
    """All behind it would stand in the place of the one before."""
    for tampering in (
        "DELETE FROM events WHERE sequence = 3",
        "UPDATE events SET leaf_hash = :two WHERE sequence = 11",
    ):
        forger.run(tampering, **({"two": b"\0" * 64} if ":two" in tampering else {}))
    for sequence in (7, 15):
        with ledger.reading() as session, pytest.raises(Unsigned, match="audit verify"):
            inclusion(session, sequence, 256)


def test_a_wrong_column_hides_no_other_event_of_its_eight(ledger, forger):
    forger.set(254, day=1)
    forger.rewrite(FIRST, comment="forged")
    assert {("column-day", 254), ("tree-node-wrong", FIRST)} <= set(faults(ledger))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "gone", ["INSERT INTO event_words (event_words) VALUES ('delete-all')", "DROP TABLE event_words"]
)
def test_an_index_of_words_that_is_empty_or_gone_accuses_nobody(ledger, forger, gone):
    forger.run(gone)
    forger.run("UPDATE tree SET hashes = zeroblob(32) WHERE last_leaf = 24")
    assert faults(ledger) == [("tree-node-wrong", 17)]


# ----------------------------------------------------------------------------------------------- rows and their order


def test_a_removed_row_is_named(ledger, forger):
    forger.delete(FIRST)
    assert faults(ledger)[0] == ("event-missing", FIRST)


def test_the_first_row_removed_is_named(ledger, forger):
    forger.delete(1)
    assert faults(ledger)[0] == ("event-missing", 1)


def test_a_row_far_away_is_no_endless_search(ledger, forger):
    forger.set(257, sequence=2**53)
    assert faults(ledger)[0] == ("event-missing", 257)


def test_an_added_row_is_named(ledger, forger):
    event = forger.event(257) | {"sequence": 258, "subject": "measure:n", "version": 3}
    leaf = leaf_of(event)
    forger.insert(**forger.row(257) | {"sequence": 258, "version": 3, "leaf": leaf, "leaf_hash": leaf_hash(leaf)})
    assert ("event-added", 258) in faults(ledger)


def test_an_added_row_that_brings_its_node_along_is_named(ledger, forger):
    event = forger.event(257) | {"sequence": 258, "subject": "measure:n", "version": 3}
    leaf = leaf_of(event)
    forger.insert(**forger.row(257) | {"sequence": 258, "version": 3, "leaf": leaf, "leaf_hash": leaf_hash(leaf)})
    forger.regrow_tree()
    assert ("event-added", 258) in faults(ledger)


def test_a_row_before_the_first_is_named(ledger, forger):
    forger.insert(**forger.row(1) | {"sequence": 0, "version": 2})
    assert faults(ledger)[0] == ("event-added", 0)


def test_two_swapped_events_are_named_as_that(ledger, forger):
    one, other = forger.row(254), forger.row(256)
    for sequence, row in ((254, other), (256, one)):
        forger.set(sequence, **{name: value for name, value in row.items() if name != "sequence"})
    found = faults(ledger)
    assert found[0] == ("events-swapped", 254)
    assert not {"column-sequence", "tree-node-wrong"} & set(dict(found))


def test_versions_that_leave_one_out_are_named(ledger, forger):
    forger.rewrite(256, version=4)
    forger.set(256, version=4)
    forger.regrow_tree()
    assert ("version-gap", 256) in faults(ledger)


def test_an_event_recorded_before_the_one_that_precedes_it_is_named(ledger, forger):
    forger.rewrite(255, recorded_at="1970-01-01T00:00:00.000001Z")
    forger.set(255, recorded_at=1)
    forger.regrow_tree()
    assert ("recorded-at-falls", 255) in faults(ledger)


def test_an_event_put_into_the_batch_before_its_own_is_named(ledger, forger):
    """A checkpoint lies between the two: so they cannot have been recorded at once."""
    earlier = forger.row(254)
    forger.rewrite(255, recorded_at=forger.event(254)["recorded_at"])
    forger.set(255, recorded_at=earlier["recorded_at"])
    forger.regrow_tree()
    assert ("recorded-at-falls", 255) in faults(ledger)


# ------------------------------------------------------------------------------------- what only a checkpoint tells


def test_all_rewritten_alike_lies_between_two_checkpoints(ledger, forger, history):
    forger.rewrite(255, comment="forged")
    forger.regrow_tree()
    found = ledger.log.verify()
    assert faults(ledger) == [("rewritten-between-checkpoints", 255)]
    (log,) = found.logs
    assert (log.last_that_holds, log.first_that_fails) == (254, 255) == tuple(history[1:3])


def test_all_rewritten_alike_and_the_stored_checkpoints_removed_is_known_from_the_kept_one(ledger, forger):
    forger.rewrite(255, comment="forged")
    forger.regrow_tree()
    forger.run("DELETE FROM checkpoints")
    assert faults(ledger) == [("rewritten-between-checkpoints", 1)]


def test_an_end_cut_off_is_behind(ledger, forger):
    forger.cut_off(255)
    assert faults(ledger) == [("behind-checkpoint", 256)]


def test_an_end_cut_off_carelessly_leaves_nodes_heads_and_checkpoints_behind(ledger, forger):
    forger.run("DELETE FROM events WHERE sequence > 255")
    left = {"behind-checkpoint", "tree-node-extra", "subject-head", "words-beyond", "appending-row"}
    assert left == set(dict(faults(ledger)))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_old_backup_restored_is_behind(ledger, database_url):
    with_history(ledger)
    file = make_url(database_url).database
    with sqlite3.connect(file) as there, sqlite3.connect("backup.db") as backup:
        there.backup(backup)
    ledger.append([imposed("later", "2022-01-01")], by="tests")
    checkpointed(ledger)
    ledger._database.close()
    for beside in ("-wal", "-shm"):
        shutil.rmtree(file + beside, ignore_errors=True)
    with sqlite3.connect("backup.db") as backup, sqlite3.connect(file) as there:
        backup.backup(there)
    assert faults(ledger) == [("behind-checkpoint", 258)]


def test_a_log_declared_anew_is_verified_and_the_old_one_is_shown(ledger, forger):
    forger.cut_off(255)
    with pytest.raises(BehindCheckpoint):
        ledger.append([imposed("later", "2022-01-01")], by="tests")
    ledger.new_log("the disk failed")
    ledger.append([imposed("later", "2022-01-01")], by="tests")
    checkpointed(ledger)
    found = ledger.log.verify()
    assert found.holds, found.findings
    old, new = found.logs
    assert (old.retired.reason, new.retired) == ("the disk failed", None)
    assert (old.checked, new.checked) == (3, 1)


# -------------------------------------------------------------------------------------------------- stored checkpoints


def test_a_stored_checkpoint_signed_with_another_key_is_named(ledger, forger):
    origin = ledger.log.custody.vkey().name
    root = ledger.log.verify().root_hash
    forger.run("UPDATE checkpoints SET note = :note WHERE size = 257", note=signed_by(origin, 257, root))
    assert faults(ledger) == [("checkpoint-other-key", 257)]


def test_a_stored_checkpoint_of_another_origin_is_named(ledger, forger):
    root = ledger.log.verify().root_hash
    forger.run("UPDATE checkpoints SET note = :note WHERE size = 257", note=signed_by("elsewhere", 257, root))
    assert faults(ledger) == [("checkpoint-other-origin", 257)]
    forger.run("UPDATE checkpoints SET origin = 'elsewhere' WHERE size = 257")
    assert faults(ledger) == [("checkpoint-other-origin", None)]


def test_a_stored_checkpoint_in_the_place_of_another_is_named(ledger, forger):
    (note,) = forger.rows("SELECT note FROM checkpoints WHERE size = 255")[0]
    forger.run("UPDATE checkpoints SET note = :note WHERE size = 257", note=bytes(note))
    assert faults(ledger) == [("checkpoint-malformed", 257)]


def test_a_stored_checkpoint_that_is_no_note_is_named(ledger, forger):
    forger.run("UPDATE checkpoints SET note = :note WHERE size = 257", note=b"\xff")
    assert faults(ledger) == [("checkpoint-malformed", 257)]


def test_a_stored_checkpoint_of_more_events_than_there_are_is_behind(ledger, forger):
    forger.run("UPDATE checkpoints SET size = 300 WHERE size = 257")
    assert faults(ledger) == [("behind-checkpoint", 258)]


# ------------------------------------------------------------------------------------------------------------ the tree


def test_a_wrong_node_is_named(ledger, forger):
    (hashes,) = forger.rows("SELECT hashes FROM tree WHERE last_leaf = 16")[0]
    for level, first in ((3, 9), (4, 1)):
        forged = bytearray(hashes)
        forged[32 * (level - 3)] ^= 1
        forger.run("UPDATE tree SET hashes = :hashes WHERE last_leaf = 16", hashes=bytes(forged))
        assert faults(ledger) == [("tree-node-wrong", first)]
        assert f"the tree's node over events {first} to 16 is stored as" in ledger.log.verify().findings.first[0].detail


def test_a_missing_node_is_named(ledger, forger):
    forger.run("DELETE FROM tree WHERE last_leaf = 24")
    assert faults(ledger) == [("tree-node-missing", 17)]
    (hashes,) = forger.rows("SELECT hashes FROM tree WHERE last_leaf = 16")[0]
    forger.run("UPDATE tree SET hashes = :hashes WHERE last_leaf = 16", hashes=hashes[:32])
    assert faults(ledger) == [("tree-node-missing", 1), ("tree-node-missing", 17)]


def test_a_node_too_many_is_named(ledger, forger):
    for leaf in (-8, 12, 9999):
        forger.run("INSERT INTO tree (last_leaf, hashes) VALUES (:leaf, :hash)", leaf=leaf, hash=b"\0" * 32)
        assert faults(ledger) == [("tree-node-extra", None)]
        forger.run("DELETE FROM tree WHERE last_leaf = :leaf", leaf=leaf)
    (hashes,) = forger.rows("SELECT hashes FROM tree WHERE last_leaf = 16")[0]
    forger.run("UPDATE tree SET hashes = :hashes WHERE last_leaf = 16", hashes=hashes + b"\0")
    assert faults(ledger) == [("tree-node-extra", None)]


# ---------------------------------------------------------------------------------------------------- heads, and words


def test_a_head_of_the_projection_that_is_not_the_last_version_is_named(ledger, forger):
    forger.run("UPDATE subjects SET version = 2 WHERE subject = 'measure:m'")
    assert faults(ledger) == [("subject-head", 256)]
    forger.run("UPDATE subjects SET version = 4 WHERE subject = 'measure:m'")
    assert faults(ledger) == [("subject-head", None)]


def test_a_head_without_events_and_events_without_a_head_are_named(ledger, forger):
    forger.run("UPDATE subjects SET subject = 'measure:z' WHERE subject = 'measure:m'")
    assert faults(ledger) == [("subject-head", 253), ("subject-head", None)]


def test_an_index_of_words_that_claims_too_much_is_named(ledger, forger):
    forger.run("UPDATE appending SET words_to = 258")
    assert faults(ledger) == [("words-beyond", None)]


# ------------------------------------------------------------------------------------ what appending goes on from


@pytest.mark.parametrize(
    "wrong",
    ["sequence = 256", "sequence = 258", "recorded_at = recorded_at - 1", "edge = :bytes"],
)
def test_a_row_from_which_appending_would_go_on_wrongly_is_named(ledger, forger, since_there_are, wrong):
    forger.run(f"UPDATE appending SET {wrong}", **({"bytes": b"\0" * 64} if ":bytes" in wrong else {}))
    assert faults(ledger, since=since_there_are) == [("appending-row", None)]


@pytest.fixture(params=["all", "some"])
def since_there_are(ledger, history, request):
    """All events are verified, or those after a checkpoint: here, none."""
    return None if request.param == "all" else kept_in(ledger).read_bytes()


def test_a_missing_row_from_which_appending_goes_on_is_named(ledger, forger):
    forger.run("CREATE TABLE taken AS SELECT * FROM appending")
    forger.run("DELETE FROM appending")
    assert {"appending-row", "words-beyond"} == set(dict(faults(ledger)))
    forger.run("INSERT INTO appending SELECT * FROM taken")


def test_the_newest_events_are_held_against_the_edge_from_which_appending_goes_on(ledger, forger):
    """They are in no node of the tree that is stored."""
    for number in range(4):
        ledger.append([imposed(f"newest-{number}", "2020-07-09")], by="tests")
    forger.rewrite(257, comment="forged")
    forger.rewrite(261, comment="forged")
    forger.set(FIRST, day=1)
    assert faults(ledger)[:3] == [("column-day", FIRST), ("appending-row", 257), ("appending-row", 261)]
    detail = {found.sequence: found.detail for found in ledger.log.verify().findings.first}
    assert "events 257 to 260 make" in detail[257]
    assert "event 261 makes" in detail[261]


def test_an_edge_that_a_rewritten_leaf_explains_is_not_told_of_as_well(ledger, forger):
    forger.rewrite(FIRST, comment="forged")
    assert "appending-row" not in dict(faults(ledger))


# -------------------------------------------------------------------------------------- what is kept outside


def test_a_kept_checkpoint_that_is_missing_is_named(ledger, history):
    kept_in(ledger).unlink()
    assert faults(ledger) == [("kept-checkpoint-missing", None)]


def test_a_kept_checkpoint_that_is_damaged_is_named(ledger, history):
    kept_in(ledger).write_bytes(kept_in(ledger).read_bytes()[:-5])
    assert faults(ledger) == [("checkpoint-malformed", None)]


def test_a_kept_checkpoint_signed_with_another_key_is_named(ledger, history):
    note = Note.parse(kept_in(ledger).read_bytes())
    kept = Checkpoint.parse(note.text)
    kept_in(ledger).write_bytes(signed_by(kept.origin, kept.size, kept.root_hash))
    assert faults(ledger) == [("checkpoint-other-key", None)]


def test_a_kept_checkpoint_of_another_origin_is_named(ledger, history):
    kept_in(ledger).write_bytes(signed_by("elsewhere", 257, b"\0" * 32))
    assert faults(ledger) == [("checkpoint-other-origin", None)]


def test_without_its_folder_roots_are_compared_all_the_same(ledger, forger):
    without_folder(ledger)
    assert faults(ledger) == [("audit-folder-missing", None)]
    forger.rewrite(255, comment="forged")
    forger.regrow_tree()
    assert faults(ledger) == [("rewritten-between-checkpoints", 255), ("audit-folder-missing", None)]


# ---------------------------------------------------------------------------------------------------------- --since


@pytest.fixture
def since(ledger, history):
    """A checkpoint of 257 events, and three events after it."""
    note = kept_in(ledger).read_bytes()
    ledger.append([imposed("o", "2020-07-09"), amended("o", "2020-07-11", add={"topics": ["tibet"]})], by="tests")
    ledger.append([amended("o", "2020-07-12", add={"topics": ["chips"]})], by="tests")
    checkpointed(ledger)
    return note


def test_since_a_checkpoint_only_what_came_after_is_verified(ledger, since):
    found = ledger.log.verify(since=since)
    assert found.holds, found.findings
    assert (found.since.size, found.events, found.root_hash) == (257, 260, found.kept.root_hash)
    forger = Forger(ledger)
    forger.set(1, day=5)
    assert faults(ledger, since=since) == []
    forger.set(259, day=5)
    assert faults(ledger, since=since) == [("column-day", 259)]


def test_since_the_newest_checkpoint_there_is_nothing_to_verify(ledger, history):
    found = ledger.log.verify(since=kept_in(ledger).read_bytes())
    assert (found.holds, found.events) == (True, 257)


def test_since_a_checkpoint_that_the_ledger_does_not_begin_with(ledger, since):
    forger = Forger(ledger)
    forger.rewrite(255, comment="forged")
    forger.regrow_tree()
    assert faults(ledger, since=since) == [("rewritten-between-checkpoints", 1)]


def test_since_a_checkpoint_of_more_events_than_there_are(ledger, since):
    Forger(ledger).cut_off(256)
    assert faults(ledger, since=since) == [("behind-checkpoint", None)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("note", [b"", b"no note", signed_by("elsewhere", 3, b"\0" * 32)])
def test_since_what_is_no_checkpoint_of_this_log_is_refused(ledger, history, note):
    with pytest.raises(Refused):
        ledger.log.verify(since=note)


def test_since_a_checkpoint_heads_and_versions_after_it_are_held(ledger, since):
    forger = Forger(ledger)
    forger.run("UPDATE subjects SET version = 2 WHERE subject = 'measure:o'")
    assert faults(ledger, since=since) == [("event-added", 260)]
    forger.run("UPDATE subjects SET version = 9 WHERE subject = 'measure:o'")
    assert faults(ledger, since=since) == [("subject-head", 260)]


# ------------------------------------------------------------------------------------------------- parts and processes


@pytest.fixture
def small_parts(monkeypatch):
    """Parts of eight leaves, so that a few events make many."""
    for module in (parts, reckoning, subtrees):
        monkeypatch.setattr(module, "PART_LEVEL", 3)
        monkeypatch.setattr(module, "PART_LEAVES", 8)
    monkeypatch.setattr(bounds, "PART_LEAVES", 8)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_parts_are_joined_to_one_tree(ledger, small_parts):
    notes = {0: None}
    for number in range(20):
        ledger.append([imposed(f"m{number}", "2020-07-09")], by="tests")
        notes[checkpointed(ledger)] = kept_in(ledger).read_bytes()
    for size, note in notes.items():
        found = ledger.log.verify(since=note)
        assert found.holds, (size, found.findings)
        assert found.root_hash == found.kept.root_hash
    forger = Forger(ledger)
    (hashes,) = forger.rows("SELECT hashes FROM tree WHERE last_leaf = 256")[0]
    forger.run("UPDATE tree SET hashes = :hashes WHERE last_leaf = 256", hashes=hashes[:-32] + b"\0" * 32)
    assert faults(ledger) == [("tree-node-wrong", 1)], "the node over the first 256"
    forger.run("UPDATE tree SET hashes = :hashes WHERE last_leaf = 256", hashes=hashes + b"\0" * 32)
    assert faults(ledger) == [("tree-node-extra", None)]
    forger.run("UPDATE tree SET hashes = :hashes WHERE last_leaf = 256", hashes=hashes[:-32])
    assert faults(ledger) == [("tree-node-missing", 1)]
    forger.regrow_tree()
    forger.rewrite(270, comment="forged")
    forger.regrow_tree()
    assert faults(ledger) == [("rewritten-between-checkpoints", 270)]


def test_several_processes_find_what_one_does(ledger, forger, monkeypatch):
    monkeypatch.setattr(verifying, "WORTH_PROCESSES", 1)
    done = []
    assert ledger.log.verify(processes=2, advance=lambda *numbers: done.append(numbers)).holds
    assert done[-1] == (257, 257)
    forger.set(FIRST, day=1)
    forger.run("UPDATE subjects SET version = 9 WHERE subject = 'measure:m'")
    assert faults(ledger, processes=2) == faults(ledger) == [("column-day", FIRST), ("subject-head", None)]
