"""`retorsion audit`: that nobody rewrote the ledger, and how to show it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

import click

from api.cli.bundling import bundle, check_bundle
from api.cli.endings import No, plain
from api.cli.following import follow
from api.cli.opening import opened, settings_of
from api.cli.screened import check_screening

if TYPE_CHECKING:
    from ledger.log.findings import Finding, Holding, Verification

_SHOWN = 20


@click.group()
def audit() -> None:
    """Show, or check, that nobody rewrote the ledger.

    \b
    Examples:
      retorsion audit checkpoint
      retorsion audit prove 312
      retorsion audit find event.json
    """


audit.add_command(follow)


audit.add_command(bundle)
audit.add_command(check_bundle)
audit.add_command(check_screening)


@audit.command()
@click.pass_context
def checkpoint(ctx: click.Context) -> None:
    """Print the newest signed checkpoint.

    It covers every event that was recorded before. Whoever keeps it can later be shown that nothing they saw was
    rewritten.

    \b
    Example:
      retorsion audit checkpoint > checkpoint-2026-11-24.txt
    """
    with opened(settings_of(ctx)) as ledger:
        click.echo(ledger.log.checkpoint().decode(), nl=False)


@audit.command()
@click.option(
    "--since", type=click.File("rb"), metavar="CHECKPOINT", help="Verify only what came after this signed checkpoint."
)
@click.option(
    "--processes", type=click.IntRange(min=1), metavar="N", help="How many processes to use.  [default: all cores]"
)
@click.pass_context
def verify(ctx: click.Context, since: BinaryIO | None, processes: int | None) -> None:
    """Verify that nobody rewrote the ledger.

    Every leaf is hashed anew and held against what is stored beside it; the whole tree is made anew and held against
    the stored checkpoints, and against the newest one, which is kept outside the database. Says what was verified; or
    which event is the first whose parts disagree, or the two checkpoints between which all was rewritten alike, and
    exits with 1.

    \b
    Examples:
      retorsion audit verify
      retorsion audit verify --since checkpoint-2026-11-24.txt
    """
    note = since.read() if since else None
    with opened(settings_of(ctx)) as ledger, _progress() as advance:
        found = ledger.log.verify(since=note, processes=processes or os.cpu_count() or 1, advance=advance)
    for line in _told(found):
        click.echo(plain(line))
    if not found.holds:
        raise No(_verdict(found))


@audit.command()
@click.argument("sequence", type=click.IntRange(min=1))
@click.pass_context
def prove(ctx: click.Context, sequence: int) -> None:
    """Print the proof that event SEQUENCE is in the log, with the checkpoint that it leads to.

    It is a C2SP tlog-proof, which other tools read too.

    \b
    Example:
      retorsion audit prove 312 > event-312.tlog-proof
    """
    with opened(settings_of(ctx)) as ledger:
        click.echo(ledger.prove(sequence).encode().decode(), nl=False)


@audit.command()
@click.argument("file", type=click.File("rb"))
@click.pass_context
def find(ctx: click.Context, file: BinaryIO) -> None:
    """Find in the log an event that you hold as JSON, and print the proof that it is there.

    FILE has the event as the ledger answered it; - is standing input. Where one character of it is not as it was
    recorded, it is not found.

    \b
    Example:
      retorsion audit find event.json
    """
    import orjson

    from ledger.audit.leaves import leaf_hash
    from ledger.log.leaves import leaf_of_answer, sequence_of

    try:
        event = orjson.loads(file.read())
    except orjson.JSONDecodeError as error:
        raise No(f"{file.name} is not JSON: {error}") from None
    hash_ = leaf_hash(leaf_of_answer(event))
    with opened(settings_of(ctx)) as ledger:
        with ledger.reading() as session:
            sequence = sequence_of(session, hash_)
        click.echo(f"It is event {sequence}, as it was recorded.", err=True)
        click.echo(ledger.prove(sequence).encode().decode(), nl=False)


@audit.command("new-log")
@click.option("--reason", required=True, metavar="TEXT", help="Why: it is kept, and shown for ever.")
@click.pass_context
def new_log(ctx: click.Context, reason: str) -> None:
    """Declare another log, on a ledger that is behind its own checkpoint.

    For a ledger that was restored from an old backup while the right database is lost, or whose key is lost. Its key,
    its origin and its newest checkpoint are kept beside, and shown for ever; it goes on under new ones.

    \b
    Example:
      retorsion audit new-log --reason "The disk failed on 3 May; restored from the backup of 1 May."
    """
    with opened(settings_of(ctx)) as ledger:
        ledger.new_log(reason)
        ledger.log.checkpoint()
        click.echo(f"The log goes on as {ledger.log.custody.vkey().text()}")


def _told(found: Verification) -> Iterator[str]:
    """What was verified, and what was found, line by line."""
    first = found.since.size + 1 if found.since else 1
    if first <= found.events:
        yield f"verified events {first} to {found.events}: leaves, columns, versions, times, tree"
    elif found.holds:
        yield "there are no events to verify"
    yield f"tree head of {found.events} events: {found.root_hash.hex()}"
    if found.since:
        yield f"what came before is as the given checkpoint of {found.since.size} events says"
    for log in found.logs:
        yield from _told_of(log)
    if found.kept:
        yield f"the checkpoint kept outside the database is of {found.kept.size} events"
    yield from map(_finding, found.findings.first[:_SHOWN])
    if (more := found.findings.count - _SHOWN) > 0:
        yield f"… and {more} findings more"


def _told_of(log: Holding) -> Iterator[str]:
    if log.retired:
        yield f"retired log {log.origin}, ended at {log.retired.retired_at}: {log.retired.reason}"
    stored = f"{log.checked} stored checkpoint{'' if log.checked == 1 else 's'} of {log.origin}"
    if log.first_that_fails is None:
        yield f"{stored}: {'it holds' if log.checked == 1 else 'all hold'}" if log.checked else f"{stored}"
    else:
        last = log.last_that_holds
        holds = "none before holds" if last is None else f"the last that holds is of {last} events"
        yield f"{stored}: {holds}, the first that does not is of {log.first_that_fails} events"


def _finding(finding: Finding) -> str:
    where = f"event {finding.sequence}: " if finding.sequence is not None else ""
    return f"{finding.fault}: {where}{finding.detail}"


def _verdict(found: Verification) -> str:
    """The first thing that is wrong, in one line."""
    first = found.findings.first[0]
    where = f"the first event whose parts disagree is {first.sequence}" if first.names_an_event else "it does not hold"
    return f"verification failed: {where} ({first.fault})"


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """What to call with how many events are verified, and how many there are: a bar, where somebody looks at stderr."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.completed} events"), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("", total=None)

    def advance(done: int, all_: int) -> None:
        bar.start()  # not before: it has a thread, and other processes are forked off first
        bar.update(task, completed=done, total=all_)

    try:
        yield advance
    finally:
        bar.stop()
