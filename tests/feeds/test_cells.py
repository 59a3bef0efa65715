"""Cells: several things in one, and numbers with remarks to them."""

import pytest

from ledger.feeds.cells import document_numbers, numbered, one_line, separated


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("Germany", ["Germany"]),
        ("(1) Germany. (2) Morocco", ["Germany", "Morocco"]),
        ("1) Germany 2) Morocco", ["Germany", "Morocco"]),
        ("a) Germany, b)Morocco", ["Germany", "Morocco"]),
        ("(1) Germany (2) Germany (3) -", ["Germany", "-"]),
        ("Judge (retired) of court (12)3", ["Judge (retired) of court", "3"]),
        ("", []),
    ],
)
def test_what_is_numbered_is_several_things(cell: str, parts: list[str]) -> None:
    assert numbered(cell) == parts


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("B/014924", ["B/014924"]),
        ("842 781", ["842 781"]),
        ("D 000952 (Afghan). Issued on 7 Jan 1999", ["D 000952"]),
        ("Passport No: 592667 (issued on 3 May 2007).", ["592667"]),
        ("Passport no.: 563120238", ["563120238"]),
        ("Passport Number 010312413, issue number 002-15", ["010312413"]),
        ("Ruritanian Federal ID Card 2318229333", ["2318229333"]),
        ("LBR HBB 61S17 Z352F", ["LBR HBB 61S17 Z352F"]),
        ("281020505755 (Kuwaiti) under name X", ["281020505755"]),
        ("(1) 014797 (2) 524521, expired 2001", ["014797", "524521"]),
        ("(Ruritanian) 0000914", ["0000914"]),
        ("F86JKFFJF", ["F86JKFFJF"]),
        ("12/RURANA(N)000914", ["12/RURANA(N)000914"]),
        ("5/RURITA (NAING) 000914", ["5/RURITA (NAING) 000914"]),
        ("766040000. 65275", ["766040000", "65275"]),
        ("Ruritanian passport number 8200 No. 555000", ["8200555000"]),
        ("PASSPORT", []),
        ("issue no. 002-17-L022286", []),
        ("Reference 62. Diplomatic", []),
        ("Refugee travel document issued by a county, dated 30 Apr 2000", []),
        ("In possession of a passport", []),
    ],
)
def test_of_a_document_the_number_counts(cell: str, numbers: list[str]) -> None:
    assert document_numbers(cell) == numbers


def test_what_is_separated_is_trimmed_and_none_twice() -> None:
    assert separated(" A;B\n C; ;A ") == ["A", "B C"]
    assert separated("A, B; C", ",;") == ["A", "B", "C"]


def test_a_name_is_on_one_line() -> None:
    assert one_line(" ACME\nTrading \u00a0 Co ") == "ACME Trading Co"
