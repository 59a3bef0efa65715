"""`pages`: a page, beside the API requests whose answers it shows, made in turn; and how much the heaviest weighs."""

from http.client import HTTPConnection

import fixtures
from benchmarks.actor import measures
from benchmarks.clients import HOST, Clients, get
from benchmarks.figures import Bar, Figure, Figures, microseconds
from benchmarks.ledgers import folder, opened, sqlite_url
from benchmarks.rounds import in_turn
from benchmarks.servers import serving

MANY = 10_000
BAR = Bar(3.0, at_most=True)
WEIGHT = Bar(100_000, at_most=True)
_ROUNDS = 12
_MANY = "/actors/ru?at=2015-07-10"
_AT = "at=2020-07-13"
_MEASURE = "measures/cn-xinjiang-2020-07-10"
_PAGES = {
    "page-many": (_MANY, ["/v1/actors/ru/state?at=2015-07-10", "/v1/actors/ru/state/timeline"]),
    "page-actor": (f"/actors/us?{_AT}", [f"/v1/actors/us/state?{_AT}", "/v1/actors/us/state/timeline"]),
    "page-measure": (
        f"/{_MEASURE}?{_AT}",
        [
            f"/v1/{_MEASURE}?{_AT}&trace=true", f"/v1/{_MEASURE}/timeline", f"/v1/{_MEASURE}/history",
            f"/v1/{_MEASURE}/chain?{_AT}",
        ],
    ),
    "page-dyad": (f"/dyads/cn/us?{_AT}", ["/v1/dyads/cn/us"]),
    "page-measures": (f"/measures?{_AT}&imposed_by=us", [f"/v1/measures?{_AT}&imposed_by=us&limit=50"]),
}  # fmt: skip
"""Each page, and the requests whose answers it shows."""


def figures() -> Figures:
    """Over HTTP, one client, from a ledger with the fixtures in it and an actor that is subject to 10,000 measures."""
    with folder() as place:
        url = sqlite_url(place / "ledger.db")
        with opened(url, measures("many", "nz", "ru", MANY)) as ledger:
            fixtures.load(ledger)
        with serving("retorsion", {"RETORSION_DATABASE_URL": url}) as port:
            client = Clients(port, 1)
            for name, (page, requests) in _PAGES.items():
                yield _figure(name, client, page, requests)
            client.close()
            weight = _weight(port, _MANY)
    what = f"the first page of an actor with {MANY:,} measures, as it is sent"
    yield Figure("page-weight", what, f"{weight:,} bytes", "", weight, WEIGHT, "bytes")


def _figure(name: str, client: Clients, page: str, requests: list[str]) -> Figure:
    repeated = 1 if name == "page-many" else 10
    found = in_turn(
        lambda: client.send([[get(page)] * repeated]),
        lambda: client.send([list(map(get, requests)) * repeated]),
        _ROUNDS,
    )
    what = f"{page.partition('?')[0]}, beside the requests whose answers it shows, made in turn"
    ours, bare = microseconds(found.seconds_ours / repeated), microseconds(found.seconds_bare / repeated)
    return Figure(name, what, ours, bare, found.slowness, BAR)


def _weight(port: int, path: str) -> int:
    """The bytes of a page as a browser gets it, with its head; its stylesheet, scripts and icon are kept for good."""
    total = 0
    connection = HTTPConnection(HOST, port)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    total += len(answer.read()) + sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
    connection.close()
    return total
