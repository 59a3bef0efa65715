"""`retorsion append`: events from a file, all of them or, batch by batch, as many as can stand."""

from __future__ import annotations

import getpass
import json
import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import IO, TYPE_CHECKING, Any

import click

from api.cli.endings import Ended, No, database_reason
from api.cli.opening import opened, settings_of

if TYPE_CHECKING:
    from api.cli.lines import Line
    from ledger.domain.values import Problem
    from ledger.errors import Refused
    from ledger.service import Ledger

_SHOWN = 5


@click.command()
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--batch", type=click.IntRange(min=1), metavar="N", help="Commit every N events, instead of all or nothing.")
@click.option("--from-line", type=click.IntRange(min=1), default=1, metavar="K", help="Begin with line K of the file.")
@click.pass_context
def append(ctx: click.Context, file: str, batch: int | None, from_line: int) -> None:
    """Append events from an NDJSON file.

    FILE has one event on each line, as one would post it; `-` is the standard input. All of them are appended as one
    batch, or none. With --batch, N at a time: of any length, and when it cannot go on it says up to which line all is
    recorded, and with which command to resume.

    \b
    Examples:
      retorsion append events.ndjson
      zcat events.ndjson.gz | retorsion append -
      retorsion append --batch 1000 events.ndjson
      retorsion append --batch 1000 --from-line 40001 events.ndjson
    """
    from api.cli.lines import batches_of, lines_of

    recorded = _Recorded()
    resume = _Resume(file, batch, from_line, ctx.obj)
    with opened(settings_of(ctx)) as ledger, _input(file) as lines, _signals(batch is not None) as turn:
        with _progress(lines, shown=batch is not None) as advance:
            try:
                for together in batches_of(lines_of(lines, from_line), batch):
                    with turn.not_now():
                        _append(ledger, together, recorded)
                    advance(recorded.events, together[-1].end)
            except Exception as error:
                raise _stopped(error, recorded, resume) from error
    click.echo(recorded.told())


@dataclass(slots=True)
class _Recorded:
    """What is stored by now."""

    events: int = 0
    first_sequence: int = 0
    last_sequence: int = 0
    last_line: int = 0

    def told(self) -> str:
        """In words."""
        if not self.events:
            return "appended 0 events: there was none"
        if self.events == 1:
            return f"appended 1 event, sequence {self.last_sequence}"
        return f"appended {self.events} events, sequences {self.first_sequence}–{self.last_sequence}"


@dataclass(frozen=True, slots=True)
class _Resume:
    """The command that was given, to be given again."""

    file: str
    batch: int | None
    from_line: int
    database_url: str | None

    def command(self, line: int) -> str:
        """The command that goes on from a line."""
        words = ["retorsion"]
        if self.database_url is not None:
            from sqlalchemy import make_url

            words += ["--database-url", make_url(self.database_url).render_as_string(hide_password=True)]
        words += ["append", "--batch", str(self.batch), "--from-line", str(line), self.file]
        return shlex.join(words)


def _append(ledger: Ledger, lines: Sequence[Line], recorded: _Recorded) -> None:
    """Append one batch. Raises BadLine where the ledger refuses it."""
    from api.cli.lines import BadLine
    from ledger.errors import Refused

    try:
        stored = ledger.append([line.event for line in lines], by=_who()).events
    except Refused as refusal:
        raise BadLine(_placed(refusal, lines, ledger)) from refusal
    recorded.first_sequence = recorded.first_sequence or stored[0].sequence
    recorded.last_sequence = stored[-1].sequence
    recorded.events += len(stored)
    recorded.last_line = lines[-1].number


