"""The ledger itself: domain, store, projections and the use cases.

Knows nothing of Flask, HTTP or a terminal.
"""
