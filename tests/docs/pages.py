"""The commands of a page, run as a reader runs them, and what they print held against what the page says.

How a page is read:

- A block `sh` is run by bash, in one session for the page, in a folder that was empty at first. It ends with 0; under
  `<!-- exit status 1 -->` with that.
- A block `text` or `json` after it is what it printed, stdout and stderr together. `…` alone on a line stands for any
  lines, within a line for any text. Times with microseconds, tokens, hashes, keys, signatures and the origins that logs
  get by chance differ at each run, and are right when there is one in that place. Under `<!-- an example -->` a block
  is nobody's output.
- Under `<!-- in a second terminal -->` a block runs in the same folder, beside the others, until the page ends, and its
  last line serves. `http://127.0.0.1:8000` is where it answers; with `--port 8001`, 8002 or 8003 it answers there.
  `rt_…` in a command is the token that one of them printed.
- Under `<!-- not run: WHY -->` a block is only shown.
- `../shared` is what lies beside the project, if it does: the published lists.
- `make demo` is `retorsion demo`; the reader is called ana, and `postgresql://retorsion@localhost/…` is a database of
  the PostgreSQL that the tests start.

For writers: `python -m tests.docs.pages docs/tutorial.md` shows what is printed where that is not what the page says;
with `--write` it goes into the page, save where `…` on a line of its own says that the writer has to shorten it.
"""

from __future__ import annotations

import difflib
import os
import re
import shlex
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Self

from tests.postgresql import Server, installation
from tests.process import Served, command, environment, free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
PORTS = (8000, 8001, 8002, 8003)
TOKEN = "rt_…"
READER = "ana"
STEP_SECONDS = 60

_FENCE = re.compile(r"```(\w*)$")
_REMARK = re.compile(r"<!-- (.*) -->$")
_SAID_DATABASE = re.compile(r"(postgresql(?:\+psycopg)?)://retorsion@localhost/(\w+)")
_REAL_DATABASE = re.compile(r"(postgresql(?:\+psycopg)?)://postgres@/(\w+)\?host=\S+")
_SAID_PORT = re.compile(r"(?<=http://127\.0\.0\.1:)\d+|(?<=--port )\d+")
_OUTPUTS = frozenset({"text", "json"})
_VARIABLE = {
    "a time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"),
    "a token": re.compile(r"rt_[\w-]{43}|rt_…"),
    "a hash": re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{32})\b"),
    "an origin": re.compile(r"\bretorsion/[0-9a-f]{16}\b"),
    "a verifier key": re.compile(r"\+[0-9a-f]{8}\+[\w+/]{44}(?![\w+/])"),
    "a root or signature": re.compile(r"(?<![\w+/])(?:[\w+/]{43}=|[\w+/]{91}=|[\w+/]{102}==)(?![\w+/=])"),
}


@dataclass(frozen=True)
class Block:
    """A fenced block, the line on which its text begins, and the remark above it."""

    language: str
    text: str
    line: int
    remark: str


@dataclass(frozen=True)
class Step:
    """Commands, and the block with what they should print, if the page says it."""

    commands: Block
    output: Block | None

    @property
    def status(self) -> int:
        """The exit status that it should have."""
        found = re.fullmatch(r"exit status (\d+)", self.commands.remark)
        return int(found[1]) if found else 0

    @property
    def beside(self) -> bool:
        """Whether it is for a second terminal."""
        return self.commands.remark == "in a second terminal"


@dataclass(frozen=True)
class Outcome:
    """What a step did."""

    step: Step
    printed: str
    status: int

    @property
    def fault(self) -> str | None:
        """Why this is not what the page says; None where it is."""
        if self.status != self.step.status:
            said = f"ended with {self.status}, not {self.step.status}, and printed:\n{self.printed}"
        elif self.step.output is None or says(self.step.output.text, self.printed):
            return None
        else:
            said = "".join(
                difflib.unified_diff(_lines(self.step.output.text), _lines(self.printed), "the page", "printed")
            )
        return f"line {self.step.commands.line}: {self.step.commands.text}\n{said}"


