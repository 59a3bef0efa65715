"""What is kept of answers that took long: what was known at a sequence never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from flask import current_app

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")
MOST = 256


def kept(key: Hashable, find: Callable[[], T]) -> T:
    """What `find` gives, found once: `key` names it, with the sequence at which it was known."""
    found: dict[Hashable, object] = current_app.extensions.setdefault("retorsion-pages", {})
    if (value := found.get(key)) is None:
        value = find()
        if len(found) >= MOST:  # all at once, which is simple, and seldom
            found.clear()
        found[key] = value
    return cast("T", value)
