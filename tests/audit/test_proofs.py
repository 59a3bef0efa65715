"""Proofs are checked as RFC 9162 says: the published ones, and none in which a bit is wrong."""

from base64 import b64decode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.audit.leaves import leaf_hash
from ledger.audit.proofs import LONGEST_PROOF, ProofRefused, verify_consistency, verify_inclusion
from ledger.audit.tree import EMPTY_ROOT, LARGEST_SIZE
from tests.audit.naive import Naive, consistency_sides, inclusion_sides
from tests.audit.refusals import refused
from tests.audit.vectors import vectors

LEAVES = [leaf_hash(b"%d" % number) for number in range(70)]
NAIVE = Naive(LEAVES)


def inclusion(index, size):
    return {
        "proof": NAIVE.path(index, 0, size),
        "leaf_hash": LEAVES[index],
        "leaf_index": index,
        "tree_size": size,
        "root_hash": NAIVE.mth(0, size),
    }


def consistency(first, second):
    return {
        "proof": NAIVE.proof(first, second),
        "first_size": first,
        "first_root": NAIVE.mth(0, first),
        "second_size": second,
        "second_root": NAIVE.mth(0, second),
    }


def holds(verify, claim):
    try:
        verify(**claim)
    except ProofRefused:
        return False
    return True


def with_flipped_bits(claim):
    """The claim with each of its bits wrong by turns: of every hash, and of every number up to bit 62."""
    for name, value in claim.items():
        if isinstance(value, int):
            for bit in range(63):
                yield name, {**claim, name: value ^ (1 << bit)}
        elif isinstance(value, bytes):
            for wrong in flipped(value):
                yield name, {**claim, name: wrong}
        else:
            for at, given_ in enumerate(value):
                for wrong in flipped(given_):
                    yield name, {**claim, name: [*value[:at], wrong, *value[at + 1 :]]}


def flipped(given_):
    number = int.from_bytes(given_, "big")
    return ((number ^ (1 << bit)).to_bytes(len(given_), "big") for bit in range(8 * len(given_)))


def test_published_inclusion_proofs_hold_and_wrong_ones_do_not():
    found = vectors("rfc6962/testdata/inclusion")
    assert len(found) == 98
    for name, vector in found:
        claim = {
            "proof": [b64decode(given_) for given_ in vector["proof"] or []],
            "leaf_hash": b64decode(vector["leafHash"]),
            "leaf_index": vector["leafIdx"],
            "tree_size": vector["treeSize"],
            "root_hash": b64decode(vector["root"]),
        }
        assert holds(verify_inclusion, claim) is not vector["wantErr"], name


def test_published_consistency_proofs_hold_and_wrong_ones_do_not():
    found = vectors("rfc6962/testdata/consistency")
    assert len(found) == 98
    for name, vector in found:
        claim = {
            "proof": [b64decode(given_) for given_ in vector["proof"] or []],
            "first_size": vector["size1"],
            "first_root": b64decode(vector["root1"]),
            "second_size": vector["size2"],
            "second_root": b64decode(vector["root2"]),
        }
        assert holds(verify_consistency, claim) is not vector["wantErr"], name


@settings(max_examples=25, derandomize=True, deadline=None, database=None)
@given(st.integers(1, 70), st.data())
def test_no_wrong_bit_is_overlooked_in_an_inclusion_proof(size, data):
    """But for those of the tree size that leave every hash on its side, see the next test."""
    index = data.draw(st.integers(0, size - 1), "index")
    assert holds(verify_inclusion, inclusion(index, size))
    for name, wrong in with_flipped_bits(inclusion(index, size)):
        indifferent = (
            name == "tree_size" and index < wrong[name] < 2 * size and same_inclusion(index, size, wrong[name])
        )
        assert holds(verify_inclusion, wrong) is indifferent, (name, wrong)


@settings(max_examples=25, derandomize=True, deadline=None, database=None)
@given(st.integers(1, 70), st.data())
def test_no_wrong_bit_is_overlooked_in_a_consistency_proof(second, data):
    """But for those of a tree size that leave every hash on its side, see the next test."""
    first = data.draw(st.integers(1, second), "first")
    assert holds(verify_consistency, consistency(first, second))
    for name, wrong in with_flipped_bits(consistency(first, second)):
        sizes = wrong["first_size"], wrong["second_size"]
        indifferent = (
            name in {"first_size", "second_size"}
            and first != second
            and 0 < sizes[0] < sizes[1] < 4 * second
            and consistency_sides(*sizes) == consistency_sides(first, second)
        )
        assert holds(verify_consistency, wrong) is indifferent, (name, wrong)


def same_inclusion(index, size, other):
    return inclusion_sides(index, size) == inclusion_sides(index, other)


