"""OFSI's Consolidated List: what its rows say, in both of its forms."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from ledger.feeds.lists.uk_sanctions import COLUMNS_29, COLUMNS_36, FEED
from ledger.feeds.reading import BrokenList
from tests.feeds.published import assert_notices_cuts, assert_says_events, gone_and_new, published

ROW = {
    "Group ID": "9001",
    "Group Type": "Individual",
    "Name 6": "ASHDOWN",
    "Alias Type": "Prime Alias",
    "Regime": "Belarus",
    "Listed On": "24/02/2011",
    "Last Updated": "01/03/2012",
}


def con_list(*rows, columns=COLUMNS_29, above="Last Updated,02/04/2014", encoding="cp1252") -> bytes:
    """A list of rows, each of which says what differs from ROW."""
    text = StringIO()
    text.write(f"{above}\r\n")
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows({**ROW, **row} for row in rows)
    return text.getvalue().encode(encoding)


@pytest.fixture
def reading(tmp_path):
    """What a list of those rows says."""

    def read(*rows, **how):
        path = tmp_path / "ConList.csv"
        path.write_bytes(rows[0] if isinstance(rows[0], bytes) else con_list(*rows, **how))
        return FEED.read(path)

    return read


@pytest.fixture
def later(reading):
    """The same in its later form."""

    def read(*rows):
        return reading(
            *rows, columns=COLUMNS_36, encoding="utf-8", above="Last Updated,04/05/2022" + "," * (len(COLUMNS_36) - 2)
        )

    return read


def terms(read):
    [target] = read.targets.values()
    return target.terms


def values(read, scheme):
    return [found["value"] for found in terms(read)["identifiers"] if found["scheme"] == scheme]


def test_the_first_line_states_the_day(reading, later) -> None:
    assert reading({}).published_on == "2014-04-02"
    assert later({}).published_on == "2022-05-04"


def test_a_group_is_one_target_whatever_its_number_of_rows(reading) -> None:
    read = reading({}, {"Name 1": "A", "Alias Type": "AKA"}, {"DOB": "01/02/1960"}, {"Group ID": "9002"})
    assert list(read.targets) == ["uk-sanctions-9001", "uk-sanctions-9002"]
    assert list(read.listings) == ["uk-sanctions-9001-belarus", "uk-sanctions-9002-belarus"]


def test_a_group_under_two_regimes_is_two_measures_each_with_its_day(reading) -> None:
    read = reading({}, {"Regime": "Syria", "Listed On": "05/06/2013"})
    assert {key: (found.target, found.listed_on) for key, found in read.listings.items()} == {
        "uk-sanctions-9001-belarus": ("uk-sanctions-9001", "2011-02-24"),
        "uk-sanctions-9001-syria": ("uk-sanctions-9001", "2013-06-05"),
    }


@pytest.mark.parametrize(
    ("formerly", "now"),
    [
        ("Al-Qaida", "ISIL (Da'esh) and Al-Qaida"),
        ("Iran (nuclear proliferation)", "Iran (Nuclear)"),
        ("Venezuela ", "Venezuela"),
        ("Ukraine (Sovereignty)", "Russia"),
    ],
)
def test_a_regime_that_was_renamed_is_the_same(reading, formerly, now) -> None:
    assert reading({"Regime": formerly}).listings.keys() == reading({"Regime": now}).listings.keys()


def test_a_regime_that_nobody_knows_is_said_and_has_no_instruments(reading) -> None:
    read = reading({"Regime": "Atlantis (Maritime)"})
    assert list(read.listings) == ["uk-sanctions-9001-atlantis-maritime"]
    assert "Atlantis (Maritime)" in read.warnings[0]


def test_the_day_of_the_other_office_is_not_the_day_of_the_listing(later) -> None:
    read = later({"Listed On": "24/02/2011", "UK Sanctions List Date Designated": "31/12/2020"})
    [listing] = read.listings.values()
    assert (listing.listed_on, listing.updated_on) == ("2011-02-24", "2012-03-01")
    assert read.targets["uk-sanctions-9001"].updated_on == "2012-03-01"


@pytest.mark.parametrize("primary", ["Prime Alias", "Primary name"])
def test_the_name_is_that_of_the_first_primary_row(reading, primary) -> None:
    read = reading(
        {"Alias Type": "AKA", "Name 6": "ALPHA"},
        {"Alias Type": "Primary name variation", "Name 6": "BETA"},
        {"Alias Type": primary, "Name 1": "Ada", "Name 2": " May", "Name 6": "GAMMA"},
        {"Alias Type": primary, "Name 6": "DELTA"},
    )
    assert terms(read)["name"] == "Ada May GAMMA"
    assert terms(read)["aliases"] == ["ALPHA", "BETA", "DELTA"]


def test_without_a_primary_row_the_name_is_that_of_the_first(reading) -> None:
    assert terms(reading({"Alias Type": "AKA", "Name 6": "ALPHA"}, {"Alias Type": "FKA"}))["name"] == "ALPHA"


def test_names_of_low_quality_are_weak_and_of_the_earlier_form_nothing_is_said(reading, later) -> None:
    rows = ({}, {"Name 6": "ROOK", "Alias Type": "AKA", "Alias Quality": "Low quality"})
    said = terms(later(*rows, {"Name 6": "KNIGHT", "Alias Type": "AKA", "Alias Quality": "Good quality"}))
    assert (said["aliases"], said["weak_aliases"]) == (["KNIGHT"], ["ROOK"])
    assert "weak_aliases" not in terms(reading({}, {"Name 6": "ROOK", "Alias Type": "AKA"}))


def test_a_name_in_another_script_is_an_alias(later) -> None:
    assert terms(later({"Name Non-Latin Script": "Ашдаун"}))["aliases"] == ["Ашдаун"]


def test_a_name_with_a_line_end_in_it_is_on_one_line(later) -> None:
    assert terms(later({"Name 6": "ASHDOWN\nTRADING  CO"}))["name"] == "ASHDOWN TRADING CO"


def test_dates_of_birth_are_those_of_all_rows_at_their_precision(later) -> None:
    born = ("00/00/1980", "03/11/1981", "1982", "09/1983", "00/00/0", "", "03/11/1981")
    read = later(*({"DOB": day} for day in born))
    assert terms(read)["birth_dates"] == ["1980", "1981-11-03", "1982", "1983-09"]
    assert read.warnings == []


def test_a_date_of_birth_that_does_not_exist_is_said(reading) -> None:
    read = reading({"DOB": "29/02/1969"})
    assert terms(read)["birth_dates"] == []
    assert read.warnings == ["ConList.csv, line 3: the DOB '29/02/1969' is no date"]


@pytest.mark.parametrize(
    ("printed", "countries"),
    [
        ("Afghan", ["actor:af"]),
        ("(1) Germany. (2) Morocco", ["actor:de", "actor:ma"]),
        ("a) French, b) Tunisian", ["actor:fr", "actor:tn"]),
        ("(1) Russian (2) USSR (until 1991)", ["actor:ru"]),
        ("Congolese", []),
        ("", []),
    ],
)
def test_a_person_is_of_its_nationalities_and_not_of_its_birthplace(reading, printed, countries) -> None:
    assert terms(reading({"Nationality": printed, "Country of Birth": "France"}))["countries"] == countries


def test_an_entity_is_of_the_one_country_of_all_its_addresses(reading) -> None:
    def of(*rows):
        return terms(reading(*({"Group Type": "Entity", **row} for row in rows)))["countries"]

    assert of({"Country": "Iran"}, {"Country": "Iran (previous address)"}, {}) == ["actor:ir"]
    assert of({"Country": "Iran"}, {"Country": "Malta"}) == []
    assert of({"Country": "Iran"}, {"Country": "Africa"}) == []
    assert of({}) == []


def test_a_ship_is_of_its_flag(later) -> None:
    read = later({"Group Type": "Ship", "Other Information": "(Flag of ship):North Korea (Previous flags):Togo"})
    assert (terms(read)["category"], terms(read)["countries"]) == ("vessel", ["actor:kp"])


def test_numbers_of_documents_stand_without_remarks(reading, later) -> None:
    details = "(1) D 000952 (Afghan). Issued on 7 Jan 1999 (2) Passport no. 9632078, issued 2006 (3) German, expired"
    assert values(reading({"Passport Details": details, "NI Number": "ID card no 55-12"}), "passport") == [
        "D 000952",
        "9632078",
    ]
    read = later({"Passport Number": "(1) AB123456 (2) 77-8899", "Passport Details": "(1) French (2) 2019"})
    assert values(read, "passport") == ["AB123456", "77-8899"]
    assert values(later({"National Identification Number": "1007850441"}), "national_id") == ["1007850441"]
    assert values(reading({"NI Number": "ID card no 1007850441 (Ruritanian)"}), "national_id") == ["1007850441"]


@pytest.mark.parametrize(
    ("printed", "reference"),
    [
        ("UN Ref QDi.901.", ["QDi.901"]),
        ("Operates at sea. UN REF:QE.A.944.14. See there", ["QE.A.944.14"]),
        ("Annex. UN listing. UN Reference  KPi.937", ["KPi.937"]),
        ("(UN REF No. YEi.901)", ["YEi.901"]),
        ("(UK Sanctions List Ref):AQD0901 (UN Ref):QDi.901 Driver of QDi.902", ["QDi.901"]),
        ("Asset of X (OFSI ID: 1, UN Reference Number: UN Ref KPe.964) (IMO number):1234567", []),
        ("UN Security Council", []),
    ],
)
def test_the_un_reference_of_the_group_itself_is_an_identifier(reading, printed, reference) -> None:
    assert values(reading({"Other Information": printed}), "un") == reference


def test_a_ship_has_its_imo_number_and_a_company_not_those_of_its_ships(reading) -> None:
    for printed in ("(IMO number):1234567 (Tonnage", "(IMO number: 1234567)  Annex", "IMO: 1234567. MMSI: 4455"):
        assert values(reading({"Other Information": printed}), "imo") == ["1234567"]
    assert values(reading({"Group Type": "Entity", "Other Information": "IRISL. IMO no 1234567."}), "imo") == []


def test_positions_are_told_apart_by_their_numbers(reading) -> None:
    assert terms(reading({"Position": "(1) Judge (2) Former envoy to X."}))["positions"] == [
        {"title": "Judge"},
        {"title": "Former envoy to X", "former": True},
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"Group ID": "x1"}, "line 4: the Group ID 'x1' is no number"),
        ({"Group ID": "٣"}, "line 4: the Group ID '٣' is no number"),
        ({"Group Type": "Person"}, "line 4: the Group Type 'Person' is none of"),
        ({"Listed On": "2011-02-24"}, "line 4: 'Listed On' is no day as d/m/y"),
        ({"Listed On": "30/02/2011"}, "line 4: 'Listed On' is no day as d/m/y"),
        ({"Regime": ""}, "line 4: the row has no regime, or no name"),
        ({"Name 6": ""}, "line 4: the row has no regime, or no name"),
        ({"Last Updated": "02/03/2012"}, "line 4: is not of the group 9001 that line 3 begins"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_line(reading, row, said) -> None:
    rows = ({}, {"Regime": "Syria", **row})
    with pytest.raises(BrokenList, match=said):
        reading(*rows, columns=COLUMNS_36, encoding="utf-8")


@pytest.mark.parametrize(
    "above", ["Last Updated,", "Last Updated,2014-04-02", "Last Updated,31/02/2014", "Updated,02/04/2014"]
)
def test_a_list_that_states_no_day_is_refused(reading, above) -> None:
    with pytest.raises(BrokenList, match="first line"):
        reading({}, above=above)


def test_the_last_line_may_lack_its_end_where_its_group_is_known_from_another_row(reading) -> None:
    as_printed = (*(column for column in COLUMNS_29 if column != "Group ID"), "Group ID")
    endless = con_list({}, {"Alias Type": "AKA"}, columns=as_printed).removesuffix(b"\r\n")
    assert list(reading(endless).targets) == ["uk-sanctions-9001"]
    with pytest.raises(BrokenList, match="Group ID may be cut off"):
        reading(endless[:-1])


def test_a_later_list_with_one_broken_byte_is_not_read_in_the_earlier_alphabet(reading) -> None:
    whole = con_list({"Name Non-Latin Script": "Ашдаун"}, {}, columns=COLUMNS_36, encoding="utf-8")
    with pytest.raises(BrokenList, match="is not text in"):
        reading(whole.replace("ш".encode(), b"\xff"))


REAL = {"2014-04-02": (2297, 2305), "2018-04-13": (2106, 2114), "2022-05-04": (3430, 3446)}


@pytest.fixture(scope="module")
def real():
    return {day: FEED.read(published(f"uk-sanctions/{day}/ConList.csv")) for day in REAL}


@pytest.mark.parametrize("day", REAL)
def test_a_published_list_has_its_groups_and_says_events(real, day) -> None:
    read = real[day]
    assert (read.published_on, len(read.targets), len(read.listings)) == (day, *REAL[day])
    assert all(listing.listed_on <= day for listing in read.listings.values())
    assert not [warning for warning in read.warnings if "is no date" not in warning]
    assert_says_events(FEED, read)


def test_between_published_lists_so_many_are_gone_and_new(real) -> None:
    assert gone_and_new(real["2014-04-02"], real["2018-04-13"]) == (833, 642)
    assert gone_and_new(real["2018-04-13"], real["2022-05-04"]) == (383, 1715)


def test_known_entries_are_read_as_they_are_printed(real) -> None:
    ship, bank = (real["2022-05-04"].targets[f"uk-sanctions-{group}"].terms for group in (13651, 14195))
    assert (ship["name"], ship["category"], ship["countries"]) == ("SAM JONG 2", "vessel", ["actor:kp"])
    assert ship["identifiers"] == [{"scheme": "ofsi", "value": "13651"}, {"scheme": "imo", "value": "7408873"}]
    assert (bank["name"], bank["countries"]) == ("VTB BANK (PUBLIC JOINT-STOCK COMPANY)", ["actor:ru"])
    assert real["2022-05-04"].listings["uk-sanctions-14195-russia"].listed_on == "2022-02-24"
    assert "Жељка Цвијановић" in real["2022-05-04"].targets["uk-sanctions-15081"].terms["aliases"]


@pytest.mark.parametrize("day", ["2018-04-13", "2022-05-04"])
def test_a_later_list_that_lacks_its_last_bytes_is_refused(tmp_path, day) -> None:
    list_ = tmp_path / "ConList.csv"
    list_.write_bytes(published(f"uk-sanctions/{day}/ConList.csv").read_bytes())
    assert_notices_cuts(FEED, list_, list_, places=0)