def blocks_of(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, in their order."""
    language, remark, inside, begin = "", "", [], 0
    fenced = False
    for number, line in enumerate(text.splitlines(), start=1):
        if not fenced and (fence := _FENCE.match(line)):
            fenced, language, inside, begin = True, fence[1], [], number + 1
        elif fenced and line == "```":
            yield Block(language, "".join(f"{each}\n" for each in inside), begin, remark)
            fenced, remark = False, ""
        elif fenced:
            inside.append(line)
        elif line.strip():
            remark = found[1] if (found := _REMARK.match(line)) else ""


def steps_of(text: str) -> list[Step]:
    """What is to be run, in the order of the page."""
    steps: list[Step] = []
    for block in blocks_of(text):
        if block.language == "sh":
            steps.append(Step(block, None))
        elif block.language in _OUTPUTS and block.remark != "an example":
            assert steps, f"line {block.line}: no command printed this"
            assert steps[-1].output is None, f"line {block.line}: the command before it has its output already"
            steps[-1] = Step(steps[-1].commands, block)
    return [step for step in steps if not step.commands.remark.startswith("not run: ")]


def says(expected: str, printed: str) -> bool:
    """Whether a page that says `expected` is right about `printed`."""
    pattern = "".join(_pattern(line) for line in _lines(_alike(expected)))
    return re.fullmatch(pattern, "".join(_lines(_alike(printed)))) is not None


def _pattern(line: str) -> str:
    if line.strip() == "…":
        return r"(?:[^\n]*\n)*?"
    return r"[^\n]*?".join(map(re.escape, line.split("…")))


def _lines(text: str) -> list[str]:
    return [f"{line.rstrip()}\n" for line in text.strip("\n").split("\n")]


def _alike(text: str) -> str:
    for name, form in _VARIABLE.items():
        text = form.sub(f"({name})", text)
    return text


@dataclass
class Reader:
    """Somebody who runs the commands of a page, with a terminal of their own in `folder`."""

    folder: Path
    postgresql: Server | None = None
    _closing: ExitStack = field(default_factory=ExitStack)
    _served: list[Served] = field(default_factory=list)
    _ports: dict[str, str] = field(default_factory=lambda: {str(port): str(free_port()) for port in PORTS})

    def __enter__(self) -> Self:
        scratch = Path(self._closing.enter_context(tempfile.TemporaryDirectory(prefix="retorsion-page-")))
        self._commands, self._printed = scratch / "commands", scratch / "printed"
        self._variables = environment(
            None,
            RETORSION_PORT=self._ports["8000"],
            PATH=os.pathsep.join(self._programs()),
            LOGNAME=READER,
            NO_PROXY="*",
        )
        if self.postgresql:
            self._variables |= {"PGHOST": str(self.postgresql.socket_folder), "PGUSER": "postgres"}
        self._shell = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],  # noqa: S607 - the reader's own
            cwd=self.folder,
            env=self._variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._closing.callback(self._end)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.__exit__(kind, error, trace)

    def does(self, step: Step) -> Outcome:
        """Run a step, and give what it printed in the words of the page."""
        text = self._as_typed(step.commands.text)
        printed, status = self._beside(text) if step.beside else self._run(text)
        for said, real in self._ports.items():
            printed = printed.replace(f"http://127.0.0.1:{real}", f"http://127.0.0.1:{said}")
        return Outcome(step, _REAL_DATABASE.sub(r"\1://retorsion@localhost/\2", printed), status)

    def _programs(self) -> list[str]:
        """Where its commands are looked for: this project's, then those of that PostgreSQL, then this machine's."""
        of_postgresql = [str(installation().folder)] if self.postgresql else []
        return [str(command().parent), *of_postgresql, os.environ["PATH"]]

    def _as_typed(self, text: str) -> str:
        text = text.replace("make demo", "retorsion demo")
        if self.postgresql:
            text = _SAID_DATABASE.sub(rf"\1://postgres@/\2?host={self.postgresql.socket_folder}", text)
        for served in self._served:
            if token := _VARIABLE["a token"].search(served.stdout.read_text()):
                text = text.replace(TOKEN, token[0])
        return _SAID_PORT.sub(lambda port: self._ports.get(port[0], port[0]), text)

    def _run(self, text: str) -> tuple[str, int]:
        self._commands.write_text(text)
        assert self._shell.stdin
        assert self._shell.stdout
        watch = Timer(STEP_SECONDS, self._shell.kill)
        watch.start()
        try:
            self._shell.stdin.write(f"source {self._commands} > {self._printed} 2>&1 < /dev/null; echo $?\n")
            self._shell.stdin.flush()
            status = self._shell.stdout.readline()
        finally:
            watch.cancel()
        printed = self._printed.read_text(errors="replace")
        assert status, f"took more than {STEP_SECONDS} seconds, or ended the session:\n{text}\n{printed}"
        return printed, int(status)

    def _beside(self, text: str) -> tuple[str, int]:
        folder, _ = self._run("pwd")
        *before, serving = text.strip().split("\n")
        lines = [f"cd {shlex.quote(folder.strip())}", *before, f"exec {serving}"]
        served = self._closing.enter_context(running(["bash", "-ec", "\n".join(lines)], self._variables))
        self._served.append(served)
        return served.stdout.read_text(), 0

    def _end(self) -> None:
        with suppress(BrokenPipeError):
            self._shell.communicate("kill $(jobs -p) 2> /dev/null\n", timeout=STEP_SECONDS)


def outcomes_of(page: Path, folder: Path, postgresql: Server | None = None) -> list[Outcome]:
    """Run a page within `folder`, to its end or to the first step that ends otherwise than it should."""
    outcomes: list[Outcome] = []
    (of_reader := folder / "reader").mkdir()
    if SHARED.exists():
        (folder / SHARED.name).symlink_to(SHARED)
    with Reader(of_reader, postgresql) as reader:
        for step in steps_of(page.read_text("utf-8")):
            outcomes.append(reader.does(step))
            if outcomes[-1].status != step.status:
                break
    return outcomes


def faults_of(outcomes: Sequence[Outcome]) -> str:
    """All that is not as the page says; empty where the page is right."""
    return "\n".join(fault for outcome in outcomes if (fault := outcome.fault))


def rewritten(text: str, outcomes: Sequence[Outcome]) -> str:
    """The page with what was printed in place of what it says, where nothing was cut out of that."""
    lines = text.splitlines(keepends=True)
    for outcome in reversed(outcomes):
        block = outcome.step.output
        if outcome.fault and block and not re.search(r"^\s*…$", block.text, re.MULTILINE):
            begin = block.line - 1
            lines[begin : begin + block.text.count("\n")] = _lines(outcome.printed)
    return "".join(lines)


def main(pages: Sequence[str], *, write: bool) -> int:
    """Show what is not as `pages` say. Returns how many are wrong."""
    wrong = 0
    for name in pages:
        page = Path(name)
        with tempfile.TemporaryDirectory(prefix="retorsion-page-") as folder:
            outcomes = outcomes_of(page, Path(folder))
        if faults := faults_of(outcomes):
            wrong += 1
            sys.stdout.write(f"{name}\n{faults}\n")
        if write:
            page.write_text(rewritten(page.read_text("utf-8"), outcomes), "utf-8")
    return wrong


if __name__ == "__main__":
    sys.exit(main([name for name in sys.argv[1:] if name != "--write"], write="--write" in sys.argv))
