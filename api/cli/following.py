"""`retorsion audit follow`: a stranger's own copy of the newest checkpoint, each held against the one before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.endings import No

if TYPE_CHECKING:
    from api.fetching import Answer
    from ledger.audit.checkpoint import Checkpoint
    from ledger.audit.note import Note
    from ledger.audit.policy import Policy

PROOF_LIMIT_BYTES = 64 * 1024
"""Of an answer with 63 hashes, which has some 3,000."""

MOST_EVIDENCE = 20
"""Files that are kept beside FILE: whoever stands in between could have it write without end."""


class Alarm(Exception):
    """What the ledger shows cannot be reconciled with what is kept, or is not the ledger's. The text says why."""


@click.command()
@click.argument("url")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--key", "vkey", metavar="VKEY", required=True, help="The key of the ledger, from somebody you trust.")
@click.option(
    "--witness",
    "witness_vkeys",
    metavar="VKEY",
    multiple=True,
    help="The key of a witness whose cosignature counts. Repeat it for several.",
)
@click.option(
    "--quorum",
    type=click.IntRange(min=0),
    metavar="N",
    help="How many of them must have cosigned. [default: all of them]",
)
def follow(url: str, file: Path, vkey: str, witness_vkeys: tuple[str, ...], quorum: int | None) -> None:
    """Keep the newest checkpoint of the ledger at URL in FILE.

    Each time, the ledger has to prove that it only added to what FILE says, and only then FILE is replaced: whoever
    keeps it can never be shown a rewritten history unnoticed. The first checkpoint is trusted as it comes. Says one
    line when there is something new, and nothing otherwise, so that it can run from cron.

    Where the ledger shows a fork, a smaller tree, another origin or a wrong signature, FILE stays as it is, what was
    shown is kept beside it as FILE.fork, and the exit status is 1. It is 1 too where the ledger cannot be reached or
    answers nothing that can be checked, which proves nothing.

    \b
    Example:
      retorsion audit follow https://ledger.example ledger.checkpoint --key "$(cat ledger.vkey)"
    """
    from ledger.audit.files import locked, replace_file

    policy = _policy(vkey, witness_vkeys, quorum)
    url = url.rstrip("/")
    if not file.parent.is_dir():
        raise No(f"{file.parent}: there is no such folder")
    with locked(file.parent, wait=True):  # of two that run at once, the later one goes on from the other's FILE
        kept = _kept(file, policy)
        shown = _shown(url)
        try:
            told = _checked(url, policy, kept, shown)
        except Alarm as alarm:
            stays = f"{file} {'stays as it was' if kept else 'is not begun'}"
            raise No(f"ALARM: {policy.log.name} at {url}: {alarm}; {stays}, {_evidence(file, shown)}") from None
        if told:
            replace_file(file, shown.encode())
            click.echo(f"{told}; kept in {file}")


def _policy(vkey: str, witness_vkeys: Sequence[str], quorum: int | None) -> Policy:
    from ledger.audit.cosignature import CosignerKey
    from ledger.audit.note import KeyRefused, NoteKey
    from ledger.audit.policy import Policy, PolicyRefused

    try:
        log = NoteKey.parse(vkey.partition("\n")[0])  # as /v1/audit/key has it
    except KeyRefused as error:
        raise click.BadParameter(str(error), param_hint="--key") from None
    try:
        witnesses = tuple(map(CosignerKey.parse, witness_vkeys))
        return Policy(log, witnesses, len(witnesses) if quorum is None else quorum)
    except (KeyRefused, PolicyRefused) as error:
        hint = "--quorum" if error.check == "quorum" else "--witness"
        raise click.BadParameter(str(error), param_hint=hint) from None


def _kept(file: Path, policy: Policy) -> Checkpoint | None:
    """The checkpoint in `file`, signed by the log; None where there is no such file yet."""
    from ledger.audit.checkpoint import open_checkpoint
    from ledger.audit.checks import CheckFailed

    try:
        return open_checkpoint(file.read_bytes(), policy.log).checkpoint
    except FileNotFoundError:
        return None
    except CheckFailed as error:
        raise No(f"{file}: it is not a checkpoint of {policy.log.name} ({error}): name another file") from None


def _shown(url: str) -> Note:
    """What the ledger shows, in the form of a note with a checkpoint; nothing of it is believed yet."""
    from ledger.audit.checkpoint import Checkpoint
    from ledger.audit.checks import CheckFailed
    from ledger.audit.note import NOTE_LIMIT_BYTES, Note

    answer = _fetched(url, "checkpoint", NOTE_LIMIT_BYTES)
    try:
        note = Note.parse(answer.body)
        Checkpoint.parse(note.text)
    except CheckFailed as error:
        raise No(f"{url}: what it answered is not a signed checkpoint ({error}): nothing was checked") from None
    return note


