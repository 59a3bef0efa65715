"""The Official Journal: acts, what amends them, and what their rows say."""

from __future__ import annotations

import csv
import shutil

import pytest

from ledger.feeds.lists.eu_journal import COLUMNS, COLUMNS_OF_AMENDMENTS, FEED
from ledger.feeds.reading import BrokenList
from tests.feeds.published import assert_says_events, gone_and_new, published

ACT, AMENDING = "32014R0269", "32026R9001"
ROW = {
    "celex": ACT,
    "amendedCelex": ACT,
    "amendmentCelex": AMENDING,
    "recordId": "1",
    "programKey": "EU-UKR",
    "annex": "I.PERSONS",
    "measure": "Asset freeze",
    "startDate": "17.3.2014",
    "schema": "Person",
    "name": "Ada ASHDOWN",
}


@pytest.fixture
def journal(tmp_path):
    """A folder of acts: what each is given says what differs from ROW."""
    folder = tmp_path / "journal"
    folder.mkdir()

    class Journal:
        path = folder

        def act(self, *rows, name=f"{ACT}.csv", columns=COLUMNS):
            with (folder / name).open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, extrasaction="ignore")
                writer.writeheader()
                writer.writerows({**ROW, **row} for row in rows)
            return self

        def amended(self, *rows, name=f"{AMENDING}.csv"):
            return self.act(*rows, name=name, columns=COLUMNS_OF_AMENDMENTS)

        def read(self):
            return FEED.read(folder)

        def terms(self, **row):
            [target] = self.act(row).read().targets.values()
            return target.terms

    return Journal()


def test_no_file_states_its_day(journal) -> None:
    assert journal.act({}).read().published_on is None


def test_an_entry_is_a_record_of_an_annex_of_an_act(journal) -> None:
    read = journal.act({}, {"recordId": "999a"}, {"annex": "I.ENTITIES"}).read()
    keys = ["i-persons-1", "i-persons-999a", "i-entities-1"]
    assert list(read.listings) == list(read.targets) == [f"eu-journal-32014r0269-{key}" for key in keys]


def test_an_entry_without_a_number_goes_by_the_beginning_of_its_name(journal) -> None:
    read = journal.act({"recordId": "", "name": "Very " * 20 + "Long ’Name’"}).read()
    assert list(read.listings) == [f"eu-journal-32014r0269-i-persons-{'very-' * 12}".strip("-")]


def test_a_row_that_cannot_be_known_again_is_refused(journal) -> None:
    for row in ({"recordId": "", "name": "Ашдаун"}, {"name": ""}, {"celex": ""}):
        with pytest.raises(BrokenList, match=r"32014R0269\.csv, line 3: the row names no act, or has no name"):
            journal.act({}, row).read()


def test_several_measures_are_one_entry(journal) -> None:
    [listing] = (
        journal.act({"programKey": "EU-BLR"}, {"programKey": "EU-BLR", "measure": "Export control"})
        .read()
        .listings.values()
    )
    assert [(each.slug, each.instruments) for each in listing.programmes] == [
        ("eu-blr", ("asset_freeze",)),
        ("eu-blr", ("export_control",)),
    ]
    [listing] = (
        journal.act({"programKey": "EU-BLR", "measure": "Asset freeze; Export control"}).read().listings.values()
    )
    assert len(listing.programmes) == 2


def test_a_measure_that_nobody_knows_is_said(journal) -> None:
    read = journal.act({"measure": "Frown"}).read()
    assert "'EU-UKR|Frown'" in read.warnings[0]


def test_the_act_is_the_legal_basis_the_file_the_source_and_the_reason_the_description(journal) -> None:
    [listing] = journal.act({"reason": "Sails."}).read().listings.values()
    assert (listing.legal_basis, listing.group, listing.file) == ((ACT,), ACT, f"{ACT}.csv")
    assert (listing.description, listing.authority) == ("Sails.", "eu-council")


@pytest.mark.parametrize(
    ("printed", "day"),
    [("17.3.2014", "2014-03-17"), ("2 March 2021", "2021-03-02"), ("23.12.2024", "2024-12-23"), ("", None)],
)
def test_the_start_date_is_the_day_of_the_listing(journal, printed, day) -> None:
    read = journal.act({"startDate": printed}).read()
    assert [listing.listed_on for listing in read.listings.values()] == [day]
    assert read.warnings == []


@pytest.mark.parametrize("printed", ["31.2.2021", "March 2021", "soon"])
def test_a_start_date_that_is_no_day_is_said_and_taken_as_none(journal, printed) -> None:
    read = journal.act({}, {"recordId": "2", "startDate": printed}).read()
    assert read.listings["eu-journal-32014r0269-i-persons-2"].listed_on is None
    assert read.warnings == [f"32014R0269.csv, line 3: the startDate {printed!r} is no day: taken as none"]


