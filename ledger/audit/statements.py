"""What a checked bundle proves and what it does not, in words for whoever knows nothing of cryptography."""

from collections.abc import Iterator

from ledger.audit.bundle import Checked
from ledger.audit.checks import base64_text
from ledger.times import time_text

_MICROSECONDS = 1_000_000


def answered(checked: Checked) -> str:
    """The answer in one sentence."""
    answer = checked.answer
    about = "about " if answer["dating"] == "approximate" and answer["status_since"] == answer["valid_from"] else ""
    since = f", since {about}{answer['status_since']}" if answer["status_since"] else ""
    status = "none: nothing is said to hold" if answer["status"] == "none" else f"{answer['status']}{since}"
    return (
        f"On {answer['at']}, as known at event {answer['sequence']} (by {answer['known_at']}), the status of "
        f"{answer['subject']} is {status}."
    )


def proven(checked: Checked) -> Iterator[str]:
    """What follows from the bundle for whoever trusts the keys that it was checked with."""
    checkpoint, first, last = checked.witnessed.checkpoint, checked.events[0], checked.events[-1]
    subject = first.subject
    yield (
        f"The log {checked.log.name} has signed a checkpoint of its first {checkpoint.size} events; their root hash is "
        f"{base64_text(checkpoint.root_hash)}. Whoever has a checkpoint of that size with another root hash has proof "
        "that the log shows different histories to different people."
    )
    yield (
        f"The events below ({len(checked.events)}) are among them, each at its place, and nothing in them was changed "
        "since that was signed."
    )
    yield (
        f"They are the versions of {subject} from 1 to {last.version}, without a gap: of what the log numbered up to "
        f"version {last.version}, nothing is left out."
    )
    yield "The answer follows from these events by the rules of the ledger; it was worked out anew, not taken on trust."
    yield (
        f"By the ledger's own clock, the first was recorded at {time_text(first.recorded_at)}, the last at "
        f"{time_text(last.recorded_at)}."
    )
    for cosigned in checked.witnessed.cosigned:
        yield (
            f"The witness {cosigned.witness.name} has seen this checkpoint: all of these events were in the log at "
            f"{time_text(cosigned.timestamp * _MICROSECONDS)} at the latest, by the clock of the witness."
        )


def unproven(checked: Checked) -> Iterator[str]:
    """What does not follow from it."""
    last, known = checked.events[-1], checked.answer["sequence"]
    subject = last.subject
    yield (
        f"That {subject} has no later events. Versions after {last.version} are not shown: there may have been one by "
        f"event {known} already, which whoever made this file left out, or one may have come since, before the "
        f"checkpoint or after. Ask the ledger, or somebody who keeps a copy of it, for version {last.version + 1}."
    )
    yield (
        f"That event {known} was the newest at {checked.answer['known_at']}. Both are repeated as they were asked for; "
        "shown is that the events above were recorded by then."
    )
    yield (
        "Anything about other subjects. An actor reads from its own events alone: those of actors that it was merged "
        "with, or belongs to, and the measures against it, are not in this file."
    )
    yield "That what the events say is true. They say what was recorded, by whom, and from which sources."
    if checked.witnessed.cosigned:
        yield (
            "When exactly an event was recorded. That is the word of the ledger's own clock; the witnesses only say by "
            "when it was there. As known at a time means: by the ledger's clock."
        )
    else:
        yield (
            "When an event was recorded. That is the word of the ledger's own clock, and so is what was known when: no "
            "witness was asked for here. A checkpoint that somebody else kept from that time would show it."
        )
        yield (
            "That the log shows everybody the same history. Compare the checkpoint with what others have, or ask for "
            "witnesses."
        )
