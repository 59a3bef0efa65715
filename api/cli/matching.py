"""`retorsion match`: names in, scored matches out, as the API gives them."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from api.cli.asking import Api, api_of, print_json
from api.cli.asof import as_of_options, as_of_query
from api.cli.opening import settings_of

if TYPE_CHECKING:
    from api.cli.names import Row

Json = Any
_BATCH = 100
COLUMNS = (
    "line", "id", "name", "score", "match", "listed_id", "listed_name", "schema", "datasets", "measures", "why",
)  # fmt: skip


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--feed", metavar="FEED", default="default", show_default=True, help="Only the targets of that feed.")
@as_of_options
@click.option("--limit", metavar="N", default="5", show_default=True, help="How many results a name has at the most.")
@click.option("--threshold", metavar="SCORE", default="0.7", show_default=True, help="From this score on it matches.")
@click.option("--cutoff", metavar="SCORE", default="0.5", show_default=True, help="Lower scores are left out.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="A table for people, a row for each result, or what the API answers.",
)
@click.pass_context
def match(
    ctx: click.Context,
    file: BinaryIO,
    feed: str,
    at: str | None,
    known_at: str | None,
    limit: str,
    threshold: str,
    cutoff: str,
    form: str,
) -> None:
    """Screen the names in a CSV file against the targets of live measures.

    FILE is in UTF-8, and its first row names the columns: `name`, and if there are `schema` (Person, Organization,
    Company, Vessel, Airplane; else everything is compared), `birth_date` (1955-03-01, or 1955), `country`,
    `nationality` (codes or names), `id` (your own, which comes back). Others are passed over. `-` is the standard
    input.

    \b
    Examples:
      retorsion match customers.csv
      retorsion match customers.csv --feed un-sc --at 2020-07-10 --threshold 0.85
      retorsion match - --format csv < customers.csv > matches.csv
    """
    from api.cli.names import rows_in

    rows = rows_in(file.read(), "the standard input" if file.name == "<stdin>" else str(file.name))
    query = {**as_of_query(at, known_at), "limit": limit, "threshold": threshold, "cutoff": cutoff}
    with api_of(settings_of(ctx)) as api:
        answer = _screened(api, f"/v1/match/{feed}", query, rows)
    if form == "json":
        import orjson

        print_json(orjson.dumps(answer))
    elif form == "csv":
        click.echo(_as_csv(rows, answer), nl=False)
    else:
        from api.cli.matches import matches_table
        from api.cli.tables import show

        show(matches_table(rows, answer))


def _screened(api: Api, path: str, query: dict[str, str | None], rows: Sequence[Row]) -> Json:
    """One answer for all rows: all are read at the same event. Each query is named by its line."""
    whole: Json = None
    with _progress(len(rows)) as advance:
        for start in range(0, len(rows), _BATCH):
            some = rows[start : start + _BATCH]
            answer = api.post(path, query, {"queries": {f"line {row.line}": row.query for row in some}})
            if whole is None:
                whole = answer
                query = {**query, "at": answer["at"], "known_at_sequence": str(answer["sequence"])}
                query.pop("known_at", None)
            else:
                whole["responses"] |= answer["responses"]
            advance(len(some))
    return whole


def _as_csv(rows: Sequence[Row], answer: Json) -> str:
    """A row for each result; a name without any has one whose score is empty."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        mine = [row.line, row.id, row.name]
        results = answer["responses"][f"line {row.line}"]["results"]
        for result in results:
            why = "; ".join(each["detail"] for each in result["explanations"].values())
            listed = [result["id"], result["caption"], result["schema"]]
            several = [" ".join(result["datasets"]), " ".join(result["measures"])]
            writer.writerow([*mine, result["score"], str(result["match"]).lower(), *listed, *several, why])
        if not results:
            writer.writerow([*mine, "", "false", *[""] * (len(COLUMNS) - 5)])
    return written.getvalue()


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """What to call with the number of names that were screened: a bar, where somebody looks at stderr."""
    if not sys.stderr.isatty():
        yield lambda _names: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("screening", total=total)
        yield lambda names: bar.advance(task, names)
