"""The ledger that the settings name, with the witnesses that cosign its checkpoints."""

from ledger.service import Ledger
from ledger.settings import Settings


def ledger_of(settings: Settings) -> Ledger:
    """That ledger; nothing is connected yet. Raises UnusableDatabase, BadSetting."""
    if not settings.witnesses:
        return Ledger.configured(settings)
    from api.witness.cosigning import cosigning  # which imports an HTTP client

    return Ledger.configured(settings, cosigning(settings))
