"""Days at the precision at which they are known, as other tools write them: `2020`, `2020-07`, `2020-07-09`."""

from functools import lru_cache


@lru_cache(maxsize=65536)
def prefixes(dating: str) -> tuple[str, ...]:
    """An EDTF day of ours (domain.md, Events) as ISO 8601 cut to what is known of it.

    `2020-07~` is `2020-07`; of `[2020-07-06..2020-07-12]` it is what both days begin with, and both where that is
    nothing; `[..2020-07-02]` is the day on which the ledger has it take effect.
    """
    if not dating.startswith("["):
        return (dating.rstrip("~?%"),)
    first, last = dating[1:-1].split("..")
    if first in {"", last}:
        return (last,)
    common = [one for one, other in zip(first.split("-"), last.split("-"), strict=True) if one == other]
    if first[:4] != last[:4]:
        return first, last
    return ("-".join(common[:2]) if first[:7] == last[:7] else first[:4],)
