"""`python -m benchmarks.serving FACTORY`: serve one of `benchmarks.apps` as `retorsion serve` serves a ledger.

Prints the address once it answers; ends on SIGTERM.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import Flask

from api.cli.server import serve
from benchmarks import apps
from benchmarks.clients import HOST


@dataclass(frozen=True, slots=True)
class Served:
    """Which application, and where."""

    factory: str
    host: str = HOST
    port: int = 0
    workers: int = 1


def made(served: Served) -> Flask:
    """The application, in the worker."""
    factory: Callable[[], Flask] = getattr(apps, served.factory)
    return factory()


if __name__ == "__main__":
    serve(Served(sys.argv[1]), partial(print, flush=True), made)
