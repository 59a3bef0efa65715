"""How fast the ledger is, as ratios to something bare that runs beside it; `python -m benchmarks` prints the table."""
