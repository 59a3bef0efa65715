"""Markup made of parts, each of which is escaped unless it is markup already.

A page is made of thousands of them, most of which have nothing to escape: to look first is several times as fast as
what `Markup.join` and `Markup.format` do with each.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterable

_SPECIAL = re.compile("[&<>\"']")
_QUOTE, _BEGUN = Markup('"'), Markup(">")


def joined(parts: Iterable[object], between: str = "") -> Markup:
    """All of them, with `between`, which has nothing to escape, between each two."""
    return Markup(escaped(parts, between))


def tag(name: str, *inside: object, **attributes: object) -> Markup:
    """An element; `text_anchor` is the attribute `text-anchor`, `class_` is `class`, what is None is left out."""
    parts: list[object] = [_beginning(name)]
    for key, value in attributes.items():
        if value is not None:
            parts += (_attribute(key), value, _QUOTE)
    parts += (_BEGUN, *inside, _end(name))
    return joined(parts)


def escaped(parts: Iterable[object], between: str) -> str:
    """The text of all of them, as `joined` takes it for markup: what is none is escaped.

    Ruff is told of it (S704, in pyproject.toml): of all there is, only what this gives may be made Markup.
    """
    return between.join([part if isinstance(part, Markup) else _escaped(str(part)) for part in parts])


@cache
def _beginning(name: str) -> Markup:
    return Markup("<{}").format(name)


@cache
def _attribute(name: str) -> Markup:
    return Markup(' {}="').format(name.rstrip("_").replace("_", "-"))


@cache
def _end(name: str) -> Markup:
    return Markup("</{}>").format(name)


def _escaped(text: str) -> str:
    return escape(text) if _SPECIAL.search(text) else text
