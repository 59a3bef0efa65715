"""The feeds as a table: each with its newest reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from api.cli.tables import table

if TYPE_CHECKING:
    from rich.table import Table

_NONE_YET = "not read yet"


def feeds_table(feeds: Sequence[dict[str, Any]]) -> Table:
    """What `GET /v1/feeds` answers, as it stands."""
    shown = table("Feed", "Published", "Read", "Entries", "New", "Gone", "Changed", "SHA-256")
    for feed in feeds:
        if not feed["readings"]:
            shown.add_row(feed["feed"], _NONE_YET, *[""] * 6)
            continue
        newest = feed["readings"][0]
        counts = [str(newest[name]) for name in ("entries", "new", "gone", "changed")]
        read = newest["recorded_at"][:16].replace("T", " ")
        shown.add_row(feed["feed"], newest["published_on"], read, *counts, newest["sha256"][:12])
    return shown
