"""Identifiers as they are compared: passports, IMO numbers, registrations, whatever their scheme."""

import re

_LEAST = 5
"""A shorter one says nothing: half of all lists have somebody with number 12."""
_SEPARATORS = re.compile(r"[\W_]+")


def comparable(value: str) -> str:
    """An identifier in capitals without what separates its parts; empty where it is too short to say anything."""
    plain = _SEPARATORS.sub("", value).upper().removeprefix("IMO")
    return plain if len(plain) >= _LEAST else ""
