"""Canada's list: items of schedules, in both forms of its file."""

from __future__ import annotations

from xml.sax.saxutils import escape

import pytest

from ledger.feeds.lists.ca_sema import FEED
from ledger.feeds.reading import BrokenList
from tests.feeds.published import assert_says_events, gone_and_new, published

RECORD = {"Country": "Belarus / Bélarus", "EntityOrShip": "Tide Sails", "Schedule": "1, Part 2", "Item": "7"}
PERSON = {"EntityOrShip": None, "GivenName": "Ada May", "LastName": "ASHDOWN"}
KEY = "ca-sema-belarus-belarus-1-part-2-7"


@pytest.fixture
def reading(tmp_path):
    """What a list of records says, each of which says what differs from RECORD; None leaves an element out."""

    def read(*records, root="data-set"):
        lines = [f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<{root}>']
        for record in records:
            elements = {name: text for name, text in {**RECORD, **record}.items() if text is not None}
            lines += ["<record>", *(f"<{name}>{escape(text)}</{name}>" for name, text in elements.items()), "</record>"]
        path = tmp_path / "sema-lmes.xml"
        path.write_text("\n".join([*lines, f"</{root}>\n"]), "utf-8")
        return FEED.read(path)

    return read


def the_listing(read):
    [listing] = read.listings.values()
    return listing


def terms(read):
    [target] = read.targets.values()
    return target.terms


def test_an_entry_is_an_item_of_a_schedule(reading) -> None:
    read = reading({}, {"Item": "8"}, {"Schedule": None}, {"Schedule": "N/A"}, {"Country": "Sri Lanka"})
    assert list(read.listings) == [
        KEY,
        "ca-sema-belarus-belarus-1-part-2-8",
        "ca-sema-belarus-belarus-7",
        "ca-sema-belarus-belarus-n-a-7",
        "ca-sema-sri-lanka-1-part-2-7",
    ]
    assert read.published_on is None


def test_of_a_long_country_thirty_characters_are_in_the_key(reading) -> None:
    country = "Hamas Terrorist Attacks / Attaques terroristes du Hamas"
    assert the_listing(reading({"Country": country})).slug == "ca-sema-hamas-terrorist-attacks-attaqu-1-part-2-7"


def test_the_country_is_the_programme_and_nobodys_nationality(reading) -> None:
    read = reading({**PERSON, "Country": "Belarus / \u00a0Bélarus "})
    [programme] = the_listing(read).programmes
    assert (programme.slug, programme.instruments) == ("ca-sema-belarus", ("asset_freeze", "transaction_ban"))
    assert programme.instruments_persons == ("travel_ban",)
    assert "countries" not in terms(read)
    assert read.warnings == []


def test_a_country_that_nobody_knows_is_said(reading) -> None:
    read = reading({"Country": "Atlantis / Atlantide"})
    assert the_listing(read).slug == "ca-sema-atlantis-atlantide-1-part-2-7"
    assert "'Atlantis / Atlantide'" in read.warnings[0]


def test_the_day_is_that_of_the_listing_where_the_list_states_it(reading) -> None:
    assert the_listing(reading({"DateOfListing": "2020-09-28"})).listed_on == "2020-09-28"
    assert the_listing(reading({})).listed_on is None


@pytest.mark.parametrize(
    ("record", "category", "name"),
    [
        (PERSON, "person", "Ada May ASHDOWN"),
        ({"EntityOrShip": None, "LastName": " ASHDOWN\u00a0"}, "person", "ASHDOWN"),
        ({"EntityOrShip": "Tide\nSails "}, "organisation", "Tide Sails"),
        ({"EntityOrShip": None, "Entity": "Tide Sails"}, "organisation", "Tide Sails"),
        ({"EntityOrShip": "Nereid", "ShipIMONumber": "1234567"}, "vessel", "Nereid"),
    ],
)
def test_persons_entities_and_ships_are_told_apart(reading, record, category, name) -> None:
    said = terms(reading(record))
    assert (said["category"], said["name"]) == (category, name)


def test_a_ship_has_its_number_and_kind_and_the_day_when_it_was_built_is_no_birth(reading) -> None:
    said = terms(reading({"ShipIMONumber": "1234567", "TitleOrShip": "Tanker", "DateOfBirthOrShipBuildDate": "2004"}))
    assert said["identifiers"] == [{"scheme": "imo", "value": "1234567"}]
    assert (said["description"], said["birth_dates"]) == ("Tanker", [])


@pytest.mark.parametrize(
    ("printed", "born"),
    [
        ("1970-01-31", ["1970-01-31"]),
        (" 1970 ", ["1970"]),
        ("1963-1964", ["[1963-01-01..1964-12-31]"]),
        ("1972-08-10 OR 1972-08-11", ["1972-08-10", "1972-08-11"]),
        ("1963 or 1964", ["1963", "1964"]),
        ("Sep-99", []),
        ("born in the early 1960s", []),
    ],
)
@pytest.mark.parametrize("element", ["DateOfBirth", "DateOfBirthOrShipBuildDate"])
def test_dates_of_birth_are_read_in_both_forms(reading, element, printed, born) -> None:
    assert terms(reading({**PERSON, element: printed}))["birth_dates"] == born


@pytest.mark.parametrize(
    ("printed", "aliases"),
    [
        ("Sails A, Sails B;Sails A", ["Sails A", "Sails B"]),
        ("Belarusian: Парус, Russian : Паруса", ["Парус", "Паруса"]),
        ("Paruza, LLC, Paruza Co., Ltd.", ["Paruza, LLC", "Paruza Co., Ltd."]),
        ("Паруза, АО; Tide Sails", ["Паруза, АО"]),
    ],
)
def test_aliases_are_told_apart_but_for_their_legal_forms(reading, printed, aliases) -> None:
    assert terms(reading({"Aliases": printed}))["aliases"] == aliases


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"Country": None}, "record 2: has no Country, no Item or no name"),
        ({"Item": None}, "record 2: has no Country, no Item or no name"),
        ({"EntityOrShip": None}, "record 2: has no Country, no Item or no name"),
        ({"EntityOrShip": None, "EntityShipOrPlane": "Gull"}, "record 2: has EntityShipOrPlane, which no record had"),
        ({}, "record 2: another record has its Country, Schedule and Item"),
    ],
)
def test_a_record_that_cannot_be_is_refused(reading, record, said) -> None:
    with pytest.raises(BrokenList, match=said):
        reading({}, {**record, "Schedule": "1,Part 2"})


