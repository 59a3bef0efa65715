"""The command `retorsion`, and what it does with the words that follow it.

This module and those of the commands import what is heavy (Flask, SQLAlchemy, granian, rich) only where it is used: so
`--help` and `--version` answer at once, and a mistyped option costs nothing.
"""

import os
import sys
from importlib import import_module
from typing import Any

import click

from api.cli.endings import DONE, INTERRUPTED, NO_READER, Ended, ending_of

_COMMANDS = {
    "init": "api.cli.initialising:init",
    "serve": "api.cli.serving:serve",
    "demo": "api.cli.demonstrating:demo",
    "token": "api.cli.tokens:token",
    "append": "api.cli.appending:append",
    "state": "api.cli.asking:state",
    "history": "api.cli.asking:history",
    "import": "api.cli.importing:import_",
    "feeds": "api.cli.asking:feeds",
    "export": "api.cli.exporting:export",
    "match": "api.cli.matching:match",
    "rebuild": "api.cli.rebuilding:rebuild",
    "audit": "api.cli.auditing:audit",
    "witness": "api.cli.witnessing:witness",
}
"""Where each command is, in the order in which the help shows them."""


class Commands(click.Group):
    """A group whose commands are imported by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, if there is one."""
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Ctrl-C and a reader that went away end it without a word."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Ended(INTERRUPTED) from None
        except BrokenPipeError:
            raise Ended(NO_READER) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="retorsion", message="%(prog)s %(version)s")
@click.option(
    "--database-url",
    metavar="URL",
    help="The ledger's database: sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME. "
    "[default: RETORSION_DATABASE_URL, or else retorsion.db in the working directory]",
)
@click.pass_context
def cli(ctx: click.Context, database_url: str | None) -> None:
    """An append-only, bitemporal ledger of geopolitical measures: who does what to whom, since when, known since when.

    \b
    Look around in a ledger that is thrown away afterwards:
      retorsion demo
    \b
    Start one that stays:
      retorsion init
      retorsion token create desk --scope append
      retorsion serve

    Settings come from options, else from RETORSION_… variables, else from retorsion.toml in the working directory, or
    from the file that RETORSION_CONFIG names. The exit status is 0 when it is done, 1 when the answer is no, and 2 for
    wrong usage.
    """
    ctx.obj = database_url


def main() -> int:
    """Run the command line. Returns the exit status; whatever went wrong is told in one line on stderr."""
    if hasattr(sys.stdout, "reconfigure"):  # what a terminal cannot show is written as it would be in JSON
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status = cli.main(prog_name="retorsion", standalone_mode=False) or DONE
        sys.stdout.flush()
    except BrokenPipeError:
        status = NO_READER
    except Exception as error:  # noqa: BLE001 - nobody sees a traceback
        status = ending_of(error)
    except KeyboardInterrupt:
        status = INTERRUPTED
    if status == NO_READER:
        _forget_stdout()
    return int(status)


def _forget_stdout() -> None:
    """Nobody reads it any more: what is still to be flushed at exit goes nowhere, without a complaint."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
