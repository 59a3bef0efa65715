"""Witnesses: what a cosignature says and when, and how many of them a reader asks for."""

import pytest

from ledger.audit.checkpoint import Checkpoint, CheckpointRefused, sign_checkpoint
from ledger.audit.checks import CheckFailed
from ledger.audit.cosignature import LARGEST_TIMESTAMP, CosignerKey, cosign, cosigner_key, timestamp_of
from ledger.audit.keys import SigningKey
from ledger.audit.leaves import leaf_hash
from ledger.audit.note import KeyRefused, NoteKey, NoteRefused, Signature, open_note, sign_note
from ledger.audit.policy import Cosigned, Policy, PolicyRefused
from tests.audit.refusals import refused

LOG = SigningKey("example.com/log", bytes(range(32)))
WITNESSES = [SigningKey(f"witness.example/w{number}", bytes([number]) * 32) for number in range(3)]
KEYS = tuple(cosigner_key(key) for key in WITNESSES)
STRANGER = SigningKey("witness.example/stranger", b"s" * 32)
CHECKPOINT = Checkpoint("example.com/log", 7, leaf_hash(b"seven"))
NOTE = sign_checkpoint(CHECKPOINT, LOG)
NOW = 1_679_315_147


def cosigned(*signed, note=NOTE):
    """The note as it is after each of `signed`, a witness and a time, has cosigned it."""
    return note.signed_by(*(cosign(CHECKPOINT, key, timestamp=timestamp) for key, timestamp in signed)).encode()


def test_it_signs_a_header_the_time_and_the_text():
    """Section Ed25519 signed message, and Format: the timestamp as 8 bytes before the signature."""
    made = cosign(CHECKPOINT, WITNESSES[0], timestamp=NOW)
    message = f"cosignature/v1\ntime {NOW}\n{CHECKPOINT.text()}".encode()
    assert made.signature == NOW.to_bytes(8, "big") + WITNESSES[0].sign_bytes(message)
    assert made.name == "witness.example/w0"
    assert timestamp_of(made.signature) == NOW


def test_the_key_id_is_another_than_that_of_the_same_key_for_notes():
    key = cosigner_key(WITNESSES[0])
    assert key.public_key == WITNESSES[0].note_key.public_key
    assert key.key_id != WITNESSES[0].note_key.key_id
    assert CosignerKey.parse(key.text()) == key


def test_a_key_for_notes_is_none_of_a_witness():
    with pytest.raises(KeyRefused) as said:
        CosignerKey.parse(WITNESSES[0].note_key.text())
    assert said.value.check == "signature type"
    assert CosignerKey(LOG.name, LOG.public_key) != LOG.note_key


def test_a_cosigned_note_opens_with_the_key_of_the_witness():
    opened = open_note(cosigned((WITNESSES[0], NOW)), [KEYS[0]])
    ((key, signature),) = opened.verified
    assert (key, timestamp_of(signature.signature)) == (KEYS[0], NOW)
    assert [one.name for one in opened.unknown] == ["example.com/log"]


def test_extension_lines_are_signed_too():
    extended = Checkpoint("example.com/log", 7, CHECKPOINT.root_hash, ("more",))
    signature = cosign(extended, WITNESSES[0], timestamp=NOW)
    KEYS[0].verify(extended.text(), signature.signature)
    with pytest.raises(NoteRefused):
        KEYS[0].verify(CHECKPOINT.text(), signature.signature)


def test_every_flipped_bit_of_a_cosignature_is_refused():
    signature = cosign(CHECKPOINT, WITNESSES[0], timestamp=NOW).signature
    for place in range(len(signature)):
        for bit in range(8):
            wrong = bytearray(signature)
            wrong[place] ^= 1 << bit
            with pytest.raises(NoteRefused):
                KEYS[0].verify(CHECKPOINT.text(), bytes(wrong))


GOOD = cosign(CHECKPOINT, WITNESSES[0], timestamp=NOW).signature


@refused(
    ("signature", lambda: KEYS[0].verify(CHECKPOINT.text(), b"")),
    ("signature", lambda: KEYS[0].verify(CHECKPOINT.text(), GOOD[:-1])),
    ("signature", lambda: KEYS[0].verify(CHECKPOINT.text(), GOOD + b"\0")),
    ("signature", lambda: KEYS[0].verify(CHECKPOINT.text(), GOOD[8:])),
    ("signature", lambda: KEYS[1].verify(CHECKPOINT.text(), GOOD)),
    ("signature", lambda: WITNESSES[0].note_key.verify(CHECKPOINT.text(), GOOD)),
    ("signature", lambda: KEYS[0].verify(CHECKPOINT.text(), WITNESSES[0].sign(CHECKPOINT.text()).signature)),
    ("signature", lambda: KEYS[0].verify(CHECKPOINT.text(), bytes(8) + GOOD[8:])),
    ("timestamp", lambda: KEYS[0].verify(CHECKPOINT.text(), b"\x80" + GOOD[1:])),
    ("timestamp", lambda: timestamp_of(b"\xff" * 72)),
    ("timestamp", lambda: timestamp_of(b"short")),
    ("timestamp", lambda: cosign(CHECKPOINT, WITNESSES[0], timestamp=0)),
    ("timestamp", lambda: cosign(CHECKPOINT, WITNESSES[0], timestamp=-1)),
    ("timestamp", lambda: cosign(CHECKPOINT, WITNESSES[0], timestamp=LARGEST_TIMESTAMP + 1)),
    ("cosigned text", lambda: KEYS[0].verify("not a checkpoint\n", GOOD)),
)
def test_a_wrong_cosignature_is_refused_by_name(check, attempt):
    with pytest.raises(NoteRefused) as said:
        attempt()
    assert said.value.check == check


