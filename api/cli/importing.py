"""`retorsion import`: what a published list says beyond its last reading, into the ledger."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.endings import plain, say
from api.cli.opening import local_user, opened, settings_of

if TYPE_CHECKING:
    from api.publishers import Found
    from ledger.feeds.reading import Feed
    from ledger.importing import Imported
    from ledger.service import Ledger
    from ledger.settings import Settings

MAX_REMOVALS = 10.0


def _day(_ctx: click.Context, _parameter: click.Parameter, text: str | None) -> str | None:
    from ledger.domain.dates import parse_day

    try:
        if text is not None:
            parse_day(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return text


@click.command("import")
@click.argument("feed")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option(
    "--published-on",
    metavar="DAY",
    callback=_day,
    help="The day on which the list was published, as 2021-07-07. [default: what its file states, if it does]",
)
@click.option(
    "--max-removals",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    default=MAX_REMOVALS,
    show_default=True,
    help="How much of the list may be gone since the last reading.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would change, with the names.")
@click.pass_context
def import_(
    ctx: click.Context, feed: str, path: Path | None, published_on: str | None, max_removals: float, dry_run: bool
) -> None:
    """Import a published list.

    Appends, as one batch, what the list says beyond its last reading: who is new, who is gone, what changed. The same
    list again appends nothing. A list that is broken, older than the last, or lacks more than may be gone, is refused.
    PATH is its file or folder; without it the list is fetched from its publisher, or from where RETORSION_FEEDS says,
    and is of today if it states no day. A copy of what was imported is kept in the archive, by its SHA-256.

    \b
    Examples:
      retorsion import ofac-sdn 2021-07-07/ --published-on 2021-07-07 --dry-run
      retorsion import ofac-sdn 2021-07-07/ --published-on 2021-07-07
      retorsion import un-sc consolidated.xml
      retorsion import uk-sanctions ConList.csv --max-removals 40
      retorsion import un-sc
    """
    listed = _feed_of(feed)
    settings = settings_of(ctx)
    with (
        opened(settings, appending=True) as ledger,
        _at(path, listed, settings, ledger) as found,
        _progress(f"reading {feed}"),
    ):
        imported = ledger.import_reading(
            listed,
            found.path,
            by=local_user(),
            published_on=published_on,
            fetched_on=found.fetched_on,
            max_removals=max_removals,
            dry_run=dry_run,
        )
    if found.is_unchanged:
        click.echo(f"{feed}: its publisher has nothing new")
    for line in _told(imported, dry_run=dry_run):
        click.echo(plain(line))
    for warning in imported.warnings:
        say(f"retorsion: {warning}")
    for line in imported.left:
        say(f"retorsion: left as it was: {line}")
    for line in imported.impossible:
        say(f"retorsion: not recorded, see whether that is right: {line}")


@contextmanager
def _at(path: Path | None, feed: Feed, settings: Settings, ledger: Ledger) -> Iterator[Found]:
    """Where the list is; without a `path` it is fetched."""
    from api.publishers import Found, fetched

    if path is not None:
        yield Found(path)
        return

    with ExitStack() as there:
        with _progress(f"fetching {feed.name}"):
            found = there.enter_context(fetched(feed, settings, ledger.archive))
        yield found


def _feed_of(name: str) -> Feed:
    from ledger.feeds.lists import feeds

    found = feeds().get(name)
    if found is None:
        raise click.BadParameter(f"there is no feed {name!r}: there are {', '.join(feeds())}", param_hint="FEED")
    return found


def _counted(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _told(imported: Imported, *, dry_run: bool) -> Iterator[str]:
    """What came of it, in lines; of a dry run with the names."""
    this, counts = f"{imported.feed} of {imported.published_on}", imported.counts
    if imported.is_same:
        yield f"{this} was read before: nothing is new"
        return
    since = f"beside that of {imported.before.published_on}" if imported.before else "its first reading"
    yield (
        f"{this}, {since}: {_counted(counts.entries, 'entry', 'entries')};"
        f" {counts.new} new, {counts.gone} gone, {counts.changed} changed"
        f"{_beside(counts.left, 'left as they were')}{_beside(counts.impossible, 'not recorded')}"
    )
    if dry_run:
        yield f"would append {_counted(counts.events, 'event', 'events')}; nothing was recorded"
        for title, names in (("new", imported.new), ("gone", imported.gone), ("changed", imported.changed)):
            if names:
                yield f"{title}:"
                yield from (f"  {name}" for name in names)
    elif counts.events:
        events = _counted(counts.events, "event", "events")
        yield f"appended {events}, sequences {imported.first_sequence}–{imported.last_sequence}"
    else:
        yield "appended 0 events: it says what the last one said"


def _beside(count: int, what: str) -> str:
    return f", {count} {what}" if count else ""


@contextmanager
def _progress(doing: str) -> Iterator[None]:
    """A bar that moves while it lasts, where somebody looks at stderr; how much there is to do nobody knows before."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(doing), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        bar.add_task("", total=None)
        yield
