"""`retorsion rebuild`: the projections anew, from the events alone."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from api.cli.endings import No, plain
from api.cli.opening import opened, settings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.projections.rebuild import Difference

_SHOWN = 20


@click.command()
@click.option("--check", is_flag=True, help="Only compare: exit with 1 where they differ, and change nothing.")
@click.pass_context
def rebuild(ctx: click.Context, check: bool) -> None:
    """Rebuild what is derived from the events.

    The projections are built beside the live ones, compared with them row for row, and swapped in. Reading and
    appending go on meanwhile. Events are never touched.

    \b
    Examples:
      retorsion rebuild
      retorsion rebuild --check
    """
    with opened(settings_of(ctx)) as ledger:
        events = ledger.head().sequence
        differences = ledger.rebuild(check=check)
    if not differences:
        done = "compared" if check else "rebuilt"
        click.echo(f"{done} the projections of {events} events: they were as the events have it")
        return
    for line in _told(differences):
        click.echo(line)
    if check:
        raise No(f"the projections are not as the events have it ({_counted(differences)}): run `retorsion rebuild`")
    click.echo(
        f"rebuilt the projections of {events} events; they were not as the events have it: {_counted(differences)}"
    )


def _counted(differences: Sequence[Difference]) -> str:
    counts = Counter(difference.table for difference in differences)
    return ", ".join(f"{count} row{'s' if count > 1 else ''} of {name}" for name, count in sorted(counts.items()))


def _told(differences: Sequence[Difference]) -> list[str]:
    """The first of them: after `-` what was there, after `+` what the events say."""
    lines = [
        plain(f"{sign} {difference.table} {row!r}")
        for difference in differences[:_SHOWN]
        for sign, row in (("-", difference.live), ("+", difference.rebuilt))
        if row is not None
    ]
    if len(differences) > _SHOWN:
        lines.append(f"… and {len(differences) - _SHOWN} rows more")
    return lines
