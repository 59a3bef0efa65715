"""`retorsion audit`, and what every command says on a ledger that is behind its own checkpoint."""

import json
import shutil
import sqlite3

import pytest

from ledger.audit.checkpoint import open_checkpoint
from ledger.audit.leaves import leaf_hash
from ledger.audit.note import NoteKey
from ledger.audit.proofs import verify_inclusion
from ledger.audit.tlog_proof import TlogProof

PERSON = {"type": "registered", "subject": "actor:x", "data": {"category": "person", "name": "X"}}


@pytest.fixture
def person(here):
    file = here / "person.ndjson"
    file.write_text(json.dumps(PERSON))
    return file


def verified(proof: TlogProof, leaf: bytes, key: NoteKey) -> int:
    """The sequence of the event that the proof is of."""
    checkpoint = open_checkpoint(proof.note, key).checkpoint
    verify_inclusion(
        proof.hashes,
        leaf_hash=leaf_hash(leaf),
        leaf_index=proof.index,
        tree_size=checkpoint.size,
        root_hash=checkpoint.root_hash,
    )
    return proof.index + 1


def key_in(folder) -> NoteKey:
    return NoteKey.parse((folder / "retorsion.db.audit" / "verifier.key").read_text().strip())


def test_a_checkpoint_is_signed_and_covers_what_was_appended(here, person, run):
    run("append", str(person)).done()
    printed = run("audit", "checkpoint").done()
    assert open_checkpoint(printed.encode(), key_in(here)).checkpoint.size == 253


def test_what_is_proven_is_the_event_that_was_asked_for(here, person, run):
    run("append", str(person)).done()
    event = json.loads(run("history", "actor:x", "--format", "json").done())["items"][0]
    leaf = {name: event[name] for name in event if name not in {"leaf_hash", "changes", "corrected_by", "retracted_by"}}
    leaf_bytes = json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    proof = TlogProof.parse(run("audit", "prove", "253").done().encode())
    assert verified(proof, leaf_bytes, key_in(here)) == 253
    held = here / "held.json"
    held.write_text(json.dumps(event, indent=3))
    found = run("audit", "find", str(held))
    assert found.stderr == "It is event 253, as it was recorded.\n"
    assert TlogProof.parse(found.stdout.encode()) == proof


@pytest.mark.parametrize(
    ("held", "why"),
    [
        ("{", "is not JSON"),
        ("[]", "is no event as the ledger answers it"),
        ('{"sequence": 253}', "is no event as the ledger answers it"),
    ],
)
def test_what_is_no_event_is_not_looked_for(here, run, held, why):
    (here / "held.json").write_text(held)
    refused = run("audit", "find", "held.json")
    assert (refused.status, refused.stderr.count("\n")) == (1, 1)
    assert why in refused.stderr


def test_an_event_of_which_one_character_was_changed_is_not_found(here, person, run):
    run("append", str(person)).done()
    event = json.loads(run("history", "actor:x", "--format", "json").done())["items"][0]
    event["data"]["name"] = "Y"
    (here / "held.json").write_text(json.dumps(event))
    refused = run("audit", "find", "held.json")
    assert refused.status == 1
    assert "no event that is exactly this one" in refused.stderr


def test_there_is_no_proof_of_what_there_is_not(here, run):
    refused = run("audit", "prove", "9999")
    assert (refused.status, refused.stderr) == (1, "retorsion: event 9999 is not among the first 252\n")


def test_on_a_ledger_behind_its_checkpoint_every_command_says_so_until_a_new_log_is_declared(here, person, run):
    shutil.copy("retorsion.db", "backup.db")
    run("append", str(person)).done()
    shutil.copy("backup.db", "retorsion.db")
    asked = run("state", "us")
    assert asked.status == 0
    assert "behind its own checkpoint" in asked.stderr
    refused = run("append", str(person))
    assert refused.status == 1
    assert "new-log" in refused.stderr
    declared = run("audit", "new-log", "--reason", "The disk failed")
    assert (declared.status, declared.stdout.partition(" as ")[0]) == (0, "The log goes on")
    assert run("append", str(person)).status == 0
    assert run("state", "us").stderr == ""


def test_an_event_that_was_rewritten_is_not_proven(here, person, run):
    """Though its columns and the tree are as they were: what is proven is what was signed."""
    run("append", str(person)).done()
    with sqlite3.connect("retorsion.db") as connection:
        connection.execute("DROP TRIGGER events_are_not_updated")
        connection.execute("UPDATE events SET leaf = CAST(replace(CAST(leaf AS TEXT), 'person', 'company') AS BLOB)")
    refused = run("audit", "prove", "253")
    assert refused.status == 1
    assert "audit verify" in refused.stderr
