"""The pure part of the audit: tree, proofs, notes, checkpoints, cosignatures, tiles.

`vectors` reads those that others published, `naive` is RFC 6962 as it is written, without a thought of speed.
"""