def _checked(url: str, policy: Policy, kept: Checkpoint | None, shown: Note) -> str:
    """What is new, in words; "" where nothing is. Raises Alarm, or No where nothing could be checked."""
    from ledger.audit.checkpoint import CheckpointRefused, verify_extends
    from ledger.audit.proofs import ProofRefused

    checkpoint = _opened(url, policy, shown)
    if kept is None:
        return f"{checkpoint.origin}: the first checkpoint seen, of {_events(checkpoint)}, trusted as it came"
    if checkpoint.size < kept.size:
        raise Alarm(f"it shows {_events(checkpoint)}, fewer than the {kept.size} before: it has lost or hides some")
    if checkpoint.size == kept.size and checkpoint.root_hash != kept.root_hash:
        raise Alarm(f"FORK: two histories of {_events(kept)} are signed, {_root(kept)} before and {_root(checkpoint)}")
    if checkpoint.size == kept.size:
        return ""
    proof = _proof(url, kept.size, checkpoint.size) if kept.size else []
    try:
        verify_extends(kept, checkpoint, proof)
    except (CheckpointRefused, ProofRefused) as error:
        raise Alarm(
            f"FORK: it cannot prove that its {_events(checkpoint)} begin with the {kept.size} before ({error})"
        ) from None
    return f"{checkpoint.origin}: {_events(checkpoint)}, of which the first {kept.size} are unchanged"


def _opened(url: str, policy: Policy, shown: Note) -> Checkpoint:
    """The checkpoint, if it is the log's and the policy holds. Raises Alarm; No where witnesses are missing alone."""
    from ledger.audit.checkpoint import Checkpoint, check_empty_root
    from ledger.audit.checks import CheckFailed
    from ledger.audit.policy import PolicyRefused

    origin = Checkpoint.parse(shown.text).origin
    if origin != policy.log.name:
        raise Alarm(f"it shows a checkpoint of another log, {origin[:80]!r}; a ledger with a new log needs a new FILE")
    try:
        checkpoint = policy.open(shown).checkpoint
        check_empty_root(checkpoint)
    except CheckFailed as error:
        if isinstance(error, PolicyRefused) and error.check == "quorum":
            raise No(f"{url}: too few have cosigned its newest checkpoint ({error}): nothing was replaced") from None
        raise Alarm(f"WRONG SIGNATURE: its checkpoint is not signed as it has to be ({error})") from None
    return checkpoint


def _proof(url: str, first: int, second: int) -> list[bytes]:
    """The consistency proof that the ledger gives. Raises No for an answer that is none."""
    answer = _fetched(url, "consistency", PROOF_LIMIT_BYTES, {"first": first, "second": second})
    try:
        return _hashes_in(answer.body, first, second)
    except ValueError as error:
        raise No(f"{url}: what it answered is not a proof from {first} to {second} events: {error}") from None


def _hashes_in(body: bytes, first: int, second: int) -> list[bytes]:
    """Contract: `{"first", "second", "first_root", "second_root", "hashes": [...]}`. Raises ValueError.

    The roots that it names are not looked at: those that count are in the checkpoints.
    """
    from ledger.audit.checks import base64_bytes
    from ledger.audit.proofs import LONGEST_PROOF
    from ledger.audit.tree import HASH_BYTES
    from ledger.schemas.reading import json_in

    told = json_in(body)
    if not isinstance(told, dict) or (told.get("first"), told.get("second")) != (first, second):
        raise ValueError("it is not an object with these sizes as `first` and `second`")
    hashes = told.get("hashes")
    if not isinstance(hashes, list) or not all(isinstance(each, str) for each in hashes):
        raise ValueError("its `hashes` are not a list of texts")
    if len(hashes) > LONGEST_PROOF:
        raise ValueError(f"it has {len(hashes)} hashes, more than {LONGEST_PROOF}")
    proof = list(map(base64_bytes, hashes))
    if any(len(each) != HASH_BYTES for each in proof):
        raise ValueError(f"a hash is {HASH_BYTES} bytes long")
    return proof


def _fetched(url: str, what: str, limit_bytes: int, parameters: dict[str, int] | None = None) -> Answer:
    from api.fetching import BadAddress, NoAnswer, answer_of

    try:
        answer = answer_of(f"{url}/v1/audit/{what}", limit_bytes=limit_bytes, parameters=parameters)
    except BadAddress as error:
        raise click.BadParameter(str(error), param_hint="URL") from None
    except NoAnswer as error:
        raise No(f"{url}: {error}: nothing was checked, try again later") from None
    if answer.status != 200:
        raise No(f"{url}: instead of its {what} it answered {answer.said()}: nothing was checked")
    return answer


def _evidence(file: Path, shown: Note) -> str:
    """Keep `shown` beside `file`. Returns where it is, or why it is not: the alarm has to be heard all the same."""
    try:
        beside = _kept_beside(file, shown.encode())
    except OSError as error:
        return f"what was shown could not be kept beside it ({error.strerror})"
    return f"what was shown is in {beside}" if beside else f"beside it are {MOST_EVIDENCE} others already"


def _kept_beside(file: Path, note: bytes) -> Path | None:
    """FILE.fork, or with a number where other notes are there from before; None where there are enough of them."""
    from ledger.audit.files import replace_file

    for number in range(1, MOST_EVIDENCE + 1):
        path = file.with_name(f"{file.name}.fork" if number == 1 else f"{file.name}.fork.{number}")
        if not path.exists():
            replace_file(path, note)
            return path
        if path.read_bytes() == note:
            return path
    return None


def _events(checkpoint: Checkpoint) -> str:
    return f"{checkpoint.size} event{'' if checkpoint.size == 1 else 's'}"


def _root(checkpoint: Checkpoint) -> str:
    return f"root {checkpoint.root_hash.hex()}"
