"""`help`: `retorsion --help` imports neither Flask nor SQLAlchemy."""

import subprocess
import sys

from benchmarks.figures import Bar, Figure, Figures
from benchmarks.rounds import in_turn, timed
from benchmarks.servers import ROOT

BAR = Bar(0, at_most=True)
_HEAVY = ("flask", "sqlalchemy")
_ROUNDS = 10
_HELP = ("-c", "import sys; from api.cli import main; sys.exit(main())", "--help")


def figures() -> Figures:
    """How many of the two it imports, and how long it takes beside a Python that does nothing."""
    told = _run("-X", "importtime", *_HELP)
    imported = {line.rpartition("|")[2].strip() for line in told.splitlines() if line.startswith("import time:")}
    heavy = [name for name in _HEAVY if name in imported]
    found = in_turn(lambda: timed(lambda: _run(*_HELP)), lambda: timed(lambda: _run("-c", "pass")), _ROUNDS)
    what = f"`retorsion --help` imports {' and '.join(heavy) or 'neither ' + ' nor '.join(_HEAVY)}"
    ours, bare = (f"{seconds * 1000:.0f} ms" for seconds in (found.seconds_ours, found.seconds_bare))
    yield Figure("help", what, ours, bare, len(heavy), BAR, unit="imported")


def _run(*arguments: str) -> str:
    """What Python prints to stderr."""
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stderr
