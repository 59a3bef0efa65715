"""The log that the ledger keeps of itself: its tree in the database, its key and newest checkpoint outside of it."""
