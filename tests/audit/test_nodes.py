"""The tree in the database: each node that is read is the one of RFC 6962, stored or made from its leaves."""

from ledger.audit.tree import Node
from ledger.log.leaves import inclusion
from ledger.log.nodes import reading_nodes
from tests.audit.naive import Naive
from tests.posting import registered


def test_every_node_and_every_proof_is_that_of_the_rfc(ledger):
    for count in (1, 2, 9):  # 264 events: whole blocks of eight
        ledger.append([registered(f"acme-{count}-{number}") for number in range(count)], by="tests")
    with ledger.reading() as session:
        leaves = [bytes(hash_) for (hash_,) in session.rows("SELECT leaf_hash FROM events ORDER BY sequence")]
        naive, size = Naive(leaves), len(leaves)
        nodes = [Node(level, index) for level in range(size.bit_length()) for index in range(size >> level)]
        spans = [(node.index << node.level, (node.index + 1) << node.level) for node in nodes]
        assert reading_nodes(session)(nodes) == [naive.mth(*span) for span in spans]
        for tree_size in (1, 7, 8, 9, 250, 252, 255, 256, 257, size):
            for index in range(tree_size):
                proven = inclusion(session, index + 1, tree_size)
                assert proven == (leaves[index], naive.path(index, 0, tree_size), naive.mth(0, tree_size))
