"""The log as static files: C2SP tlog-tiles (https://c2sp.org/tlog-tiles).

A tile is a row of up to 256 adjacent nodes, every eighth level of the tree; an entry bundle the leaves themselves that
a tile of level 0 has the hashes of. A full one never changes. At the right edge there may be a partial one, of the
nodes that are complete so far.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from ledger.audit.checks import CheckFailed
from ledger.audit.tree import HASH_BYTES, LARGEST_SIZE, Node

FULL_WIDTH = 256
TILE_HEIGHT = 8
"""In levels of the tree: 2^8 = 256."""
LARGEST_LEVEL = 63
ENTRY_LIMIT_BYTES = 65_535
"""Section Log entries: the length of each is a uint16."""
_LENGTH_BYTES = 2
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)
_LONGEST_INDEX = len("x000/x000/x000/x000/x000/x000/000")


class TileRefused(CheckFailed):
    """No path of a tile, no such tile, or its bytes are not those of one."""


@dataclass(frozen=True, slots=True)
class Tile:
    """The `index`-th tile, counted from 0, of `level`, with `width` hashes: 256, or fewer if it is partial."""

    level: int
    index: int
    width: int = FULL_WIDTH

    def __post_init__(self) -> None:
        _check_level(self.level)
        _check_index(self.index)
        _check_width(self.width)

    def path(self) -> str:
        """Section Merkle Tree, below the prefix: `tile/<L>/<N>[.p/<W>]`."""
        return f"tile/{self.level}/{_index_and_width(self.index, self.width)}"

    def nodes(self) -> list[Node]:
        """The nodes of the tree that it has the hashes of, from left to right."""
        first = self.index * FULL_WIDTH
        return [Node(self.level * TILE_HEIGHT, first + i) for i in range(self.width)]

    def exists(self, size: int) -> bool:
        """Whether a tree of `size` leaves has all its hashes. They stay the same in every larger tree."""
        return self.width <= width_at(self.level, self.index, size)


@dataclass(frozen=True, slots=True)
class EntryBundle:
    """The leaves `first` to `first + width - 1`, counted from 0: those of the level 0 tile of that index and width."""

    index: int
    width: int = FULL_WIDTH

    def __post_init__(self) -> None:
        _check_index(self.index)
        _check_width(self.width)

    @property
    def first(self) -> int:
        """The index of its first leaf, counted from 0."""
        return self.index * FULL_WIDTH

    def path(self) -> str:
        """Section Log entries, below the prefix: `tile/entries/<N>[.p/<W>]`."""
        return f"tile/entries/{_index_and_width(self.index, self.width)}"

    def exists(self, size: int) -> bool:
        """Whether a tree of `size` leaves has all its leaves."""
        return self.width <= width_at(0, self.index, size)


def parse_path(path: str) -> Tile | EntryBundle:
    """Of the path below the prefix. There is one path for a tile: any other is refused. Raises TileRefused."""
    if not (found := _PATH.fullmatch(path)):
        raise TileRefused("path", f"{path[:80]!r} is not of the form tile/<L>/<N>[.p/<W>]")
    index, width = _index_of(found["index"]), int(found["width"] or FULL_WIDTH)
    if found["width"] and width >= FULL_WIDTH:
        raise TileRefused("width", f"a partial tile has 1 to {FULL_WIDTH - 1} hashes, not {width}")
    if found["level"] == "entries":
        return EntryBundle(index, width)
    return Tile(int(found["level"]), index, width)


def width_at(level: int, index: int, size: int) -> int:
    """How many hashes a tree of `size` leaves has for that tile: 256 if it is full, 0 if there is no such tile."""
    _check_level(level)
    _check_index(index)
    _check_size(size)
    complete = size >> (TILE_HEIGHT * level)
    return min(max(complete - index * FULL_WIDTH, 0), FULL_WIDTH)


def encode_tile(hashes: Sequence[bytes]) -> bytes:
    """Section Merkle Tree: the hashes, one after the other."""
    _check_width(len(hashes))
    if any(len(given) != HASH_BYTES for given in hashes):
        raise TileRefused("tile hash", f"a hash is {HASH_BYTES} bytes long")
    return b"".join(hashes)


def decode_tile(given: bytes, width: int) -> list[bytes]:
    """The `width` hashes of a tile. Raises TileRefused."""
    _check_width(width)
    if len(given) != width * HASH_BYTES:
        raise TileRefused("tile length", f"{width} hashes have {width * HASH_BYTES} bytes, here {len(given)}")
    return [given[at : at + HASH_BYTES] for at in range(0, len(given), HASH_BYTES)]


def encode_bundle(leaves: Sequence[bytes]) -> bytes:
    """Section Log entries: each leaf after its length as a big-endian uint16."""
    _check_width(len(leaves))
    if any(len(leaf) > ENTRY_LIMIT_BYTES for leaf in leaves):
        raise TileRefused("entry length", f"an entry has at most {ENTRY_LIMIT_BYTES} bytes")
    return b"".join(chain.from_iterable((len(leaf).to_bytes(_LENGTH_BYTES, "big"), leaf) for leaf in leaves))


def decode_bundle(given: bytes, width: int) -> list[bytes]:
    """The `width` leaves of an entry bundle, which has nothing else. Raises TileRefused."""
    _check_width(width)
    leaves: list[bytes] = []
    at = 0
    for number in range(width):
        start = at + _LENGTH_BYTES
        if start > len(given):
            raise TileRefused("entry length", f"the bundle ends after {number} of {width} entries")
        end = start + int.from_bytes(given[at:start], "big")
        if end > len(given):
            raise TileRefused("entry", f"the bundle ends within entry {number + 1} of {width}")
        leaves.append(given[start:end])
        at = end
    if at != len(given):
        raise TileRefused("bundle length", f"{len(given) - at} bytes follow the last of {width} entries")
    return leaves


def _index_and_width(index: int, width: int) -> str:
    """Section Merkle Tree: 1234067 is x001/x234/067. The width is there if it is partial."""
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    *higher, last = (digits[at : at + 3] for at in range(0, len(digits), 3))
    partial = f".p/{width}" if width < FULL_WIDTH else ""
    return "".join(f"x{element}/" for element in higher) + last + partial


def _index_of(encoded: str) -> int:
    if len(encoded) > _LONGEST_INDEX:
        raise TileRefused("index", "it is too large for any tree")
    if encoded.startswith("x000/"):
        raise TileRefused("index", f"{encoded!r} begins with an element that is not needed")
    return int(encoded.replace("x", "").replace("/", ""))


def _check_level(level: int) -> None:
    if not 0 <= level <= LARGEST_LEVEL:
        raise TileRefused("level", f"{level} is not between 0 and {LARGEST_LEVEL}")


def _check_index(index: int) -> None:
    if not 0 <= index <= LARGEST_SIZE // FULL_WIDTH:
        raise TileRefused("index", f"{index} is not between 0 and 2^55 - 1, the last of the largest tree")


def _check_width(width: int) -> None:
    if not 1 <= width <= FULL_WIDTH:
        raise TileRefused("width", f"{width} is not between 1 and {FULL_WIDTH}")


def _check_size(size: int) -> None:
    if not 0 <= size <= LARGEST_SIZE:
        raise TileRefused("tree size", f"{size} is not between 0 and 2^63 - 1")
