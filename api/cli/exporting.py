"""`retorsion export`: events, states and entities for other tools, as a file that is whole or not there."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from api.cli.asof import asked, at_option, known_at_option, known_once
from api.cli.opening import opened, settings_of
from api.cli.turns import taking_turns
from api.cli.wholly import STDOUT, filled, written

if TYPE_CHECKING:
    from ledger.exports.formats import Export
    from ledger.exports.snapshot import Snapshot
    from ledger.service import Ledger

_FORMATS = ("ndjson", "csv", "spells", "ftm", "delta", "parquet")


@click.command()
@click.argument("form", metavar="FORMAT", type=click.Choice(_FORMATS))
@click.argument("file", type=click.Path(allow_dash=True))
@at_option
@known_at_option
@click.option("--from", "since", type=click.IntRange(min=0), metavar="SEQUENCE", help="Of delta: changes since then.")
@click.option(
    "--to", "until", type=click.IntRange(min=0), metavar="SEQUENCE", help="Of delta: and until then. [default: all]"
)
@click.option("--by", type=click.Choice(["dyad-year"]), help="Of spells: counts, by country dyad and year.")
@click.pass_context
def export(
    ctx: click.Context,
    form: str,
    file: str,
    at: str | None,
    known_at: str | None,
    since: int | None,
    until: int | None,
    by: str | None,
) -> None:
    """Write what the ledger holds into FILE, in one of these formats. `-` is the standard output.

    \b
    ndjson   events, for `retorsion append` into another ledger
    csv      a row for each state, of subjects that have begun, ended ones too
    spells   a row for each spell in which a measure was in force (CSV)
    ftm      FollowTheMoney: whom measures are on, and each measure as a Sanction
    delta    what changed in ftm between two sequences
    parquet  all events, and all that was ever known to hold; FILE is a folder,
             or a ZIP archive where its name ends with .zip

    The file is written whole or not at all. --at makes no difference to ndjson and parquet, which have all days.

    \b
    Examples:
      retorsion export ndjson events.ndjson
      retorsion export csv --at 2020-07-10 --known-at 277 states.csv
      retorsion export spells --by dyad-year counts.csv
      retorsion export delta --from 277 changes.ndjson
      retorsion export parquet ledger/
      retorsion export ftm - | gzip > entities.ftm.ndjson.gz
    """
    _require_meant(form, since, until, by, known_at)
    with opened(settings_of(ctx)) as ledger, taking_turns(wanted=True):
        snapshot, older = _snapshots(ledger, at, known_at, since, until)
        if form == "parquet" and file != STDOUT and not file.endswith(".zip"):
            from ledger.exports.formats import parquet_folder

            with filled(file) as folder:
                _write(parquet_folder(snapshot, folder), lambda _: None)
        else:
            from ledger.exports.formats import export_of

            with written(file) as out:
                _write(export_of(form, snapshot, by=by, older=older), out.write)


def _require_meant(form: str, since: int | None, until: int | None, by: str | None, known_at: str | None) -> None:
    """Raise UsageError for options that the format has no use for, or lacks."""
    if form != "delta" and (since, until) != (None, None):
        raise click.UsageError("--from and --to are for delta")
    if form != "spells" and by is not None:
        raise click.UsageError("--by is for spells")
    if form == "delta" and since is None:
        raise click.UsageError("delta needs --from: the sequence since which to tell what changed")
    if until is not None and known_at is not None:
        raise click.UsageError("give one of --to and --known-at")


def _snapshots(
    ledger: Ledger, at: str | None, known_at: str | None, since: int | None, until: int | None
) -> tuple[Snapshot, Snapshot | None]:
    """What is asked for, and where changes are asked for what was before. Raises BadParameter."""
    with ledger.reading() as session:
        when, _ = asked(session, at, known_at)
        if until is not None:
            when = replace(when, knowledge=known_once(session, str(until), "--to"))
        snapshot = ledger.snapshot(when)
        if since is None:
            return snapshot, None
        known = known_once(session, str(since), "--from")
    if known.sequence > snapshot.sequence:
        raise click.BadParameter(f"must not be later than event {snapshot.sequence}", param_hint="--from")
    return snapshot, snapshot.known_at(known.sequence, known.recorded_at)


def _write(export: Export, write: Callable[[bytes], object]) -> None:
    with _progress(export) as advance:
        for part in export.parts:
            write(part.body)
            advance(part.done)


@contextmanager
def _progress(export: Export) -> Iterator[Callable[[int], None]]:
    """What to call with how much was done: a bar, where somebody looks at stderr."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

    columns: tuple[Any, ...] = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=export.total())
        yield lambda done: bar.advance(task, done)
