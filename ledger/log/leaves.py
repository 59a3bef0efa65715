"""Leaves and their proofs, read from the database."""

from collections.abc import Sequence

from ledger.audit.leaves import LEAF_MEMBERS, leaf_of
from ledger.audit.proofs import root_of_inclusion
from ledger.audit.tree import (
    Node,
    TreeRefused,
    consistency_nodes,
    consistency_proof,
    inclusion_proof,
    root_at,
    root_nodes,
)
from ledger.domain.values import Problem
from ledger.errors import Invalid, NotFound
from ledger.log.nodes import damaged, reading_at_once, reading_nodes
from ledger.projections.words import matching, sequences_with, word_of
from ledger.store.events import head_of
from ledger.store.session import Session


def leaf(session: Session, sequence: int) -> bytes:
    """The exact bytes that were hashed. Raises NotFound."""
    found = session.value("SELECT leaf FROM events WHERE sequence = :sequence", sequence=sequence)
    if found is None:
        raise NotFound(f"there is no event {sequence}")
    return bytes(found)


def inclusion(session: Session, sequence: int, tree_size: int) -> tuple[bytes, list[bytes], bytes]:
    """The hash of the event's leaf, the proof that it is in the tree of `tree_size` leaves, and the root of that.

    Raises NotFound for a tree or a leaf that there is not (yet), Unsigned where nodes are missing.
    """
    if not 1 <= sequence <= tree_size:
        raise NotFound(f"event {sequence} is not among the first {tree_size}")
    index, leaf_hash = sequence - 1, b""

    def read(nodes: Sequence[Node]) -> Sequence[bytes]:
        nonlocal leaf_hash  # is read with all others
        leaf_hash, *hashes = reading_nodes(session)([Node(0, index), *nodes]) or [b""]
        return hashes

    try:
        proof = inclusion_proof(index, tree_size, read)
    except TreeRefused as error:
        _require_size(session, tree_size)  # which is not asked for as long as everything is there
        raise damaged(str(error)) from None
    root = root_of_inclusion(proof, leaf_hash=leaf_hash, leaf_index=index, tree_size=tree_size)
    return leaf_hash, proof, root


def consistency(session: Session, first: int, second: int) -> tuple[bytes, bytes, list[bytes]]:
    """The roots of the trees of `first` and `second` leaves, and the proof that one begins with the other.

    Raises NotFound for a tree that there is not (yet), Unsigned where nodes are missing.
    """
    _require_size(session, second)
    read = reading_at_once(session, [*root_nodes(first), *root_nodes(second), *consistency_nodes(first, second)])
    return root_at(first, read), root_at(second, read), consistency_proof(first, second, read)


def _require_size(session: Session, size: int) -> None:
    newest = head_of(session).sequence
    if size > newest:
        raise NotFound(f"the ledger has {newest} events, not {size}")


def sequence_of(session: Session, hash_: bytes) -> int:
    """Where the leaf with that hash is in the log. Raises NotFound."""
    found = session.value(
        f"SELECT sequence FROM events WHERE sequence IN {sequences_with(session, 'words')} AND leaf_hash = :hash",
        words=matching(session, whole=[word_of(hash_)]),
        hash=hash_,
    )
    if found is None:
        raise NotFound(f"the ledger holds no event that is exactly this one: none has the leaf hash {hash_.hex()}")
    return int(found)


def leaf_of_answer(event: object) -> bytes:
    """The leaf of an event as an answer shows it: all but `leaf_hash`, and what a history adds. Raises Invalid."""
    if not isinstance(event, dict) or any(name not in event for name in LEAF_MEMBERS):
        problem = f"is no event as the ledger answers it: an object with {', '.join(LEAF_MEMBERS)}"
        raise Invalid([Problem("", problem)])
    return leaf_of({name: event[name] for name in LEAF_MEMBERS})
