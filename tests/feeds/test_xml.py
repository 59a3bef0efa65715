"""XML from outside: read as a stream, and refused in one line where it is hostile, broken off or something else."""

from __future__ import annotations

import pytest

from ledger.feeds import xml
from ledger.feeds.reading import BrokenList

ROOT = "{urn:list}list"
BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 30))
PARAMETER_BOMB = "".join(f'<!ENTITY % l{n} "{f"&#37;l{n - 1};" * 10}">' for n in range(1, 30))


@pytest.fixture
def elements(tmp_path):
    def read(content: str | bytes, *names: str):
        path = tmp_path / "list.xml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(xml.elements(path, [ROOT], *(names or ("entry",))))

    return read


def of(body: str) -> str:
    return f'<list xmlns="urn:list">{body}</list>'


@pytest.mark.parametrize(
    "hostile",
    [
        '<!DOCTYPE list><list xmlns="urn:list"/>',
        '<!DOCTYPE list [<!ENTITY x "x">]>' + of("<entry>&x;</entry>"),
        '<!DOCTYPE list [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + of("<entry>&x;</entry>"),
        '<!DOCTYPE list SYSTEM "http://127.0.0.1:1/list.dtd">' + of("<entry/>"),
        '<!DOCTYPE list [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>' + of("<entry/>"),
        '<!DOCTYPE list [<!ENTITY x "x">]>' + of("<entry>&x;"),
    ],
)
def test_a_doctype_is_refused_whatever_it_declares(elements, hostile):
    with pytest.raises(BrokenList, match=r"list\.xml has a DOCTYPE.*fetch it again"):
        elements(hostile)


def test_a_doctype_is_refused_in_any_encoding(elements):
    with pytest.raises(BrokenList, match="has a DOCTYPE"):
        elements(('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE list>' + of("<entry/>")).encode("utf-16"))


@pytest.mark.parametrize(
    "hostile",
    [
        f'<!DOCTYPE list [<!ENTITY l0 "lol">{BOMB}]>' + of("<entry>&l29;</entry>"),
        f'<!DOCTYPE list [<!ENTITY l0 "lol">{BOMB}]><list xmlns="urn:list" a="&l29;"/>',
        f'<!DOCTYPE list [<!ENTITY % l0 "lol">{PARAMETER_BOMB} %l29;]>' + of("<entry/>"),
        of("<entry>" * 100_000 + "</entry>" * 100_000),
        of("<entry>" + "x" * 11_000_000 + "</entry>"),
        of("<entry>&undeclared;</entry>"),
    ],
)
def test_bombs_are_refused_in_one_line(elements, hostile):
    with pytest.raises(BrokenList) as refused:
        elements(hostile)

    assert "\n" not in str(refused.value)
    assert str(refused.value).endswith(("fetch it again", "fetch it again from its publisher"))


def test_nothing_is_included_from_elsewhere(elements):
    include = '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/hostname" parse="text"/>'
    _, entry = elements(of(f"<entry>{include}</entry>"))

    assert [element.name for element in entry.below()] == []  # the element is empty by now
    assert entry.text("include") == ""


@pytest.mark.parametrize(
    "broken",
    [
        b"", b"\n", b"no XML", bytes(range(256)), b"\0" * 100, b'{"list": []}', b"<list xmlns='urn:list'>",
        of("<entry>").encode(), of("<entry></list>").encode(), (of("<entry/>") + "<list/>").encode(),
        of("<entry>\xff</entry>").encode("latin-1"), b'<?xml version="1.0" encoding="none"?><list/>',
    ],
)  # fmt: skip
def test_what_is_not_well_formed_is_refused_with_what_to_do(elements, broken):
    with pytest.raises(BrokenList, match=r"list\.xml is broken off, or no XML .*: fetch it again$"):
        elements(broken)


@pytest.mark.parametrize("other", ["<list/>", '<list xmlns="urn:other"/>', '<html xmlns="urn:list"><p/></html>'])
def test_another_root_or_namespace_is_another_list(elements, other):
    with pytest.raises(BrokenList, match=r"is another list: its root is .*, not \{urn:list\}list"):
        elements(other)


@pytest.mark.parametrize("name", ["", "missing.xml"])
def test_what_cannot_be_read_is_refused(tmp_path, name):
    with pytest.raises(BrokenList, match="cannot be read"):
        list(xml.elements(tmp_path / name, [ROOT], "entry"))


def test_elements_come_in_order_with_the_root_first_and_say_what_they_hold(tmp_path):
    path = tmp_path / "list.xml"
    path.write_text(
        '<?xml version="1.0"?><list xmlns="urn:list" on=" 2020-01-01 "><!-- c --><head>h</head>'
        '<part><entry id="1"><name> A\n  B<!-- c --> C<?p?> </name><name/><name>D</name><in><name>E</name></in></entry>'
        '<entry id="2"><![CDATA[<F>]]></entry></part></list>'
    )
    said = []
    for element in xml.elements(path, [ROOT], "head", "entry"):
        said.append((element.name, element.attribute("on") or element.attribute("id")))
        if element.attribute("id") == "1":
            assert element.text("name") == "A B C"
            assert element.texts("name") == ["A B C", "D"]
            assert element.texts("in/name") == ["E"]
            assert [name.name for name in element.each("name")] == ["name"] * 3
            assert [below.name for below in element.below()] == ["name", "name", "name", "in", "name"]
            assert element.text("missing") == element.attribute("missing") == ""

    assert said == [("list", "2020-01-01"), ("head", ""), ("entry", "1"), ("entry", "2")]


def test_what_was_read_is_not_kept(tmp_path):
    path = tmp_path / "list.xml"
    path.write_text(of("<part>" + "<entry><name>A</name></entry>" * 50_000 + "</part>"))

    entries = (element._element for element in xml.elements(path, [ROOT], "entry") if element.name == "entry")
    kept = [len(entry.getparent()) for entry in entries]

    assert len(kept) == 50_000
    assert max(kept) < 2_000  # what the parser reads ahead
