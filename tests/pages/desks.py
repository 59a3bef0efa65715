"""A ledger whose signing key the tests have, so that they can forge what only its operator could."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from ledger.audit.keys import SigningKey
from ledger.log.custody import Custody
from ledger.service import Ledger
from ledger.settings import Settings
from tests.process import serving

KEY = SigningKey("desk.example/ledger", bytes(range(32)))
SETTING = {"RETORSION_SIGNING_KEY": KEY.text()}


@dataclass(frozen=True)
class Desk:
    """A served ledger, a token that may append to it, and where its files are."""

    url: str
    token: str
    custody: Custody

    def get(self, path: str, **query: Any) -> httpx.Response:
        """What the API answers."""
        answer = httpx.get(self.url + path, params=query or None)
        assert answer.status_code == 200, answer.text
        return answer

    def append(self, *events: dict[str, Any]) -> list[int]:
        """Record events, one by one; gives their sequences."""
        return [self._append(event) for event in events]

    def _append(self, event: dict[str, Any]) -> int:
        answer = httpx.post(f"{self.url}/v1/events", json=event, headers={"Authorization": f"Bearer {self.token}"})
        assert answer.status_code == 201, answer.text
        sequence: int = answer.json()["sequence"]
        return sequence


@contextmanager
def desk_in(folder: Path) -> Iterator[Desk]:
    """A fresh ledger in that folder, served until the end of the block."""
    url = f"sqlite:///{folder / 'retorsion.db'}"
    ledger = Ledger.configured(Settings(database_url=url, signing_key=KEY.text()))
    ledger.init()
    token = ledger.create_token("desk", "append")
    ledger.close()
    with serving(url, more=SETTING) as served:
        yield Desk(served.url, token, ledger.log.custody)
