"""`retorsion demo`: a ledger to look around in, which is gone afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from api.cli.serving import serving_options, serving_settings

if TYPE_CHECKING:
    from fixtures import Loaded

_DAY = "2020-07-10"
_STATEMENT = {
    "type": "reported",
    "subject": "act:my-first-event",
    "effective_on": _DAY,
    "data": {"category": "statement", "title": "My first event", "by": ["actor:us"], "attribution": "official"},
}


@click.command()
@serving_options
@click.pass_context
def demo(ctx: click.Context, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve a ledger to look around in.

    As `serve`, on a fresh database in a temporary folder, with the first real case in it: the Xinjiang exchange of July
    2020. Prints the address, a token to append with, and commands to try. Ctrl-C ends it and removes the database.

    \b
    Examples:
      retorsion demo
      retorsion demo --port 0
    """
    import fixtures
    from api.cli import server
    from api.ledgers import ledger_of

    if ctx.obj is not None:
        raise click.UsageError("a demo has a database of its own: leave out --database-url, or `retorsion serve`", ctx)
    settings = serving_settings(ctx, host, port, workers)
    with server.stoppable(), TemporaryDirectory(prefix="retorsion-demo-") as folder:
        settings = replace(settings, database_url=f"sqlite:///{Path(folder, 'retorsion.db')}")
        ledger = ledger_of(settings)
        try:
            ledger.init()
            loaded = fixtures.load(ledger)
            token = ledger.create_token("demo", "append")
        finally:
            ledger.close()
        server.serve(settings, lambda address: click.echo(_welcome(address, token, loaded)), server.the_ledger)


def _welcome(address: str, token: str, loaded: Loaded) -> str:
    event = json.dumps(_STATEMENT)
    report, newest = loaded.last_sequence_of_report, loaded.last_sequence
    return f"""\
Retorsion serves at {address}
Append token: {token}
The report of 10 July 2020 ends at event {report} (known_at_sequence={report}); what was learned later, at {newest}.

What the United States imposed and suffered on that day, as the report knew it:
  curl -s '{address}/v1/actors/us/state?at={_DAY}&known_at_sequence={report}'
All that led to China's reply and all that answered it, as is known now:
  curl -s '{address}/v1/measures/cn-xinjiang-2020-07-10/chain'
Append an event:
  curl -s {address}/v1/events -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -d '{event}'

Ctrl-C ends the demo and removes its database."""
