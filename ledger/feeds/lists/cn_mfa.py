"""China's countermeasures and listings since 2019, collected from what its authorities announced by OpenSanctions.

China publishes no list: this is a chronicle of announcements. A row that comes later may tell of something earlier, so
its date always counts; and a row that goes was a mistake of those who transcribe, and ended nothing.

**The file.** One CSV file in UTF-8, with line ends of both kinds. It states no day: whoever imports has to say of which
day it is.

**An entry** is what was announced on one day, on one list, against one name. Several rows may tell of it: what only
one can say is said by the first that says it, names and countries by all.

**The day** is `Date`, as `13.07.20` or `13.07.2020`; `End date`, where there is one, says that the measure ended by
then. `Body` is who announced it, the Ministry of Foreign Affairs where nobody is named. `List` is the programme; most
measures have no list, and say little of what they do. `Topics` and `QID` are the transcribers' own and not read.
"""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from ledger.domain.values import URL
from ledger.feeds.cells import one_line, positions, separated
from ledger.feeds.countries import countries_of
from ledger.feeds.edtf import of_numbers
from ledger.feeds.names import named
from ledger.feeds.programmes import Programmes
from ledger.feeds.reading import Authority, Feed, Listing, Reading, Target, file_at, unknown_tags
from ledger.feeds.slugs import joined, slug
from ledger.feeds.tables import Row, Table, table

MFA = Authority("cn-mfa", "Ministry of Foreign Affairs of China", "cn")
MOFCOM = Authority("cn-mofcom", "Ministry of Commerce of China", "cn")
TAO = Authority("cn-tao", "Taiwan Affairs Office of the State Council", "cn")

_BODIES = {
    "": MFA,
    "Ministry of Foreign Affairs": MFA,
    "Ministry of Commerce": MOFCOM,
    "Taiwan Affairs Office of the State Council": TAO,
    "Taiwan Work Office of the CPC Central Committee": TAO,
}
"""The last two are one office under two names."""

COLUMNS = (
    "Type", "QID", "Name", "Alias", "Chinese name", "Country", "Topics", "Summary", "Chinese summary", "Body", "List",
    "Date", "End date", "Source URL", "Address",
)  # fmt: skip
_CATEGORIES = {"Person": "person", "Company": "company", "Organization": "organisation"}

_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.((?:20)?[0-9]{2})")


def read(path: Path) -> Reading:
    """What the file at `path` tells."""
    rows = table(path, COLUMNS)
    reading = Reading([file_at(path)], warnings=rows.warnings)
    programmes = Programmes("cn-mfa")
    by_name: dict[str, list[Row]] = {}
    for row in rows.rows:
        if not row["Name"]:
            raise rows.broken(row, "the row has no name")
        if not (name := slug(row["Name"], 60)):
            said = "has no Latin letters, by which it is known again: passed over"
            rows.warnings.append(f"{rows.name}, line {row.line}: the name {row['Name']!r} {said}")
            continue
        by_name.setdefault(name, []).append(row)
        listing = _listing(rows, row, name, programmes)
        reading.listings[listing.slug] = _first(reading.listings.get(listing.slug), listing)
    for name, of_name in by_name.items():
        target = f"cn-mfa-{name}"
        reading.targets[target] = Target(target, _terms(of_name))
    reading.warnings += unknown_tags(programmes.unknown)
    return reading


def _listing(rows: Table, row: Row, name: str, programmes: Programmes) -> Listing:
    programme = programmes.of(row["List"])
    listed_on, ended_on = (_day(rows, row, column) for column in ("Date", "End date"))
    if (body := _BODIES.get(row["Body"])) is None:
        rows.warnings.append(
            f"{rows.name}, line {row.line}: the Body {row['Body']!r} is not known: taken as {MFA.name}"
        )
    url = row["Source URL"] or None
    if url and not URL.accepts(url):
        rows.warnings.append(f"{rows.name}, line {row.line}: the Source URL {url!r} is no address: left out")
        url = None
    key = joined("cn-mfa", (listed_on or "").replace("-", ""), programme.slug.removeprefix("cn-"), name)
    authority = body or MFA
    return Listing(key, f"cn-mfa-{name}", (programme,), authority.slug, listed_on=listed_on, ended_on=ended_on, url=url)


def _first(before: Listing | None, row: Listing) -> Listing:
    """What two rows of one key say: the first, and of what it is silent about the other."""
    if before is None:
        return row
    return replace(before, ended_on=before.ended_on or row.ended_on, url=before.url or row.url)


def _terms(rows: list[Row]) -> dict[str, Any]:
    category = _CATEGORIES.get(rows[0]["Type"], "organisation")
    names = [name for row in rows for name in (row["Name"], *separated(row["Alias"]), row["Chinese name"])]
    summaries = [summary for row in rows if (summary := row["Summary"] or row["Chinese summary"])]
    is_person = category == "person"
    return {
        "category": category,
        **named(one_line(rows[0]["Name"]), map(one_line, names)),
        "countries": countries_of(row["Country"] for row in rows),
        "part_of": ["actor:eu"] if any(row["Country"] == "EU" for row in rows) else [],
        "positions": positions(dict.fromkeys(summaries)) if is_person else [],
        "description": None if is_person else next(iter(summaries), None),
    }


def _day(rows: Table, row: Row, column: str) -> str | None:
    if not row[column]:
        return None
    if found := _DAY.fullmatch(row[column]):
        day, month, year = found.groups()
        if (date := of_numbers(f"20{year[-2:]}", month, day)) and len(date) == len("2020-07-13"):
            return date
    raise rows.broken(row, f"{column!r} is no day as 13.07.2020: {row[column]!r}")


FEED = Feed(
    name="cn-mfa",
    title="China's countermeasures and listings",
    publisher="OpenSanctions, from announcements of Chinese authorities",
    imposer="cn",
    authorities=(MFA, MOFCOM, TAO),
    read=read,
    licence="OpenSanctions (https://www.opensanctions.org), CC BY-NC 4.0",
    addresses={
        "countermeasures.csv": "https://raw.githubusercontent.com/opensanctions/opensanctions/main"
        "/datasets/cn/sanctions/countermeasures.csv"
    },
    is_chronicle=True,
)
