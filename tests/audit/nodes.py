"""A store of a tree's nodes in memory, for tests of what is made of them."""

from ledger.audit.tree import (
    BLOCK_LEAVES,
    EMPTY_EDGE,
    STORED_LEVEL,
    append_leaves,
    hash_among_leaves,
    hash_among_stored,
)


def reading(leaf_hashes):
    """What reads nodes of the tree over them: leaves by their number, nodes by the leaf that completes them."""
    stored = dict(append_leaves(EMPTY_EDGE, leaf_hashes)[0])

    def hash_of(node):
        first, last_leaf = node.index << node.level, (node.index + 1) << node.level
        if node.level >= STORED_LEVEL:
            return hash_among_stored(node.level, stored[last_leaf])
        block = first - first % BLOCK_LEAVES
        return hash_among_leaves(*node, b"".join(leaf_hashes[block : block + BLOCK_LEAVES]))

    return lambda nodes: [hash_of(node) for node in nodes]
