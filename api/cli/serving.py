"""`retorsion serve`, and the options of all that serves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import click

from api.cli.opening import settings_of

if TYPE_CHECKING:
    from ledger.settings import Settings

F = TypeVar("F", bound=Callable[..., object])


def serving_options(command: F) -> F:
    """Where to listen, and with how many processes."""
    workers = click.option(
        "--workers",
        type=click.IntRange(min=1),
        metavar="N",
        help="How many processes serve, each on one processor. [default: 1]",
    )
    port = click.option(
        "--port", type=click.IntRange(0, 65535), metavar="PORT", help="The port; 0 is any free one. [default: 8000]"
    )
    host = click.option(
        "--host", metavar="ADDRESS", help="The address to listen on; 0.0.0.0 is all of them. [default: 127.0.0.1]"
    )
    return host(port(workers(command)))


def serving_settings(ctx: click.Context, host: str | None, port: int | None, workers: int | None) -> Settings:
    """The settings, with those options over them. Raises BadSetting."""
    from ledger.settings import BadSetting

    given = {"host": host, "port": port, "workers": workers}
    settings = replace(settings_of(ctx), **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    if settings.workers < 1:
        raise BadSetting(f"RETORSION_WORKERS must be at least 1, not {settings.workers}")
    if settings.port > 65535:
        raise BadSetting(f"RETORSION_PORT must be from 0 to 65535, not {settings.port}")
    return settings


@click.command()
@serving_options
@click.pass_context
def serve(ctx: click.Context, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the API.

    Does what `init` does, then serves. Once it accepts requests it prints its address, in one line; its log goes to
    stderr. SIGTERM, or Ctrl-C, finishes the requests in hand and ends it with exit status 0.

    \b
    Examples:
      retorsion serve
      retorsion serve --host 0.0.0.0 --port 8080 --workers 2
      RETORSION_DATABASE_URL=postgresql+psycopg://me@localhost/retorsion retorsion serve
    """
    from api.cli import server
    from api.ledgers import ledger_of

    settings = serving_settings(ctx, host, port, workers)
    with server.stoppable():
        ledger = ledger_of(settings)
        try:
            ledger.init()
        finally:
            ledger.close()
        server.serve(settings, lambda address: click.echo(f"Retorsion serves at {address}"), server.the_ledger)
