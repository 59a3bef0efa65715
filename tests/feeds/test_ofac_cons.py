"""OFAC's lists beside the SDN list: what their XML says, that their folder says the same, and nothing else passes."""

from __future__ import annotations

import pytest

from ledger.feeds.lists.ofac_cons import FEED
from ledger.feeds.reading import BrokenList
from tests.feeds.published import assert_says_events, gone_and_new, published

XML_2020 = "ofac-cons/2020-12-14/consolidated.xml"
XML_2024 = "ofac-cons/2024-02-23/consolidated.xml"
CSV_2025 = "ofac-cons/2025-12-19-csv"
UNTIL_2024 = "http://tempuri.org/sdnList.xsd"
SINCE = "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/XML"


def entry(*inside: str, uid: str = "9001", last: str = "ONE", kind: str = "Entity", programme: str = "NS-PLC") -> str:
    return (
        f"<sdnEntry><uid>{uid}</uid><lastName>{last}</lastName><sdnType>{kind}</sdnType>"
        f"<programList><program>{programme}</program></programList>{''.join(inside)}</sdnEntry>"
    )


def known(*identifiers: tuple[str, str, str]) -> str:
    each = (
        f"<id><uid>1</uid><idType>{kind}</idType><idNumber>{number}</idNumber><idCountry>{country}</idCountry></id>"
        for kind, number, country in identifiers
    )
    return f"<idList>{''.join(each)}</idList>"


@pytest.fixture
def read(tmp_path):
    """What a list of those entries says."""

    def of(*entries: str, count: str | None = None, day: str = "12/14/2020", xmlns: str = UNTIL_2024):
        path = tmp_path / "consolidated.xml"
        number = len(entries) if count is None else count
        published = f"<Publish_Date>{day}</Publish_Date><Record_Count>{number}</Record_Count>"
        path.write_text(
            f'<?xml version="1.0" standalone="yes"?><sdnList xmlns="{xmlns}">'
            f"<publshInformation>{published}</publshInformation>{''.join(entries)}</sdnList>"
        )
        return FEED.read(path)

    return of


@pytest.fixture
def terms(read):
    """The terms of the one target of a list with one entry."""

    def of(entry: str):
        [target] = read(entry).targets.values()
        return target.terms

    return of


@pytest.mark.parametrize("xmlns", [UNTIL_2024, SINCE])
def test_an_entry_is_one_measure_against_one_target_under_its_number(read, xmlns):
    reading = read(entry(), entry(uid="9002", programme="CMIC-EO13959"), xmlns=xmlns)

    assert list(reading.targets) == list(reading.listings) == ["ofac-cons-9001", "ofac-cons-9002"]
    listing = reading.listings["ofac-cons-9002"]
    assert (listing.slug, listing.target, listing.authority) == ("ofac-cons-9002", "ofac-cons-9002", "us-ofac")
    assert [programme.instruments for programme in listing.programmes] == [("investment_ban",)]
    assert listing.legal_basis == ("E.O. 13959 as amended by E.O. 14032",)
    assert listing.listed_on is None
    assert reading.published_on == "2020-12-14"


@pytest.mark.parametrize(("printed", "day"), [("02/03/2024", "2024-02-03"), ("2/3/2024", "2024-02-03"), ("soon", None)])
def test_the_day_of_publication_is_month_day_year(read, printed, day):
    assert read(entry(), day=printed).published_on == day


def test_programmes_are_as_many_as_are_printed(read):
    [listing] = read(entry(programme="NS-PLC</program><program>SDGT")).listings.values()

    assert [programme.slug for programme in listing.programmes] == ["ns-plc", "sdgt"]


def test_names_are_last_comma_first_and_weak_ones_are_apart(terms):
    def aka(category: str, last: str, first: str = "") -> str:
        given = f"<firstName>{first}</firstName>" if first else ""
        return f"<aka><type>a.k.a.</type><category>{category}</category><lastName>{last}</lastName>{given}</aka>"

    akas = (aka("strong", "UNO", "Juan"), aka("strong", "UN"), aka("weak", "ABU"), aka("strong", "ONE", "John"))
    found = terms(entry("<firstName>John</firstName>", f"<akaList>{''.join(akas)}</akaList>", kind="Individual"))

    assert (found["category"], found["name"]) == ("person", "ONE, John")
    assert (found["aliases"], found["weak_aliases"]) == (["UNO, Juan", "UN"], ["ABU"])


