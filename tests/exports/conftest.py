"""Exports of ledgers with histories that Hypothesis makes up, and what reads them."""

from __future__ import annotations

from functools import partial

import pytest

from tests.property.product import fresh_postgresql, fresh_sqlite


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def fresh(request):
    """`with fresh() as product:` a ledger with nothing but the built-in actors, which histories are posted to."""
    if request.param == "sqlite":
        return partial(fresh_sqlite, request.getfixturevalue("sqlite_template"))
    server = request.getfixturevalue("postgresql_server")
    return partial(fresh_postgresql, request.getfixturevalue("postgresql_template"), server)
