"""A ledger with some history, and one who has the keys of its database and takes its guards away."""

import json
import shutil

import orjson

from ledger.audit.leaves import leaf_hash, leaf_of
from ledger.audit.tree import EMPTY_EDGE, append_leaves
from ledger.domain.dates import parse_dating
from tests.posting import amended, imposed, lifted

GUARDS = {
    "sqlite": [
        "DROP TRIGGER events_are_not_updated",
        "DROP TRIGGER events_are_not_deleted",
        "DROP TRIGGER events_are_only_appended",
    ],
    "postgresql": ["DROP TRIGGER events_are_not_rewritten ON events"],
}
COLUMNS = ("sequence", "subject", "version", "type", "day", "recorded_at", "leaf", "leaf_hash")


def with_history(ledger):
    """Two measures, a checkpoint after each of four batches; the sizes of the checkpoints."""
    sizes = [checkpointed(ledger)]
    for batch in (
        [imposed("m", "2020-07-09"), imposed("n", "2020-07-10")],
        [amended("m", "2020-07-11", add={"topics": ["tibet"]})],
        [lifted("m", "2021-01-01"), lifted("n", "2021-01-01")],
    ):
        ledger.append(batch, by="tests")
        sizes.append(checkpointed(ledger))
    return sizes


def checkpointed(ledger):
    ledger.log.checkpoint()
    return ledger.head().sequence


class Forger:
    """Rewrites what is in the database, and nothing outside of it."""

    def __init__(self, ledger):
        self.ledger, self._database = ledger, ledger._database
        with self._database.writing() as session:
            for statement in GUARDS[session.dialect]:
                session.run(statement)
            if session.dialect == "postgresql":
                session.run("DROP INDEX events_by_version")

    def run(self, sql, **bound):
        with self._database.writing() as session:
            return session.run(sql, **bound)

    def rows(self, sql, **bound):
        with self._database.reading() as session:
            return session.rows(sql, **bound)

    def set(self, at, /, **columns):
        """Other values in some columns of an event."""
        wanted = ", ".join(f"{name} = :{name}" for name in columns)
        assert self.run(f"UPDATE events SET {wanted} WHERE sequence = :at", at=at, **columns) == 1

    def row(self, sequence):
        (found,) = self.rows(f"SELECT {', '.join(COLUMNS)} FROM events WHERE sequence = :at", at=sequence)
        return dict(zip(COLUMNS, found, strict=True))

    def event(self, sequence):
        return json.loads(self.row(sequence)["leaf"])

    def insert(self, **columns):
        names = ", ".join(COLUMNS)
        self.run(f"INSERT INTO events ({names}) VALUES ({', '.join(f':{name}' for name in COLUMNS)})", **columns)

    def delete(self, sequence):
        assert self.run("DELETE FROM events WHERE sequence = :at", at=sequence) == 1

    def rewrite(self, sequence, **members):
        """Leaf, hash and columns of an event alike: all that the event itself says."""
        event = self.event(sequence) | members
        leaf = leaf_of(event)
        day = event["effective_on"] and parse_dating(event["effective_on"]).first_day
        self.set(sequence, leaf=leaf, leaf_hash=leaf_hash(leaf), type=event["type"], day=day)

    def regrow_tree(self):
        """All nodes and the right edge anew, from the hashes as they are now."""
        hashes = [bytes(hash_) for (hash_,) in self.rows("SELECT leaf_hash FROM events ORDER BY sequence")]
        completed, edge = append_leaves(EMPTY_EDGE, hashes)
        with self._database.writing() as session:
            session.run("DELETE FROM tree")
            session.run_each("INSERT INTO tree (last_leaf, hashes) VALUES (?, ?)", completed)
            session.run("UPDATE appending SET edge = :edge", edge=b"".join(edge.hashes))

    def cut_off(self, size):
        """The end, and all that would tell: as if these events had never been."""
        self.run("DELETE FROM events WHERE sequence > :size", size=size)
        self.run("DELETE FROM checkpoints WHERE size > :size", size=size)
        self.run("UPDATE appending SET words_to = :size WHERE words_to > :size", size=size)
        self.run(
            "UPDATE appending SET sequence = :size,"
            " recorded_at = (SELECT recorded_at FROM events WHERE sequence = :size)",
            size=size,
        )
        self.run("DELETE FROM subjects")
        self.run(
            "INSERT INTO subjects (subject, version, last_day, last_day_exact)"
            " SELECT subject, count(*), 0, CAST(1 AS boolean) FROM events GROUP BY subject"
        )
        self.regrow_tree()


def canonical(event):
    return orjson.dumps(event, option=orjson.OPT_SORT_KEYS)


def faults(ledger, **options):
    """What a verification names, each with the event that it is about."""
    return [(str(found.fault), found.sequence) for found in ledger.log.verify(**options).findings.first]


def kept_in(ledger):
    return ledger.log.custody.folder / "checkpoint"


def without_folder(ledger):
    shutil.rmtree(ledger.log.custody.folder)
