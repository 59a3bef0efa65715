"""What leaves the ledger: one file for each format, each a stream of bytes, however many events there are."""
