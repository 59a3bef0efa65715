"""The reference says what the code says."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING

import pytest

from ledger.domain.events import EVENT_TYPES
from tests.docs.pages import ROOT

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


def _script() -> ModuleType:
    spec = spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = _script()


@pytest.mark.parametrize("page", generate.pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_follows_from_the_code_is_as_the_code_has_it(page: Path) -> None:
    text = page.read_text("utf-8")
    assert generate.generated(text) == text, "run `python docs/generate.py`"


def test_every_part_is_on_a_page() -> None:
    text = "".join(page.read_text("utf-8") for page in generate.pages())
    assert [part for part in generate.PARTS if f"<!-- begin {part}: made by docs/generate.py -->" not in text] == []


def test_every_type_of_event_has_its_row_of_statuses() -> None:
    page = (ROOT / "docs" / "reference" / "events.md").read_text("utf-8")
    rows = page.partition("## From status to status")[2].partition("##")[0]
    assert [name for name in EVENT_TYPES if f"`{name}`" not in rows] == []
