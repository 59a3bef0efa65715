"""A ledger with feeds of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask import Flask

    from ledger.service import Ledger


@pytest.fixture
def desk(app: Flask) -> Ledger:
    """The ledger that `api` speaks to."""
    found: Ledger = app.extensions["retorsion"]
    return found
