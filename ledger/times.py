"""Transaction time: microseconds since 1970-01-01 UTC, and their RFC 3339 text."""

import re
import time
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from ledger.domain.dates import parse_day

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?([Zz]|[+-][0-9]{2}:[0-9]{2})\Z"
)


def now() -> int:
    """The machine's time, in microseconds."""
    return time.time_ns() // 1000


def time_text(microseconds: int) -> str:
    """As RFC 3339 in UTC, with six decimals and `Z`."""
    whole_seconds, rest = divmod(microseconds, 1_000_000)
    return f"{_second_text(whole_seconds)}.{rest:06}Z"


@lru_cache(maxsize=4096)
def _second_text(whole_seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=whole_seconds)).replace(tzinfo=None).isoformat()


def moment(text: str) -> int:
    """The microseconds of an RFC 3339 time, or of the end of a day `YYYY-MM-DD`, UTC.

    Raises ValueError for anything else.
    """
    try:
        if len(text) == 10:
            day = date.fromordinal(parse_day(text))
            return (datetime.combine(day, datetime.max.time(), UTC) - _EPOCH) // _MICROSECOND
        if found := _TIME.match(text):
            on, clock, fraction, zone = found.groups()
            zone = "+00:00" if zone in "Zz" else zone
            at = datetime.fromisoformat(f"{on}T{clock}.{(fraction or '0')[:6]:0<6}{zone}")
            return (at.astimezone(UTC) - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        pass
    raise ValueError("must be a time, as 2020-07-10T12:00:00Z, or a date, which means to the end of that day, UTC")


def seconds(microseconds: int) -> datetime:
    """As a datetime in UTC, cut to the second: what HTTP's dates can say."""
    return _EPOCH + timedelta(seconds=microseconds // 1_000_000)
