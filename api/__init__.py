"""Everything that faces a caller: HTTP and the command line."""