def _who() -> str:
    """The local operating-system user, who answers for what is recorded."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = f"uid-{os.getuid()}"
    return name.encode("utf-8", "replace").decode("utf-8")


def _placed(refusal: Refused, lines: Sequence[Line], ledger: Ledger) -> str:
    """Why a batch is refused, with the lines of the file in place of its indexes."""
    from ledger.errors import Invalid, TimelineConflict, VersionConflict

    if isinstance(refusal, Invalid):
        return _listed(refusal.problems, lines)
    if isinstance(refusal, TimelineConflict):
        stored = _lines_on(_subjects_of(refusal.conflicts, ledger), lines)
        posted = [_listed([problem], lines) for problem in refusal.problems]
        return "; ".join([f"{stored}: {refusal}"] if refusal.conflicts else posted)
    if isinstance(refusal, VersionConflict):
        return f"{_lines_on({refusal.subject}, lines)}: {refusal}"
    return str(refusal)


def _listed(problems: Sequence[Problem], lines: Sequence[Line]) -> str:
    placed = []
    for problem in problems[:_SHOWN]:
        _, index, *within = problem.pointer.split("/")
        pointer = "".join(f"/{step}" for step in within)
        placed.append(f"line {lines[int(index)].number}: {f'{pointer} {problem.detail}'.strip()}")
    if len(problems) > _SHOWN:
        placed.append(f"and {len(problems) - _SHOWN} more")
    return "; ".join(placed)


def _subjects_of(sequences: Sequence[int], ledger: Ledger) -> set[str]:
    from ledger.store.events import stored_between

    with ledger.reading() as session:
        return {json.loads(stored_between(session, each, each)[0].leaf)["subject"] for each in sequences}


def _lines_on(subjects: set[str], lines: Sequence[Line]) -> str:
    """The lines with events of some subjects, as `line 3, 7`."""
    numbers = [str(line.number) for line in lines if line.event["subject"] in subjects]
    return f"line {', '.join(numbers[:_SHOWN])}" + (f" and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else "")


def _stopped(error: Exception, recorded: _Recorded, resume: _Resume) -> Exception:
    """The end of an append that could not go on; `error` itself, where it is none of ours."""
    from api.cli.lines import BadLine

    if isinstance(error, BadLine):
        status, reason, then = 1, f"{error}", "put it right, then run "
    elif isinstance(error, Ended):
        status, reason, then = error.status, "stopped", "to go on, run "
    elif (reason := database_reason(error) or "") or isinstance(error, OSError):
        status, reason, then = 1, reason or str(error), "then run "
    else:
        return error
    if resume.batch is None:
        return Ended(status, None if reason == "stopped" else f"retorsion: {reason}; nothing was appended")
    line = recorded.last_line + 1 if recorded.events else resume.from_line
    if recorded.events:
        done = f"recorded are lines {resume.from_line}–{recorded.last_line} (sequences {recorded.first_sequence}–{recorded.last_sequence})"
    else:
        done = "nothing was appended"
    return Ended(status, f"retorsion: {reason}; {done}; {then}`{resume.command(line)}`")


@contextmanager
def _input(file: str) -> Iterator[IO[bytes]]:
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        opened_file = open(file, "rb")  # noqa: PTH123, SIM115 - closed below; a name that is no path has its own error
    except OSError as error:
        raise No(f"{file}: {error.strerror}: name a file of events, one on each line, or - for the standard input") from None
    with opened_file:
        yield opened_file


class _Turn:
    """Whether a signal may end the command now. Not while a batch is being committed: it is in, or it is not."""

    def __init__(self) -> None:
        self._committing = False
        self._asked: int | None = None

    def receive(self, number: int, _frame: FrameType | None) -> None:
        """A signal came."""
        self._asked = number
        if not self._committing:
            raise Ended(128 + number)

    @contextmanager
    def not_now(self) -> Iterator[None]:
        """What is done meanwhile is done to its end."""
        self._committing = True
        try:
            yield
        finally:
            self._committing = False
        if self._asked is not None:
            raise Ended(128 + self._asked)


@contextmanager
def _signals(wanted: bool) -> Iterator[_Turn]:
    """Where it can be resumed, SIGINT and SIGTERM end it between two batches."""
    turn = _Turn()
    if not wanted:
        yield turn
        return
    before = {number: signal.signal(number, turn.receive) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield turn
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _progress(file: IO[bytes], *, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """What to call with the number of events recorded, and the bytes read: a bar, where somebody looks at stderr."""
    if not shown or not sys.stderr.isatty():
        yield lambda _events, _bytes: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns: tuple[Any, ...] = (BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[events]} events"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        size = os.fstat(file.fileno()).st_size or None
        task = bar.add_task("", total=size, events=0)
        yield lambda events, read: bar.update(task, completed=read, events=events)
