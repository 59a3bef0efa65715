"""Lists fetched from a publisher that may be slow, broken or elsewhere: whole, once, and kept by their SHA-256."""

from hashlib import sha256
from itertools import repeat
from pathlib import Path
from threading import Event

import pytest

from api.fetching import NoAnswer, Version, download
from api.publishers import NotFetched, addresses_of, fetched
from ledger.feeds.archive import Archive
from ledger.feeds.lists import feeds
from ledger.settings import BadSetting, Settings
from tests.feeds.publishing import publishing
from tests.feeds.test_ofac_sdn import ADDRESSES, ALIASES, ENTRIES

FEED = feeds()["ofac-sdn"]
EMPTY = b"9,-0- \r\n"


@pytest.fixture
def publisher():
    with publishing() as running:
        yield running


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path / "archive")


def offer(publisher, **files):
    """Offer the SDN list, with other lines for some of its files."""
    lines = {"sdn": ENTRIES, "alt": ALIASES, "add": ADDRESSES, "sdn_comments": ['9,"x"'], **files}
    for name, each in lines.items():
        publisher.files[f"/{name}.csv"] = "\r\n".join([*each, "\x1a"]).encode("latin-1")


def fetch(publisher, archive, **options):
    """Fetch it; its files as they were fetched."""
    with fetched(FEED, Settings(feeds=f"ofac-sdn {publisher.url}/"), archive, **options) as found:
        content = {file.name: file.read_bytes() for file in found.path.iterdir()}
        return found, content, FEED.read(found.path)


def test_a_list_is_fetched_with_all_its_files_and_each_is_kept_by_its_hash(publisher, archive):
    offer(publisher)
    found, content, reading = fetch(publisher, archive)
    assert content == {path[1:]: body for path, body in publisher.files.items()}
    assert not found.is_unchanged
    assert len(reading.listings) == 4
    for body in publisher.files.values():
        assert archive.path_of(sha256(body).hexdigest()).read_bytes() == body
    assert not found.path.exists(), "what was fetched is only kept in the archive"


@pytest.mark.parametrize("has_etags", [True, False])
def test_what_has_not_changed_is_not_sent_again_and_is_the_same_list(publisher, archive, has_etags):
    publisher.has_etags = has_etags
    offer(publisher)
    _, first, _ = fetch(publisher, archive)
    publisher.asked.clear()
    found, second, _ = fetch(publisher, archive)
    assert (found.is_unchanged, first) == (True, second)
    assert {status for _, status in publisher.asked} == {304}


def test_of_several_files_only_those_that_changed_are_sent(publisher, archive):
    offer(publisher)
    fetch(publisher, archive)
    publisher.asked.clear()
    offer(publisher, alt=ALIASES[:1])
    found, content, _ = fetch(publisher, archive)
    assert [path for path, status in publisher.asked if status == 200] == ["/alt.csv"]
    assert (found.is_unchanged, content["alt.csv"]) == (False, publisher.files["/alt.csv"])


def test_what_was_lost_or_damaged_in_the_archive_is_fetched_again(publisher, archive):
    offer(publisher)
    fetch(publisher, archive)
    kept = archive.path_of(sha256(publisher.files["/sdn.csv"]).hexdigest())
    kept.write_bytes(b"damaged")
    archive.path_of(sha256(publisher.files["/alt.csv"]).hexdigest()).unlink()
    publisher.asked.clear()
    fetch(publisher, archive)
    assert [path for path, status in publisher.asked if status == 200] == ["/sdn.csv", "/alt.csv"]
    assert kept.read_bytes() == publisher.files["/sdn.csv"]


def test_what_it_remembers_of_another_address_does_not_count(publisher, archive):
    offer(publisher)
    fetch(publisher, archive)
    with publishing() as other:
        offer(other)
        fetch(other, archive)
        assert {status for _, status in other.asked} == {200}


def test_a_memory_that_is_damaged_is_forgotten(publisher, archive):
    offer(publisher)
    fetch(publisher, archive)
    (archive.folder / "ofac-sdn.json").write_text("[1]")
    assert not fetch(publisher, archive)[0].is_unchanged


def test_a_file_that_is_not_there_is_refused_and_named(publisher, archive):
    offer(publisher)
    del publisher.files["/alt.csv"]
    with pytest.raises(NotFetched, match=r"/alt\.csv was not fetched: it answers 404"):
        fetch(publisher, archive)
    assert list(archive.folder.glob("ofac-sdn-*")) == []


