"""The database's schema, step by step. Migrations are written by hand and never touch an event."""
