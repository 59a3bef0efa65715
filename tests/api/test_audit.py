"""`/v1/audit`: the log as others read it, held against the specifications by what checks proofs without the ledger."""

from base64 import b64decode
from hashlib import sha256

import pytest

from ledger.audit.checkpoint import open_checkpoint
from ledger.audit.leaves import leaf_hash
from ledger.audit.note import NoteKey
from ledger.audit.proofs import verify_consistency, verify_inclusion
from ledger.audit.tiles import Tile, decode_bundle, decode_tile, width_at
from tests.posting import imposed, registered

BUILT_IN = 252


@pytest.fixture
def grown(api):
    """With some events more than are built in, in batches of several sizes."""
    for number in range(5):
        api.append(*(registered(f"a-{number}-{each}") for each in range(number * 3 + 1)))
    return api


def key_of(api) -> NoteKey:
    return NoteKey.parse(api.get("/v1/audit/key").text.splitlines()[0])


def newest(api):
    """The newest checkpoint, opened by the key that the log has published."""
    answer = api.get("/v1/audit/checkpoint")
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; charset=utf-8"
    return open_checkpoint(answer.data, key_of(api)).checkpoint


def test_a_checkpoint_covers_what_was_acknowledged_before_it_was_asked_for(api):
    for number in range(3):
        stored = api.append(registered(f"actor-{number}"))[0]
        assert newest(api).size == stored["sequence"]


def test_a_checkpoint_stays_the_same_until_something_is_recorded(grown):
    first = grown.get("/v1/audit/checkpoint")
    again = grown.get("/v1/audit/checkpoint", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert grown.get("/v1/audit/log/checkpoint").data == first.data


def test_every_event_is_proven_to_be_in_the_tree_that_the_key_signed(grown):
    checkpoint = newest(grown)
    for sequence in (1, 2, BUILT_IN, BUILT_IN + 1, checkpoint.size - 1, checkpoint.size):
        leaf = grown.get(f"/v1/audit/leaves/{sequence}").data
        event = grown.get(f"/v1/events/{sequence}").json
        assert leaf_hash(leaf).hex() == event["leaf_hash"]
        found = grown.get("/v1/audit/inclusion", sequence=sequence, tree_size=checkpoint.size).json
        assert found["leaf_index"] == sequence - 1
        assert b64decode(found["leaf_hash"]) == leaf_hash(leaf)
        verify_inclusion(
            list(map(b64decode, found["hashes"])),
            leaf_hash=leaf_hash(leaf),
            leaf_index=found["leaf_index"],
            tree_size=found["tree_size"],
            root_hash=checkpoint.root_hash,
        )


def test_every_tree_is_proven_to_begin_with_a_smaller_one(api):
    for second in range(1, BUILT_IN + 1, 31):
        for first in range(1, second + 1, 5):
            found = api.get("/v1/audit/consistency", first=first, second=second).json
            verify_consistency(
                list(map(b64decode, found["hashes"])),
                first_size=first,
                first_root=b64decode(found["first_root"]),
                second_size=second,
                second_root=b64decode(found["second_root"]),
            )


def test_proofs_to_a_fixed_size_are_for_good_and_others_are_not(grown):
    size = newest(grown).size
    for path, given_, fixed in (
        ("inclusion", {"sequence": 1}, {"tree_size": size}),
        ("consistency", {"first": 7}, {"second": size}),
    ):
        now = grown.get(f"/v1/audit/{path}", **given_)
        for_good = grown.get(f"/v1/audit/{path}", **given_, **fixed)
        assert now.json == for_good.json
        assert "immutable" in for_good.headers["Cache-Control"]
        assert "no-cache" in now.headers["Cache-Control"]


def test_a_leaf_is_found_by_its_hash(grown):
    for sequence in (1, BUILT_IN + 3, newest(grown).size):
        hash_ = grown.get(f"/v1/events/{sequence}").json["leaf_hash"]
        answer = grown.get("/v1/audit/leaves", hash=hash_)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/v1/audit/leaves/{sequence}")
    grown.problem(grown.get("/v1/audit/leaves", hash=sha256(b"nobody").hexdigest()), 404, "not-found")


def test_what_there_is_not_is_refused(grown):
    size = newest(grown).size
    for path, given_ in (
        (f"leaves/{size + 1}", {}),
        ("inclusion", {"sequence": size + 1}),
        ("inclusion", {"sequence": 5, "tree_size": 4}),
        ("inclusion", {"sequence": 1, "tree_size": size + 1}),
        ("consistency", {"first": 1, "second": size + 1}),
        ("log/tile/0/001", {}) if size < 512 else ("log/tile/0/999", {}),
        ("log/tile/9/000", {}),
        ("log/tile/0/000.p/256", {}),
        ("log/tile/00/000", {}),
    ):
        grown.problem(grown.get(f"/v1/audit/{path}", **given_), 404, "not-found")
    grown.problem(grown.get("/v1/audit/consistency", first=9, second=8), 422, "validation-error")
    grown.problem(grown.get("/v1/audit/inclusion"), 422, "validation-error")
    grown.problem(grown.get("/v1/audit/leaves", hash="AB" * 32), 422, "validation-error")


def test_tiles_hold_the_hashes_of_the_leaves_in_the_entry_bundles(grown):
    size = newest(grown).size
    assert size > 256
    for place, width in (("000", 256), (f"001.p/{size - 256}", size - 256)):
        hashes = grown.get(f"/v1/audit/log/tile/0/{place}")
        assert "immutable" in hashes.headers["Cache-Control"]
        leaves = decode_bundle(grown.get(f"/v1/audit/log/tile/entries/{place}").data, width)
        assert decode_tile(hashes.data, width) == list(map(leaf_hash, leaves))
    root_of_256 = grown.get("/v1/audit/log/tile/1/000.p/1").data
    assert width_at(1, 0, size) == len(decode_tile(root_of_256, 1)) == 1
    assert grown.get(f"/v1/audit/log/{Tile(1, 0, 2).path()}").status_code == 404


def test_events_of_which_nobody_asks_are_signed_before_long(app, api):
    """By the thread that `create_app` starts: whoever stops the ledger in between loses no signature either."""
    stored = api.append(imposed("m", "2020-07-09"))[0]
    log = app.extensions["retorsion"].log
    log.close()
    assert log.custody.newest().checkpoint.size == stored["sequence"]


def test_where_nodes_of_the_tree_are_missing_that_is_said(app, grown):
    app.extensions["retorsion"]._writer.write(lambda session: session.run("DELETE FROM tree WHERE last_leaf < 100"))
    for path, given_ in (("inclusion", {"sequence": 40}), ("consistency", {"first": 40})):
        problem = grown.problem(grown.get(f"/v1/audit/{path}", **given_), 503, "unavailable")
        assert "audit verify" in problem["detail"]


def test_the_proof_of_the_first_event_alone_is_empty_and_leads_from_it_to_itself(grown):
    found = grown.get("/v1/audit/inclusion", sequence=1, tree_size=1).json
    assert found["hashes"] == []
    hash_ = bytes.fromhex(grown.get("/v1/events/1").json["leaf_hash"])
    assert b64decode(found["leaf_hash"]) == b64decode(found["root_hash"]) == hash_
