"""A terminal of a given width, for what a command shows only there."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from typing import TYPE_CHECKING

from tests.process import command, environment

if TYPE_CHECKING:
    from collections.abc import Sequence

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_terminal(arguments: Sequence[str], *, columns: int = 80, **variables: str) -> tuple[int, str]:
    """The exit status of the command, and all that it wrote on a terminal, escape sequences and all."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    clean = {name: value for name, value in environment().items() if name not in {"COLUMNS", "LINES", "NO_COLOR"}}
    process = subprocess.Popen(
        [command(), *arguments],
        env=clean | {"TERM": "xterm-256color"} | variables,
        stdin=child,
        stdout=child,
        stderr=child,
        start_new_session=True,
    )
    os.close(child)
    written = b""
    while part := _read(parent):
        written += part
    os.close(parent)
    return process.wait(), written.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # so Linux says that the other side was closed
        return b""
