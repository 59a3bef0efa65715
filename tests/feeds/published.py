"""The published lists, which lie beside the project, not in it (their README says whose they are)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.domain.events import Draft, draft
from ledger.feeds.reading import BrokenList
from ledger.feeds.saying import imposed_data, registered_data, said_of_listing, said_of_target

if TYPE_CHECKING:
    from ledger.feeds.reading import Feed, Reading

LISTS = Path(__file__).parents[2].parent / "shared" / "data"

READINGS = {
    "ofac-sdn": [
        ("ofac-sdn/2019-01-15", "2019-01-15"),
        ("ofac-sdn/2021-04-25", "2021-04-25"),
        ("ofac-sdn/2021-07-07", "2021-07-07"),
        ("ofac-sdn/2024-05-03", "2024-05-03"),
    ],
    "ofac-cons": [
        ("ofac-cons/2020-12-14/consolidated.xml", None),
        ("ofac-cons/2024-02-23/consolidated.xml", None),
        ("ofac-cons/2025-12-19-csv", "2025-12-19"),
    ],
    "un-sc": [
        *(
            (f"un-sc/{day}/consolidated.xml", None)
            for day in ("2016-06-20", "2018-10-29", "2020-11-24", "2020-12-01", "2025-11-18")
        ),
        ("un-sc/un_consolidated_2026-02-27.xml", None),
    ],
    "uk-sanctions": [(f"uk-sanctions/{day}/ConList.csv", None) for day in ("2014-04-02", "2018-04-13", "2022-05-04")],
    "eu-fsf": [("eu-fsf/2022-03-18-part/xmlFullSanctionsList_1_1.xml", None)],
    "eu-journal": [("eu-journal", "2026-06-01"), ("eu-journal/amendments", "2026-08-01")],
    "cn-mfa": [("cn-mfa/2026-06-30/countermeasures.csv", "2026-06-30"), ("cn-mfa/countermeasures.csv", "2026-08-22")],
    "ca-sema": [
        ("ca-sema/2020-04-15/sema-lmes.xml", "2020-04-15"),
        ("ca-sema/2025-05-25/sema-lmes.xml", "2025-05-25"),
    ],
}
"""Of each feed the readings that lie there, in their order, with the day where the list states none."""


def published(under: str) -> Path:
    """The file or folder of that name there. That it is missing is said plainly, and is a failure under CI."""
    path = LISTS / under
    if not path.exists():
        absent = pytest.fail if os.environ.get("CI") else pytest.skip
        absent(f"published lists are missing: ../shared/data/{under} has to lie beside the project")
    return path


def gone_and_new(before: Reading, after: Reading) -> tuple[int, int]:
    """How many listings of the one reading the other lacks, and the other way round."""
    return len(before.listings.keys() - after.listings.keys()), len(after.listings.keys() - before.listings.keys())


def assert_notices_cuts(feed: Feed, list_: Path, file: Path, *, places: int) -> None:
    """A `list_` (a file, or a folder with that `file` in it) is refused, or lacks so much that the import asks, where
    the file ends early: at any of so many places, or by some of its last bytes. Only its last line end may be missing.
    """
    content = file.read_bytes()
    reading = feed.read(list_)
    ends = {round(place * len(content) / places) for place in range(places)}
    for end in sorted(ends | {len(content) - last for last in range(1, 12)}):
        if content[end:].strip(b"\r\n"):
            file.write_bytes(content[:end])
            try:
                gone, _ = gone_and_new(reading, feed.read(list_))
            except BrokenList:
                continue
            assert gone > max(10, len(reading.listings) / 10), f"the first {end} bytes of {file} pass for the list"


def assert_says_events(feed: Feed, reading: Reading) -> None:
    """Each target makes a registration, each listing an imposition that the ledger takes as well formed."""
    said = {key: said_of_target(target) for key, target in reading.targets.items()}
    for key, target in said.items():
        event = {"type": "registered", "subject": f"actor:{key}", "data": registered_data(target)}
        assert isinstance(drafted := draft(event), Draft), drafted
    authorities = {authority.slug for authority in feed.authorities}
    for key, listing in reading.listings.items():
        target = said[listing.target]
        event = {
            "type": "imposed",
            "subject": f"measure:{key}",
            "effective_on": listing.listed_on or "2020-01-01~",
            "data": imposed_data(listing, feed, said_of_listing(listing, target), target),
            "sources": [{"title": "a list", "url": listing.url}],
        }
        assert isinstance(drafted := draft(event), Draft), drafted
        assert listing.slug == key
        assert listing.authority in authorities
        for day in (listing.ended_on, listing.updated_on):
            assert isinstance(draft({**event, "effective_on": day or "2020-01-01"}), Draft), day
