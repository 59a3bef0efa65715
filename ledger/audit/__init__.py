"""What makes the history tamper-evident: the exact bytes of each event and their hashes."""
