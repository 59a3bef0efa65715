"""What makes the history tamper-evident: the exact bytes of each event, their tree, and what is signed of it.

`leaves`, `tree` and `proofs` follow RFC 6962 and 9162; `note`, `checkpoint`, `cosignature`, `policy`, `tiles` C2SP.
`bundle` is our own: docs/reference/evidence-bundle.md.
"""