def test_a_person_has_dates_of_birth_and_nationalities(terms):
    born = "".join(
        f"<dateOfBirthItem><dateOfBirth>{day}</dateOfBirth></dateOfBirthItem>"
        for day in ("08 Feb 1980", "1979", "circa 1978", "1976 to 1977")
    )
    found = terms(
        entry(
            f"<dateOfBirthList>{born}</dateOfBirthList>",
            "<nationalityList><nationality><country>Palestinian</country></nationality></nationalityList>",
            "<citizenshipList><citizenship><country>Turkey</country></citizenship></citizenshipList>",
            "<addressList><address><country>Cyprus</country></address></addressList>",
            "<title>Chairman; Member of the Council</title>",
            kind="Individual",
        )
    )

    assert found["birth_dates"] == ["1980-02-08", "1979", "1978~", "[1976-01-01..1977-12-31]"]
    assert found["countries"] == ["actor:ps", "actor:tr"]
    assert found["positions"] == [{"title": "Chairman"}, {"title": "Member of the Council"}]


@pytest.mark.parametrize(
    ("printed", "countries"),
    [(["Russia", "Russia", ""], ["actor:ru"]), (["Russia", "Cyprus"], []), (["Region: Crimea"], []), ([], [])],
)
def test_an_entity_is_of_the_country_in_which_all_its_addresses_are(terms, printed, countries):
    addresses = "".join(f"<address><city>A</city><country>{country}</country></address>" for country in printed)

    assert terms(entry(f"<addressList>{addresses}</addressList>"))["countries"] == countries


def test_identifiers_go_by_their_types_in_whatever_order_they_come(read):
    ids = [
        ("Tax ID No.", "7708503727", "Russia"),
        ("Registration ID", "1028600001792", "Russia"),
        ("SWIFT/BIC", "RKBZCHZZ", ""),
        ("Passport", "U00242309", "Turkey"),
        ("Legal Entity Number", "253400XX5U3XALBF5728", "Russia"),
        ("Website", "www.one.example", ""),
        ("Executive Order 13662 Directive Determination -", "Subject to Directive 4", ""),
    ]
    [one], [other] = (read(entry(known(*order))).targets.values() for order in (ids, reversed(ids)))
    [listing] = read(entry(known(*ids))).listings.values()

    assert one == other
    assert {each["scheme"]: each["value"] for each in one.terms["identifiers"]} == {
        "ofac": "9001",
        "tax": "7708503727",
        "registration": "1028600001792",
        "swift": "RKBZCHZZ",
        "passport": "U00242309",
        "lei": "253400XX5U3XALBF5728",
    }
    assert one.terms["description"] == "Website www.one.example"
    assert listing.description == "Executive Order 13662 Directive Determination - Subject to Directive 4"


def test_a_vessel_has_its_flag_its_number_and_what_it_is(terms):
    vessel = (
        "<vesselInfo><callSign>9BSH</callSign><vesselType>Crude Oil Tanker</vesselType><vesselFlag>Iran</vesselFlag>"
        "<vesselOwner>ONE LINES</vesselOwner><tonnage>99144</tonnage></vesselInfo>"
    )
    number = known(("Vessel Registration Identification", "IMO 9187667", ""))
    found = terms(entry(vessel, number, kind="Vessel"))

    assert (found["category"], found["countries"]) == ("vessel", ["actor:ir"])
    assert {"scheme": "imo", "value": "9187667"} in found["identifiers"]
    for said in ("Crude Oil Tanker", "9BSH", "99144", "ONE LINES"):
        assert said in found["description"]


def test_who_is_linked_to_is_said_and_is_no_alias(terms):
    found = terms(entry("<remarks>All offices worldwide; (Linked To: TWO BANK)</remarks>"))

    assert (found["aliases"], found["weak_aliases"]) == ([], [])
    assert found["description"] == "All offices worldwide; Linked To: TWO BANK"


def test_a_programme_that_nobody_knows_has_no_instruments_and_a_warning(read):
    reading = read(entry(programme="ATLANTIS-EO1"))

    [listing] = reading.listings.values()
    assert [(programme.slug, programme.instruments) for programme in listing.programmes] == [("atlantis-eo1", ())]
    assert reading.warnings == ["the programme 'ATLANTIS-EO1' is not in programmes.csv: it has no instruments"]


@pytest.mark.parametrize(
    ("entries", "count", "detail"),
    [
        ([], "0", "has no entry"),
        ([entry()], "2", "has 1 entries and says that it has 2"),
        ([entry()], "", "has 1 entries and says that it has none"),
        ([entry(uid="")], "1", "entry 1 has no uid"),
        ([entry(uid="x")], "1", "entry 1 has no uid"),
        ([entry(), entry(uid="9002", last="")], "2", "entry 2 has no uid or no lastName"),
        ([entry(), entry()], "2", "has the entry 9001 twice"),
    ],
)
def test_a_damaged_list_is_refused(read, entries, count, detail):
    with pytest.raises(BrokenList, match=rf"{detail}.*(fetch it|download it) again"):
        read(*entries, count=count)


