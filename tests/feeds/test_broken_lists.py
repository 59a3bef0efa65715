"""Every list there is, broken: what was cut off, and what is another list, is refused, whichever feed it is."""

import shutil

import pytest

from ledger.feeds.lists import feeds
from ledger.feeds.reading import BrokenList
from tests.feeds.published import READINGS, assert_notices_cuts, published

PLACES = 100
FEEDS = feeds()


def test_of_every_feed_there_is_a_published_reading():
    assert set(FEEDS) <= set(READINGS)


def copied(feed, tmp_path):
    """A copy of the feed's first reading that may be written to, and the file in it that has the entries."""
    list_ = published(READINGS[feed][0][0])
    if list_.is_file():
        copy = tmp_path / list_.name
        copy.write_bytes(list_.read_bytes())
        return copy, copy
    names = sorted(file.name for file in list_.iterdir() if file.is_file())
    main = "sdn.csv" if "sdn.csv" in names else names[0]
    for name in names:
        shutil.copyfile(list_ / name, tmp_path / name)
    return tmp_path, tmp_path / main


@pytest.mark.parametrize("feed", FEEDS)
def test_a_list_that_is_cut_off_is_refused_or_lacks_so_much_that_the_import_asks(feed, tmp_path):
    list_, file = copied(feed, tmp_path)
    assert_notices_cuts(FEEDS[feed], list_, file, places=PLACES)


@pytest.mark.parametrize("feed", FEEDS)
def test_an_empty_file_is_refused(feed, tmp_path):
    list_, file = copied(feed, tmp_path)
    file.write_bytes(b"")
    with pytest.raises(BrokenList):
        FEEDS[feed].read(list_)


@pytest.mark.parametrize("feed", FEEDS)
def test_what_is_not_there_is_refused(feed, tmp_path):
    with pytest.raises(BrokenList) as refused:
        FEEDS[feed].read(tmp_path / "nothing")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("feed", "of"), [(feed, of) for feed in FEEDS for of in READINGS if of != feed])
def test_a_list_of_another_feed_is_refused(feed, of):
    for path, _ in READINGS[of]:
        with pytest.raises(BrokenList) as refused:
            FEEDS[feed].read(published(path))
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("feed", FEEDS)
def test_any_bytes_at_all_are_refused(feed, tmp_path):
    list_, file = copied(feed, tmp_path)
    for content in (
        b"\0" * 100,
        b"\xff\xfe<\0?\0",
        b"<html><body>Access Denied</body></html>",
        b"{}",
        b"a,b\n1,2\n",
        b"\n\n\n",
    ):
        file.write_bytes(content)
        with pytest.raises(BrokenList):
            FEEDS[feed].read(list_)
