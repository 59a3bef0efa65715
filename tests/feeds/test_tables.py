"""Files of rows and columns: nothing that is broken passes for a list."""

from __future__ import annotations

import pytest

from ledger.feeds.reading import BrokenList
from ledger.feeds.tables import records, table, text_of

OLD, NEW = ("Name", "Born"), ("Name", "Birth date", "Quality")


@pytest.fixture
def written(tmp_path):
    """A file with that content."""

    def write(content: str | bytes):
        path = tmp_path / "list.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def refusal(path, *forms, **how) -> str:
    with pytest.raises(BrokenList) as refused:
        list(table(path, *(forms or (OLD, NEW)), **how).rows)
    return str(refused.value)


def test_cells_are_read_by_the_names_of_their_columns_and_trimmed(written) -> None:
    read = table(written("\ufeffBorn,Name\r\n1961 , Ada\r\n\r\n1962,Bo\r\n"), OLD)
    assert list(read.rows) == [{"Name": "Ada", "Born": "1961"}, {"Name": "Bo", "Born": "1962"}]
    assert read.warnings == []


def test_a_row_knows_its_line_whatever_stands_within_the_cells_before_it(written) -> None:
    read = table(written('Name,Born\n"A\nB\nC",1\nD,2\n'), OLD)
    assert [(row["Name"], row.line) for row in read.rows] == [("A\nB\nC", 2), ("D", 5)]


def test_what_stands_above_the_header_is_kept(written) -> None:
    assert table(written("Last Updated,1/2/2014\nName,Born\nA,1\n"), OLD, above=1).above == [
        ["Last Updated", "1/2/2014"]
    ]


def test_any_of_the_forms_will_do(written) -> None:
    assert [*table(written("Quality,Name,Birth date\nx,A,1\n"), OLD, NEW).rows] == [
        {"Name": "A", "Birth date": "1", "Quality": "x"}
    ]


def test_a_column_that_is_new_is_said(written) -> None:
    assert table(written("Name,Born,Shoe size\nA,1,2\n"), OLD).warnings == [
        "list.csv: the column 'Shoe size' is new and not read"
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Name,Birth date,Grade\nA,1,x\n", "the header lacks 'Quality', and has 'Grade', which it should not"),
        ("Name\nA\n", "the header lacks 'Born'"),
        ("Name,Name,Born\nA,A,1\n", "the header has 'Name' more than once: it is another list, or"),
        ("Name,Born\nA,1\nB\n", "line 3: has 1 fields, not 2"),
        ("Name,Born\nA,1,2\n", "line 2: has 3 fields, not 2"),
        ('Name,Born\nA,1\n"B,2\nC,3\n', "line 3: unexpected end of data: a quote is open"),
        ('Name,Born\n"A" x,1\n', "line 2: ',' expected after '\"'"),
        ("Name,Born\nA,1\nB,19", "its last line has no end"),
        ("Name,Born\n", "has a header and no entry"),
        ("", "is empty"),
        (" \n\n", "is empty"),
        ("Name,Born\nA,1\nB\0,2\n", "line 3: holds a NUL"),
        (b"Name,Born\nA,1\nB\xe9,2\n", "line 3: is not text in utf-8"),
    ],
)
def test_what_is_broken_is_refused_and_says_where(written, content, said) -> None:
    assert said in refusal(written(content))


def test_a_file_that_ends_above_its_header_is_refused(written) -> None:
    assert "ends before its header" in refusal(written("Last Updated\n"), above=1)


def test_a_file_that_is_not_there_is_refused(tmp_path) -> None:
    assert "cannot be read" in refusal(tmp_path / "none.csv")
    assert "cannot be read" in refusal(tmp_path)


def test_an_older_encoding_is_read_where_it_is_not_utf_8(written) -> None:
    assert text_of(written("Zoë\n".encode("cp1252")), "utf-8-sig", "cp1252") == "Zoë\n"
    assert text_of(written("Zoë"), "utf-8-sig", "cp1252") == "Zoë"


def test_utf_8_that_is_cut_off_within_a_character_is_not_read_as_something_else(written) -> None:
    with pytest.raises(BrokenList, match="cut off"):
        text_of(written("Zoë".encode()[:-1]), "utf-8-sig", "cp1252")


def test_records_without_a_header_have_the_width_that_is_asked_for() -> None:
    assert list(records("a,b\nc,d", "x.csv", width=2)) == [(1, ["a", "b"]), (2, ["c", "d"])]
    with pytest.raises(BrokenList, match=r"x\.csv, line 2: has 1 fields, not 2"):
        list(records("a,b\nc", "x.csv", width=2))
