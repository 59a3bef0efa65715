"""The SDN list: entries, their parts, and what is in their remarks."""

from pathlib import Path

import pytest

from ledger.feeds.lists.ofac_sdn import FEED
from ledger.feeds.ofac_remarks import read_remarks, statements_in
from ledger.feeds.reading import BrokenList
from tests.feeds.published import assert_says_events, gone_and_new, published

NONE = "-0- ,"
ENTRIES = [
    f'36,"AEROCARIBBEAN AIRLINES",-0- ,"CUBA",{NONE * 7}-0- ',
    f'173,"ANGLO, LTD.",-0- ,"CUBA] [SDGT",{NONE * 7}"a.k.a. \'ANGLO\'; Tax ID No. 12-3 (Cuba)."',
    (
        f'2000,"MUÑOZ, José","individual","GLOMAG","Secretary; Member of Parliament",{NONE * 6}"DOB 12 Nov 1955;'
        " alt. DOB circa 1956; POB Bern, Switzerland; nationality Cuba; citizen Korea, North; Passport K-12 (China)"
        ' expires 01 Jan 2020; Linked To: ANGLO, LTD."'
    ),
    (
        '2001,"SEA STAR","vessel","DPRK3",-0- ,"HMZX","Tanker","10,000","5,000",'
        '"Democratic People\'s Republic of Korea","OWNER CO.","Vessel Registration Identification IMO 8712345."'
    ),
]
ALIASES = [
    '36,12,"aka","AERO-CARIBBEAN",-0- ',
    '36,13,"fka","AEROCARIBBEAN AIRLINES",-0- ',
    '2000,14,"aka","José, Don",-0- ',
]
ADDRESSES = [
    '36,25,-0- ,"Havana","Cuba",-0- ',
    "36,26,-0- ,-0- ,-0- ,-0- ",
    '173,27,"Road 1","Havana","Cuba",-0- ',
    '173,28,"Road 2","London","United Kingdom",-0- ',
    '2000,29,-0- ,-0- ,"Switzerland",-0- ',
]


def written(folder: Path, end: str = "\r\n", last: str = "\x1a", **files: list[str]) -> Path:
    """A folder with those files in it, by their names without the ending."""
    for name, lines in files.items():
        (folder / f"{name}.csv").write_bytes((end.join(lines) + end + last).encode("latin-1"))
    return folder


@pytest.fixture
def reading(tmp_path):
    return FEED.read(written(tmp_path, sdn=ENTRIES, alt=ALIASES, add=ADDRESSES))


def test_an_entry_is_a_number_and_one_measure(reading):
    assert list(reading.listings) == ["ofac-sdn-36", "ofac-sdn-173", "ofac-sdn-2000", "ofac-sdn-2001"]
    listing = reading.listings["ofac-sdn-173"]
    assert (listing.target, [each.slug for each in listing.programmes]) == ("ofac-sdn-173", ["cuba", "sdgt"])
    assert listing.listed_on is None
    assert reading.published_on is None


def test_what_it_says_is_categories_names_and_positions(reading):
    terms = {slug: target.terms for slug, target in reading.targets.items()}
    assert [each["category"] for each in terms.values()] == ["organisation", "organisation", "person", "vessel"]
    person = terms["ofac-sdn-2000"]
    assert (person["name"], person["aliases"]) == ("MUÑOZ, José", ["José, Don"])
    assert person["positions"] == [{"title": "Secretary"}, {"title": "Member of Parliament"}]
    assert person["birth_dates"] == ["1955-11-12", "1956~"]
    assert person["identifiers"] == [{"scheme": "ofac", "value": "2000"}, {"scheme": "passport", "value": "K-12"}]


def test_an_alias_that_is_the_name_is_none_and_those_in_remarks_are_weak(reading):
    assert reading.targets["ofac-sdn-36"].terms["aliases"] == ["AERO-CARIBBEAN"]
    anglo = reading.targets["ofac-sdn-173"].terms
    assert (anglo["aliases"], anglo["weak_aliases"]) == ([], ["ANGLO"])


def test_whom_it_is_linked_to_and_where_somebody_was_born_stay_prose(reading):
    person = reading.targets["ofac-sdn-2000"].terms
    assert person["description"] == "POB Bern, Switzerland; Linked To: ANGLO, LTD"


def test_countries_are_nationalities_flags_and_the_one_country_of_all_addresses(reading):
    countries = [target.terms["countries"] for target in reading.targets.values()]
    assert countries == [["actor:cu"], [], ["actor:cu", "actor:kp"], ["actor:kp"]]


