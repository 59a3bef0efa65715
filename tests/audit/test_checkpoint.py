"""Checkpoints: what a log says of its tree is read strictly, believed of its own key only, and held against before."""

from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.audit.checkpoint import (
    Checkpoint,
    CheckpointRefused,
    open_checkpoint,
    sign_checkpoint,
    verify_extends,
)
from ledger.audit.checks import CheckFailed
from ledger.audit.keys import SigningKey
from ledger.audit.leaves import leaf_hash
from ledger.audit.note import NoteKey, NoteRefused, sign_note
from ledger.audit.proofs import ProofRefused
from ledger.audit.tree import EMPTY_ROOT, LARGEST_SIZE
from tests.audit.naive import Naive
from tests.audit.refusals import refused
from tests.audit.vectors import vectors

KEY = SigningKey("example.com/log", bytes(range(32)))
OTHER = SigningKey("example.com/other", bytes(range(1, 33)))
NAIVE = Naive([leaf_hash(b"%d" % number) for number in range(20)])
ROOT = NAIVE.mth(0, 7)
ROOT_TEXT = b64encode(ROOT).decode()
CHECKPOINT = Checkpoint("example.com/log", 7, ROOT)
TEXT = f"example.com/log\n7\n{ROOT_TEXT}\n"


def at(size, origin="example.com/log"):
    return Checkpoint(origin, size, NAIVE.mth(0, size))


lines = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters=[chr(code) for code in range(32)]), min_size=1
)


def test_its_text_is_origin_size_and_root():
    assert CHECKPOINT.text() == TEXT
    assert Checkpoint.parse(TEXT) == CHECKPOINT


