"""Workers keep to processors: one each, as long as there are any."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from multiprocessing.connection import Connection

import pytest

from api.cli import processors, server
from tests.process import environment

HERE = sorted(os.sched_getaffinity(0))
SEATED = """
import os, sys
from api.cli import processors
processors._SEAT = "\\0" + sys.argv[1]
processors.keep_to_a_free_processor()
print(*sorted(os.sched_getaffinity(0)), flush=True)
sys.stdin.read()
"""

Started = Callable[[], tuple[list[int], subprocess.Popen[str]]]


@pytest.fixture
def start() -> Iterator[Started]:
    """Starts a process that keeps to a processor and goes on running; on which it may, and the process."""
    seat = f"tests-{os.getpid()}-{{}}"
    with ExitStack() as ends:

        def started() -> tuple[list[int], subprocess.Popen[str]]:
            process = subprocess.Popen(
                [sys.executable, "-c", SEATED, seat],
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            ends.callback(process.communicate)
            assert process.stdout
            return [int(processor) for processor in process.stdout.readline().split()], process

        yield started


def test_each_has_one_of_its_own_and_the_rest_run_where_they_can(start: Started) -> None:
    assert [start()[0] for _ in HERE] == [[processor] for processor in HERE]
    assert start()[0] == HERE


def test_a_processor_is_free_again_once_its_worker_was_killed(start: Started) -> None:
    _, first = start()
    for _ in HERE[1:]:
        start()
    first.kill()
    first.wait()
    assert start()[0] == HERE[:1]


def _work(seat: str, told: Connection) -> None:
    """What a worker of the server does before it serves; then it tells on which processors it may run."""
    processors._SEAT = seat
    server._application(None, lambda _settings: None)
    told.send(sorted(os.sched_getaffinity(0)))


def test_a_worker_of_the_server_has_one() -> None:
    context = multiprocessing.get_context("spawn")
    told, tells = context.Pipe(duplex=False)
    worker = context.Process(target=_work, args=(f"\0tests-{os.getpid()}-served-{{}}", tells), daemon=True)
    worker.start()
    assert told.poll(60)
    assert told.recv() == HERE[:1]
    worker.join(60)
