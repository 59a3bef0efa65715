"""`post`: single durable POSTs, beside a bare Flask app that makes one durable INSERT of the same body."""

from itertools import islice

import orjson

from benchmarks.apps import BARE_DATABASE
from benchmarks.clients import post
from benchmarks.figures import Bar, Figure, Figures, per_second
from benchmarks.ledgers import folder, opened, sqlite_url
from benchmarks.practice import practice
from benchmarks.rounds import Rounds, in_turn
from benchmarks.servers import asked

BAR = Bar(0.5, 0.8)
CLIENTS = 4
EACH = 100
"""How many events each client posts in a round."""
ROUNDS = 20
SETTLED = 20_000
"""How many events the ledger has when it begins."""


def figures() -> Figures:
    """On SQLite."""
    with folder() as place:
        found = measured(sqlite_url(place / "ledger.db"), "insert", str(place / "bare.db"))
    yield figure("post", "single durable POST, beside a bare Flask app with one durable INSERT", found, BAR)


def measured(url: str, bare_app: str, bare_database: str, audit_folder: str = "") -> Rounds:
    """Both sides in turn, each served by granian and asked by as many clients with the same bodies."""
    with opened(url, islice(practice(), SETTLED)) as ledger:
        token = ledger.create_token("clients", "append")
    streams = [practice(seed, f"client-{seed}") for seed in range(CLIENTS)]
    bodies: list[list[bytes]] = []

    def next_bodies() -> list[list[bytes]]:
        """What both sides are sent in a round: whichever comes first draws it."""
        if bodies:
            return [bodies.pop() for _ in range(CLIENTS)]
        drawn = [[orjson.dumps(event) for event in islice(stream, EACH)] for stream in streams]
        bodies.extend(reversed(drawn))
        return drawn

    with (
        asked("retorsion", {"RETORSION_DATABASE_URL": url, "RETORSION_AUDIT_FOLDER": audit_folder}, CLIENTS) as ours,
        asked(bare_app, {BARE_DATABASE: bare_database}, CLIENTS) as bare,
    ):
        return in_turn(
            lambda: ours.send([[post("/v1/events", body, token) for body in of] for of in next_bodies()], status=201),
            lambda: bare.send([[post("/events", body, token) for body in of] for of in next_bodies()], status=201),
            ROUNDS,
        )


def figure(name: str, what: str, found: Rounds, bar: Bar | None = None) -> Figure:
    """The figure that those rounds make."""
    posted = CLIENTS * EACH
    return Figure(
        name, what, per_second(posted, found.seconds_ours), per_second(posted, found.seconds_bare), found.speed, bar
    )