def test_a_vessel_has_its_number_and_the_rest_of_its_columns_in_words(reading):
    ship = reading.targets["ofac-sdn-2001"].terms
    assert ship["identifiers"][1] == {"scheme": "imo", "value": "8712345"}
    assert ship["description"] == (
        "Vessel type: Tanker; Call sign: HMZX; Tonnage: 10,000; Gross registered tonnage: 5,000; Owner: OWNER CO."
    )


def test_of_a_part_that_is_missing_nothing_is_said(tmp_path):
    reading = FEED.read(written(tmp_path, sdn=ENTRIES))
    entity, person = reading.targets["ofac-sdn-36"].terms, reading.targets["ofac-sdn-2000"].terms
    assert "aliases" not in entity
    assert "countries" not in entity
    assert person["countries"] == ["actor:cu", "actor:kp"]


def overflowing(count=1000):
    text = "DOB 1960; a.k.a. 'ONE'; nationality Cuba; " + "Linked To: SOMEBODY ELSE; " * 50
    return f'9,"LONG, Ann","individual","CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"{text[:count]}"', text[count:]


def test_remarks_that_overflow_go_on_in_the_comments(tmp_path):
    entry, rest = overflowing(1000)
    reading = FEED.read(written(tmp_path, sdn=[entry], sdn_comments=[f"9,\"{rest}a.k.a. 'TWO'; Gender Female.\""]))
    target = reading.targets["ofac-sdn-9"]
    assert target.terms["weak_aliases"] == ["ONE", "TWO"]
    assert target.in_part == frozenset()
    assert target.terms["description"].count("Linked To: SOMEBODY ELSE") == 50


def test_without_the_comments_remarks_that_overflow_are_read_in_part(tmp_path):
    entry, _ = overflowing(1000)
    target = FEED.read(written(tmp_path, sdn=[entry])).targets["ofac-sdn-9"]
    assert target.in_part == {"weak_aliases", "birth_dates", "countries", "identifiers", "description"}
    assert target.terms["weak_aliases"] == ["ONE"]
    assert all(each == "Linked To: SOMEBODY ELSE" for each in target.terms["description"].split("; "))


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("last", ["\x1a", ""])
def test_it_is_the_same_list_however_its_lines_end(tmp_path, reading, end, last):
    again = FEED.read(written(tmp_path, end, last, sdn=ENTRIES, alt=ALIASES, add=ADDRESSES))
    assert (again.targets, again.listings) == (reading.targets, reading.listings)


def test_a_programme_that_nobody_knows_has_its_own_slug_and_no_instruments_and_is_said(tmp_path):
    reading = FEED.read(written(tmp_path, sdn=[ENTRIES[0].replace('"CUBA"', '"MOON-EO1"')]))
    (programme,) = reading.listings["ofac-sdn-36"].programmes
    assert (programme.slug, programme.instruments) == ("moon-eo1", ())
    assert any("MOON-EO1" in warning for warning in reading.warnings)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"alt": ALIASES}, "no sdn.csv"),
        ({"sdn": []}, "no entry"),
        ({"sdn": [*ENTRIES, '9,"A"']}, "record 5 of sdn.csv"),
        ({"sdn": [*ENTRIES, '9,"A']}, "record 5 of sdn.csv"),
        ({"sdn": [*ENTRIES, ENTRIES[0]]}, "entry 36 twice"),
        ({"sdn": ENTRIES, "alt": ['36,12,"aka"']}, "record 1 of alt.csv"),
        ({"sdn": ENTRIES, "add": ['"36,25']}, "record 1 of add.csv"),
        ({"sdn": ["ent_num" + ",x" * 11]}, "record 1 of sdn.csv"),
        ({"sdn": [*ENTRIES[1:], ENTRIES[0].removesuffix("- ")]}, "breaks off"),
    ],
)
def test_what_is_not_the_list_or_not_whole_is_refused_in_one_line(tmp_path, files, said):
    with pytest.raises(BrokenList, match=said) as refused:
        FEED.read(written(tmp_path, **files))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("statement", "scheme", "value"),
    [
        ("Passport A0376185 (Iran)", "passport", "A0376185"),
        ("Passport Booklet: A5190000 (Pakistan)", "passport", "A5190000"),
        ("C.U.R.P. # LISK930614MSLZNR05 (Mexico)", "national_id", "LISK930614MSLZNR05"),
        ("Diplomatic Passport 211102490 (Russia) expires 01 Oct 2026", "passport", "211102490"),
        ("alt. National ID No. 22095919778 (Norway)", "national_id", "22095919778"),
        ("Cedula No. 16247821 (Colombia)", "national_id", "16247821"),
        ("C.U.R.P. LISK930614MSLZNR04 (Mexico)", "national_id", "LISK930614MSLZNR04"),
        ("Tax ID No. AABA 670850 Y", "tax", "AABA 670850 Y"),
        ("NIT # 800146749-7 (Colombia)", "tax", "800146749-7"),
        ("Registration Number 201318227N (Singapore)", "registration", "201318227N"),
        ("Unified Social Credit Code (USCC) 91350200705420347R (China)", "registration", "91350200705420347R"),
        ("Legal Entity Number 253400XX5U3XALBF5728 (Russia)", "lei", "253400XX5U3XALBF5728"),
        ("Legal Entity Number 851683897 (Netherlands)", "registration", "851683897"),
        ("SWIFT/BIC CBRFRUMM", "swift", "CBRFRUMM"),
        ("Identification Number IMO 5993126", "imo", "5993126"),
        ("Company Number IMO 5993127", "registration", "IMO 5993127"),
        ("Vessel Registration Identification IMO 9187629", "imo", "9187629"),
        ("Aircraft Tail Number RF-82011", "registration", "RF-82011"),
    ],
)
def test_numbers_are_identifiers_of_their_scheme(statement, scheme, value):
    assert read_remarks([statement]).identifiers == [{"scheme": scheme, "value": value}]


