"""The EU's list of financial sanctions: what its entries say, and that nothing else passes for it."""

from __future__ import annotations

from collections import Counter

import pytest

from ledger.feeds.lists.eu_fsf import FEED
from ledger.feeds.reading import BrokenList
from tests.feeds.published import assert_says_events, published

PART = "eu-fsf/2022-03-18-part/xmlFullSanctionsList_1_1.xml"
NAMESPACE = "http://eu.europa.ec/fpi/fsd/export"


def name(whole: str, *inside: str, strong: str = "true", function: str = "") -> str:
    return f'<nameAlias wholeName="{whole}" strong="{strong}" function="{function}">{"".join(inside)}</nameAlias>'


def act(day: str, number: int = 1) -> str:
    return f'<regulationSummary publicationDate="{day}" publicationUrl="https://act.example/{number}"/>'


def entry(*inside: str, reference="EU.90.1", programme="IRQ", kind="person", details="", un="", published="2012-03-24"):
    return (
        f'<sanctionEntity designationDetails="{details}" unitedNationId="{un}" euReferenceNumber="{reference}">'
        f'<regulation regulationType="amendment" publicationDate="{published}" programme="{programme}">'
        f"<publicationUrl>https://act.example/0</publicationUrl></regulation>"
        f'<subjectType code="{kind}"/>{"".join(inside or [name("One")])}</sanctionEntity>'
    )


@pytest.fixture
def read(tmp_path):
    """What a list of those entries says."""

    def of(
        *entries: str, generated: str = "2022-03-18T14:52:26.947+01:00", root: str = "export", xmlns: str = NAMESPACE
    ):
        path = tmp_path / "list.xml"
        path.write_text(f'<{root} xmlns="{xmlns}" generationDate="{generated}">{"".join(entries)}</{root}>')
        return FEED.read(path)

    return of


@pytest.fixture
def terms(read):
    """The terms of the one target of a list of those entries."""

    def of(*entries: str):
        [target] = read(*entries).targets.values()
        return target.terms

    return of


def test_a_measure_is_one_entity_under_one_programme(read):
    reading = read(
        entry(name("One"), reference="EU.472.57", programme="AFG"),
        entry(name("Uno"), reference="EU.472.57", programme="TAQA"),
        entry(name("Two"), reference="EU.9.1", programme="TAQA"),
    )

    assert {key: listing.target for key, listing in reading.listings.items()} == {
        "eu-fsf-472-57-afg": "eu-fsf-472-57",
        "eu-fsf-472-57-taqa-euaq": "eu-fsf-472-57",
        "eu-fsf-9-1-taqa-euaq": "eu-fsf-9-1",
    }
    assert all(key == listing.slug for key, listing in reading.listings.items())
    assert {listing.authority for listing in reading.listings.values()} == {"eu-council"}
    assert reading.published_on == "2022-03-18"


def test_what_is_said_under_several_programmes_adds_up_and_the_first_name_is_the_name(terms):
    under = (
        entry(name("One"), name("Uno"), '<citizenship countryIso2Code="AF"/>', "<remark>A.</remark>", programme="AFG"),
        entry(name("Uno"), name("Un"), '<citizenship countryIso2Code="PK"/>', "<remark>B.</remark>", programme="TAQA"),
    )
    found = terms(*under)

    assert (found["name"], found["aliases"]) == ("One", ["Uno", "Un"])
    assert found["countries"] == ["actor:af", "actor:pk"]
    assert found["description"] == "A.\nB."
    assert found["identifiers"] == [{"scheme": "eu", "value": "EU.90.1"}]


def test_two_tags_of_one_programme_are_one_measure_from_the_earlier_day(read):
    reading = read(
        entry(name("One", act("2010-01-02", 2)), programme="TAQA", details="Listed."),
        entry(name("One", act("2009-01-02", 1)), programme="EUAQ"),
    )

    [listing] = reading.listings.values()
    assert (listing.slug, listing.listed_on, listing.url, listing.description) == (
        "eu-fsf-90-1-taqa-euaq", "2009-01-02~", "https://act.example/1", "Listed.",
    )  # fmt: skip