def test_an_amending_act_adds_to_the_act_and_changes_it_and_takes_nothing_away(journal) -> None:
    journal.act({}, {"recordId": "2", "name": "Bo"}).amended({"recordId": "2", "name": "Bob"}, {"recordId": "3"})
    read = journal.read()
    names = {
        key.removeprefix("eu-journal-32014r0269-i-persons-"): found.terms["name"] for key, found in read.targets.items()
    }
    assert names == {"1": "Ada ASHDOWN", "2": "Bob", "3": "Ada ASHDOWN"}
    assert {listing.group for listing in read.listings.values()} == {ACT}
    assert [listing.file for listing in read.listings.values()] == [f"{ACT}.csv", f"{AMENDING}.csv", f"{AMENDING}.csv"]
    assert read.whole == {ACT}


def test_of_an_act_of_which_only_the_amendment_is_there_nothing_is_read_whole(journal) -> None:
    read = journal.amended({"amendedCelex": "32014R0833"}).read()
    assert list(read.listings) == ["eu-journal-32014r0833-i-persons-1"]
    assert read.whole == frozenset()


def test_an_act_that_two_files_have_is_refused(journal) -> None:
    journal.act({}).act({}, name="copy.csv")
    with pytest.raises(BrokenList, match=r"copy\.csv has eu-journal-32014r0269-i-persons-1, as 32014R0269\.csv has"):
        journal.read()


def test_a_folder_within_the_folder_is_not_read(journal) -> None:
    journal.amended({"recordId": "7"})
    (journal.path / "amendments").mkdir()
    shutil.move(journal.path / f"{AMENDING}.csv", journal.path / "amendments")
    assert len(journal.act({}).read().listings) == 1


def test_what_is_no_folder_or_has_no_act_in_it_is_refused(journal) -> None:
    with pytest.raises(BrokenList, match=r"has no \{CELEX\}\.csv in it"):
        journal.read()
    journal.act({})
    with pytest.raises(BrokenList, match="is no folder"):
        FEED.read(journal.path / f"{ACT}.csv")


def test_a_file_of_another_form_in_the_folder_is_refused(journal) -> None:
    journal.act({}).act({}, name="other.csv", columns=COLUMNS[:-1])
    with pytest.raises(BrokenList, match=r"other\.csv: the header lacks 'notes'"):
        journal.read()


def test_names_are_told_apart_by_semicolons_and_not_by_commas(journal) -> None:
    said = journal.terms(
        alias="ASHDOWN, Ada; Ада АШДАУН; Ada ASHDOWN", weakAlias="Rook; Ада АШДАУН", previousName="Ada BIRCH"
    )
    assert said["aliases"] == ["ASHDOWN, Ada", "Ада АШДАУН", "Ada BIRCH"]
    assert said["weak_aliases"] == ["Rook"]


@pytest.mark.parametrize(
    ("printed", "countries"),
    [
        ("Russian", ["ru"]),
        ("Russian, Cypriot", ["ru", "cy"]),
        ("Russian and Belarusian", ["ru", "by"]),
        ("Syrian/Lebanese", ["sy", "lb"]),
        ("Bosnia and Herzegovina", ["ba"]),
        ("Russian (the Union does not recognise the passport)", ["ru"]),
        ("Democratic People’s Republic of Korea (DPRK)", ["kp"]),
        ("", []),
    ],
)
def test_a_person_is_of_its_nationalities(journal, printed, countries) -> None:
    assert journal.terms(nationality=printed)["countries"] == [f"actor:{country}" for country in countries]


@pytest.mark.parametrize(
    ("row", "countries"),
    [
        ({"address": "1 Quay, Moscow, 123100, Russia; (Legal) Moscow, 115035 Russian Federation"}, ["actor:ru"]),
        ({"address": "Khartoum (Sudan)"}, ["actor:sd"]),
        ({"address": "Khartoum, Sudan; St. Petersburg, Russia"}, []),
        ({"address": "Moscow, Russia; Somewhere"}, []),
        ({"address": "San Diego, CA 92101"}, []),
        ({"country": "Iran", "address": "Moscow, Russia"}, ["actor:ir"]),
        ({}, []),
    ],
)
def test_an_entity_is_of_the_one_country_of_its_addresses(journal, row, countries) -> None:
    assert journal.terms(schema="LegalEntity", **row)["countries"] == countries


def test_a_vessel_is_of_its_flag(journal) -> None:
    said = journal.terms(schema="Vessel", flag="Panama", imoNumber="1234567")
    assert (said["category"], said["countries"]) == ("vessel", ["actor:pa"])
    assert said["identifiers"] == [{"scheme": "imo", "value": "1234567"}]


