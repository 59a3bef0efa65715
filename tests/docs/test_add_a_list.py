"""The guide to a new list shows the list as it is: its file whole, and rows of its programmes."""

from __future__ import annotations

from tests.docs.pages import ROOT, blocks_of

BLOCKS = list(blocks_of((ROOT / "docs/how-to/add-a-list.md").read_text("utf-8")))


def test_the_guide_shows_the_whole_file_of_the_list() -> None:
    shown = "\n\n".join(block.text for block in BLOCKS if block.language == "python")
    assert shown == (ROOT / "ledger/feeds/lists/ca_sema.py").read_text("utf-8")


def test_the_guide_shows_programmes_that_there_are() -> None:
    [shown] = [block.text.splitlines() for block in BLOCKS if block.language == "csv"]
    rows = (ROOT / "ledger/feeds/programmes.csv").read_text("utf-8").splitlines()
    assert shown[0] == rows[0]
    assert len(shown) > 1
    assert set(shown) <= set(rows)
