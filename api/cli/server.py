"""The production server: granian, its workers, and how all of it ends.

The workers are started anew (not forked), so that each has its own connections and nothing half-done of the parent's.
When the parent is told to stop, it first removes the file that event streams watch: they end by themselves, and then
every worker finishes the requests in hand. Where the parent is gone without a word, the workers stop likewise.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from logging import LogRecord
from multiprocessing.connection import wait
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Any

from api.cli.endings import No
from api.serving import SERVING, stop_serving

if TYPE_CHECKING:
    from flask import Flask

    from ledger.settings import Settings

THREADS = 256
"""Of each worker. An open event stream takes one of them, and costs nothing else while it waits."""
STOP_SECONDS = 25
"""How long requests in hand may take when the server stops. Docker's grace period in docker-compose.yml is longer."""
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where a server that listens everywhere is asked
_METRICS = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def stoppable() -> Iterator[None]:
    """As long as nothing is served yet, SIGTERM and SIGINT end the process at once, with 0."""
    before = {number: signal.signal(number, lambda *_: sys.exit(0)) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT. `announce` gets the address once it accepts requests. Raises No."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    address, port = _free_address(settings)
    multiprocessing.set_start_method("spawn", force=True)
    with TemporaryDirectory(prefix="retorsion-serve-") as folder:
        _tell_workers(Path(folder), settings.workers)
        server = Granian(
            "retorsion",
            address,
            port,
            interface=Interfaces.WSGI,
            workers=settings.workers,
            blocking_threads=THREADS,
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_SECONDS,
            log_level=LogLevels.warning,
            log_dictconfig=_LOGGING,
        )
        url = f"http://{f'[{settings.host}]' if ':' in settings.host else settings.host}:{port}"
        announcing = Thread(target=_announce, args=(address, port, partial(announce, url)), daemon=True)
        server.on_startup(_streams_end_first)
        server.on_startup(announcing.start)
        server.serve(target_loader=partial(_application, settings), wrap_loader=False)


def _free_address(settings: Settings) -> tuple[str, int]:
    """The address and port to listen on. Raises No where that cannot be.

    granian's workers share a port, each with a socket of its own. So it does not notice that another server of the same
    user has it already, and would share it with that one too.
    """
    where = f"{settings.host}:{settings.port}"
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
            host, port, *_ = probe.getsockname()
    except OSError as error:
        raise No(
            f"cannot listen on {where}: {error.strerror}; choose another with --host and --port (0: any free one)"
        ) from None
    return host, port


def _tell_workers(folder: Path, workers: int) -> None:
    """What the workers find in their environment."""
    marker = folder / "serving"
    marker.touch()
    os.environ[SERVING] = str(marker)
    os.environ.pop(_METRICS, None)
    if workers > 1:  # each writes what it measures into this folder, and each can tell what all measured
        metrics = folder / "metrics"
        metrics.mkdir()
        os.environ[_METRICS] = str(metrics)


def _streams_end_first() -> None:
    """Before granian stops its workers, which would wait for open streams."""
    for number in _SIGNALS:
        signal.signal(number, partial(_stop, signal.getsignal(number)))


def _stop(then: Any, *received: Any) -> None:
    stop_serving()
    then(*received)


def _announce(address: str, port: int, announce: Callable[[], None]) -> None:
    while not _answers(_WILDCARDS.get(address, address), port):
        time.sleep(0.02)
    with suppress(BrokenPipeError):  # who started it may have stopped reading
        announce()


def _answers(address: str, port: int) -> bool:
    connection = HTTPConnection(address, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _application(settings: Settings) -> Flask:
    """What a worker serves."""
    from api.http import create_app

    Thread(target=_stop_with_parent, name="retorsion-parent", daemon=True).start()
    return create_app(settings)


def _stop_with_parent() -> None:
    """Wait until the parent is gone, however it went; then stop as it would have said."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "a worker is a child of the server"
    wait([parent.sentinel])
    stop_serving()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_SECONDS)
    os._exit(1)


def wanted(record: LogRecord) -> bool:
    """Whether a line of granian's log is worth reading: that we have many threads is as it should be."""
    return "Configuration allows spawning up to" not in record.getMessage()


_ON_STDERR = {"class": "logging.StreamHandler", "stream": "ext://sys.stderr"}
_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"wanted": {"()": "api.cli.server.filter_wanted"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(message)s"}},
    "handlers": {"console": {**_ON_STDERR, "formatter": "line", "filters": ["wanted"]}},
    "loggers": {"_granian": {"handlers": ["console"], "propagate": False}},
}


def filter_wanted() -> Callable[[LogRecord], bool]:
    """For the logging configuration, which names it."""
    return wanted