def test_the_published_one_of_the_specification_is_read():
    """C2SP tlog-checkpoint, the example at its beginning."""
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    checkpoint = Checkpoint.parse(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root_hash.hex().startswith("0ac5186a91863e8e")
    assert checkpoint.text() == text


def test_the_published_one_of_a_real_log_opens():
    ((_, found),) = vectors("note")
    (vector,) = [vector for vector in found["valid"] if vector["name"].startswith("tessera")]
    opened = open_checkpoint(vector["note"].encode(), NoteKey.parse(vector["vkeys"][0]))
    assert (opened.checkpoint.origin, opened.checkpoint.size) == ("example.com/log/testdata", 15)


@settings(max_examples=80, derandomize=True, deadline=None, database=None)
@given(lines, st.integers(0, LARGEST_SIZE), st.binary(min_size=32, max_size=32), st.lists(lines, max_size=3))
def test_what_is_written_is_what_is_read(origin, size, root, extensions):
    checkpoint = Checkpoint(origin, size, root, tuple(extensions))
    assert Checkpoint.parse(checkpoint.text()) == checkpoint


@settings(max_examples=80, derandomize=True, deadline=None, database=None)
@given(st.lists(lines | st.integers(-2, 2**64).map(str) | st.just(ROOT_TEXT), min_size=2, max_size=5))
def test_any_lines_are_a_checkpoint_or_refused(given_):
    text = "".join(f"{line}\n" for line in given_)
    try:
        checkpoint = Checkpoint.parse(text)
    except CheckpointRefused:
        return
    assert checkpoint.text() == text, "there is one form only"


def test_a_signed_one_opens_with_the_key_of_its_log():
    note = sign_checkpoint(CHECKPOINT, KEY)
    opened = open_checkpoint(note.encode(), KEY.note_key)
    assert opened.checkpoint == CHECKPOINT
    assert opened.note.verified == ((KEY.note_key, KEY.sign(TEXT)),)


def test_one_of_another_key_does_not_open():
    with pytest.raises(NoteRefused) as said:
        open_checkpoint(sign_checkpoint(CHECKPOINT, OTHER), KEY.note_key)
    assert said.value.check == "known key"


def test_one_of_another_origin_does_not_open_though_the_key_has_signed():
    with pytest.raises(CheckpointRefused) as said:
        open_checkpoint(sign_checkpoint(at(7, "example.com/old"), KEY), KEY.note_key)
    assert said.value.check == "origin"


def test_the_origin_may_be_another_than_the_name_of_the_key_where_it_is_said():
    note = sign_checkpoint(at(7, "example.com/old"), KEY)
    assert open_checkpoint(note, KEY.note_key, origin="example.com/old").checkpoint.size == 7
    with pytest.raises(CheckpointRefused):
        open_checkpoint(sign_checkpoint(CHECKPOINT, KEY), KEY.note_key, origin="example.com/old")


def test_signed_text_that_is_no_checkpoint_does_not_open():
    with pytest.raises(CheckpointRefused) as said:
        open_checkpoint(sign_note("hello\n", KEY), KEY.note_key)
    assert said.value.check == "lines"


def test_every_flipped_bit_is_refused():
    note = sign_checkpoint(CHECKPOINT, KEY).encode()
    for place in range(len(note)):
        for bit in range(8):
            wrong = bytearray(note)
            wrong[place] ^= 1 << bit
            with pytest.raises(CheckFailed):
                open_checkpoint(bytes(wrong), KEY.note_key)


def test_each_later_one_extends_an_earlier_one():
    for first in range(21):
        for second in range(first, 21):
            proof = NAIVE.proof(first, second) if first else []
            verify_extends(at(first), at(second), proof)


def test_an_empty_tree_has_one_root_only():
    assert open_checkpoint(sign_checkpoint(at(0), KEY), KEY.note_key).checkpoint.root_hash == EMPTY_ROOT
    with pytest.raises(CheckpointRefused) as said:
        sign_checkpoint(Checkpoint("example.com/log", 0, ROOT), KEY)
    assert said.value.check == "root hash"


@refused(
    ("lines", lambda: Checkpoint.parse("")),
    ("lines", lambda: Checkpoint.parse("\n")),
    ("lines", lambda: Checkpoint.parse(TEXT[:-1])),
    ("lines", lambda: Checkpoint.parse("example.com/log\n7\n")),
    ("origin", lambda: Checkpoint.parse(f"\n7\n{ROOT_TEXT}\n")),
    ("tree size", lambda: Checkpoint.parse(f"\n{TEXT}")),
    ("tree size", lambda: Checkpoint.parse(f"example.com/log\n\n{ROOT_TEXT}\n")),
    ("tree size", lambda: Checkpoint.parse(f"example.com/log\n07\n{ROOT_TEXT}\n")),
    ("tree size", lambda: Checkpoint.parse(f"example.com/log\n00\n{ROOT_TEXT}\n")),
    ("tree size", lambda: Checkpoint.parse(f"example.com/log\n+7\n{ROOT_TEXT}\n")),
    ("tree size", lambda: Checkpoint.parse(f"example.com/log\n-7\n{ROOT_TEXT}\n")),
    ("tree size", lambda: Checkpoint.parse(f"example.com/log\n 7\n{ROOT_TEXT}\n")),
    ("tree size", lambda: Checkpoint.parse(f"example.com/log\n7 \n{ROOT_TEXT}\n")),
    ("tree size", lambda: Checkpoint.parse(f"example.com/log\n7_0\n{ROOT_TEXT}\n")),
    ("tree size", lambda: Checkpoint.parse(f"example.com/log\n0x7\n{ROOT_TEXT}\n")),
    ("tree size", lambda: Checkpoint.parse(f"example.com/log\n7.0\n{ROOT_TEXT}\n")),
    ("tree size", lambda: Checkpoint.parse(f"example.com/log\n7\r\n{ROOT_TEXT}\n")),
    ("tree size", lambda: Checkpoint.parse(f"example.com/log\n\N{ARABIC-INDIC DIGIT SEVEN}\n{ROOT_TEXT}\n")),
    ("tree size", lambda: Checkpoint.parse(f"example.com/log\n{LARGEST_SIZE + 1}\n{ROOT_TEXT}\n")),
    ("tree size", lambda: Checkpoint.parse(f"example.com/log\n{'9' * 5000}\n{ROOT_TEXT}\n")),
    ("root hash", lambda: Checkpoint.parse("example.com/log\n7\n\n")),
    ("root hash", lambda: Checkpoint.parse(f"example.com/log\n7\n{ROOT_TEXT[:-1]}\n")),
    ("root hash", lambda: Checkpoint.parse(f"example.com/log\n7\n{ROOT_TEXT}=\n")),
    ("root hash", lambda: Checkpoint.parse(f"example.com/log\n7\n {ROOT_TEXT}\n")),
    ("root hash", lambda: Checkpoint.parse(f"example.com/log\n7\n{ROOT.hex()}\n")),
    ("root hash", lambda: Checkpoint.parse(f"example.com/log\n7\n{b64encode(ROOT[1:]).decode()}\n")),
    ("root hash", lambda: Checkpoint.parse(f"example.com/log\n7\n{b64encode(ROOT + ROOT).decode()}\n")),
    ("root hash", lambda: Checkpoint.parse(f"example.com/log\n7\n{ROOT_TEXT[:-2]}{chr(ord(ROOT_TEXT[-2]) + 1)}=\n")),
    ("extension line", lambda: Checkpoint.parse(f"{TEXT}\n")),
    ("extension line", lambda: Checkpoint.parse(f"{TEXT}more\n\nmore\n")),
    ("extension line", lambda: Checkpoint.parse(f"{TEXT}a\tb\n")),
    ("origin", lambda: Checkpoint.parse(f"example\0log\n7\n{ROOT_TEXT}\n")),
    ("origin", lambda: Checkpoint("two\nlines", 7, ROOT)),
    ("origin", lambda: Checkpoint("\ud800", 7, ROOT)),
    ("extension line", lambda: Checkpoint("example.com/log", 7, ROOT, ("two\nlines",))),
    ("tree size", lambda: Checkpoint("example.com/log", -1, ROOT)),
    ("root hash", lambda: Checkpoint("example.com/log", 7, b"")),
    ("origin", lambda: verify_extends(at(3), at(7, "example.com/other"), NAIVE.proof(3, 7))),
    ("root hash", lambda: verify_extends(Checkpoint("example.com/log", 0, ROOT), at(7), [])),
    ("root hash", lambda: verify_extends(at(0), Checkpoint("example.com/log", 0, ROOT), [])),
)
def test_a_malformed_one_is_refused_by_name(check, attempt):
    with pytest.raises(CheckpointRefused) as said:
        attempt()
    assert said.value.check == check


@refused(
    ("second size", lambda: verify_extends(at(7), at(3), NAIVE.proof(3, 7))),
    ("second root", lambda: verify_extends(at(7), Checkpoint("example.com/log", 7, EMPTY_ROOT), [])),
    ("second root", lambda: verify_extends(at(3), Checkpoint("example.com/log", 7, EMPTY_ROOT), NAIVE.proof(3, 7))),
    ("first root", lambda: verify_extends(Checkpoint("example.com/log", 3, EMPTY_ROOT), at(7), NAIVE.proof(3, 7))),
    ("proof length", lambda: verify_extends(at(0), at(7), [ROOT])),
    ("proof length", lambda: verify_extends(at(3), at(7), [])),
)
def test_a_history_that_was_rewritten_is_refused_by_name(check, attempt):
    with pytest.raises(ProofRefused) as said:
        attempt()
    assert said.value.check == check