@pytest.mark.parametrize(
    "statement",
    [
        "Linked To: PASSPORT 7 LTD",
        "Passport lost",
        "Phone Number 8615175978802",
        "Digital Currency Address - XBT 1EfMVkxQQuZfBdocpJu6RUsCJvenQWbQyE",
        "POB Tehran, Iran",
        "nationality Atlantis",
        "DOB unknown",
    ],
)
def test_what_is_of_no_member_stays_as_it_is_printed(statement):
    found = read_remarks([statement])
    assert found.prose == [statement]
    assert [found.identifiers, found.countries, found.birth_dates, found.weak_aliases] == [[], [], [], []]


def test_how_the_measure_works_is_said_of_the_measure():
    risk = "Secondary sanctions risk: North Korea Sanctions Regulations, sections 510.201 and 510.210"
    assert read_remarks([risk]).of_the_measure == [risk]


def test_remarks_are_parted_by_semicolons_but_within_brackets():
    assert list(statements_in("DOB 1960; (Following data: a; b); Gender Male.")) == [
        "DOB 1960", "(Following data: a; b)", "Gender Male"
    ]  # fmt: skip
    assert list(statements_in("Linked To: R D I S.A.")) == ["Linked To: R D I S.A."]


COUNTS = {
    "2019-01-15": (3845, 323, 217, 2994),
    "2021-07-07": (4620, 406, 277, 3673),
    "2024-05-03": (6854, 851, 376, 6884),
}


@pytest.fixture(scope="module")
def real():
    days = (*COUNTS, "2021-04-25")
    return {day: FEED.read(published(f"ofac-sdn/{day}")) for day in days}


@pytest.mark.parametrize("day", COUNTS)
def test_a_published_list_has_its_entries_and_says_events(real, day):
    reading = real[day]
    categories = [target.terms["category"] for target in reading.targets.values()]
    assert tuple(categories.count(each) for each in ("person", "vessel", "aircraft", "organisation")) == COUNTS[day]
    assert_says_events(FEED, reading)
    assert reading.warnings == []


def test_between_published_lists_so_many_are_gone_new_and_in_other_programmes(real):
    before, after = real["2019-01-15"], real["2021-07-07"]
    assert gone_and_new(before, after) == (261, 1858)
    common = before.listings.keys() & after.listings.keys()
    assert sum(before.listings[each].programmes != after.listings[each].programmes for each in common) == 311


def test_a_tag_that_was_renamed_is_the_same_programme(real):
    before, after = (
        {slug: {programme.slug for programme in listing.programmes} for slug, listing in real[day].listings.items()}
        for day in ("2021-04-25", "2021-07-07")
    )
    tagged = [slug for slug in before.keys() & after.keys() if "russia-eo14024" in before[slug]]
    assert tagged
    assert {slug: before[slug] for slug in tagged} == {slug: after[slug] for slug in tagged}


def test_known_entries_are_read_as_they_are_printed(real):
    target, listing = (what["ofac-sdn-29220"] for what in (real["2021-07-07"].targets, real["2021-07-07"].listings))
    assert (target.terms["name"], target.terms["birth_dates"], target.terms["countries"]) == (
        "CHEN, Quanguo",
        ["1955"],
        [],
    )
    assert [programme.slug for programme in listing.programmes] == ["glomag"]
    assert "E.O. 13818" in listing.legal_basis
