"""The register of titles: of all measures, agreements and acts."""

from typing import Any, ClassVar

from ledger.screening.register import Named, Register
from ledger.screening.spans import When


class Titles(Register):
    """What is searched by its title."""

    kinds: ClassVar = ("measure", "agreement", "act")

    def _take(self, number: int, when: When, _status: str, terms: dict[str, Any], _beside: bytes | None) -> None:
        self._name(Named(number, terms["title"]), when)