def test_the_day_is_about_that_of_the_earliest_act_that_the_entry_quotes(read):
    [later] = read(entry(name("One", act("2016-01-02")), published="2012-03-24")).listings.values()
    [earlier] = read(entry(name("One", act("2003-07-08", 3), act("2004-01-02", 4)))).listings.values()

    assert (later.listed_on, later.url) == ("2012-03-24~", "https://act.example/0")
    assert (earlier.listed_on, earlier.url) == ("2003-07-08~", "https://act.example/3")


def test_an_entry_that_quotes_no_act_has_no_day(read):
    [listing] = read(entry(published="")).listings.values()

    assert (listing.listed_on, listing.url) == (None, None)


def test_aliases_are_weak_where_the_list_says_so(terms):
    found = terms(
        entry(
            name("One"),
            name("Abu", strong="false"),
            name("Ibn", "<remark>Low quality alias</remark>"),
            name("Uno", "<remark>good quality alias</remark>"),
        )
    )

    assert (found["aliases"], found["weak_aliases"]) == (["Uno"], ["Abu", "Ibn"])


def test_a_name_that_is_empty_is_none_and_one_that_is_weak_may_be_the_only_one(terms):
    found = terms(entry(name(""), name("One", strong="false")))

    assert (found["name"], found["aliases"], found["weak_aliases"]) == ("One", [], [])


def test_a_name_is_put_together_where_it_is_not_whole(terms):
    parts = '<nameAlias firstName="A" middleName="" lastName="C" wholeName=""/>'

    assert terms(entry(parts))["name"] == "A C"


def test_functions_are_positions(terms):
    found = terms(entry(name("One", function="(a) Governor, (b) Minister."), name("Uno", function="Governor")))

    assert [position["title"] for position in found["positions"]] == ["Governor", "Minister"]


@pytest.mark.parametrize(
    ("printed", "dates"),
    [
        ('circa="false" birthdate="1937-04-28" year="1937"', ["1937-04-28"]),
        ('circa="true" birthdate="1973-04-03"', ["1973-04-03~"]),
        ('circa="false" calendarType="GREGORIAN" year="1961" monthOfYear="8"', ["1961-08"]),
        ('circa="false" calendarType="GREGORIAN" year="1961"', ["1961"]),
        ('circa="true" calendarType="GREGORIAN" year="1961"', ["1961~"]),
        ('circa="true" calendarType="GREGORIAN" yearRangeFrom="1968" yearRangeTo="1970"', ["[1968-01-01..1970-12-31]"]),
        ('circa="false" calendarType="ISLAMIC" birthdate="1982-04-19" year="1402"', ["1982-04-19"]),
        ('circa="false" calendarType="ISLAMIC" year="1402"', []),
        ('circa="false" calendarType="GREGORIAN" city="Najaf"', []),
    ],
)
def test_birth_dates_are_as_exact_as_they_are_stated(terms, printed, dates):
    assert terms(entry(name("One"), f"<birthdate {printed}/>" * 2))["birth_dates"] == dates


@pytest.mark.parametrize(
    ("kind", "printed", "countries"),
    [
        ("person", '<citizenship countryIso2Code="IQ"/><address countryIso2Code="SY"/>', ["actor:iq"]),
        ("person", '<citizenship countryIso2Code="00"/><birthdate countryIso2Code="SY"/>', []),
        ("enterprise", '<address countryIso2Code="SY"/><address countryIso2Code="00"/>', ["actor:sy"]),
        ("enterprise", '<address countryIso2Code="SY"/><address countryIso2Code="IQ"/>', []),
        ("enterprise", '<address countryIso2Code="00"/>', []),
    ],
)
def test_countries_are_citizenships_or_the_one_of_all_addresses(terms, kind, printed, countries):
    found = terms(entry(name("One"), printed, kind=kind))

    assert found["countries"] == countries
    assert found["category"] == ("person" if kind == "person" else "organisation")


