"""Many events in little time: rows as `append` stores them, put there without being judged and projected.

Leaves, columns, tree and the versions of subjects are right, and that is all that the audit looks at.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice

from benchmarks.practice import Posted, batches, practice
from ledger.audit.leaves import leaf_hash, leaf_of
from ledger.domain.dates import parse_day
from ledger.log.nodes import add_leaves
from ledger.store.database import Database
from ledger.store.events import Head, head_of, held_head
from ledger.store.session import Row
from ledger.store.tables import events, subjects
from ledger.times import time_text

_BATCH = 10_000


def fill(url: str, number: int) -> None:
    """Let the initialised ledger at `url`, which has none but its built-in actors, grow to `number` events."""
    database = Database(url)
    versions: defaultdict[str, int] = defaultdict(int)
    try:
        with database.reading() as session:
            head = head_of(session)
        for posted in batches(islice(practice(), number - head.sequence), _BATCH):
            rows = _rows(posted, head, versions)
            head = Head(rows[-1][0], rows[-1][5])
            with database.writing() as session:
                before, edge, _ = held_head(session)
                session.insert(events, rows)
                session.run(
                    "UPDATE appending SET sequence = :sequence, recorded_at = :recorded_at, edge = :edge",
                    sequence=head.sequence,
                    recorded_at=head.recorded_at,
                    edge=add_leaves(session, before.sequence, edge, [row[-1] for row in rows]),
                )
        with database.writing() as session:
            session.insert(subjects, [(name, version, 0, False) for name, version in versions.items()])
    finally:
        database.close()


def _rows(posted: Sequence[Posted], head: Head, versions: defaultdict[str, int]) -> list[Row]:
    recorded_at = head.recorded_at + 1
    rows: list[Row] = []
    for sequence, each in enumerate(posted, head.sequence + 1):
        subject, on = each["subject"], each.get("effective_on")
        versions[subject] += 1
        leaf = leaf_of(
            {
                "comment": None, "data": each["data"], "effective_on": on, "recorded_at": time_text(recorded_at),
                "recorded_by": "benchmarks", "sequence": sequence, "sources": each["sources"], "subject": subject,
                "type": each["type"], "version": versions[subject],
            }
        )  # fmt: skip
        day = parse_day(on) if on else None
        rows.append((sequence, subject, versions[subject], each["type"], day, recorded_at, leaf, leaf_hash(leaf)))
    return rows
