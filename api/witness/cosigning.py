"""The ledger's own witnesses: asked for their cosignatures whenever it signs a checkpoint."""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from api.witness.asking import AskedWitness, NotCosigned, cosigned_by
from ledger.audit.checks import CheckFailed
from ledger.audit.cosignature import CosignerKey
from ledger.audit.note import Note, Signature
from ledger.settings import BadSetting, Settings

_logger = logging.getLogger("retorsion")
_SECONDS = 3.0
"""How long a witness may take: whoever asks for a checkpoint waits as long."""
_PATIENCE_SECONDS = 60.0
"""A witness that did not cosign is not asked again before that."""


class Cosigning:
    """Asks each of some witnesses."""

    def __init__(self, witnesses: Sequence[AskedWitness]) -> None:
        self._witnesses = witnesses
        self._sizes = dict.fromkeys(witnesses, 0)
        """What each cosigned last, as far as this process knows."""
        self._asked_again_at: dict[AskedWitness, float] = {}

    def __call__(self, note: Note, proof_from: Callable[[int], Sequence[bytes]]) -> Note:
        """The note with the cosignatures that it had, and of all others who answered in time."""
        there = {(signature.name, signature.key_id) for signature in note.signatures}
        now = time.monotonic()
        asked = [
            witness
            for witness in self._witnesses
            if (witness.key.name, witness.key.key_id) not in there and self._asked_again_at.get(witness, 0) <= now
        ]
        if not asked:
            return note
        with ThreadPoolExecutor(len(asked)) as pool:
            found = pool.map(lambda witness: self._ask(witness, note, proof_from), asked)
        return note.signed_by(*(signature for signature in found if signature is not None))

    def _ask(self, witness: AskedWitness, note: Note, proof_from: Callable[[int], Sequence[bytes]]) -> Signature | None:
        try:
            cosigned = cosigned_by(witness, note, proof_from, old_size=self._sizes[witness], seconds=_SECONDS)
        except NotCosigned as error:
            _logger.error("a witness has not cosigned: %s", error)
            self._asked_again_at[witness] = time.monotonic() + _PATIENCE_SECONDS
            return None
        self._sizes[witness] = cosigned.old_size
        return cosigned.signature


def cosigning(settings: Settings) -> Cosigning | None:
    """The witnesses that `settings` name; None where there are none. Raises BadSetting."""
    words = settings.witnesses.split()
    if len(words) % 2:
        raise BadSetting("RETORSION_WITNESSES must have an address and a verifier key, in turn, for each witness")
    try:
        witnesses = [
            AskedWitness(url, CosignerKey.parse(vkey)) for url, vkey in zip(words[::2], words[1::2], strict=True)
        ]
    except CheckFailed as error:
        raise BadSetting(f"RETORSION_WITNESSES has a verifier key that cannot be one of a witness: {error}") from None
    return Cosigning(witnesses) if witnesses else None
