"""`proofs`: what proofs cost in a large log beside a small one, over HTTP, and what the tree costs an append.

An inclusion proof is asked for over HTTP beside a bare Flask hello, each served by granian; an append with the tree is
measured beside the store's insert of the same rows alone.
"""

from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from random import Random

from benchmarks.clients import get
from benchmarks.figures import Bar, Figure, Figures, microseconds, per_second
from benchmarks.filling import fill
from benchmarks.ledgers import folder, opened, sqlite_url
from benchmarks.rounds import Side, in_turn, timed
from benchmarks.servers import asked
from ledger.audit.leaves import leaf_hash
from ledger.log.leaves import consistency, inclusion
from ledger.log.nodes import add_leaves
from ledger.service import Ledger
from ledger.store.database import Database
from ledger.store.events import held_head
from ledger.store.session import Row
from ledger.store.tables import events

LARGE, SMALL = 1_000_000, 1_000
SIZE_BAR = Bar(2.0, at_most=True)
HTTP_BAR = Bar(2.0, at_most=True)
TREE_BAR = Bar(0.85)
_PROOFS = 300
_ROUNDS = 20
_CLIENTS, _EACH = 4, 200
_BATCH = 1000
_LEAF = b'{"comment":null,"data":{"title":"' + b"x" * 500 + b'"}}'


def figures() -> Figures:
    """On SQLite."""
    with folder() as place:
        yield _tree(place)
        for name, number in (("small", SMALL), ("large", LARGE)):
            url = sqlite_url(place / f"{name}.db")
            with opened(url):
                pass
            fill(url, number)
        large_url = sqlite_url(place / "large.db")
        with opened(sqlite_url(place / "small.db")) as small, opened(large_url) as large:
            for name, proving in (("inclusion", _proving_inclusion), ("consistency", _proving_consistency)):
                found = in_turn(proving(large, LARGE), proving(small, SMALL), _ROUNDS)
                what = f"{name} proof among {LARGE:,} leaves, beside {SMALL:,}"
                ours, bare = (microseconds(each / _PROOFS) for each in (found.seconds_ours, found.seconds_bare))
                yield Figure(f"proofs-{name}", what, ours, bare, found.slowness, SIZE_BAR)
        yield _over_http(large_url)


def _proving_inclusion(ledger: Ledger, size: int) -> Side:
    chance = Random(1)

    def prove() -> None:
        for _ in range(_PROOFS):
            with ledger.reading() as session:
                inclusion(session, chance.randint(1, size), size)

    return lambda: timed(prove)


def _proving_consistency(ledger: Ledger, size: int) -> Side:
    chance = Random(1)

    def prove() -> None:
        for _ in range(_PROOFS):
            with ledger.reading() as session:
                consistency(session, chance.randint(1, size), size)

    return lambda: timed(prove)


def _over_http(url: str) -> Figure:
    chance = Random(1)

    def proof() -> bytes:
        return get(f"/v1/audit/inclusion?sequence={chance.randint(1, LARGE)}&tree_size={LARGE}")

    with (
        asked("retorsion", {"RETORSION_DATABASE_URL": url}, _CLIENTS) as ours,
        asked("hello", {}, _CLIENTS) as bare,
    ):
        found = in_turn(
            lambda: ours.send([[proof() for _ in range(_EACH)] for _ in range(_CLIENTS)]),
            lambda: bare.send([[get("/hello")] * _EACH for _ in range(_CLIENTS)]),
            _ROUNDS,
        )
    what = f"an inclusion proof among {LARGE:,} leaves over HTTP, beside a bare Flask hello"
    sent = _CLIENTS * _EACH
    ours_text, bare_text = per_second(sent, found.seconds_ours), per_second(sent, found.seconds_bare)
    return Figure("proofs-http", what, ours_text, bare_text, found.slowness, HTTP_BAR)


def _tree(place: Path) -> Figure:
    """Batches of rows into the events, each a durable commit: with the tree that grows with them, and without."""
    found = in_turn(
        _storing(place / "with-tree.db", tree=True), _storing(place / "without-tree.db", tree=False), _ROUNDS
    )
    what = f"the store's insert of {_BATCH:,} events with the tree, beside the insert alone"
    ours, bare = per_second(_BATCH, found.seconds_ours), per_second(_BATCH, found.seconds_bare)
    return Figure("tree", what, ours, bare, found.speed, TREE_BAR)


def _storing(file: Path, *, tree: bool) -> Side:
    url = sqlite_url(file)
    with opened(url) as ledger:
        first = ledger.head().sequence
    database, numbers = Database(url), count(first + 1)

    def store(rows: Sequence[Row], hashes: list[bytes]) -> Callable[[], None]:
        def stored() -> None:
            with database.writing() as session:
                head, edge, _ = held_head(session)
                session.insert(events, rows)
                if tree:
                    edge = add_leaves(session, head.sequence, edge, hashes)
                session.run("UPDATE appending SET sequence = :last, edge = :edge", last=rows[-1][0], edge=edge)

        return stored

    def side() -> float:
        hashes, rows = [], []
        for sequence in (next(numbers) for _ in range(_BATCH)):
            leaf = b"%d%b" % (sequence, _LEAF)
            hashes.append(leaf_hash(leaf))
            rows.append((sequence, f"measure:m-{sequence}", 1, "imposed", 700_000, sequence, leaf, hashes[-1]))
        return timed(store(rows, hashes))

    return side