def test_identifications_go_by_their_types(terms):
    def document(kind: str, number: str, more: str = "") -> str:
        return f'<identification identificationTypeCode="{kind}" number="{number}" {more}/>'

    found = terms(
        entry(
            name("One"),
            document("passport", "1"),
            document("passport", "1"),
            document("id", "2"),
            document("ssn", "3"),
            document("regnumber", "4"),
            document("swiftbic", "5"),
            document("fiscalcode", "6"),
            document("imo", "7"),
            document("other", "8"),
            document("passport", ""),
            document("passport", "9", 'knownFalse="true"'),
            un="LYi.009",
        )
    )

    assert [(each["scheme"], each["value"]) for each in found["identifiers"]] == [
        ("eu", "EU.90.1"), ("un", "LYi.009"), ("passport", "1"), ("national_id", "2"), ("national_id", "3"),
        ("registration", "4"), ("swift", "5"), ("tax", "6"), ("imo", "7"),
    ]  # fmt: skip


def test_a_programme_that_nobody_knows_has_no_instruments_and_a_warning(read):
    reading = read(entry(programme="ATL"))

    assert list(reading.listings) == ["eu-fsf-90-1-atl"]
    assert reading.warnings == ["the programme 'ATL' is not in programmes.csv: it has no instruments"]


@pytest.mark.parametrize(
    ("entries", "detail"),
    [
        ([], "has no entry"),
        ([entry(reference="")], r"entry 1 \(unnamed\) has no euReferenceNumber"),
        ([entry(), entry(programme="")], r"entry 2 \(EU\.90\.1\) has no"),
        ([entry(name(""))], r"entry 1 \(EU\.90\.1\) has no"),
    ],
)
def test_a_damaged_list_is_refused(read, entries, detail):
    with pytest.raises(BrokenList, match=rf"{detail}.*fetch it again"):
        read(*entries)


@pytest.mark.parametrize("other", [{"root": "WHOLE"}, {"xmlns": "http://eu.europa.ec/fpi/fsd/other"}])
def test_another_list_is_refused(read, other):
    with pytest.raises(BrokenList, match="is another list: its root is"):
        read(entry(), **other)


def test_every_published_entry_is_read():
    reading = FEED.read(published(PART))

    assert reading.published_on == "2022-03-18"
    assert reading.warnings == []
    assert (len(reading.listings), len(reading.targets)) == (1044, 1024)
    under = Counter(listing.target for listing in reading.listings.values())
    assert Counter(under.values()) == {1: 1004, 2: 20}
    persons = [key for key, target in reading.targets.items() if target.terms["category"] == "person"]
    assert sum(under[key] for key in persons) == 716
    assert len(reading.targets) - len(persons) == 328
    assert len({listing.programmes for listing in reading.listings.values()}) == 14
    assert_says_events(FEED, reading)


def test_published_entries_say_what_stands_in_the_file():
    reading = FEED.read(published(PART))

    one = reading.targets["eu-fsf-27-28"].terms
    assert (one["name"], one["aliases"]) == ("Saddam Hussein Al-Tikriti", ["Abu Ali", "Abou Ali"])
    assert (one["birth_dates"], one["countries"]) == (["1937-04-28"], ["actor:iq"])
    assert reading.listings["eu-fsf-27-28-irq"].listed_on == "2003-07-08~"
    other = reading.targets["eu-fsf-472-57"].terms
    assert "Agha, Sayyed Ghiassouddine" in other["aliases"]
    assert other["birth_dates"] == ["1961~", "[1958-01-01..1963-12-31]"]
    assert reading.listings["eu-fsf-472-57-afg"].listed_on == "2012-03-24~"
    assert reading.listings["eu-fsf-472-57-taqa-euaq"].listed_on == "2007-08-18~"
