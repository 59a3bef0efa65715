"""Events as the tests post them: each of these gives one, on subjects and actors that are named by their slugs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = dict[str, Any]


def event(type_: str, subject: str, on: str | None = None, *, data: Json | None = None, **more: Any) -> Json:
    """Any event; `more` are its other members: sources, comment, expected_version."""
    made: Json = {"type": type_, "subject": subject, **more}
    if on is not None:
        made["effective_on"] = on
    if data is not None:
        made["data"] = data
    return made


def measure_terms(
    *, by: str | Iterable[str] = "us", against: Any = "cn", title: str = "A measure", **data: Any
) -> Json:
    """Terms with all that a measure must have; `against` are slugs, or targets as they are posted."""
    targets = [against] if isinstance(against, str | dict) else list(against)
    return {
        "title": title,
        "imposed_by": actors(by),
        "targets": [{"actor": f"actor:{each}"} if isinstance(each, str) else each for each in targets],
        **data,
    }


def announced(slug: str, on: str, **terms: Any) -> Json:
    return event("announced", f"measure:{slug}", on, data=measure_terms(**terms))


def imposed(slug: str, on: str, **terms: Any) -> Json:
    return event("imposed", f"measure:{slug}", on, data=measure_terms(**terms))


def reciprocated(slug: str, on: str, *, to: str, **terms: Any) -> Json:
    return event("reciprocated", f"measure:{slug}", on, data=measure_terms(in_response_to=[to], **terms))


def amended(slug: str, on: str, **data: Any) -> Json:
    return event("amended", f"measure:{slug}", on, data=data)


def suspended(slug: str, on: str, **data: Any) -> Json:
    return event("suspended", f"measure:{slug}", on, data=data)


def lifted(slug: str, on: str, **data: Any) -> Json:
    return event("lifted", f"measure:{slug}", on, data=data)


def concluded(slug: str, on: str, *, parties: Iterable[str] = ("ca", "hk"), **terms: Any) -> Json:
    data = {"title": "A treaty", "category": "extradition", "parties": actors(parties), **terms}
    return event("concluded", f"agreement:{slug}", on, data=data)


def reported(slug: str, on: str, *, category: str = "statement", title: str = "A statement", **terms: Any) -> Json:
    return event("reported", f"act:{slug}", on, data={"category": category, "title": title, **terms})


def registered(slug: str, on: str | None = None, *, category: str = "company", **terms: Any) -> Json:
    return event("registered", f"actor:{slug}", on, data={"category": category, "name": slug.title(), **terms})


def merged(slug: str, into: str, on: str) -> Json:
    return event("merged", f"actor:{slug}", on, data={"into": f"actor:{into}"})


def corrected(subject: str, of: int, **replacement: Any) -> Json:
    return event("corrected", subject, data={"of": of, **replacement})


def retracted(subject: str, of: int, **more: Any) -> Json:
    return event("retracted", subject, data={"of": of, **more})


def actors(slugs: str | Iterable[str]) -> list[str]:
    """`us` -> `["actor:us"]`."""
    return [f"actor:{slug}" for slug in ([slugs] if isinstance(slugs, str) else slugs)]
