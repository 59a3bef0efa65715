"""The tables. Events are the record; what is named a projection follows from them and can be rebuilt.

Days are proleptic Gregorian ordinals, 0 for "since ever" and 3652060 for "for good"; times are microseconds since
1970-01-01 UTC; `known_from` and `known_to` are sequences. All spans are half-open.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)

metadata = MetaData()

_Sequence = BigInteger().with_variant(Integer(), "sqlite")
_Name = Text().with_variant(String(collation="C"), "postgresql")
"""Text that is ordered by its bytes on either database."""

STILL_KNOWN = 2**53 - 1
"""`known_to` of what is still known."""

events = Table(
    "events",
    metadata,
    Column("sequence", _Sequence, primary_key=True, autoincrement=False),
    Column("subject", _Name, nullable=False),
    Column("version", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("day", Integer),
    Column("recorded_at", BigInteger, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    Index("events_by_subject", "subject", "sequence", "version"),
    Index("events_by_day", "day"),
    Index("events_by_time", "recorded_at", "sequence"),
)
"""The record. `leaf` holds the exact bytes that `leaf_hash` is of; the other columns only serve to find them.

`day` is the first day of `effective_on` as it was recorded, NULL where the event has none.
"""

appending = Table(
    "appending",
    metadata,
    Column("one", SmallInteger, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("edge", LargeBinary, nullable=False),
    Column("words_to", BigInteger, nullable=False),
)
"""One row: where the ledger is appended to. Whoever does holds it until the commit: so sequence, time and log have one
order. It has the newest event, the right edge of the tree (see `ledger.audit.tree.Edge`), and the last event whose
words are in the index.
"""

tokens = Table(
    "tokens",
    metadata,
    Column("name", Text, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("token", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_hash", LargeBinary, nullable=False),
    Column("first_sequence", BigInteger, nullable=False),
    Column("last_sequence", BigInteger, nullable=False),
)
"""Which events a request with that key has appended: what the same request is answered with again."""

subjects = Table(
    "subjects",
    metadata,
    Column("subject", _Name, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("last_day", Integer, nullable=False),
    Column("last_day_exact", Boolean, nullable=False),
    sqlite_with_rowid=False,
)
"""Projection: each subject's version, and the last day on which one of its events takes effect, as known now."""

states = Table(
    "states",
    metadata,
    Column("subject", _Name, primary_key=True),
    Column("node", BigInteger, primary_key=True, autoincrement=False),
    Column("valid_from", Integer, primary_key=True, autoincrement=False),
    Column("valid_to", Integer, nullable=False),
    Column("known_from", BigInteger, nullable=False),
    Column("known_to", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("status_since", Integer, nullable=False),
    Column("live_since", Integer, nullable=False),
    Column("exact", Boolean, nullable=False),
    Column("terms", BigInteger),
    Column("beside", LargeBinary),
    sqlite_with_rowid=False,
)
"""Projection: the rectangles. `terms` names a row of `terms`, NULL where nothing is known; `beside` is JSON of what the
state has beside them: suspension, suspensions or merged_into; NULL where there is none.

`node` files a rectangle by what was known when (see `ledger.domain.rectangles.fork`): at most one rectangle of a node
holds on a day, so a state as of any day and any knowledge is one index probe per node on the path to that sequence.
"""

terms = Table(
    "terms",
    metadata,
    Column("id", _Sequence, primary_key=True, autoincrement=False),
    Column("terms", LargeBinary, nullable=False),
)
"""Projection: the terms of states, as JSON. A state that leaves them as they were shares those of the one before."""

facets = Table(
    "facets",
    metadata,
    Column("facet", _Name, primary_key=True),
    Column("valid_from", Integer, primary_key=True, autoincrement=False),
    Column("subject", _Name, primary_key=True),
    Column("known_from", BigInteger, primary_key=True, autoincrement=False),
    Column("valid_to", Integer, nullable=False),
    Column("known_to", BigInteger, nullable=False),
    Column("shortened_at", BigInteger, nullable=False),
    Column("status", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Projection: by what a state can be found: its kind, and the actors that it names, by role.

A row is a rectangle; or, with a sequence in `shortened_at`, two: until that it held from `valid_from` for good.
Both `facet` and `status` are codes of `ledger.projections.facets`: an index of short rows is read, and written, in few
pages. The migration orders its key by `valid_from` from the newest, then `subject`: the order of every list of states.
"""

responses = Table(
    "responses",
    metadata,
    Column("subject", _Name, primary_key=True),
    Column("answered", _Name, primary_key=True),
    Column("known_from", BigInteger, primary_key=True, autoincrement=False),
    Column("known_to", BigInteger, nullable=False),
    Column("named_on", Integer, nullable=False),
    Index("responses_by_answered", "answered"),
)
"""Projection: which subject answers which, and the first day on which it named it."""

tree = Table(
    "tree",
    metadata,
    Column("last_leaf", _Sequence, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)
"""The interior nodes of the log's tree, from level 3 up: of each leaf those that it completes.

See `ledger.audit.tree.Completed`.
"""

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", LargeBinary, nullable=False),
)
"""Every checkpoint that was given out, as a signed note: the newest of each size."""

readings = Table(
    "readings",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("published_on", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("counts", LargeBinary, nullable=False),
    Column("whole", LargeBinary, nullable=False),
    Column("first_sequence", BigInteger),
    Column("last_sequence", BigInteger),
)
"""Every reading of a published list: the first of a feed is number 1. It is written with its events, of which there
may be none. `counts` and `whole` are JSON: see `ledger.store.readings`.
"""

entries = Table(
    "entries",
    metadata,
    Column("subject", _Name, primary_key=True),
    Column("feed", Text, nullable=False),
    Column("stands", Boolean, nullable=False),
    Column("said", LargeBinary, nullable=False),
    Column("spell", LargeBinary),
    Index("entries_by_feed", "feed"),
)
"""What was said last of each entry of a list, as JSON: with that the next reading is compared, and with nothing else.

`stands` is whether the entry is on the list still; `spell`, of a measure, says which events it came and went by. It is
no projection: it follows from the lists, not from the events.
"""

PROJECTIONS = (subjects, terms, states, facets, responses)
"""The projections that are plain tables. `event_words`, for search, is of the database's own kind: see `words`."""
