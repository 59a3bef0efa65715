"""The settings of a command, and the ledger that they name."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.endings import No, say

if TYPE_CHECKING:
    from ledger.service import Ledger
    from ledger.settings import Settings


def settings_of(ctx: click.Context) -> Settings:
    """What is configured, with the options of the command line over it. Raises BadSetting."""
    from ledger.settings import load_settings

    settings = load_settings()
    database_url: str | None = ctx.obj
    return settings if database_url is None else replace(settings, database_url=database_url)


@contextmanager
def opened(settings: Settings, *, appending: bool = False) -> Iterator[Ledger]:
    """The ledger, which must have been initialised: nothing is created here. Raises No.

    Where nothing can be appended to it that is said; not to a command that is `appending`, and will be told so.
    """
    from api.ledgers import ledger_of

    require_database(settings)
    ledger = ledger_of(settings)
    try:
        ledger.head()  # raises where there are no tables
        if not appending and (trouble := ledger.log.trouble()):
            say(f"retorsion: {trouble}")
        yield ledger
    finally:
        ledger.close()


def require_database(settings: Settings) -> None:
    """Raise No where the ledger's file is not there: SQLite would make one."""
    file = _file_of(settings)
    if file is not None and not file.exists():
        raise No(f"there is no ledger at {file}: run `retorsion init` first, or name another with --database-url")


def shown(settings: Settings) -> str:
    """The database, for people: the file, or the URL without its password."""
    from sqlalchemy import make_url

    return str(_file_of(settings) or make_url(settings.database_url).render_as_string(hide_password=True))


def _file_of(settings: Settings) -> Path | None:
    """SQLite's file; None for a database server."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(settings.database_url)
    except ArgumentError:
        return None  # Ledger.open says what is wrong with it
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(url.database.removeprefix("file:"))


def local_user() -> str:
    """The local operating-system user, who answers for what is recorded."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = f"uid-{os.getuid()}"
    return name.encode("utf-8", "replace").decode("utf-8")
