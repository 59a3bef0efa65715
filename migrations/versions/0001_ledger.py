"""The ledger: events with their guards, tokens, idempotency keys, and the projections."""

from alembic import op

revision = "0001"
down_revision = None

_TABLES = {
    "events": """
        sequence {sequence} PRIMARY KEY,
        subject {name} NOT NULL,
        version INTEGER NOT NULL,
        type TEXT NOT NULL,
        day INTEGER,
        recorded_at BIGINT NOT NULL,
        leaf {bytes} NOT NULL,
        leaf_hash {bytes} NOT NULL
    """,
    "appending": """
        one SMALLINT PRIMARY KEY CHECK (one = 1),
        sequence BIGINT NOT NULL,
        recorded_at BIGINT NOT NULL,
        edge {bytes} NOT NULL,
        words_to BIGINT NOT NULL
    """,
    "tokens": """
        name TEXT PRIMARY KEY,
        scope TEXT NOT NULL CHECK (scope IN ('read', 'append', 'admin')),
        secret_hash {bytes} NOT NULL UNIQUE,
        created_at BIGINT NOT NULL,
        revoked_at BIGINT
    """,
    "idempotency_keys": """
        token TEXT NOT NULL,
        key TEXT NOT NULL,
        body_hash {bytes} NOT NULL,
        first_sequence BIGINT NOT NULL,
        last_sequence BIGINT NOT NULL,
        PRIMARY KEY (token, key)
    """,
    "tree": """
        position {sequence} PRIMARY KEY,
        hash {bytes} NOT NULL
    """,
    "checkpoints": """
        origin TEXT NOT NULL,
        size BIGINT NOT NULL,
        note {bytes} NOT NULL,
        PRIMARY KEY (origin, size)
    """,
    "subjects": """
        subject {name} PRIMARY KEY,
        version INTEGER NOT NULL,
        last_day INTEGER NOT NULL,
        last_day_exact BOOLEAN NOT NULL
    """,
    "states": """
        subject {name} NOT NULL,
        node BIGINT NOT NULL,
        valid_from INTEGER NOT NULL,
        valid_to INTEGER NOT NULL,
        known_from BIGINT NOT NULL,
        known_to BIGINT NOT NULL,
        status TEXT NOT NULL,
        status_since INTEGER NOT NULL,
        live_since INTEGER NOT NULL,
        exact BOOLEAN NOT NULL,
        terms BIGINT,
        beside {bytes},
        PRIMARY KEY (subject, node, valid_from)
    """,
    "terms": """
        id {sequence} PRIMARY KEY,
        terms {bytes} NOT NULL
    """,
    "responses": """
        subject {name} NOT NULL,
        answered {name} NOT NULL,
        known_from BIGINT NOT NULL,
        known_to BIGINT NOT NULL,
        named_on INTEGER NOT NULL,
        PRIMARY KEY (subject, answered, known_from)
    """,
}
_FACETS = """
    facet {name} NOT NULL,
    valid_from INTEGER NOT NULL,
    subject {name} NOT NULL,
    known_from BIGINT NOT NULL,
    valid_to INTEGER NOT NULL,
    known_to BIGINT NOT NULL,
    shortened_at BIGINT NOT NULL,
    status SMALLINT NOT NULL
"""
_FACETS_ORDER = "facet, valid_from DESC, subject, known_from"
_FACETS_COVERED = "INCLUDE (valid_to, known_to, shortened_at, status)"
_INDEXES = """
    CREATE INDEX events_by_subject ON events (subject, sequence, version);
    CREATE INDEX events_by_day ON events (day);
    CREATE INDEX events_by_time ON events (recorded_at, sequence);
    CREATE INDEX responses_by_answered ON responses (answered)
"""
_SQLITE_GUARDS = (
    """
    CREATE TRIGGER events_are_not_updated BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END
    """,
    """
    CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END
    """,
    # REPLACE on a connection without recursive_triggers deletes without firing the trigger above: so nothing may be
    # inserted where it could replace something, and by the same rule no gap can arise.
    """
    CREATE TRIGGER events_are_only_appended BEFORE INSERT ON events
    WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM events)
      OR NEW.version IS NOT 1 + coalesce(
        (SELECT version FROM events WHERE subject = NEW.subject ORDER BY sequence DESC LIMIT 1), 0)
    BEGIN SELECT RAISE(ABORT, 'events are appended without a gap'); END
    """,
)
_POSTGRESQL_GUARDS = (
    "CREATE UNIQUE INDEX events_by_version ON events (subject, version)",
    """
    CREATE FUNCTION refuse_to_rewrite_events() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'events are never changed or deleted'; END $$
    """,
    """
    CREATE TRIGGER events_are_not_rewritten BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_events()
    """,
    """
    CREATE TRIGGER events_are_not_truncated BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_events()
    """,
)


def upgrade() -> None:
    """Create everything."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        types = {"sequence": "INTEGER", "name": "TEXT", "bytes": "BLOB"}
        ordered_table = f"CREATE TABLE facets ({_FACETS.format(**types)}, PRIMARY KEY ({_FACETS_ORDER})) WITHOUT ROWID"
        words = (
            "CREATE VIRTUAL TABLE event_words"
            " USING fts5(words, content='', detail='none', columnsize=0, tokenize='ascii')"
        )
        statements = [ordered_table, words, *_SQLITE_GUARDS]
    else:
        types = {"sequence": "BIGINT", "name": 'TEXT COLLATE "C"', "bytes": "BYTEA"}
        statements = [
            f"CREATE TABLE facets ({_FACETS.format(**types)})",
            f"CREATE UNIQUE INDEX facets_in_order ON facets ({_FACETS_ORDER}) {_FACETS_COVERED}",
            "CREATE TABLE event_words (sequence BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
            "CREATE INDEX event_words_by_word ON event_words USING gin (words)",
            *_POSTGRESQL_GUARDS,
        ]
    for name, columns in _TABLES.items():
        without_rowid = " WITHOUT ROWID" if sqlite and name in {"subjects", "states"} else ""
        op.execute(f"CREATE TABLE {name} ({columns.format(**types)}){without_rowid}")
    for statement in (*_INDEXES.split(";"), *statements):
        op.execute(statement)
    op.execute(
        "INSERT INTO appending (one, sequence, recorded_at, edge, words_to)"
        f" VALUES (1, 0, 0, CAST('' AS {types['bytes']}), 0)"
    )


def downgrade() -> None:
    """Drop everything. Refused where there is an event: nothing that was recorded is ever deleted."""
    if op.get_bind().exec_driver_sql("SELECT 1 FROM events LIMIT 1").first():
        raise RuntimeError("the ledger holds events, which are never deleted; drop the database itself")
    for name in ("event_words", "facets", *reversed(_TABLES)):
        op.execute(f"DROP TABLE {name}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_to_rewrite_events()")