def test_no_witness_signs_an_empty_tree_with_leaves_in_it():
    with pytest.raises(CheckpointRefused):
        cosign(Checkpoint("example.com/log", 0, CHECKPOINT.root_hash), WITNESSES[0], timestamp=NOW)


def test_the_policy_tells_who_cosigned_and_when():
    policy = Policy(LOG.note_key, KEYS, quorum=2)
    opened = policy.open(cosigned((WITNESSES[2], NOW + 5), (STRANGER, NOW), (WITNESSES[0], NOW)))
    assert opened.checkpoint == CHECKPOINT
    assert opened.cosigned == (Cosigned(KEYS[0], NOW), Cosigned(KEYS[2], NOW + 5))
    assert [signature.name for signature in opened.unknown] == ["witness.example/stranger"]


def test_no_witness_is_needed_where_none_is_asked_for():
    assert Policy(LOG.note_key).open(NOTE).cosigned == ()
    assert Policy(LOG.note_key, KEYS).open(NOTE).checkpoint == CHECKPOINT


def test_too_few_witnesses_are_refused():
    policy = Policy(LOG.note_key, KEYS, quorum=2)
    for note in (NOTE.encode(), cosigned((WITNESSES[0], NOW)), cosigned((WITNESSES[0], NOW), (STRANGER, NOW))):
        with pytest.raises(PolicyRefused) as said:
            policy.open(note)
        assert said.value.check == "quorum"


def test_one_witness_counts_once_however_often_it_signs():
    twice = cosigned((WITNESSES[0], NOW + 9), (WITNESSES[0], NOW))
    with pytest.raises(PolicyRefused):
        Policy(LOG.note_key, KEYS, quorum=2).open(twice)
    opened = Policy(LOG.note_key, KEYS, quorum=1).open(twice)
    assert opened.cosigned == (Cosigned(KEYS[0], NOW),), "since the earliest time it has been there"


def test_witnesses_alone_are_not_enough():
    by_witnesses = sign_checkpoint(CHECKPOINT, STRANGER).signed_by(cosign(CHECKPOINT, WITNESSES[0], timestamp=NOW))
    with pytest.raises(PolicyRefused) as said:
        Policy(LOG.note_key, KEYS, quorum=1).open(by_witnesses)
    assert said.value.check == "log signature"


def test_a_note_signature_of_a_witness_is_no_cosignature():
    plain = NOTE.signed_by(WITNESSES[0].sign(CHECKPOINT.text()))
    with pytest.raises(PolicyRefused) as said:
        Policy(LOG.note_key, KEYS, quorum=1).open(plain)
    assert said.value.check == "quorum"


def test_a_wrong_cosignature_of_a_witness_refuses_the_note():
    wrong = Signature(KEYS[0].name, KEYS[0].key_id, GOOD[:-1] + b"\0")
    right = cosign(CHECKPOINT, WITNESSES[1], timestamp=NOW)
    with pytest.raises(NoteRefused):
        Policy(LOG.note_key, KEYS, quorum=1).open(NOTE.signed_by(right, wrong))


def test_a_checkpoint_of_another_log_is_refused():
    other = Checkpoint("example.com/other", 7, CHECKPOINT.root_hash)
    with pytest.raises(CheckpointRefused) as said:
        Policy(LOG.note_key).open(sign_checkpoint(other, LOG))
    assert said.value.check == "origin"
    with pytest.raises(CheckpointRefused):
        Policy(LOG.note_key).open(sign_note("hello\n", LOG))


def test_a_cosignature_from_the_future_does_not_count_where_the_time_is_known():
    policy = Policy(LOG.note_key, KEYS, quorum=1)
    note = cosigned((WITNESSES[0], NOW))
    assert policy.open(note, now=NOW).cosigned == (Cosigned(KEYS[0], NOW),)
    with pytest.raises(PolicyRefused) as said:
        policy.open(note, now=NOW - 1)
    assert said.value.check == "quorum"


def test_every_flipped_bit_of_a_cosigned_note_is_refused():
    """Where all that have signed are known and needed."""
    policy = Policy(LOG.note_key, KEYS[:1], quorum=1)
    note = cosigned((WITNESSES[0], NOW))
    for place in range(len(note)):
        for bit in range(8):
            wrong = bytearray(note)
            wrong[place] ^= 1 << bit
            with pytest.raises(CheckFailed):
                policy.open(bytes(wrong))


@refused(
    ("quorum", lambda: Policy(LOG.note_key, KEYS, quorum=4)),
    ("quorum", lambda: Policy(LOG.note_key, KEYS, quorum=-1)),
    ("quorum", lambda: Policy(LOG.note_key, (), quorum=1)),
    ("witness", lambda: Policy(LOG.note_key, (KEYS[0], KEYS[1], KEYS[0]))),
    ("witness", lambda: Policy(LOG.note_key, (KEYS[0], CosignerKey("another.example", KEYS[0].public_key)))),
    ("witness", lambda: Policy(LOG.note_key, (cosigner_key(LOG),))),
    ("witness", lambda: Policy(NoteKey("example.com/log", KEYS[0].public_key), KEYS)),
)
def test_a_policy_that_makes_no_sense_is_refused_by_name(check, attempt):
    with pytest.raises(PolicyRefused) as said:
        attempt()
    assert said.value.check == check
