"""`retorsion token`: who may call the API."""

import sys

import click

from api.cli.opening import opened, settings_of


@click.group()
def token() -> None:
    """Create, list and revoke API tokens."""


@token.command()
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice(["read", "append", "admin"]),
    required=True,
    help="What it may do; each may also do what those before it may.",
)
@click.pass_context
def create(ctx: click.Context, name: str, scope: str) -> None:
    """Create a token and print its secret.

    The secret is printed alone, this once: the ledger keeps only its hash. Events that are posted with it are recorded
    by NAME, which is a slug and can never be used for another token.

    \b
    Examples:
      retorsion token create sanctions-desk --scope append
      TOKEN=$(retorsion token create reader --scope read)
    """
    with opened(settings_of(ctx)) as ledger:
        click.echo(ledger.create_token(name, scope))
    if sys.stdout.isatty():
        click.echo("Keep it: it cannot be shown again. Send it as `Authorization: Bearer …`.", err=True)


@token.command("list")
@click.pass_context
def list_(ctx: click.Context) -> None:
    """List all tokens there are or were.

    \b
    Example:
      retorsion token list
    """
    from api.cli.tables import show, table
    from ledger.times import time_text

    with opened(settings_of(ctx)) as ledger:
        tokens = ledger.tokens()
    if not tokens:
        click.echo("There are no tokens yet: `retorsion token create NAME --scope append` makes one.")
        return
    listed = table("Name", "Scope", "Created", "Revoked")
    for each in tokens:
        revoked = "" if each.revoked_at is None else time_text(each.revoked_at)
        listed.add_row(each.name, each.scope, time_text(each.created_at), revoked)
    show(listed)


@token.command()
@click.argument("name")
@click.pass_context
def revoke(ctx: click.Context, name: str) -> None:
    """Revoke a token: from now on its secret is refused.

    What was recorded with it stays, and its name is not used again.

    \b
    Example:
      retorsion token revoke sanctions-desk
    """
    with opened(settings_of(ctx)) as ledger:
        ledger.revoke_token(name)
    click.echo(f"{name} is revoked")
