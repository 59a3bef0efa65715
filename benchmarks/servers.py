"""One of `benchmarks.apps`, served by the same server with the same settings for each: that of `retorsion serve`."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.clients import Clients

START_SECONDS = 60
STOP_SECONDS = 30
ROOT = Path(__file__).parents[1]


class NotServing(Exception):
    """The server did not start; what it printed of the reason stands above."""


@contextmanager
def serving(factory: str, variables: Mapping[str, str]) -> Iterator[int]:
    """Serve `benchmarks.apps.FACTORY` with these variables in its environment; the port. Ends it afterwards."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("RETORSION_", "GRANIAN_"))}
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.serving", factory],
        cwd=ROOT,
        env={**environment, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that its worker ends with it
    )
    try:
        yield _port(process)
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


def _port(process: subprocess.Popen[str]) -> int:
    """Where it answers, once it does. Raises NotServing."""
    assert process.stdout, "it is a pipe"
    ready, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    port = urlsplit(process.stdout.readline().strip()).port if ready else None
    if port is None:
        raise NotServing(process.args)
    return port


def _end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
