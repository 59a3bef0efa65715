"""Tiles and entry bundles: their paths, what is in them, and which there are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.audit.leaves import leaf_hash
from ledger.audit.tiles import (
    EntryBundle,
    Tile,
    TileRefused,
    decode_bundle,
    decode_tile,
    encode_bundle,
    encode_tile,
    parse_path,
    width_at,
)
from ledger.audit.tree import LARGEST_SIZE
from tests.audit.naive import Naive
from tests.audit.nodes import reading
from tests.audit.refusals import refused

SIZE = 600
LEAVES = [leaf_hash(b"%d" % number) for number in range(SIZE)]
NAIVE = Naive(LEAVES)
READ = reading(LEAVES)

indexes = st.integers(0, LARGEST_SIZE // 256)
widths = st.integers(1, 256)


def hashes_of(tile):
    return READ(tile.nodes())


def naive_tile(level, index, size):
    """Section Merkle Tree: MTH(D[(n * 256 + i) * 256**l : (n * 256 + i + 1) * 256**l]) for each i that is complete."""
    spans = [((index * 256 + i) * 256**level, (index * 256 + i + 1) * 256**level) for i in range(256)]
    return [NAIVE.mth(start, end) for start, end in spans if end <= size]


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(1, 999), "tile/1/999"),
        (Tile(1, 1000), "tile/1/x001/000"),
        (Tile(63, 5, 1), "tile/63/005.p/1"),
        (Tile(2, 1234067, 255), "tile/2/x001/x234/067.p/255"),
        (EntryBundle(0), "tile/entries/000"),
        (EntryBundle(1234067, 17), "tile/entries/x001/x234/067.p/17"),
        (Tile(0, LARGEST_SIZE // 256), "tile/0/x036/x028/x797/x018/x963/967"),
    ],
)
def test_its_path_is_that_of_the_specification(tile, path):
    assert tile.path() == path
    assert parse_path(path) == tile


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(st.builds(Tile, st.integers(0, 63), indexes, widths) | st.builds(EntryBundle, indexes, widths))
def test_a_path_is_read_as_it_was_written(tile):
    assert parse_path(tile.path()) == tile


@settings(max_examples=400, derandomize=True, deadline=None, database=None)
@given(st.from_regex(r"tile/(entries|[0-9]{1,3})/(x?[0-9]{2,4}/){0,3}[0-9]{2,3}(\.p/[0-9]{1,3})?", fullmatch=True))
def test_there_is_one_path_for_a_tile(path):
    try:
        tile = parse_path(path)
    except TileRefused:
        return
    assert tile.path() == path


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 513, SIZE])
def test_its_hashes_are_those_of_the_specification(size):
    for level in range(3):
        for index in range(4):
            expected = naive_tile(level, index, size)
            width = width_at(level, index, size)
            assert width == len(expected)
            if width:
                tile = Tile(level, index, width)
                assert hashes_of(tile) == expected
                assert tile.exists(size)
                assert decode_tile(encode_tile(expected), width) == expected
            if width < 256:
                assert not Tile(level, index, width + 1).exists(size)


@pytest.mark.parametrize("size", [*range(0, 2000, 37), 255, 256, 257, 65_535, 65_536, 65_537])
def test_the_last_tile_of_each_level_is_as_wide_as_the_specification_says(size):
    """Section Partial Tiles: floor(s / 256**l) mod 256 hashes at level l, none where that is 0."""
    for level in range(4):
        assert width_at(level, size // 256 ** (level + 1), size) == size // 256**level % 256


def test_the_example_of_the_specification():
    """Section Partial Tiles, of a tree of 70,000 leaves."""
    assert [width_at(level, index, 70_000) for level, index in ((0, 273), (1, 1), (2, 0))] == [112, 17, 1]
    assert [width_at(level, index, 70_000) for level, index in ((0, 272), (0, 274), (1, 0), (3, 0))] == [256, 0, 256, 0]


def test_a_tile_exists_in_every_larger_tree():
    assert [Tile(0, 1, 10).exists(size) for size in (0, 265, 266, 267, 512, LARGEST_SIZE)] == [0, 0, 1, 1, 1, 1]
    assert [EntryBundle(1, 10).exists(size) for size in (0, 265, 266, 600)] == [False, False, True, True]
    assert not Tile(63, 0, 1).exists(LARGEST_SIZE)


def test_a_bundle_has_the_leaves_of_its_tile():
    bundle = EntryBundle(1, 3)
    assert [node.index for node in Tile(0, 1, 3).nodes()] == [bundle.first, bundle.first + 1, bundle.first + 2]


def test_an_entry_comes_after_its_length():
    assert encode_bundle([b"ab", b"", b"c" * 258]) == b"\x00\x02ab" + b"\x00\x00" + b"\x01\x02" + b"c" * 258


@settings(max_examples=80, derandomize=True, deadline=None, database=None)
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_a_bundle_is_read_as_it_was_written(leaves):
    assert decode_bundle(encode_bundle(leaves), len(leaves)) == leaves


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(st.binary(max_size=40), st.integers(1, 5))
def test_any_bytes_are_a_bundle_or_refused(given_, width):
    try:
        leaves = decode_bundle(given_, width)
    except TileRefused:
        return
    assert encode_bundle(leaves) == given_


def test_the_largest_leaf_fits():
    leaf = b"x" * 65_535
    assert decode_bundle(encode_bundle([leaf] * 256), 256) == [leaf] * 256


def paths(*given_):
    return [("path", lambda path=path: parse_path(path)) for path in given_]


@refused(
    *paths(
        "", "tile", "tile/", "tile/0", "tile/0/", "/tile/0/000", "tile/0/000/", "tile/0/0", "tile/0/00", "tile/0/0000",
        "tile/00/000", "tile/01/000", "tile/-1/000", "tile/+1/000", "tile/100/000", "tile/x/000", "tile/ 0/000",
        "tile/0/x000", "tile/0/001/000", "tile/0/x001/x000", "tile/0/x01/000", "tile/0/X001/000", "tile/0/x001//000",
        "tile/0/../000", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/01", "tile/0/000.p/-1",
        "tile/0/000.p/1000", "tile/0/000.p/1/", "tile/0/000.P/1", "tile/0/000p/1", "tile/0/000\n", "tile/0/000.p/1\n",
        "tile/entries", "tile/Entries/000", "tile/entries/0", "checkpoint", "tile/0/\N{ARABIC-INDIC DIGIT ONE}00",
        "tile/\N{ARABIC-INDIC DIGIT ONE}/000",
    ),
    ("level", lambda: parse_path("tile/64/000")),
    ("level", lambda: parse_path("tile/99/000")),
    ("width", lambda: parse_path("tile/0/000.p/256")),
    ("width", lambda: parse_path("tile/entries/000.p/999")),
    ("index", lambda: parse_path("tile/0/x000/000")),
    ("index", lambda: parse_path("tile/0/x000/001")),
    ("index", lambda: parse_path("tile/0/x036/x028/x797/x018/x963/968")),
    ("index", lambda: parse_path("tile/0/" + "x999/" * 2000 + "999")),
    ("index", lambda: Tile(0, -1)),
    ("level", lambda: Tile(-1, 0)),
    ("level", lambda: Tile(64, 0)),
    ("width", lambda: Tile(0, 0, 0)),
    ("width", lambda: Tile(0, 0, 257)),
    ("width", lambda: EntryBundle(0, 0)),
    ("index", lambda: EntryBundle(-1)),
    ("tree size", lambda: width_at(0, 0, -1)),
    ("index", lambda: width_at(0, -1, 7)),
    ("level", lambda: width_at(-1, 0, 7)),
    ("width", lambda: encode_tile([])),
    ("width", lambda: encode_tile([LEAVES[0]] * 257)),
    ("tile hash", lambda: encode_tile([b"short"])),
    ("width", lambda: decode_tile(b"", 0)),
    ("tile length", lambda: decode_tile(b"", 1)),
    ("tile length", lambda: decode_tile(bytes(33), 1)),
    ("tile length", lambda: decode_tile(bytes(64), 1)),
    ("width", lambda: encode_bundle([])),
    ("width", lambda: encode_bundle([b""] * 257)),
    ("entry length", lambda: encode_bundle([b"x" * 65_536])),
    ("width", lambda: decode_bundle(b"", 257)),
    ("entry length", lambda: decode_bundle(b"", 1)),
    ("entry length", lambda: decode_bundle(b"\0", 1)),
    ("entry length", lambda: decode_bundle(b"\0\0", 2)),
    ("entry", lambda: decode_bundle(b"\0\1", 1)),
    ("entry", lambda: decode_bundle(b"\0\2a", 1)),
    ("bundle length", lambda: decode_bundle(b"\0\1ab", 1)),
    ("bundle length", lambda: decode_bundle(b"\0\0\0\0", 1)),
)  # fmt: skip
def test_what_is_no_tile_is_refused_by_name(check, attempt):
    with pytest.raises(TileRefused) as said:
        attempt()
    assert said.value.check == check