def test_another_list_is_refused(reading) -> None:
    with pytest.raises(BrokenList, match="another list"):
        reading({}, root="sdnList")


EARLIER, LATER = "ca-sema/2020-04-15/sema-lmes.xml", "ca-sema/2025-05-25/sema-lmes.xml"


@pytest.mark.parametrize(("list_", "entries", "vessels", "dated"), [(EARLIER, 1369, 0, 0), (LATER, 4759, 109, 4759)])
def test_a_published_list_has_its_entries_and_says_events(list_, entries, vessels, dated) -> None:
    read = FEED.read(published(list_))
    assert (len(read.listings), len(read.targets), read.warnings) == (entries, entries, [])
    assert sum(target.terms["category"] == "vessel" for target in read.targets.values()) == vessels
    assert sum(listing.listed_on is not None for listing in read.listings.values()) == dated
    assert_says_events(FEED, read)


def test_between_the_published_lists_the_schedules_were_divided() -> None:
    earlier, later = FEED.read(published(EARLIER)), FEED.read(published(LATER))
    assert gone_and_new(earlier, later) == (1257, 4647)
    both = earlier.targets.keys() & later.targets.keys()
    assert all(earlier.targets[key].terms["name"] == later.targets[key].terms["name"] for key in both)


def test_known_entries_are_read_as_they_are_printed() -> None:
    read = FEED.read(published(LATER))
    ship = read.targets["ca-sema-russia-russie-1-1-17"].terms
    assert (ship["name"], ship["identifiers"]) == ("Nurkez", [{"scheme": "imo", "value": "9253325"}])
    assert read.listings["ca-sema-russia-russie-1-1-17"].listed_on == "2025-02-21"
