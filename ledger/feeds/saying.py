"""What a reading says of an entry, as terms: how they are kept for the next reading, and how two of them differ."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ledger.domain.terms import Terms, identity
from ledger.feeds.programmes import Programme
from ledger.feeds.reading import Feed, Listing, Target

Said = Mapping[str, Any]
"""Members of terms. Of one that is not there nothing was said; None and `[]` say that there is none."""


def said_of_target(target: Target) -> dict[str, Any]:
    """The terms of an actor."""
    return dict(target.terms)


def said_of_listing(listing: Listing, target: Said) -> dict[str, Any]:
    """What a measure's terms have from the list: all but what stays as long as the measure does."""
    programmes = listing.programmes
    instruments = [*_each(programmes, "instruments")]
    if target["category"] == "person":
        instruments += _each(programmes, "instruments_persons")
    said = {
        "description": listing.description,
        "authorities": [f"actor:{listing.authority}"],
        "instruments": _once(instruments),
        "grounds": _once(_each(programmes, "grounds")),
        "programmes": _once(programme.slug for programme in programmes),
    }
    if listing.legal_basis is not None:
        said["legal_basis"] = list(listing.legal_basis)
    return said


def imposed_data(listing: Listing, feed: Feed, said: Said, target: Said) -> dict[str, Any]:
    """The data of `imposed`."""
    label = listing.programmes[0].label if listing.programmes else feed.title
    return {
        "title": f"{label}: {target['name']}",
        "imposed_by": [f"actor:{feed.imposer}"],
        "targets": [{"actor": f"actor:{listing.target}"}],
        **{name: value for name, value in said.items() if value},
    }


def registered_data(said: Said) -> dict[str, Any]:
    """The data of `registered`."""
    return {name: value for name, value in said.items() if value}


def known_after(before: Said, now: Said, in_part: Iterable[str]) -> dict[str, Any]:
    """What is known after a reading that says `now`: of what it says nothing, what was known stays.

    So does, of a list that was read `in_part`, what it does not name, and a text.
    """
    known = {**before, **now}
    for name in in_part:
        if (value := before.get(name)) and name in now:
            known[name] = [*value, *_beyond(now[name], value)] if isinstance(value, list) else value
    return known


def change(before: Said, now: Said) -> dict[str, Any]:
    """What `amended` or `updated` has to say so that what was `before` is as `now`; `{}` where that is nothing.

    The order of lists does not count.
    """
    changes: dict[str, dict[str, Any]] = {"set": {}, "remove": {}, "add": {}}
    for name, value in now.items():
        was = before.get(name)
        if isinstance(value, list) or isinstance(was, list):
            for kind, elements in (
                ("remove", _beyond(was or [], value or [])),
                ("add", _beyond(value or [], was or [])),
            ):
                if elements:
                    changes[kind][name] = elements
        elif value != was:
            changes["set"][name] = value
    return {kind: members for kind, members in changes.items() if members}


def needed(given: Mapping[str, Any], terms: Terms) -> dict[str, Any]:
    """What of the data of `amended` or `updated` changes those terms: all but adding what is there, and the like."""
    there = {name: {identity(each) for each in value} for name, value in terms.items() if isinstance(value, list)}
    left = {
        "set": {name: value for name, value in given.get("set", {}).items() if terms[name] != value},
        "remove": _those(given.get("remove", {}), lambda name, element: element in there[name]),
        "add": _those(given.get("add", {}), lambda name, element: element not in there[name]),
    }
    return {kind: members for kind, members in left.items() if members}


def _those(members: Mapping[str, list[Any]], wanted: Callable[[str, Any], bool]) -> dict[str, list[Any]]:
    found = {name: [each for each in value if wanted(name, identity(each))] for name, value in members.items()}
    return {name: value for name, value in found.items() if value}


def _beyond(elements: Iterable[Any], there: Iterable[Any]) -> list[Any]:
    """Those of `elements` that are not in `there`, each once."""
    known = {identity(each) for each in there}
    return list({identity(each): each for each in elements if identity(each) not in known}.values())


def _each(programmes: Iterable[Programme], member: str) -> list[str]:
    return [value for programme in programmes for value in getattr(programme, member)]


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
