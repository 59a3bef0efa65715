"""`memory`: the most memory that `retorsion append --batch`, reading the feed, and exports take, each in a process.

With 1,000,000 events where `--all` is given, else with a tenth of them. Where it is measured needs Linux's /proc.
"""

import subprocess
import sys
from collections.abc import Iterable
from itertools import islice

import orjson

from benchmarks.figures import Bar, Figure, Figures
from benchmarks.ledgers import BATCH, folder, opened, sqlite_url
from benchmarks.practice import practice
from benchmarks.servers import ROOT
from ledger.projections.events import Filters, feed
from ledger.schemas.answers import list_json

BAR = Bar(250, at_most=True)
PARQUET_BAR = Bar(300, at_most=True)
"""pyarrow's own code, threads and pool are in it."""
SCALED, WHOLE = 100_000, 1_000_000
_PAGE = 1000
_MOST = """
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmHWM:")))
"""
_NOTHING = "import api.cli.appending, benchmarks.memory" + _MOST
_APPEND = f"""
import sys
from api.cli import main
sys.argv = ["retorsion", "--database-url", sys.argv[1], "append", "--batch", "{BATCH}", "-"]
status = main()
if status:
    sys.exit(status)
{_MOST}"""
_EXPORT = f"""
import sys
from api.cli import main
sys.argv = ["retorsion", "--database-url", sys.argv[1], "export", *sys.argv[2:], "-"]
printed, sys.stdout = sys.stdout, open("/dev/null", "w")
status = main()
sys.stdout = printed
if status:
    sys.exit(status)
{_MOST}"""
_EXPORTS = {"ndjson": [], "csv": [], "spells": [], "ftm": [], "delta": ["--from", "0"], "parquet": []}
_FEED = f"""
import sys
from benchmarks.memory import follow
follow(sys.argv[1], int(sys.argv[2]))
{_MOST}"""


def figures(number: int = SCALED) -> Figures:
    """Bulk append, then the feed, page by page, then the exports; to a pipe, for Parquet as an archive."""
    with folder() as place:
        url = sqlite_url(place / "ledger.db")
        with opened(url):
            pass
        bare = f"{_most(_NOTHING):.0f} MB imported"
        appending = _most(_APPEND, url, lines=(orjson.dumps(event) for event in islice(practice(), number)))
        what = f"the most memory of `append --batch {BATCH}`, {number:,} events"
        yield _figure("memory-append", what, appending, bare)
        reading = _most(_FEED, url, str(number))
        yield _figure("memory-feed", f"the most memory of reading the feed of {number:,} events", reading, bare)
        for form, options in _EXPORTS.items():
            exporting = _most(_EXPORT, url, form, *options)
            what, bar = (
                f"the most memory of `export {form}`, {number:,} events",
                PARQUET_BAR if form == "parquet" else BAR,
            )
            yield _figure(f"memory-export-{form}", what, exporting, bare, bar)


def all_figures() -> Figures:
    """The same with 1,000,000 events."""
    return figures(WHOLE)


def follow(url: str, number: int) -> None:
    """Read the feed as a follower does, with pages as large as there are."""
    after = 0
    with opened(url) as ledger:
        while after < number:
            with ledger.reading() as session:
                page = feed(session, Filters(), after, _PAGE)
            list_json((event.json() for event in page), None)
            after = page[-1].sequence


def _figure(name: str, what: str, most: float, bare: str, bar: Bar = BAR) -> Figure:
    return Figure(name, what, f"{most:.0f} MB", bare, most, bar, unit="MB")


def _most(program: str, *arguments: str, lines: Iterable[bytes] = ()) -> float:
    """The most megabytes that a process took that ran `program`, with `lines` as its standard input."""
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin, "it is a pipe"
        assert process.stdout, "so is this"
        for line in lines:
            process.stdin.write(line + b"\n")
        process.stdin.close()
        printed = process.stdout.read()
    if process.returncode != 0:
        raise RuntimeError(f"{command}: exit status {process.returncode}")
    return int(printed.split()[-1]) / 1024