def test_another_list_is_refused(read):
    with pytest.raises(BrokenList, match="is another list: its root is"):
        read(entry(), xmlns="urn:other")


def test_a_folder_without_its_first_file_is_refused(tmp_path):
    (tmp_path / "cons_alt.csv").write_text('9001,1,"aka","UNO",-0- \r\n')

    with pytest.raises(BrokenList, match=r"has no cons_prim\.csv"):
        FEED.read(tmp_path)


def test_the_folder_says_what_the_xml_says(read, tmp_path):
    aka = "<aka><category>{}</category><lastName>{}</lastName></aka>"
    [target] = (
        reading := read(
            entry(
                f"<akaList>{aka.format('strong', 'UNO')}{aka.format('weak', 'ABU')}</akaList>",
                "<addressList><address><country>Russia</country></address></addressList>",
                known(("Tax ID No.", "7708503727", "Russia"), ("Website", "www.one.example", "")),
                "<remarks>(Linked To: TWO BANK)</remarks>",
            )
        )
    ).targets.values()
    folder = tmp_path / "folder"
    folder.mkdir()
    nothing = ",".join(["-0- "] * 7)
    remarks = "Website www.one.example; Tax ID No. 7708503727 (Russia); a.k.a. 'ABU'; Linked To: TWO BANK."
    (folder / "cons_prim.csv").write_text(f'9001,"ONE",-0- ,"NS-PLC",{nothing},"{remarks}"\r\n\x1a')
    (folder / "cons_alt.csv").write_text('9001,1,"aka","UNO",-0- \r\n\x1a')
    (folder / "cons_add.csv").write_text('9001,1,-0- ,"Moscow","Russia",-0- \r\n\x1a')
    (folder / "cons_comments.csv").write_text("\x1a")
    of_folder = FEED.read(folder)

    assert of_folder.targets == {"ofac-cons-9001": target}
    assert of_folder.listings == reading.listings
    assert of_folder.published_on is None


@pytest.mark.parametrize(
    ("name", "day", "count", "persons"),
    [(XML_2020, "2020-12-14", 376, 82), (XML_2024, "2024-02-23", 444, 79), (CSV_2025, None, 442, 79)],
)
def test_every_published_entry_is_read(name, day, count, persons):
    reading = FEED.read(published(name))

    assert (reading.published_on, reading.warnings) == (day, [])
    assert len(reading.targets) == len(reading.listings) == count
    assert sum(target.terms["category"] == "person" for target in reading.targets.values()) == persons
    assert_says_events(FEED, reading)


@pytest.mark.parametrize(("before", "after", "gone", "new"), [(XML_2020, XML_2024, 7, 75), (XML_2024, CSV_2025, 3, 1)])
def test_what_went_and_came_between_two_published_readings(before, after, gone, new):
    assert gone_and_new(FEED.read(published(before)), FEED.read(published(after))) == (gone, new)


def test_published_entries_say_what_stands_in_the_file():
    reading = FEED.read(published(XML_2024))

    one = reading.targets["ofac-cons-9647"].terms
    assert (one["name"], one["aliases"]) == ("ZAHHAR, Mahmoud Khaled", ["AL ZAHAR, Mahmoud Khaled"])
    assert one["weak_aliases"] == ["ZAHAR, Mahmoud", "AL-ZAHAR, Mahmoud"]
    assert (one["birth_dates"], one["countries"]) == (["1945"], ["actor:ps"])
    assert {programme.slug for programme in reading.listings["ofac-cons-9647"].programmes} == {"ns-plc", "sdgt"}
    other = reading.targets["ofac-cons-30933"].terms
    assert {"scheme": "registration", "value": "91110000710924929L"} in other["identifiers"]
    assert reading.listings["ofac-cons-30933"].programmes[0].slug == "cmic-eo13959"


def test_what_a_list_says_of_its_entries_is_much_the_same_in_both_forms():
    of_xml, of_folder = FEED.read(published(XML_2024)), FEED.read(published(CSV_2025))
    both = of_xml.targets.keys() & of_folder.targets.keys()

    def said(reading, key, member):
        value = reading.targets[key].terms[member]
        return value if isinstance(value, str) else set(value)

    for member, changed in {"name": 3, "aliases": 18, "weak_aliases": 4, "birth_dates": 0, "countries": 5}.items():
        differ = [key for key in both if said(of_xml, key, member) != said(of_folder, key, member)]
        assert len(differ) == changed, member
