"""Tables on the terminal: as wide as it is, and nothing cut off; what does not fit is wrapped."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click
from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from api.cli.endings import plain

if TYPE_CHECKING:
    from rich.console import RenderableType

WIDTH = 100
"""In columns, where the output is no terminal."""


def show(what: RenderableType) -> None:
    """Print it: with colours on a terminal only, and not even there where NO_COLOR is set."""
    console = _console()
    if console.is_terminal:
        console.print(what)
        return
    with console.capture() as printed:
        console.print(what)
    for line in printed.get().splitlines():
        click.echo(line.rstrip())  # rich fills every line up with blanks


def width_of_output() -> int:
    """In columns."""
    return _console().width


def _console() -> Console:
    terminal = sys.stdout.isatty()
    return Console(
        force_terminal=terminal,
        width=None if terminal else WIDTH,
        color_system="auto" if terminal else None,
        highlight=False,
        markup=False,
        emoji=False,
    )


def table(*columns: str | Column, title: str | None = None, spaced: bool = False) -> Table:
    """A table with a heading for each column, and a line below them."""
    return Table(
        *(Column(each, overflow="fold") if isinstance(each, str) else each for each in columns),
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        title=None if title is None else text(title, "bold"),
        title_justify="left",
        header_style="dim",
        leading=1 if spaced else 0,
    )


def pairs(rows: Iterable[tuple[str, RenderableType]]) -> Table:
    """Names on the left, what they stand for on the right."""
    made = Table.grid(Column(style="dim"), Column(overflow="fold"), padding=(0, 2, 0, 0))
    for name, value in rows:
        made.add_row(name, value)
    return made


def text(words: str, style: str = "") -> Text:
    """`words` as they are: nothing in them is markup, and nothing steers the terminal."""
    return Text(plain(words), style=style, overflow="fold")


def stacked(parts: Iterable[RenderableType]) -> Group:
    """One below the other, with an empty line between."""
    first, *more = parts
    return Group(first, *(Padding(part, (1, 0, 0, 0)) for part in more))


def lines(parts: Iterable[Text | str]) -> Text:
    """Each part on a line of its own."""
    return Text("\n", overflow="fold").join(each if isinstance(each, Text) else text(each) for each in parts)
