"""Files and folders that are written whole, or are not there at all."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from api.cli.endings import No

STDOUT = "-"


@contextmanager
def written(name: str) -> Iterator[IO[bytes]]:
    """A file to be written, which takes the place of `name` once it is whole; `-` is the standard output.

    Until then it is beside it, and whatever ends the writing removes it. What is no file, as a pipe, is written into.
    """
    path = Path(name).resolve()
    if name == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    elif path.exists() and not path.is_file():
        if path.is_dir():
            raise No(f"{name} is a folder: name a file in it, or - for the standard output")
        with path.open("wb") as file:
            yield file
    else:
        beside = _beside(path)
        try:
            with beside.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


@contextmanager
def filled(name: str) -> Iterator[Path]:
    """A folder to be filled, which gets its name once it is whole. Raises No where something of that name is there."""
    path = Path(name).resolve()
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise No(f"{name} is there already: remove it, or name another folder")
    beside = _beside(path)
    try:
        beside.mkdir()
        yield beside
        beside.replace(path)
    finally:
        with suppress(FileNotFoundError):
            shutil.rmtree(beside)


def _beside(path: Path) -> Path:
    """A name beside `path` that nothing has. Raises No where its folder is none."""
    if not path.parent.is_dir():
        raise No(f"there is no folder {path.parent}: make it first")
    return path.parent / f".{path.name}.{secrets.token_hex(4)}"
