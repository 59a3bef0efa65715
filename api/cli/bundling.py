"""`retorsion audit bundle` and `check-bundle`: an answer as evidence, and whether a piece of evidence holds."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, BinaryIO

import click

from api.cli.asking import kind_and_slug
from api.cli.asof import as_of_options, asked
from api.cli.endings import No, plain
from api.cli.opening import opened, settings_of

if TYPE_CHECKING:
    from ledger.audit.bundle import Checked
    from ledger.audit.policy import Policy

_WRAPPED = textwrap.TextWrapper(98, break_long_words=False, break_on_hyphens=False)


@click.command()
@click.argument("subject")
@click.argument("file", type=click.File("wb", lazy=True))
@as_of_options
@click.pass_context
def bundle(ctx: click.Context, subject: str, file: BinaryIO, at: str | None, known_at: str | None) -> None:
    """Write the state of SUBJECT into FILE as evidence, with the events that it follows from and their proofs.

    SUBJECT is measure:SLUG, agreement:SLUG, act:SLUG or actor:SLUG; `us` is actor:us. Whoever has the log's key checks
    the file with `retorsion audit check-bundle`, without the ledger and without a network.

    \b
    Examples:
      retorsion audit bundle measure:us-xinjiang-2020-07-09 xinjiang.bundle
      retorsion audit bundle measure:us-xinjiang-2020-07-09 xinjiang.bundle --at 2020-07-10 --known-at 277
    """
    from ledger.log.bundles import claim_of

    subject = ":".join(kind_and_slug(subject))
    with opened(settings_of(ctx)) as ledger:
        with ledger.reading() as session:
            claim = claim_of(session, subject, *asked(session, at, known_at))
        made = ledger.bundle(claim)
        vkey = ledger.log.custody.vkey().text()
    file.write(made)
    several = "events" if len(claim.leaves) > 1 else "event"
    click.echo(f"{len(claim.leaves)} {several} of {subject}, as known at event {claim.known}, with proofs.", err=True)
    click.echo(f"Check it with: retorsion audit check-bundle {plain(file.name)} --key {vkey}", err=True)


@click.command("check-bundle")
@click.argument("file", type=click.File("rb"))
@click.option("--key", metavar="VKEY", required=True, help="The log's verifier key, from whom you trust.")
@click.option("--witness", "witnesses", metavar="VKEY", multiple=True, help="The key of a witness; repeatable.")
@click.option(
    "--quorum", metavar="N", type=click.IntRange(min=0), help="How many witnesses must have signed. [default: all]"
)
def check_bundle(file: BinaryIO, key: str, witnesses: tuple[str, ...], quorum: int | None) -> None:
    """Check the evidence in FILE, and say what it proves and what it does not.

    Needs no ledger and no network, only the log's verifier key, which is not taken from the file: it is the first line
    of /v1/audit/key, and is better compared with what others have. Witnesses that are named must have signed too; then
    their clocks say by when the events were there.

    \b
    Example:
      retorsion audit check-bundle xinjiang.bundle --key retorsion/5d0f7a1be2c94836+f1a2b3c4+AX...
    """
    from ledger.audit.bundle import check_bundle as checked_bundle
    from ledger.audit.checks import CheckFailed
    from ledger.audit.sealed import BUNDLE_LIMIT_BYTES

    policy = _policy(key, witnesses, quorum)
    try:
        checked = checked_bundle(file.read(BUNDLE_LIMIT_BYTES + 1), policy)
    except CheckFailed as error:
        raise No(f"{file.name} is no evidence; what failed is the check of the {error}") from None
    for line in _report(checked):
        click.echo(plain(line))


def _policy(key: str, witnesses: tuple[str, ...], quorum: int | None) -> Policy:
    """Whom the caller trusts. Raises BadParameter."""
    from ledger.audit.checks import CheckFailed
    from ledger.audit.cosignature import CosignerKey
    from ledger.audit.note import NoteKey
    from ledger.audit.policy import Policy

    try:
        log = NoteKey.parse(key.partition("\n")[0])  # as /v1/audit/key has it
    except CheckFailed as error:
        raise click.BadParameter(f"this is no verifier key of a log: {error}", param_hint="--key") from None
    try:
        cosigners = tuple(map(CosignerKey.parse, witnesses))
        return Policy(log, cosigners, len(cosigners) if quorum is None else quorum)
    except CheckFailed as error:
        raise click.BadParameter(str(error), param_hint="--witness and --quorum") from None


def _report(checked: Checked) -> Iterable[str]:
    from ledger.audit.statements import answered, proven, unproven
    from ledger.times import time_text

    yield "Every check was passed."
    yield ""
    yield from _WRAPPED.wrap(answered(checked))
    yield ""
    yield "The events, from which this follows:"
    for event in checked.events:
        on = f" of {event.effective_on}" if event.effective_on else ""
        recorded = f"recorded at {time_text(event.recorded_at)} by {event.recorded_by}"
        yield f"  event {event.sequence}, version {event.version}: {event.type}{on}, {recorded}"
        for source in event.sources:
            yield f"    source: {', '.join(filter(None, [source['title'], source.get('url')]))}"
    for heading, statements in (("This proves:", proven(checked)), ("This does not prove:", unproven(checked))):
        yield ""
        yield heading
        for statement in statements:
            first, *more = _WRAPPED.wrap(statement)
            yield f"- {first}"
            yield from (f"  {line}" for line in more)
