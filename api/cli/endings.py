"""How a command ends: its exit status, and the one line on stderr that says what to do."""

import os
import sys
import tempfile
import traceback
import unicodedata
from pathlib import Path
from typing import Any

import click

DONE, NO, WRONG_USAGE = 0, 1, 2
INTERRUPTED, NO_READER = 130, 141
"""As a shell has it for what SIGINT and SIGPIPE ended."""


class Ended(Exception):
    """The end of a command, with what is to be said of it, if anything."""

    def __init__(self, status: int, line: str | None = None) -> None:
        super().__init__(line)
        self.status, self.line = status, line


class No(click.ClickException):
    """The answer is no, and the text says what to do."""

    exit_code = NO


def say(text: str) -> None:
    """One line on stderr, whatever is in it."""
    click.echo(plain(" ".join(text.split())), err=True)


def plain(text: str) -> str:
    """`text` without what would steer a terminal: what the ledger holds was written by others."""
    if text.isprintable():
        return text
    return "".join(f"\\x{ord(each):02x}" if unicodedata.category(each) == "Cc" else each for each in text)


def ending_of(error: Exception) -> int:
    """Say why `error` ended the command. Returns the exit status."""
    if isinstance(error, Ended):
        if error.line:
            say(error.line)
        return error.status
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return WRONG_USAGE
    if isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx else "retorsion"
        say(f"{path}: {_ended(error.format_message())} See `{path} --help`.")
        return WRONG_USAGE
    if isinstance(error, click.Abort):
        return INTERRUPTED
    status, reason = _reason_of(error)
    say(f"retorsion: {reason}")
    return status


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."


def _reason_of(error: Exception) -> tuple[int, str]:
    if isinstance(error, click.ClickException):
        return error.exit_code, error.format_message()
    if (told := _told_by_the_ledger(error)) is not None:
        return told
    if isinstance(error, OSError):
        where = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
        return NO, f"{where}{error.strerror or error}"
    return NO, f"a fault of Retorsion's own ({type(error).__name__}): please report it with the file {_report(error)}"


def _told_by_the_ledger(error: Exception) -> tuple[int, str] | None:
    """What the ledger's own refusals and the database's say; None for any other exception."""
    from ledger.errors import Refused
    from ledger.settings import BadSetting

    if isinstance(error, BadSetting):
        return WRONG_USAGE, str(error)
    if isinstance(error, Refused):
        return NO, str(error)
    if "ledger.store.database" not in sys.modules:
        return None
    from ledger.store.database import UnusableDatabase

    if isinstance(error, UnusableDatabase):
        return WRONG_USAGE, str(error)
    reason = database_reason(error)
    return None if reason is None else (NO, reason)


def database_reason(error: Exception) -> str | None:
    """What a database that does not answer as it should says, and what to do; None for any other exception."""
    import sqlite3

    import psycopg
    from sqlalchemy.exc import SQLAlchemyError

    cause: Any = getattr(error, "orig", None) or error
    if not isinstance(cause, sqlite3.Error | psycopg.Error | SQLAlchemyError):
        return None
    text = " ".join(str(cause).split()) or type(cause).__name__
    if isinstance(cause, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn) or _is_unknown(text):
        return "the database is not initialised, or not by this version: run `retorsion init`"
    for words, advice in _ADVICE.items():
        if words in text:
            return f"the database says: {text}; {advice}"
    return f"the database does not answer: {text}; see that it runs and that RETORSION_DATABASE_URL is right"


def _is_unknown(text: str) -> bool:
    """Whether SQLite says that a table or column is not there."""
    return text.startswith("no such ") or "has no column named" in text


_ADVICE = {
    "is locked": "another process has been writing for a minute: try again when it is done",
    "unable to open": "see that its folder is there and may be written to",
    "readonly": "see that its file and folder may be written to",
    "is full": "make room, then try again",
    "not a database": "see that RETORSION_DATABASE_URL names the right file",
}


def _report(error: Exception) -> Path:
    """A file that says where it happened, for those who can mend it."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="retorsion-fault-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.writelines(traceback.format_exception(error))
    return Path(file.name)
