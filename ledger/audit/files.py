"""Files that are there whole or not at all, whatever ends the process or the machine, and who may write them."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UNFINISHED = ".new"
"""The end of a name under which a file is written until it is whole. What a crash leaves of that kind is of no use."""


class InUse(Exception):
    """Another process holds the lock."""


def replace_file(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Put `content` at `path`, durably: once this returns, it is there after a power cut too.

    Before, and where it raises OSError, what was there is there still, or `content` is: never a part of it. The mode of
    the file is `mode` without the umask's bits. Two processes must not do this to one path at once: `locked`.
    """
    unfinished = path.with_name(path.name + UNFINISHED)
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)  # never through somebody's symlink
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make durable which names are in it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold the lock on an existing file or folder; the system gives it back when the process ends, however it ends.

    Whoever holds it is the only one among all who ask. Raises InUse where another does and we do not `wait` for it.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise InUse(str(path)) from None
        yield
    finally:
        os.close(descriptor)