def test_a_proof_does_not_tell_the_size_of_the_tree():
    """Why a size is believed only from a signed checkpoint: leaf 0 of 3 leaves is proven as leaf 0 of 4 would be."""
    claim = inclusion(0, 3)
    assert inclusion_sides(0, 3) == inclusion_sides(0, 4) == ["right", "right"]
    assert holds(verify_inclusion, {**claim, "tree_size": 4})
    assert not holds(verify_inclusion, {**claim, "tree_size": 5})


def test_a_fork_of_one_size_is_refused():
    claim = consistency(5, 5)
    with pytest.raises(ProofRefused, match="fork") as said:
        verify_consistency(**{**claim, "second_root": LEAVES[0]})
    assert said.value.check == "second root"


def test_a_rewritten_beginning_is_refused():
    """The second tree has another leaf 1: no proof that its log could make leads to both roots."""
    other = Naive([LEAVES[0], LEAVES[9], *LEAVES[2:]])
    claim = consistency(3, 7)
    with pytest.raises(ProofRefused) as said:
        verify_consistency(**{**claim, "second_root": other.mth(0, 7), "proof": other.proof(3, 7)})
    assert said.value.check == "first root"
    with pytest.raises(ProofRefused) as said:
        verify_consistency(**{**claim, "second_root": other.mth(0, 7)})
    assert said.value.check == "second root"


HASH = LEAVES[0]


@refused(
    ("tree size", lambda: verify_inclusion(**{**inclusion(2, 5), "tree_size": 0})),
    ("tree size", lambda: verify_inclusion(**{**inclusion(2, 5), "tree_size": -1})),
    ("tree size", lambda: verify_inclusion(**{**inclusion(2, 5), "tree_size": LARGEST_SIZE + 1})),
    ("leaf index", lambda: verify_inclusion(**{**inclusion(2, 5), "leaf_index": 5})),
    ("leaf index", lambda: verify_inclusion(**{**inclusion(2, 5), "leaf_index": -1})),
    ("leaf hash", lambda: verify_inclusion(**{**inclusion(2, 5), "leaf_hash": HASH[:-1]})),
    ("root hash", lambda: verify_inclusion(**{**inclusion(2, 5), "root_hash": HASH + b"\0"})),
    ("root hash", lambda: verify_inclusion(**{**inclusion(2, 5), "root_hash": HASH})),
    ("root hash", lambda: verify_inclusion(**{**inclusion(2, 5), "leaf_hash": HASH})),
    ("proof hash", lambda: verify_inclusion(**{**inclusion(2, 5), "proof": [b"", HASH, HASH]})),
    ("proof length", lambda: verify_inclusion(**{**inclusion(2, 5), "proof": []})),
    ("proof length", lambda: verify_inclusion(**{**inclusion(2, 5), "proof": [HASH] * 4})),
    ("proof length", lambda: verify_inclusion(**{**inclusion(2, 5), "proof": [HASH] * (LONGEST_PROOF + 1)})),
    ("first size", lambda: verify_consistency(**{**consistency(2, 5), "first_size": 0})),
    ("first size", lambda: verify_consistency(**{**consistency(2, 5), "first_size": -1})),
    ("second size", lambda: verify_consistency(**{**consistency(2, 5), "second_size": 1})),
    ("second size", lambda: verify_consistency(**{**consistency(2, 5), "second_size": LARGEST_SIZE + 1})),
    ("first root", lambda: verify_consistency(**{**consistency(2, 5), "first_root": HASH[:-1]})),
    ("second root", lambda: verify_consistency(**{**consistency(2, 5), "second_root": b""})),
    ("first root", lambda: verify_consistency(**{**consistency(3, 5), "first_root": HASH})),
    ("second root", lambda: verify_consistency(**{**consistency(3, 5), "second_root": HASH})),
    ("proof length", lambda: verify_consistency(**{**consistency(3, 5), "proof": []})),
    ("proof length", lambda: verify_consistency(**{**consistency(3, 5), "proof": [HASH] * 9})),
    ("proof length", lambda: verify_consistency(**{**consistency(3, 5), "proof": [HASH]})),
    ("proof length", lambda: verify_consistency(**{**consistency(5, 5), "proof": [HASH]})),
    ("proof hash", lambda: verify_consistency(**{**consistency(3, 5), "proof": [HASH[1:]] * 4})),
    (
        "first size",
        lambda: verify_consistency([], first_size=0, first_root=EMPTY_ROOT, second_size=1, second_root=HASH),
    ),
)
def test_the_check_that_failed_is_named(check, attempt):
    with pytest.raises(ProofRefused) as said:
        attempt()
    assert said.value.check == check
    assert str(said.value).startswith(f"{check}: ")
