"""`retorsion append`: events from a file, all of them or, batch by batch, as many as can stand."""

from __future__ import annotations

import json
import os
import shlex
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import click

from api.cli.endings import NO, Ended, No, database_reason
from api.cli.opening import local_user, opened, settings_of
from api.cli.turns import taking_turns

if TYPE_CHECKING:
    from api.cli.copying import Copies
    from api.cli.lines import Line
    from ledger.domain.values import Problem
    from ledger.errors import Refused
    from ledger.service import Ledger

_SHOWN = 5
_LONGEST_REASON = 800
"""In characters: what is to be done comes after it, and should be seen."""


@click.command()
@click.argument("file", type=click.Path(allow_dash=True))
@click.option(
    "--batch", type=click.IntRange(min=1), metavar="N", help="Commit every N events, instead of all or nothing."
)
@click.option("--from-line", type=click.IntRange(min=1), default=1, metavar="K", help="Begin with line K of the file.")
@click.pass_context
def append(ctx: click.Context, file: str, batch: int | None, from_line: int) -> None:
    """Append events from an NDJSON file.

    FILE has one event on each line, as one would post it; `-` is the standard input. All of them are appended as one
    batch, or none. With --batch, N at a time: of any length, and when it cannot go on it says up to which line all is
    recorded, and with which command to resume.

    FILE may also be what `retorsion export ndjson` wrote, of this ledger or another one: what only a ledger sets is
    passed over, and `of` is read as the sequence of a line of that file. What was recorded together stays together.

    \b
    Examples:
      retorsion append events.ndjson
      zcat events.ndjson.gz | retorsion append -
      retorsion append --batch 1000 events.ndjson
      retorsion append --batch 1000 --from-line 40001 events.ndjson
    """
    from api.cli.copying import Copies
    from api.cli.lines import batches_of, lines_of

    recorded = _Recorded()
    resume = _Resume(file, batch, from_line, ctx.obj)
    with (
        opened(settings_of(ctx), appending=True) as ledger,
        _input(file) as lines,
        taking_turns(batch is not None) as turn,
        _progress(lines, shown=batch is not None) as advance,
    ):
        try:
            copies = Copies(ledger)
            for together in batches_of(lines_of(lines, from_line, copies.skip), batch):
                with turn.not_now():
                    _append(ledger, together, recorded, copies)
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


def _append(ledger: Ledger, lines: Sequence[Line], recorded: _Recorded, copies: Copies) -> None:
    """Append one batch. Raises BadLine where the ledger refuses it."""
    from api.cli.lines import BadLine
    from ledger.errors import Refused

    translated = copies.translated(lines)
    try:
        stored = ledger.append(translated.events, by=local_user(), placed=translated.placed).events
    except Refused as refusal:
        raise BadLine(_placed(refusal, lines, ledger)) from refusal
    copies.add(lines, stored)
    recorded.first_sequence = recorded.first_sequence or stored[0].sequence
    recorded.last_sequence = stored[-1].sequence
    recorded.events += len(stored)
    recorded.last_line = lines[-1].number


def _placed(refusal: Refused, lines: Sequence[Line], ledger: Ledger) -> str:
    """Why a batch is refused, with the lines of the file in place of its indexes."""
    from ledger.errors import Invalid, TimelineConflict, VersionConflict

    if isinstance(refusal, TimelineConflict) and refusal.conflicts:
        return f"{_lines_on(_subjects_of(refusal.conflicts, ledger), lines)}: {refusal}"
    if isinstance(refusal, Invalid | TimelineConflict):
        return _listed(refusal.problems, lines)
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
    more = f" and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else ""
    return f"line {', '.join(numbers[:_SHOWN])}{more}"


def _stopped(error: Exception, recorded: _Recorded, resume: _Resume) -> Exception:
    """The end of an append that could not go on; `error` itself, where it is none of ours."""
    from api.cli.lines import BadLine

    status = NO
    if isinstance(error, BadLine):
        reason, then = textwrap.shorten(str(error), _LONGEST_REASON, placeholder=" …"), "put it right, then run "
    elif isinstance(error, Ended):
        reason, then, status = "stopped", "to go on, run ", error.status
    elif (reason := database_reason(error) or "") or isinstance(error, OSError):
        reason, then = reason or str(error), "then run "
    else:
        return error
    if resume.batch is None:
        return Ended(status, f"retorsion: {reason}; nothing was appended")
    line = recorded.last_line + 1 if recorded.events else resume.from_line
    done = "nothing was appended"
    if recorded.events:
        sequences = f"sequences {recorded.first_sequence}–{recorded.last_sequence}"
        done = f"lines {resume.from_line}–{recorded.last_line} are recorded ({sequences})"
    return Ended(status, f"retorsion: {reason}; {done}; {then}`{resume.command(line)}`")


@contextmanager
def _input(file: str) -> Iterator[IO[bytes]]:
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        opened_file = open(file, "rb")  # noqa: PTH123, SIM115 - closed below; a name that is no path has its own error
    except OSError as error:
        raise No(
            f"{file}: {error.strerror}: name a file of events, one on each line, or - for the standard input"
        ) from None
    with opened_file:
        yield opened_file


@contextmanager
def _progress(file: IO[bytes], *, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """What to call with the number of events recorded, and the bytes read: a bar, where somebody looks at stderr."""
    if not shown or not sys.stderr.isatty():
        yield lambda _events, _bytes: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns: tuple[Any, ...] = (
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[events]} events"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        size = os.fstat(file.fileno()).st_size or None
        task = bar.add_task("", total=size, events=0)
        yield lambda events, read: bar.update(task, completed=read, events=events)
