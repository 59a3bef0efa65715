"""What the ledger means: domain.md made to run.

Pure: no database, no clock, no files but the vocabulary.
"""
