"""XML as lists publish it: read as a stream in constant memory, by a parser that fetches and expands nothing.

No list has a DOCTYPE, and entities, harmful ones too, are declared nowhere else: a file that has one is refused.
"""

from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from ledger.feeds.reading import BrokenList

_SAFE = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


class Element:
    """An element of a list, whatever its namespace. White space in what it says is one space, and none at the ends."""

    __slots__ = ("_element",)

    def __init__(self, element: Any) -> None:
        self._element = element

    @property
    def name(self) -> str:
        return str(self._element.tag).rpartition("}")[2]

    def attribute(self, name: str) -> str:
        """Empty where it has none of that name."""
        return _plain(self._element.get(name))

    def each(self, path: str) -> Iterator["Element"]:
        """Every element at `path` below this one, as "akaList/aka"."""
        return map(Element, self._element.iterfind(_anywhere(path)))

    def below(self) -> Iterator["Element"]:
        """Every element within this one, in the order of the file."""
        return map(Element, self._element.iterdescendants())

    def texts(self, path: str) -> list[str]:
        """What the elements at `path` say, without those that say nothing."""
        return [text for element in self._element.iterfind(_anywhere(path)) if (text := _plain(element.text))]

    def text(self, path: str) -> str:
        """What the first element at `path` says; empty where there is none."""
        return _plain(self._element.findtext(_anywhere(path)))


def elements(path: Path, roots: Collection[str], *names: str) -> Iterator[Element]:
    """The root of the file, for its attributes, and then each element that is called one of `names`, whole, in order.

    An element is empty as soon as the next one is asked for. `roots` are the names that the root may have, with their
    namespaces: `{http://tempuri.org/sdnList.xsd}sdnList`. Raises BrokenList for any other, for a DOCTYPE, and for what
    is not well formed, as a file is that breaks off.
    """
    try:
        with path.open("rb") as opened:
            yield _root(path, opened, roots)
            opened.seek(0)
            for _, element in etree.iterparse(opened, tag=[f"{{*}}{name}" for name in names], **_SAFE):
                yield Element(element)
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except OSError as error:
        raise BrokenList(f"{path} cannot be read: {error.strerror}") from None
    except etree.XMLSyntaxError as error:
        raise BrokenList(f"{path} is broken off, or no XML ({_plain(error.msg)}): fetch it again") from None


def _root(path: Path, opened: Any, roots: Collection[str]) -> Element:
    _, root = next(iter(etree.iterparse(opened, events=("start",), **_SAFE)))
    docinfo = root.getroottree().docinfo
    if docinfo.doctype or docinfo.internalDTD is not None or docinfo.externalDTD is not None:
        raise BrokenList(f"{path} has a DOCTYPE, which no published list has: fetch it again from its publisher")
    if root.tag not in roots:
        raise BrokenList(f"{path} is another list: its root is {root.tag}, not {' or '.join(roots)}")
    return Element(root)


@cache
def _anywhere(path: str) -> str:
    """`path` in any namespace."""
    return "/".join(f"{{*}}{name}" for name in path.split("/"))


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())
