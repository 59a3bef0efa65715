"""`retorsion witness`."""

from __future__ import annotations

import socket
from pathlib import Path

import click

from api.cli.endings import No


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--log",
    "vkeys",
    metavar="VKEY",
    multiple=True,
    required=True,
    help="The key of a ledger to witness, as its /v1/audit/key shows it. Repeat it for several.",
)
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", help="The address to listen on. [default: 127.0.0.1]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    default=8001,
    help="The port; 0 is any free one. [default: 8001]",
)
@click.option(
    "--name", metavar="NAME", help="The name of the key that is made at the first start. [default: HOST NAME/witness]"
)
def witness(folder: Path, vkeys: tuple[str, ...], host: str, port: int, name: str | None) -> None:
    """Cosign the checkpoints of other ledgers.

    Serves a C2SP tlog-witness (https://c2sp.org/tlog-witness) that keeps its key and what it has cosigned in FOLDER. Of
    each ledger it cosigns one history only; a ledger that shows it another is refused. At the start it prints its
    address and its own key, which the operators of the ledgers and their readers need. SIGTERM, or Ctrl-C, ends it.

    Never restore FOLDER from a backup: a witness that has forgotten may cosign a second history. Begin a new one, with
    a new key, instead.

    \b
    Example:
      retorsion witness ./witness --name desk.example/witness --log "$(cat ledger.vkey)"
    """
    from api.cli import server
    from api.witness.app import WitnessSettings, create_witness
    from api.witness.records import FolderRefused, prepared
    from ledger.audit.note import KeyRefused, NoteKey

    try:
        logs = tuple(NoteKey.parse(vkey.partition("\n")[0]) for vkey in vkeys)  # as /v1/audit/key has them
    except KeyRefused as error:
        raise click.BadParameter(f"{error}; give it as /v1/audit/key shows it", param_hint="--log") from None
    try:
        with server.stoppable(), prepared(folder, name, f"{socket.gethostname()}/witness") as key:
            server.serve(
                WitnessSettings(folder, logs, host, port),
                lambda address: click.echo(f"Retorsion witnesses at {address}\nIts key is {key.text()}"),
                create_witness,
            )
    except FolderRefused as error:
        raise No(str(error)) from None
    except KeyRefused as error:
        raise click.BadParameter(str(error), param_hint="--name") from None
