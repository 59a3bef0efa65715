"""`python -m benchmarks [NAME…]`: measure, and print the table. Exits with 1 where a floor is missed."""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from rich.console import Console
from rich.live import Live
from rich.table import Table

from benchmarks.figures import Bar, Figure, Figures

NAMES = (
    "help", "post", "state", "bulk", "feeds", "size", "long", "actor", "pages", "memory", "verify", "proofs",
    "screening", "postgresql",
)  # fmt: skip
"""The modules of this package that measure, in the order in which they are run."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Ratios, each measured in one run.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}; all of them unless given")
    parser.add_argument("--all", action="store_true", help="also what takes minutes: 1,000,000 events in `memory`")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.names) - set(NAMES):
        parser.error(f"there is no {', '.join(sorted(unknown))}: there are {', '.join(NAMES)}")
    console = Console(width=None if sys.stdout.isatty() else 160)
    table = _empty_table()
    found: list[Figure] = []
    with Live(table, console=console, auto_refresh=False) as live:
        for name in asked.names or NAMES:
            for figure in _measuring(name, whole=asked.all)():
                found.append(figure)
                table.add_row(*_row(figure))
                live.refresh()
    missed = [figure.name for figure in found if figure.missed]
    if missed:
        console.print(f"missed: {', '.join(missed)}", style="bold red")
    return 1 if missed else 0


def _measuring(name: str, *, whole: bool) -> Callable[[], Figures]:
    module = import_module(f"benchmarks.{name}")
    figures: Callable[[], Figures] = getattr(module, "all_figures", module.figures) if whole else module.figures
    return figures


def _empty_table() -> Table:
    table = Table(title="Each ratio is measured in one run, both sides in turn")
    for heading in ("figure", "what"):
        table.add_column(heading, overflow="fold")
    for heading in ("ours", "bare", "ratio", "bar", "goal"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("met")
    return table


def _row(figure: Figure) -> tuple[str, ...]:
    met = "" if figure.bar is None else ("[red]no[/]" if figure.missed else "[green]yes[/]")
    value = f"{figure.value:,.0f} {figure.unit}" if figure.unit else f"{figure.value:.2f}"
    return (figure.name, figure.what, figure.ours, figure.bare, value, *_bars(figure.bar), met)


def _bars(bar: Bar | None) -> tuple[str, str]:
    if bar is None:
        return "", ""
    sign = "≤" if bar.at_most else "≥"
    return f"{sign} {bar.floor:g}", f"{sign} {bar.goal:g}" if bar.goal is not None else ""


if __name__ == "__main__":
    sys.exit(main())
