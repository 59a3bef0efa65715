"""The archive: a copy of every file that was imported, under the hash that the sources of its events name."""

from hashlib import sha256

import pytest

from ledger.feeds.lists import feeds
from ledger.feeds.reading import BrokenList
from ledger.service import Ledger
from ledger.settings import Settings
from tests.feeds.test_ofac_sdn import ADDRESSES, ALIASES, ENTRIES, written

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FEED = feeds()["ofac-sdn"]


@pytest.fixture
def sdn(tmp_path):
    folder = tmp_path / "sdn"
    folder.mkdir()
    return written(folder, sdn=ENTRIES, alt=ALIASES, add=ADDRESSES)


def take(ledger, path, on="2021-07-07", **options):
    return ledger.import_reading(FEED, path, by="tests", published_on=on, **options)


def kept(tmp_path):
    return {file.name: file.read_bytes() for file in (tmp_path / "retorsion.db.archive").glob("*")}


def test_every_file_is_kept_and_of_several_what_sha256sum_prints(ledger, tmp_path, sdn):
    came = take(ledger, sdn)
    content = {name: (sdn / name).read_bytes() for name in ("add.csv", "alt.csv", "sdn.csv")}
    sums = "".join(f"{sha256(body).hexdigest()}  {name}\n" for name, body in content.items()).encode()
    assert came.sha256 == sha256(sums).hexdigest()
    assert kept(tmp_path) == {sha256(body).hexdigest(): body for body in [*content.values(), sums]}


def test_of_one_file_that_is_the_reading(ledger, tmp_path, sdn):
    for name in ("alt.csv", "add.csv"):
        (sdn / name).unlink()
    came = take(ledger, sdn)
    assert kept(tmp_path) == {came.sha256: (sdn / "sdn.csv").read_bytes()}


def test_what_is_only_looked_at_or_broken_is_not_kept(ledger, tmp_path, sdn):
    take(ledger, sdn, dry_run=True)
    written(sdn, sdn=['9,"A'])
    with pytest.raises(BrokenList):
        take(ledger, sdn)
    assert kept(tmp_path) == {}


def test_a_file_that_is_changed_while_it_is_read_is_refused(ledger, tmp_path, sdn):
    reading = FEED.read(sdn)
    written(sdn, alt=ALIASES[:1])
    with pytest.raises(BrokenList, match=r"alt\.csv was changed while it was read"):
        ledger.archive.keep_reading(sdn, reading)


def test_it_is_where_the_settings_say(database_url, tmp_path, sdn):
    ledger = Ledger.configured(Settings(database_url=database_url, archive_folder=str(tmp_path / "lists")))
    came = take(ledger, sdn)
    assert (tmp_path / "lists" / came.sha256).is_file()
    assert kept(tmp_path) == {}
    ledger.close()
