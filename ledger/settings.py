"""Configuration: the environment over a TOML file. Flags of the command line go over both, where there are any."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

CONFIG_FILE = "retorsion.toml"
PREFIX = "RETORSION_"


class BadSetting(Exception):
    """A setting that cannot be. The text says which, and what it may be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set. Each member is `RETORSION_` and its name in capitals in the environment."""

    database_url: str = "sqlite:///retorsion.db"
    """An SQLAlchemy URL: sqlite:///FILE, or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE."""
    audit_folder: str = ""
    """Where the log's key and its newest checkpoint are kept; unless set, beside SQLite's file, else in the working
    directory."""
    origin: str = ""
    """The name of the log, before it begins, as example.org/ledger; unless set, one by chance."""
    signing_key: str = ""
    """The log's private key, as `PRIVATE+KEY+…`; unless set, in the audit folder."""
    witnesses: str = ""
    """Who is asked to cosign its checkpoints: an address and a verifier key, in turn, for each witness."""
    archive_folder: str = ""
    """Where a copy of every list that was imported is kept, by its SHA-256; unless set, beside SQLite's file, else in
    the working directory."""
    feeds: str = ""
    """Where lists are fetched from, if not from their publisher: the name of a feed and an address, in turn; of a list
    in several files the address of their folder."""
    public_reads: bool = True
    """Whether reading needs no token."""
    max_body: int = 8 * 1024 * 1024
    """The largest body of a request, in bytes."""
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    """How many processes serve."""


def load_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of `environment`, over those of the file `RETORSION_CONFIG` (by default `retorsion.toml`, if there).

    Raises BadSetting for what cannot be understood, and for members that there are not.
    """
    path = Path(environment.get(PREFIX + "CONFIG", CONFIG_FILE))
    given: dict[str, Any] = {}
    if path.is_file():
        try:
            given = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadSetting(f"{path} is not TOML: {error}") from None
    elif PREFIX + "CONFIG" in environment:
        raise BadSetting(f"{PREFIX}CONFIG names {path}, and there is no such file")
    names = {field.name for field in fields(Settings)}
    if unknown := sorted(set(given) - names):
        raise BadSetting(f"{path} sets {', '.join(unknown)}, which is no setting: there are {', '.join(sorted(names))}")
    given |= {name: environment[PREFIX + name.upper()] for name in names if PREFIX + name.upper() in environment}
    return Settings(**{name: _read(name, value) for name, value in given.items()})


def _read(name: str, value: Any) -> Any:
    wanted = type(getattr(Settings(), name))
    if wanted is bool and isinstance(value, str) and value.lower() in {"true", "false", "1", "0", "yes", "no"}:
        return value.lower() in {"true", "1", "yes"}
    if wanted is int and isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if type(value) is not wanted:
        what = {bool: "true or false", int: "a whole number", str: "text"}[wanted]
        raise BadSetting(f"{PREFIX}{name.upper()} must be {what}, not {value!r}")
    return value
