"""`retorsion audit`: that nobody rewrote the ledger, and how to show it."""

from __future__ import annotations

from typing import BinaryIO

import click

from api.cli.bundling import bundle, check_bundle
from api.cli.endings import No
from api.cli.following import follow
from api.cli.opening import opened, settings_of


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
