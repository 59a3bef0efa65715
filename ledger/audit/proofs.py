"""Checking a proof without the tree, step by step as RFC 9162 says it. Whoever checks needs no more than this page.

A proof speaks of roots, not of sizes: that a root is the one of so many leaves is what the signed checkpoint says. For
some sizes the same proof leads to the same root (leaf 0 of 3 leaves and of 4), so that sizes have to come from there.
"""

from collections.abc import Sequence

from ledger.audit.checks import CheckFailed
from ledger.audit.tree import HASH_BYTES, LARGEST_SIZE, node_hash

LONGEST_PROOF = 63
"""In hashes: the height of the largest tree."""


class ProofRefused(CheckFailed):
    """The proof does not show what is claimed."""


def verify_inclusion(
    proof: Sequence[bytes], *, leaf_hash: bytes, leaf_index: int, tree_size: int, root_hash: bytes
) -> None:
    """RFC 9162, 2.1.3.2: the leaf is the one at `leaf_index`, counted from 0, of the tree with that size and root.

    Raises ProofRefused, whose `check` is one of "tree size", "leaf index", "leaf hash", "proof hash", "proof length",
    "root hash".
    """
    _check_size("tree size", tree_size)
    _check_hash("leaf hash", leaf_hash)
    _check_hash("root hash", root_hash)
    _check_proof(proof)
    r = root_of_inclusion(proof, leaf_hash=leaf_hash, leaf_index=leaf_index, tree_size=tree_size)
    if r != root_hash:
        raise ProofRefused("root hash", f"the proof leads to {r.hex()}, not to {root_hash.hex()}")


def root_of_inclusion(proof: Sequence[bytes], *, leaf_hash: bytes, leaf_index: int, tree_size: int) -> bytes:
    """RFC 9162, 2.1.3.2, steps 1 to 4: the root to which the proof leads from that leaf. Raises ProofRefused."""
    if not 0 <= leaf_index < tree_size:  # step 1
        raise ProofRefused("leaf index", f"a tree of {tree_size} leaves has none with index {leaf_index}")
    fn, sn = leaf_index, tree_size - 1  # step 2
    r = leaf_hash  # step 3
    for p in proof:  # step 4
        if sn == 0:
            raise ProofRefused("proof length", "it has more hashes than lead to the root")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:  # step 5
        raise ProofRefused("proof length", "it has fewer hashes than lead to the root")
    return r


def verify_consistency(
    proof: Sequence[bytes], *, first_size: int, first_root: bytes, second_size: int, second_root: bytes
) -> None:
    """RFC 9162, 2.1.4.2: the first tree is the beginning of the second, nothing of it was changed.

    `first_size` is at least 1: an empty tree is the beginning of any, and a proof of that would be none of its root.
    Where both sizes are equal the proof is empty and the roots are the same.
    Raises ProofRefused, whose `check` is one of "first size", "second size", "first root", "second root", "proof hash",
    "proof length".
    """
    _check_size("first size", first_size)
    _check_size("second size", second_size)
    _check_proof(proof)
    if first_size > second_size:
        raise ProofRefused("second size", f"a tree of {second_size} leaves has lost some of {first_size}")
    if first_size == second_size:
        _verify_equal(proof, first_root, second_root)
        return
    _check_hash("first root", first_root)
    _check_hash("second root", second_root)
    if not proof:  # step 1
        raise ProofRefused("proof length", f"it is empty, from {first_size} to {second_size} leaves")
    path = list(proof)
    if first_size.bit_count() == 1:  # step 2
        path.insert(0, first_root)
    fn, sn = first_size - 1, second_size - 1  # step 3
    while fn & 1:  # step 4
        fn, sn = fn >> 1, sn >> 1
    fr, sr = _both_roots(path, fn, sn)  # steps 5 and 6
    if fr != first_root:  # step 7
        raise ProofRefused("first root", f"the proof leads to {fr.hex()}, not to {first_root.hex()}")
    if sr != second_root:
        raise ProofRefused("second root", f"the proof leads to {sr.hex()}, not to {second_root.hex()}")


def _both_roots(path: Sequence[bytes], fn: int, sn: int) -> tuple[bytes, bytes]:
    """RFC 9162, 2.1.4.2, steps 5 and 6, and of step 7 that sn is 0."""
    fr = sr = path[0]  # step 5
    for c in path[1:]:  # step 6
        if sn == 0:
            raise ProofRefused("proof length", "it has more hashes than lead to the second root")
        if fn & 1 or fn == sn:
            fr = node_hash(c, fr)
            sr = node_hash(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise ProofRefused("proof length", "it has fewer hashes than lead to the second root")
    return fr, sr


def _verify_equal(proof: Sequence[bytes], first_root: bytes, second_root: bytes) -> None:
    """Two trees of one size are the same tree: nothing has to be proven, nor hashed, so that any roots may be equal."""
    if proof:
        raise ProofRefused("proof length", f"between trees of one size it is empty, here it has {len(proof)} hashes")
    if first_root != second_root:
        raise ProofRefused("second root", f"{second_root.hex()} at the same size as {first_root.hex()}: a fork")


def _check_size(check: str, size: int) -> None:
    if not 1 <= size <= LARGEST_SIZE:
        raise ProofRefused(check, f"{size} is not between 1 and 2^63 - 1")


def _check_hash(check: str, given: bytes) -> None:
    if len(given) != HASH_BYTES:
        raise ProofRefused(check, f"it is {HASH_BYTES} bytes long, here {len(given)}")


def _check_proof(proof: Sequence[bytes]) -> None:
    if len(proof) > LONGEST_PROOF:
        raise ProofRefused("proof length", f"at most {LONGEST_PROOF} hashes, here {len(proof)}")
    for given in proof:
        _check_hash("proof hash", given)
