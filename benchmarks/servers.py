"""granian, serving one of `benchmarks.apps`: the same server with the same settings for each."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.clients import HOST, Clients

THREADS = 8
START_SECONDS = 60
STOP_SECONDS = 30
ROOT = Path(__file__).parents[1]


class NotServing(Exception):
    """The server did not start. The text has what it printed."""


@contextmanager
def serving(factory: str, variables: Mapping[str, str]) -> Iterator[int]:
    """Serve `benchmarks.apps.FACTORY` with these variables in its environment; the port. Ends it afterwards."""
    port = _free_port()
    command = [
        sys.executable, "-m", "granian", f"benchmarks.apps:{factory}", "--factory", "--interface", "wsgi",
        "--host", HOST, "--port", str(port), "--workers", "1", "--blocking-threads", str(THREADS), "--no-ws",
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("RETORSION_", "GRANIAN_"))}
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
            start_new_session=True,  # so that its worker ends with it
        )
        try:
            if not _answers(port, process):
                printed.seek(0)
                raise NotServing(printed.read().decode(errors="replace"))
            yield port
        finally:
            _end(process)


@contextmanager
def asked(factory: str, variables: Mapping[str, str], clients: int) -> Iterator[Clients]:
    """The same with its clients."""
    with serving(factory, variables) as port:
        found = Clients(port, clients)
        try:
            yield found
        finally:
            found.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Whether it accepts connections, sooner or later."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((HOST, port), 1):
            return True
        time.sleep(0.05)
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
