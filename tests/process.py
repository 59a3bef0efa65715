"""The real `retorsion` command, run as a user runs it.

It is a process of its own, told what to do by arguments, environment and signals, and judged by what it prints and how
it ends.
"""

import os
import re
import signal
import socket
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 60
ADDRESS = re.compile(r"https?://[\w.:\[\]-]+")


def command() -> Path:
    """The script that installing the project made. Raises FileNotFoundError where it is not installed."""
    script = Path(sysconfig.get_path("scripts")) / "retorsion"
    if not script.exists():
        raise FileNotFoundError(f"{script} is missing: install the project (`make test` does)")
    return script


def environment(database_url: str | None = None, **more: str) -> dict[str, str]:
    """This process's environment with no RETORSION_ variables in it but those given."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("RETORSION_")}
    if database_url is not None:
        clean["RETORSION_DATABASE_URL"] = database_url
    return clean | more


def retorsion(
    *arguments: str, database_url: str | None = None, stdin: str = "", seconds: float = START_SECONDS, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end; `more` are environment variables. Look at `returncode`, `stdout`, `stderr`."""
    return subprocess.run(
        [command(), *arguments],
        env=environment(database_url, **more),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=seconds,
    )


def free_port() -> int:
    """A port of this machine that nobody listened on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Served:
    """A running server: where it answers, its process, and what it has printed so far."""

    url: str
    process: subprocess.Popen[bytes]
    stdout: Path
    stderr: Path

    def stop(self, seconds: float = STOP_SECONDS) -> int:
        """Ask it to end, with SIGTERM; gives its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def printed(self) -> str:
        """All of its output, for failures."""
        return f"stdout:\n{self.stdout.read_text()}\nstderr:\n{self.stderr.read_text()}"


@contextmanager
def serving(
    database_url: str | None,
    *,
    workers: int | None = None,
    port: int | None = None,
    more: Mapping[str, str] | None = None,
) -> Iterator[Served]:
    """`retorsion serve` on a free port, from its address line on; at the end SIGTERM, upon which it exits with 0."""
    options = ["--port", str(port or free_port())]
    if workers is not None:
        options += ["--workers", str(workers)]
    with running([str(command()), "serve", *options], environment(database_url, **(more or {}))) as served:
        yield served


@contextmanager
def running(arguments: list[str], variables: Mapping[str, str]) -> Iterator[Served]:
    """Any command line that serves and prints its address, such as `retorsion demo` too."""
    with tempfile.TemporaryDirectory(prefix="retorsion-") as folder:
        stdout, stderr = Path(folder, "stdout"), Path(folder, "stderr")
        with stdout.open("wb") as out, stderr.open("wb") as err:
            process = subprocess.Popen(
                arguments, env=variables, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
            )
        try:
            served = Served(_address(process, stdout, stderr), process, stdout, stderr)
            yield served
            if process.poll() is None:
                status = served.stop()
                assert status == 0, f"exit status {status} on SIGTERM\n{served.printed()}"
        finally:
            _end(process)


def _address(process: subprocess.Popen[bytes], stdout: Path, stderr: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while (found := ADDRESS.search(_whole_lines(stdout))) is None:
        printed = f"stdout:\n{stdout.read_text()}\nstderr:\n{stderr.read_text()}"
        assert process.poll() is None, f"ended with {process.returncode} before it printed an address\n{printed}"
        assert time.monotonic() < deadline, f"printed no address in {START_SECONDS} seconds\n{printed}"
        time.sleep(0.02)
    return found[0]


def _whole_lines(file: Path) -> str:
    text = file.read_text()
    return text[: text.rfind("\n") + 1]


def _end(process: subprocess.Popen[bytes]) -> None:
    """Whatever is left of it, workers too, ends here."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
