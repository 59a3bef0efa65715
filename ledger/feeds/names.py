"""The names of who is listed, as the terms of an actor hold them."""

from collections.abc import Iterable
from typing import Any


def named(name: str, good: Iterable[str], weak: Iterable[str] = ()) -> dict[str, Any]:
    """`name`, `aliases` and `weak_aliases`, each name once, in the order in which it comes, where it counts most."""
    seen = {name, ""}
    members: dict[str, Any] = {"name": name}
    for member, others in (("aliases", good), ("weak_aliases", weak)):
        members[member] = [other for other in dict.fromkeys(others) if other not in seen]
        seen.update(members[member])
    return members
