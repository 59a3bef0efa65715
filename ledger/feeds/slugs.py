"""Slugs from what lists print (feeds.md, "Fixed"): they stay the same for ever, since events are filed under them."""

import re
import unicodedata

_OTHER = re.compile(r"[^a-z0-9]+")


def slug(text: str, most: int | None = None) -> str:
    """`text` as a part of a slug, cut to `most` characters: "O’Bryan" gives `obryan`. May be empty."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _OTHER.sub("-", ascii_only.lower()).strip("-")[:most].strip("-")


def joined(*parts: str) -> str:
    """Parts of a slug with hyphens between them; the empty ones are left out with theirs."""
    return "-".join(part for part in parts if part)
