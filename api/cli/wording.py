"""The values of a state in words, for tables: names of actors without their kind, lists with commas."""

from collections.abc import Mapping, Sequence
from typing import Any

Json = Any

_ONE_EACH = frozenset({"targets", "positions", "identifiers", "in_response_to", "legal_basis", "exemptions"})
"""The lists whose elements are long: each has a line of its own."""


def in_words(field: str, value: Json) -> list[str]:
    """The value of a member, as lines; none where there is nothing to say."""
    if value is None or value == []:
        return []
    if field == "suspension":
        return [suspension(value)]
    if field == "suspensions":
        return [suspension(each) for each in value]
    if isinstance(value, list):
        elements = [element(field, each) for each in value]
        return elements if field in _ONE_EACH else [", ".join(elements)]
    return [element(field, value)]


def element(field: str, value: Json) -> str:
    """One value, or one element of a list."""
    if isinstance(value, dict):
        return {"targets": target, "positions": position, "identifiers": identifier}.get(field, members)(value)
    return named(value) if isinstance(value, str) else str(value)


def named(name: str) -> str:
    """An actor as one may type it: `us` is `actor:us`. Whatever else it is, it stays."""
    return name.removeprefix("actor:")


def names(subjects: Sequence[str]) -> str:
    """Several."""
    return ", ".join(map(named, subjects))


def target(value: Mapping[str, Json]) -> str:
    """`chen-quanguo`, or `Family members (related to chen-quanguo): travel_ban alone`."""
    who = named(value["actor"]) if value.get("actor") else str(value.get("description"))
    if value.get("related_to"):
        who += f" (related to {names(value['related_to'])})"
    return f"{who}: {', '.join(value['instruments'])} alone" if value.get("instruments") else who


def position(value: Mapping[str, Json]) -> str:
    """`Party secretary, at xinjiang, from 2016 (former)`."""
    said = str(value["title"])
    if value.get("at"):
        said += f", at {named(value['at'])}"
    for end in ("from", "to"):
        if value.get(end):
            said += f", {end} {value[end]}"
    return f"{said} (former)" if value.get("former") else said


def identifier(value: Mapping[str, Json]) -> str:
    """`imo 1234567`."""
    return f"{value['scheme']} {value['value']}"


def suspension(value: Mapping[str, Json]) -> str:
    """Of what, since when, until when, by whom, in response to what, and why."""
    parts = [f"of {scope(value['scope'])}"] if value.get("scope") else []
    by = value.get("by") or ([value["party"]] if value.get("party") else [])
    if by:
        parts.append(f"by {names(by)}")
    parts += [f"{end} {value[end]}" for end in ("since", "until") if value.get(end)]
    if value.get("in_response_to"):
        parts.append(f"in response to {names(value['in_response_to'])}")
    return " ".join(parts) + (f": {value['reason']}" if value.get("reason") else "")


def scope(value: Json) -> str:
    """Of what a suspension is, where it is not of all."""
    if isinstance(value, str):
        return value
    return ", ".join([*map(target, value.get("targets") or []), *(value.get("instruments") or [])])


def members(value: Mapping[str, Json]) -> str:
    """Any other object."""
    return ", ".join(
        f"{name}: {'; '.join(in_words(name, each))}" for name, each in value.items() if each not in (None, [])
    )
