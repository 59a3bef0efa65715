"""The tree: as it grows it holds the nodes of RFC 6962, and makes proofs of them without going back to the leaves."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.audit.leaves import leaf_hash
from ledger.audit.proofs import verify_consistency, verify_inclusion
from ledger.audit.tree import (
    EMPTY_EDGE,
    EMPTY_ROOT,
    LARGEST_SIZE,
    Edge,
    Node,
    TreeRefused,
    append_leaves,
    consistency_nodes,
    consistency_proof,
    edge_at,
    inclusion_nodes,
    inclusion_proof,
    node_hash,
    root_at,
    root_nodes,
    root_of,
)
from tests.audit.naive import Naive
from tests.audit.nodes import reading
from tests.audit.refusals import refused

ALL_PAIRS_UP_TO = 300
LEAVES = [leaf_hash(b"%d" % number) for number in range(1100)]
NAIVE = Naive(LEAVES)
read = reading(LEAVES)

PUBLISHED_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
"""Those of transparency-dev/merkle, and of Certificate Transparency's tests before it."""
PUBLISHED_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class Reading:
    """Counts how often and how much is read."""

    def __init__(self):
        self.asked = []

    def __call__(self, nodes):
        self.asked.append(list(nodes))
        return read(nodes)


def test_its_roots_are_the_published_ones():
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in PUBLISHED_LEAVES]
    roots = [root_of(append_leaves(EMPTY_EDGE, leaves[:size])[1]).hex() for size in range(9)]
    assert roots == PUBLISHED_ROOTS


def test_an_interior_node_is_the_hash_of_a_one_byte_and_its_children():
    """RFC 6962, 2.1; the published hash of a node over two texts that are not hashes."""
    assert node_hash(b"N123", b"N456").hex() == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"


def test_an_empty_tree_has_the_hash_of_nothing():
    assert root_of(EMPTY_EDGE) == EMPTY_ROOT == sha256(b"").digest()
    assert root_at(0, read) == EMPTY_ROOT
    assert append_leaves(EMPTY_EDGE, []) == ([], EMPTY_EDGE)


def test_of_each_leaf_the_nodes_are_stored_that_it_completes_over_eight_leaves_and_more():
    expected = []
    for last_leaf in range(8, len(LEAVES) + 1, 8):
        widths = [1 << level for level in range(3, 12) if last_leaf % (1 << level) == 0]
        expected.append((last_leaf, b"".join(NAIVE.mth(last_leaf - width, last_leaf) for width in widths)))
    assert append_leaves(EMPTY_EDGE, LEAVES)[0] == expected


def test_every_node_can_be_read():
    for level in range(11):
        for index in range(len(LEAVES) >> level):
            assert read([Node(level, index)]) == [NAIVE.mth(index << level, (index + 1) << level)]


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(st.integers(0, 260), st.lists(st.integers(0, 60), max_size=12))
def test_it_grows_to_the_same_whatever_the_batches(start, batches):
    size = start + sum(batches)
    nodes, edge = append_leaves(EMPTY_EDGE, LEAVES[:start])
    at = start
    for count in batches:
        more, edge = append_leaves(edge, LEAVES[at : at + count])
        nodes += more
        at += count
    assert (nodes, edge) == append_leaves(EMPTY_EDGE, LEAVES[:size])
    assert edge.size == size
    assert root_of(edge) == NAIVE.mth(0, size)


def test_the_root_of_every_beginning_is_that_of_the_rfc():
    for size in range(len(LEAVES) + 1):
        assert root_at(size, read) == NAIVE.mth(0, size)


def test_the_edge_of_a_beginning_is_the_one_it_had():
    for size in range(200):
        assert edge_at(size, read) == append_leaves(EMPTY_EDGE, LEAVES[:size])[1]


def test_every_inclusion_is_proven_as_in_the_rfc():
    for size in range(1, ALL_PAIRS_UP_TO + 1):
        root = NAIVE.mth(0, size)
        for index in range(size):
            proof = inclusion_proof(index, size, read)
            assert proof == NAIVE.path(index, 0, size)
            verify_inclusion(proof, leaf_hash=LEAVES[index], leaf_index=index, tree_size=size, root_hash=root)


def test_every_consistency_is_proven_as_in_the_rfc():
    for second in range(1, ALL_PAIRS_UP_TO + 1):
        second_root = NAIVE.mth(0, second)
        for first in range(1, second + 1):
            proof = consistency_proof(first, second, read)
            assert proof == NAIVE.proof(first, second)
            verify_consistency(
                proof,
                first_size=first,
                first_root=NAIVE.mth(0, first),
                second_size=second,
                second_root=second_root,
            )


@settings(max_examples=150, derandomize=True, deadline=None, database=None)
@given(st.data())
def test_larger_trees_are_proven_alike(data):
    size = data.draw(st.integers(ALL_PAIRS_UP_TO, len(LEAVES)), "size")
    index = data.draw(st.integers(0, size - 1), "index")
    assert inclusion_proof(index, size, read) == NAIVE.path(index, 0, size)
    assert consistency_proof(index + 1, size, read) == NAIVE.proof(index + 1, size)


def test_from_an_empty_tree_there_is_nothing_to_prove():
    assert consistency_proof(0, 7, read) == consistency_proof(0, 0, read) == consistency_nodes(0, 7) == []


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(st.integers(1, LARGEST_SIZE), st.data())
def test_a_proof_needs_few_nodes_of_a_tree_however_large(size, data):
    index = data.draw(st.integers(0, size - 1), "index")
    for nodes in (inclusion_nodes(index, size), consistency_nodes(index + 1, size)):
        assert len(nodes) <= 2 * size.bit_length()
        assert len(set(nodes)) == len(nodes)
        assert all((node.index + 1) << node.level <= size for node in nodes), "all of them are complete"
    assert len(root_nodes(size)) == size.bit_count()


def test_what_is_needed_is_read_at_once():
    made = [
        (inclusion_nodes(700, 1000), lambda reading: inclusion_proof(700, 1000, reading)),
        (consistency_nodes(700, 1000), lambda reading: consistency_proof(700, 1000, reading)),
        (root_nodes(1000), lambda reading: root_at(1000, reading)),
    ]
    for nodes, make in made:
        reading = Reading()
        make(reading)
        assert reading.asked == [nodes]


@refused(
    ("leaf index", lambda: inclusion_nodes(5, 5)),
    ("leaf index", lambda: inclusion_nodes(-1, 5)),
    ("leaf index", lambda: inclusion_nodes(0, 0)),
    ("tree size", lambda: inclusion_nodes(0, LARGEST_SIZE + 1)),
    ("tree size", lambda: consistency_nodes(6, 5)),
    ("tree size", lambda: consistency_nodes(-1, 5)),
    ("tree size", lambda: root_nodes(-1)),
    ("right edge", lambda: Edge(3, (LEAVES[0],))),
    ("right edge", lambda: Edge(1, (b"short",))),
    ("tree size", lambda: Edge(-1, ())),
    ("leaf hash", lambda: append_leaves(EMPTY_EDGE, [LEAVES[0], b"short"])),
    ("nodes read", lambda: inclusion_proof(0, 4, lambda nodes: [LEAVES[0]])),
    ("nodes read", lambda: inclusion_proof(0, 4, lambda nodes: [LEAVES[0][1:] for _ in nodes])),
)
def test_what_no_tree_has_is_refused_by_name(check, attempt):
    with pytest.raises(TreeRefused) as said:
        attempt()
    assert said.value.check == check


def test_a_node_is_where_its_level_and_index_say():
    assert Node(3, 2) == (3, 2)
