"""The ledger that the settings name, with the witnesses that cosign its checkpoints."""

from api.witness.cosigning import cosigning
from ledger.service import Ledger
from ledger.settings import Settings


def ledger_of(settings: Settings) -> Ledger:
    """That ledger; nothing is connected yet. Raises UnusableDatabase, BadSetting."""
    return Ledger.configured(settings, cosigning(settings))
