"""`retorsion audit check-screening`: whether an answer to screening that was kept is what the ledger says."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import click

from api.cli.endings import No, plain
from api.cli.opening import opened, settings_of

if TYPE_CHECKING:
    from ledger.audit.note import NoteKey
    from ledger.screening.evidence import Screened
    from ledger.service import Ledger

_WRAPPED = textwrap.TextWrapper(98, break_long_words=False, break_on_hyphens=False)


@click.command("check-screening")
@click.argument("file", type=click.File("rb"))
@click.option("--key", metavar="VKEY", help="The log's verifier key, from whom you trust. [default: this ledger's own]")
@click.pass_context
def check_screening(ctx: click.Context, file: BinaryIO, key: str | None) -> None:
    """Check an answer to screening in FILE: what /v1/match gave with `evidence=true`.

    Its checkpoint must be signed, and be one of this ledger's history; and this ledger, or a copy of it, must give the
    same answer to the same question, as known then.

    \b
    Example:
      retorsion audit check-screening screening-default-2020-07-10-312.evidence
    """
    from ledger.audit.checks import CheckFailed
    from ledger.audit.sealed import BUNDLE_LIMIT_BYTES

    with opened(settings_of(ctx)) as ledger:
        trusted = _key(key, ledger)
        try:
            screened = ledger.check_screened(file.read(BUNDLE_LIMIT_BYTES + 1), trusted)
        except CheckFailed as error:
            raise No(f"{file.name} does not hold; what failed is the check of the {error}") from None
    for line in _report(screened, trusted):
        click.echo(plain(line))


def _key(given: str | None, ledger: Ledger) -> NoteKey:
    """Whom the caller trusts. Raises BadParameter."""
    from ledger.audit.checks import CheckFailed
    from ledger.audit.note import NoteKey

    if given is None:
        return ledger.log.custody.vkey()
    try:
        return NoteKey.parse(given.partition("\n")[0])  # as /v1/audit/key has it
    except CheckFailed as error:
        raise click.BadParameter(f"this is no verifier key of a log: {error}", param_hint="--key") from None


def _report(screened: Screened, key: NoteKey) -> Iterator[str]:
    answer, inquiry = screened.answer, screened.inquiry
    against = f"the targets of {inquiry.feed}" if inquiry.feed else "all targets"
    yield "Every check was passed."
    yield ""
    yield from _WRAPPED.wrap(
        f"As of {answer['at']}, as known at event {answer['sequence']}, screened against {against} of live measures:"
    )
    for name, response in answer["responses"].items():
        asked = ", ".join(response["query"]["properties"].get("name", [])) or name
        matches = [each for each in response["results"] if each["match"]]
        said = "; ".join(f"{each['caption']} ({each['id']}), {each['score']}" for each in matches) or "no match"
        yield f"  {asked}: {said}"
    yield ""
    yield from _WRAPPED.wrap(
        f"This ledger gives the same answer now. Its history up to event {answer['sequence']} is the one over which "
        f"{key.name} signed the checkpoint in the file; that the events are what was signed, and the states what "
        "follows from them, is checked by `retorsion audit verify` and `retorsion rebuild --check`."
    )
