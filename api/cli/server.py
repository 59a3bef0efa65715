"""The production server: granian, its workers, and how all of it ends.

The workers are started anew (not forked), so that each has its own connections and nothing half-done of the parent's.
One thread of the parent waits for the signals that stop it, which are blocked everywhere else. When one comes it
removes the file that event streams watch, and they end by themselves; then the parent stops each worker by a SIGTERM of
its own, for which a thread of the worker waits likewise, and that one finishes the requests in hand. Where the parent
is gone without a word, the workers stop in the same way.

Handlers of signals would not do. Ctrl-C goes to every process of the group; and Python's handlers run in the main
thread, which sleeps on where the system gives the signal to another one: as it may wherever that has not blocked it.
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
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from api.cli.endings import No
from api.cli.processors import keep_to_a_free_processor
from api.serving import SERVING, stop_serving

if TYPE_CHECKING:
    from flask import Flask

    from ledger.settings import Settings

THREADS = 256
"""Of each worker. An open event stream takes one of them, and costs nothing else while it waits."""
STOP_SECONDS = 25
"""How long requests in hand may take when the server stops. Docker's grace period in docker-compose.yml is longer."""
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where a server that listens everywhere is asked
_METRICS = "PROMETHEUS_MULTIPROC_DIR"


class Listening(Protocol):
    """The settings that matter here, of whatever is served."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def workers(self) -> int: ...


L = TypeVar("L", bound=Listening)


class WorthReading:
    """Which lines of granian's log are."""

    def __init__(self) -> None:
        self.stopping_since: float | None = None

    def filter(self, record: LogRecord) -> bool:
        """Not that we have many threads, which is as it should be; nor that a worker had to be killed that had ended.

        granian waits for a worker in two threads, and the one that comes second takes it to be alive for a moment.
        """
        text = record.getMessage()
        if text.startswith("Killing worker") and self.stopping_since is not None:
            return time.monotonic() - self.stopping_since >= STOP_SECONDS
        return "Configuration allows spawning up to" not in text


_worth_reading = WorthReading()


def worth_reading() -> WorthReading:
    """For the logging configuration, which names it."""
    return _worth_reading


@contextmanager
def stoppable() -> Iterator[None]:
    """As long as nothing is served yet, a signal to stop ends the process at once, with 0."""
    before = {number: signal.signal(number, lambda *_: sys.exit(0)) for number in _stopping()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stopping() -> set[signal.Signals]:
    """The signals that stop it. SIGHUP comes when its terminal is closed, and `nohup` has it ignored."""
    return set(_SIGNALS) - ({signal.SIGHUP} if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN else set())


def the_ledger(settings: Settings) -> Flask:
    """The application of a ledger, imported in the worker alone."""
    from api.http import create_app

    app = create_app(settings)
    if trouble := app.extensions["retorsion"].log.trouble():
        app.logger.error("%s", trouble)
    return app


def serve(settings: L, announce: Callable[[str], None], create: Callable[[L], Flask]) -> None:
    """Serve what `create` makes until a signal says to stop. Raises No.

    `create` is called in each worker, with the settings. `announce` gets the address once `GET /healthz` answers 200.
    """
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
        server.on_startup(partial(_take_signals, server, _stopping()))
        server.on_startup(announcing.start)
        server.serve(target_loader=partial(_application, settings, create), wrap_loader=False)


def _free_address(settings: Listening) -> tuple[str, int]:
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


def _take_signals(server: Any, stopping: set[signal.Signals]) -> None:
    """From now on a thread waits for them; what is started later, threads and workers, has them blocked too."""
    resource_tracker.ensure_running()  # it unblocks them, which must be over by then
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    Thread(target=_stop_on_signal, args=(server, stopping), name="retorsion-signals", daemon=True).start()


def _stop_on_signal(server: Any, stopping: set[signal.Signals]) -> None:
    while True:
        if signal.sigwait(_SIGNALS) in stopping:
            _worth_reading.stopping_since = time.monotonic()
            stop_serving()
            server.signal_handler_interrupt()


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


def _application(settings: L, create: Callable[[L], Flask]) -> Flask:
    """What a worker serves. Of the signals, it minds the one with which the parent stops it."""
    for name, wait_for_it in (("retorsion-signals", _until_told), ("retorsion-parent", _until_parent_is_gone)):
        Thread(target=_stop_after, args=(wait_for_it,), name=name, daemon=True).start()
    application = create(settings)
    keep_to_a_free_processor()  # from here on: what has to be imported is imported wherever there is room
    return application


def _until_told() -> None:
    signal.sigwait({signal.SIGTERM})


def _until_parent_is_gone() -> None:
    """However it went; then as it would have said."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "a worker is a child of the server"
    wait([parent.sentinel])
    stop_serving()


def _stop_after(wait_for_it: Callable[[], None]) -> None:
    """Do then what granian does on SIGTERM, which is blocked here as everywhere: it need not be the main thread."""
    wait_for_it()
    stop = signal.getsignal(signal.SIGTERM)
    if callable(stop):
        stop(signal.SIGTERM, None)
        time.sleep(STOP_SECONDS)
    os._exit(1)  # it does not serve yet, or does not end


_ON_STDERR = {"class": "logging.StreamHandler", "stream": "ext://sys.stderr"}
_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"worth reading": {"()": "api.cli.server.worth_reading"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(message)s"}},
    "handlers": {"console": {**_ON_STDERR, "formatter": "line", "filters": ["worth reading"]}},
    "loggers": {"_granian": {"handlers": ["console"], "propagate": False}},
}
