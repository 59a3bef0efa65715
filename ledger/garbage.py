"""Python's garbage, which is collected when much was made: not while what is made is in no circle."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def nothing_collected() -> Iterator[None]:
    """Python does not look for circles meanwhile: an append, or a name that is screened, makes many objects, none of
    which are in one."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
