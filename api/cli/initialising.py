"""`retorsion init`."""

import click

from api.cli.opening import settings_of, shown


@click.command()
@click.pass_context
def init(ctx: click.Context) -> None:
    """Create or migrate the database.

    Registers the built-in actors: states, territories, the EU and the UN. Harmless when repeated.

    \b
    Examples:
      retorsion init
      retorsion --database-url postgresql+psycopg://me@localhost/retorsion init
    """
    from api.ledgers import ledger_of

    settings = settings_of(ctx)
    ledger = ledger_of(settings)
    try:
        ledger.init()
        newest = ledger.head().sequence
    finally:
        ledger.close()
    click.echo(f"{shown(settings)} is ready: its newest event is {newest}")
