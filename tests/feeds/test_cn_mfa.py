"""China's announcements: a chronicle, several rows of which may tell of one thing."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from ledger.feeds.lists.cn_mfa import COLUMNS, FEED
from ledger.feeds.reading import BrokenList
from tests.feeds.published import assert_says_events, gone_and_new, published

ROW = {
    "Type": "Person",
    "Name": "Ada Ashdown",
    "Body": "Ministry of Foreign Affairs",
    "Date": "13.07.20",
    "Source URL": "https://mfa.example/1",
}
KEY = "cn-mfa-20200713-countermeasures-ada-ashdown"


@pytest.fixture
def reading(tmp_path):
    """What a file of rows says, each of which says what differs from ROW."""

    def read(*rows, columns=COLUMNS):
        text = StringIO()
        writer = csv.DictWriter(text, columns)
        writer.writeheader()
        writer.writerows({**ROW, **row} for row in rows)
        path = tmp_path / "countermeasures.csv"
        path.write_text(text.getvalue(), "utf-8", newline="")
        return FEED.read(path)

    return read


def the_listing(read):
    [listing] = read.listings.values()
    return listing


def terms(read):
    [target] = read.targets.values()
    return target.terms


def test_it_is_a_chronicle_in_which_what_goes_was_a_mistake() -> None:
    assert FEED.is_chronicle
    assert FEED.gone == "retracted"


@pytest.mark.parametrize(("printed", "day"), [("13.07.20", "2020-07-13"), ("3.7.2020", "2020-07-03"), ("", None)])
def test_the_date_is_the_day_of_the_listing_and_in_its_key(reading, printed, day) -> None:
    listing = the_listing(reading({"Date": printed}))
    assert listing.listed_on == day
    of_day = f"{day.replace('-', '')}-" if day else ""
    assert listing.slug == f"cn-mfa-{of_day}countermeasures-ada-ashdown"


@pytest.mark.parametrize("column", ["Date", "End date"])
@pytest.mark.parametrize("printed", ["31.02.2020", "2020-07-13", "13/07/2020", "13.07.120"])
def test_a_date_that_is_none_is_refused_with_its_line(reading, column, printed) -> None:
    with pytest.raises(BrokenList, match=rf"countermeasures\.csv, line 3: '{column}' is no day as 13\.07\.2020"):
        reading({}, {column: printed})


def test_one_name_announced_on_two_days_is_one_actor_and_two_measures(reading) -> None:
    read = reading({}, {"Date": "10.08.2020"}, {"Name": "Ada  ASHDOWN", "Date": "10.08.20"})
    assert list(read.targets) == ["cn-mfa-ada-ashdown"]
    assert list(read.listings) == [KEY, "cn-mfa-20200810-countermeasures-ada-ashdown"]


def test_a_long_name_is_cut_in_keys_alone(reading) -> None:
    name = "An Institute for the Study of Very Long Names of Institutes and Others"
    read = reading({"Name": name})
    assert terms(read)["name"] == name
    assert list(read.targets) == ["cn-mfa-an-institute-for-the-study-of-very-long-names-of-institutes"]


@pytest.mark.parametrize(
    ("list_", "programme", "in_key"),
    [
        ("", "cn-countermeasures", "countermeasures"),
        ("AFSL", "cn-cml", "cml"),
        ("List of Targets of Countermeasures", "cn-cml", "cml"),
        ("UEL", "cn-uel", "uel"),
        ('Diehard "Taiwan Independence" Separatists', "cn-tao-diehard", "tao-diehard"),
        ("List of Sea Monsters", "list-of-sea-monsters", "list-of-sea-monsters"),
    ],
)
def test_the_list_is_the_programme(reading, list_, programme, in_key) -> None:
    read = reading({"List": list_})
    listing = the_listing(read)
    assert ([each.slug for each in listing.programmes], listing.slug) == (
        [programme],
        f"cn-mfa-20200713-{in_key}-ada-ashdown",
    )
    assert bool(read.warnings) == (programme == "list-of-sea-monsters")


@pytest.mark.parametrize(
    ("body", "authority"),
    [
        ("", "cn-mfa"),
        ("Ministry of Foreign Affairs", "cn-mfa"),
        ("Ministry of Commerce", "cn-mofcom"),
        ("Taiwan Affairs Office of the State Council", "cn-tao"),
        ("Taiwan Work Office of the CPC Central Committee", "cn-tao"),
    ],
)
def test_the_body_is_the_authority(reading, body, authority) -> None:
    read = reading({"Body": body})
    assert (the_listing(read).authority, read.warnings) == (authority, [])


def test_a_body_that_nobody_knows_is_said(reading) -> None:
    read = reading({"Body": "Ministry of Tides"})
    assert the_listing(read).authority == "cn-mfa"
    assert "line 2: the Body 'Ministry of Tides' is not known" in read.warnings[0]


def test_of_rows_with_one_key_the_first_says_what_only_one_can_and_the_others_add(reading) -> None:
    read = reading(
        {"Alias": "Rook", "Country": "", "Summary": "Envoy"},
        {"Alias": "Knight; Rook", "Chinese name": "阿什当", "Country": "GB", "Type": "Company", "End date": "01.02.23"},
        {"Country": "US", "Source URL": "https://mfa.example/2", "Summary": "Former envoy"},
        {"Summary": "Envoy"},
    )
    assert the_listing(read).ended_on == "2023-02-01"
    assert the_listing(read).url == "https://mfa.example/1"
    assert terms(read) == {
        "category": "person",
        "name": "Ada Ashdown",
        "aliases": ["Rook", "Knight", "阿什当"],
        "weak_aliases": [],
        "countries": ["actor:gb", "actor:us"],
        "part_of": [],
        "positions": [{"title": "Envoy"}, {"title": "Former envoy", "former": True}],
        "description": None,
    }


def test_what_a_company_is_said_to_be_is_its_description(reading) -> None:
    said = terms(reading({"Type": "Company", "Summary": "Sailmaker", "Country": "Japan"}))
    assert (said["category"], said["description"], said["positions"]) == ("company", "Sailmaker", [])
    assert said["countries"] == ["actor:jp"]


def test_a_body_of_the_european_union_is_part_of_it(reading) -> None:
    said = terms(reading({"Type": "Organization", "Country": "EU"}))
    assert (said["countries"], said["part_of"]) == ([], ["actor:eu"])


def test_an_announcement_that_has_no_address_is_left_without(reading) -> None:
    assert the_listing(reading({"Source URL": ""})).url is None
    read = reading({"Source URL": "see the ministry"})
    assert (the_listing(read).url, len(read.warnings)) == (None, 1)


def test_a_name_without_latin_letters_is_passed_over_and_said(reading) -> None:
    read = reading({}, {"Name": "阿什当"})
    assert list(read.listings) == [KEY]
    assert "line 3: the name '阿什当' has no Latin letters" in read.warnings[0]


def test_a_row_without_a_name_is_refused(reading) -> None:
    with pytest.raises(BrokenList, match="line 3: the row has no name"):
        reading({}, {"Name": " "})


def test_a_file_with_a_renamed_column_is_refused(reading) -> None:
    with pytest.raises(BrokenList, match="lacks 'Address', and has 'Anschrift'"):
        reading({}, columns=(*COLUMNS[:-1], "Anschrift"))


EARLIER, LATER = "cn-mfa/2026-06-30/countermeasures.csv", "cn-mfa/countermeasures.csv"


@pytest.mark.parametrize(("list_", "listings", "targets"), [(EARLIER, 516, 421), (LATER, 564, 457)])
def test_a_published_file_has_its_entries_and_says_events(list_, listings, targets) -> None:
    read = FEED.read(published(list_))
    assert (read.published_on, len(read.listings), len(read.targets)) == (None, listings, targets)
    assert read.warnings == []
    assert_says_events(FEED, read)


def test_between_the_published_files_one_is_gone_and_49_are_new() -> None:
    earlier, later = FEED.read(published(EARLIER)), FEED.read(published(LATER))
    assert gone_and_new(earlier, later) == (1, 49)
    ended = [{listing.ended_on for listing in read.listings.values()} - {None} for read in (earlier, later)]
    assert ended == [{"2023-07-13"}, {"2023-07-13", "2026-04-24"}]


def test_known_entries_are_read_as_they_are_printed() -> None:
    read = FEED.read(published(LATER))
    assert read.targets["cn-mfa-marco-rubio"].terms["aliases"] == ["鲁比欧"]
    days = [listing.listed_on for listing in read.listings.values() if listing.target == "cn-mfa-marco-rubio"]
    assert days == ["2020-07-13", "2020-08-10"]