def test_a_list_that_nobody_offers_is_refused():
    with (
        pytest.raises(NotFetched, match="name a PATH"),
        fetched(feeds()["uk-sanctions"], Settings(), Archive(Path("nowhere"))),
    ):
        pass


def test_addresses_are_the_publishers_unless_they_are_set():
    assert addresses_of(FEED, Settings()) == FEED.addresses
    assert all(address.startswith("https://") for feed in feeds().values() for address in feed.addresses.values())
    mirror = Settings(feeds="un-sc https://mirror.example/un.xml ofac-sdn https://mirror.example/sdn")
    assert addresses_of(feeds()["un-sc"], mirror) == {"consolidated.xml": "https://mirror.example/un.xml"}
    assert addresses_of(FEED, mirror)["alt.csv"] == "https://mirror.example/sdn/alt.csv"
    with pytest.raises(BadSetting, match="in turn"):
        addresses_of(FEED, Settings(feeds="ofac-sdn"))


# One file, from whoever answers as he likes


def at(publisher, to, path="/list", seconds=20.0, since=Version(), limit_bytes=1000):  # noqa: B008
    return download(f"{publisher.url}{path}", to, since=since, limit_bytes=limit_bytes, seconds=seconds)


def redirect(to, status=302):
    return [f"HTTP/1.1 {status} Elsewhere\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()]


def slowly():
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    while not Event().wait(0.02):
        yield b"x"


@pytest.fixture
def to(tmp_path):
    return tmp_path / "file"


def test_redirects_are_followed_to_where_it_is(publisher, to):
    publisher.files["/c"] = b"the list"
    publisher.instead = {"/list": redirect("/b", 301), "/b": redirect(f"{publisher.url}/c", 307)}
    assert at(publisher, to).etag
    assert to.read_bytes() == b"the list"


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("/list", "redirects more than 5 times"),
        ("ftp://x/", "no address"),
        ("file:///etc/passwd", "no address"),
    ],
)
def test_redirects_without_end_or_to_nowhere_are_not(publisher, to, location, said):
    publisher.instead["/list"] = redirect(location)
    with pytest.raises(NoAnswer, match=said):
        at(publisher, to)


def test_no_redirect_leads_from_https_to_http():
    import httpx

    from api.fetching import _redirected

    answer = httpx.Response(302, headers={"Location": "http://lists.example/sdn.csv"})
    with pytest.raises(NoAnswer, match="not encrypted"):
        _redirected(httpx.URL("https://lists.example/"), answer)
    assert (
        _redirected(httpx.URL("https://lists.example/a/b"), httpx.Response(302, headers={"Location": "../c"})).path
        == "/c"
    )


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n"], "it answers 500 Broken"),
        ([b"HTTP/1.1 304 Not Modified\r\nContent-Length: 0\r\n\r\n"], "it answers 304"),
        ([b"HTTP/1.1 206 Partial Content\r\nContent-Length: 1\r\n\r\nx"], "it answers 206"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"], "does not answer"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"], "does not answer"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n", *repeat(b"x" * 500, 4)], "longer than 1000 bytes"),
        ([b"HTTP/1.1 200 OK\r\n\r\n", *repeat(b"x" * 500, 4)], "longer than 1000 bytes"),
        ([b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nbomb"], "sends it as gzip"),
        ([b"nonsense\r\n\r\n"], "does not answer"),
        ([b""], "does not answer"),
    ],
    ids="500 304-unasked part truncated truncated-chunks too-long endless compressed nonsense nothing".split(),
)
def test_what_is_not_the_whole_list_is_no_answer(publisher, to, parts, said):
    publisher.instead["/list"] = parts
    with pytest.raises(NoAnswer, match=said):
        at(publisher, to)


def test_one_that_is_slow_is_given_up(publisher, to):
    publisher.instead["/list"] = slowly()
    with pytest.raises(NoAnswer, match=r"not answered in full after 0\.5 seconds"):
        at(publisher, to, seconds=0.5)


def test_a_slow_publisher_is_told_in_one_line(publisher, archive):
    offer(publisher)
    publisher.instead["/add.csv"] = slowly()
    with pytest.raises(NotFetched) as refused:
        fetch(publisher, archive, seconds=0.5)
    assert "\n" not in str(refused.value)
