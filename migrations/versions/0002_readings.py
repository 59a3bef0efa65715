"""Readings of published lists, and what the newest of each list said."""

from alembic import op

revision = "0002"
down_revision = "0001"

_TABLES = {
    "readings": """
        feed TEXT NOT NULL,
        number INTEGER NOT NULL,
        published_on INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        recorded_at BIGINT NOT NULL,
        recorded_by TEXT NOT NULL,
        counts {bytes} NOT NULL,
        whole {bytes} NOT NULL,
        first_sequence BIGINT,
        last_sequence BIGINT,
        PRIMARY KEY (feed, number)
    """,
    "entries": """
        subject {name} PRIMARY KEY,
        feed TEXT NOT NULL,
        stands BOOLEAN NOT NULL,
        said {bytes} NOT NULL,
        spell {bytes}
    """,
}


def upgrade() -> None:
    """Create the tables."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    types = {"name": "TEXT", "bytes": "BLOB"} if sqlite else {"name": 'TEXT COLLATE "C"', "bytes": "BYTEA"}
    for name, columns in _TABLES.items():
        op.execute(f"CREATE TABLE {name} ({columns.format(**types)})")
    op.execute("CREATE INDEX entries_by_feed ON entries (feed)")


def downgrade() -> None:
    """Drop them. Refused where there is a reading: without it the next could not be compared with anything."""
    if op.get_bind().exec_driver_sql("SELECT 1 FROM readings LIMIT 1").first():
        raise RuntimeError("the ledger holds readings of lists, which the next ones are compared with")
    for name in reversed(_TABLES):
        op.execute(f"DROP TABLE {name}")