@pytest.mark.parametrize(
    ("printed", "born"),
    [
        ("11.9.1965", ["1965-09-11"]),
        ("6.5.1974.", ["1974-05-06"]),
        ("10.8. 1960", ["1960-08-10"]),
        ("1965", ["1965"]),
        ("March 1962", ["1962-03"]),
        ("8 September 1946", ["1946-09-08"]),
        ("24.6.1964 or 25.6.1964", ["1964-06-24", "1964-06-25"]),
        ("10.2.1983 (or 10.3.1983)", ["1983-02-10", "1983-03-10"]),
        ("21.11.1964 / 1965", ["1964-11-21", "1965"]),
        ("1979, 1980 or 1981", ["1979", "1980", "1981"]),
        ("1980-1990", ["[1980-01-01..1990-12-31]"]),
        ("between 1.1.1961 and 31.12.1963", ["[1961-01-01..1963-12-31]"]),
        ("circa 1956", ["1956~"]),
        ("around 1970", ["1970~"]),
        ("on or around 3.4.1973", ["1973-04-03~"]),
        ("1343 (Iranian Hijri calendar), 1964 or 1965 (Gregorian calendar)", ["1964", "1965"]),
        ("27.11.1967; Qom, Iran", ["1967-11-27"]),
        ("10 October (year unknown)", []),
        ("before 1964", []),
        ("N/D", []),
    ],
)
def test_dates_of_birth_are_taken_as_exactly_as_they_are_printed(journal, printed, born) -> None:
    assert journal.terms(birthDate=printed)["birth_dates"] == born


def test_numbers_stand_without_remarks_and_under_what_they_are(journal) -> None:
    said = journal.terms(
        passportNumber="MP123456 (Iran), issued 1.2.2003",
        idNumber="(1) 530308 (2) 531246",
        registrationNumber="7708317000 (INN); 1027700000; TIN 1644020000",
        taxNumber="012190931739, 502239120417 (Ruritania)",
        innCode="3525023010 OKPO: 07500548 KPP: 352501001",
        kppCode="352501001",
        leiCode="6556009FCJ7O8QPFTC19",
        swiftBic="ABCDEFGH",
    )["identifiers"]
    assert [(found["scheme"], found["value"]) for found in said] == [
        ("passport", "MP123456"),
        ("national_id", "530308"),
        ("national_id", "531246"),
        ("tax", "7708317000"),
        ("registration", "1027700000"),
        ("tax", "1644020000"),
        ("tax", "012190931739"),
        ("tax", "502239120417"),
        ("tax", "3525023010"),
        ("lei", "6556009FCJ7O8QPFTC19"),
        ("swift", "ABCDEFGH"),
    ]


def test_positions_that_are_held_no_longer_are_marked(journal) -> None:
    assert journal.terms(position='"Former Minister; Judge"')["positions"] == [
        {"title": "Former Minister", "former": True},
        {"title": "Judge"},
    ]


ACTS = {"32006R0765": 408, "32011R0359": 321, "32012R0036": 368, "32014R0269": 2802, "32020R1998": 177}


@pytest.fixture(scope="module")
def real():
    return FEED.read(published("eu-journal"))


def test_the_published_acts_have_their_entries_and_say_events(real) -> None:
    groups = [listing.group for listing in real.listings.values()]
    assert {act: groups.count(act) for act in sorted(set(groups))} == ACTS
    assert (real.whole, real.warnings) == (ACTS.keys(), [])
    assert sum(listing.listed_on is None for listing in real.listings.values()) == 32
    assert_says_events(FEED, real)


def test_the_published_amendments_add_and_change_and_say_events(real) -> None:
    read = FEED.read(published("eu-journal/amendments"))
    groups = [listing.group for listing in read.listings.values()]
    assert {act: groups.count(act) for act in set(groups)} == {"32014R0269": 216, "32014R0833": 157, "32006R0765": 2}
    assert (read.whole, read.warnings) == (frozenset(), [])
    assert gone_and_new(real, read)[1] > 0
    assert_says_events(FEED, read)


def test_known_entries_are_read_as_they_are_printed(real) -> None:
    key = "eu-journal-32012r0036-ii-a-1"
    assert real.targets[key].terms["name"] == "Bashar AL-ASSAD"
    assert real.targets[key].terms["birth_dates"] == ["1965-09-11"]
    assert (real.listings[key].listed_on, real.listings[key].programmes[0].slug) == ("2011-05-23", "eu-syr")
    assert "eu-journal-32006r0765-v-kidma-tech-ojsc" in real.listings
