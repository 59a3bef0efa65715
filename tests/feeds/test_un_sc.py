"""The UN's list: what its entries say, and that nothing else passes for it."""

from __future__ import annotations

import pytest

from ledger.feeds.lists.un_sc import FEED
from ledger.feeds.reading import BrokenList
from tests.feeds.published import assert_says_events, gone_and_new, published

READINGS = {
    "2016-06-20": "un-sc/2016-06-20/consolidated.xml",
    "2018-10-29": "un-sc/2018-10-29/consolidated.xml",
    "2020-11-24": "un-sc/2020-11-24/consolidated.xml",
    "2020-12-01": "un-sc/2020-12-01/consolidated.xml",
    "2025-11-18": "un-sc/2025-11-18/consolidated.xml",
    "2026-02-27": "un-sc/un_consolidated_2026-02-27.xml",
}


def individual(*inside: str, reference: str = "QDi.901", regime: str = "Al-Qaida", name: str = "ONE") -> str:
    return (
        f"<INDIVIDUAL><FIRST_NAME>{name}</FIRST_NAME><UN_LIST_TYPE>{regime}</UN_LIST_TYPE>"
        f"<REFERENCE_NUMBER>{reference}</REFERENCE_NUMBER>{''.join(inside)}</INDIVIDUAL>"
    )


def entity(*inside: str) -> str:
    return individual(*inside, reference="QDe.901").replace("INDIVIDUAL>", "ENTITY>")


@pytest.fixture
def read(tmp_path):
    """What a list of those entries says."""

    def of(*entries: str, generated: str = "2020-12-01T19:08:54.997-05:00", root: str = "CONSOLIDATED_LIST"):
        path = tmp_path / "consolidated.xml"
        path.write_text(
            f'<?xml version="1.0" encoding="UTF-8"?><{root} dateGenerated="{generated}">'
            f"<INDIVIDUALS>{''.join(entries)}</INDIVIDUALS><ENTITIES/></{root}>"
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


def test_an_entry_is_one_measure_against_one_target_under_its_reference(read):
    reading = read(individual("<LISTED_ON>2016-11-30</LISTED_ON>", regime="GB", reference="GBi.901"))

    [listing], [target] = reading.listings.values(), reading.targets.values()
    assert listing.slug == listing.target == target.slug == "un-sc-gbi-901"
    assert [(programme.slug, programme.instruments_persons) for programme in listing.programmes] == [
        ("un-gb", ("travel_ban",))
    ]
    assert (listing.authority, listing.listed_on, listing.legal_basis) == ("un-sc", "2016-11-30", ())
    assert (target.terms["category"], target.terms["identifiers"]) == ("person", [{"scheme": "un", "value": "GBi.901"}])


def test_a_person_under_two_regimes_is_two_targets(read):
    reading = read(individual(), individual(reference="TAi.901", regime="Taliban"))

    assert list(reading.targets) == list(reading.listings) == ["un-sc-qdi-901", "un-sc-tai-901"]


@pytest.mark.parametrize(
    ("generated", "day"),
    [
        ("2020-12-01T19:08:54.997-05:00", "2020-12-01"),
        ("2025-11-18T23:00:09.174Z", "2025-11-18"),
        ("yesterday", None),
        ("", None),
    ],
)
def test_the_day_of_a_reading_is_the_one_that_is_printed_whatever_the_zone(read, generated, day):
    assert read(individual(), generated=generated).published_on == day


@pytest.mark.parametrize(
    ("inside", "listed_on", "updated_on"),
    [
        ("<LISTED_ON>2015-03-27-04:00</LISTED_ON>", "2015-03-27", None),
        ("<LISTED_ON/><LAST_DAY_UPDATED><VALUE/></LAST_DAY_UPDATED>", None, None),
        ("", None, None),
        (
            "<LAST_DAY_UPDATED><VALUE>2019-05-01</VALUE><VALUE>2022-11-08</VALUE><VALUE/></LAST_DAY_UPDATED>",
            None,
            "2022-11-08",
        ),
    ],
)
def test_the_newest_update_and_the_day_of_the_listing(read, inside, listed_on, updated_on):
    [listing] = read(individual(inside)).listings.values()

    assert (listing.listed_on, listing.updated_on) == (listed_on, updated_on)


def test_the_name_is_the_first_to_the_fourth_without_what_is_not_available(terms):
    entry = "<SECOND_NAME> TWO\n  THREE </SECOND_NAME><THIRD_NAME>na</THIRD_NAME><FOURTH_NAME>FOUR</FOURTH_NAME>"

    assert terms(individual(entry))["name"] == "ONE TWO THREE FOUR"


@pytest.mark.parametrize("kind", ["INDIVIDUAL", "ENTITY"])
def test_aliases_are_good_or_weak_and_in_any_script(terms, kind):
    def alias(quality: str, name: str) -> str:
        return f"<{kind}_ALIAS><QUALITY>{quality}</QUALITY><ALIAS_NAME>{name}</ALIAS_NAME></{kind}_ALIAS>"

    entry = (
        "<NAME_ORIGINAL_SCRIPT>واحد</NAME_ORIGINAL_SCRIPT>",
        *(alias("Good", "Uno"), alias("a.k.a.", "Un"), alias("f.k.a.", "Eins"), alias("Good", "ONE"), alias("", "")),
        *(alias("Low", "Abu"), alias("Low", "Uno"), alias("Good", "Uno")),
    )
    found = terms(individual(*entry) if kind == "INDIVIDUAL" else entity(*entry))

    assert found["aliases"] == ["واحد", "Uno", "Un", "Eins"]
    assert found["weak_aliases"] == ["Abu"]


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("A; B C; D", ["A", "B C", "D"]),
        ("أ (A; B)", ["أ", "A", "B"]),
        ("A (AB) (ب (original script); A B; C)", ["A (AB)", "ب", "A B", "C"]),
        ("A (AB)", ["A (AB)"]),
        ("A (B; C", ["A", "B", "C"]),
        ("A\n   B", ["A B"]),
    ],
)
def test_several_names_in_one_cell_are_several_aliases(terms, printed, names):
    alias = f"<QUALITY>Good</QUALITY><ALIAS_NAME>{printed}</ALIAS_NAME>"

    assert terms(individual(f"<INDIVIDUAL_ALIAS>{alias}</INDIVIDUAL_ALIAS>"))["aliases"] == names


@pytest.mark.parametrize(
    ("printed", "dates"),
    [
        ("<TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1964-05-11</DATE>", ["1964-05-11"]),
        ("<TYPE_OF_DATE>Exact</TYPE_OF_DATE><DATE>1983-05-10-04:00</DATE>", ["1983-05-10"]),
        ("<DATE>1972-02-15</DATE>", ["1972-02-15"]),
        ("<TYPE_OF_DATE>EXACT</TYPE_OF_DATE><YEAR>1963 </YEAR>", ["1963"]),
        ("<TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><YEAR>1966</YEAR>", ["1966~"]),
        ("<TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1966-01-01</DATE><NOTE>Approximately</NOTE>", ["1966-01-01~"]),
        ("<TYPE_OF_DATE>Approximately</TYPE_OF_DATE><YEAR>1970-1973</YEAR>", ["[1970-01-01..1973-12-31]"]),
        ("<TYPE_OF_DATE>Exact</TYPE_OF_DATE><YEAR>Sep. 1958</YEAR>", ["1958-09"]),
        (
            "<TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1957</FROM_YEAR><TO_YEAR>1959</TO_YEAR>",
            ["[1957-01-01..1959-12-31]"],
        ),
        ("<TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>n/a</FROM_YEAR><TO_YEAR>1959</TO_YEAR>", []),
        ("<TYPE_OF_DATE>EXACT</TYPE_OF_DATE><NOTE>August 1961</NOTE>", ["1961-08"]),
        ("<TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><NOTE>30-35 years old</NOTE>", []),
        ("<TYPE_OF_DATE/>", []),
    ],
)
def test_birth_dates_are_as_exact_as_they_are_stated(terms, printed, dates):
    found = terms(individual(f"<INDIVIDUAL_DATE_OF_BIRTH>{printed}</INDIVIDUAL_DATE_OF_BIRTH>" * 2))

    assert found["birth_dates"] == dates


def test_a_person_is_of_their_nationalities_and_not_of_where_they_live_or_were_born(terms):
    found = terms(
        individual(
            "<NATIONALITY><VALUE>Iraqi</VALUE><VALUE>USSR (until 1991)</VALUE><VALUE>Chad</VALUE></NATIONALITY>",
            "<NATIONALITY2>Filipino</NATIONALITY2>",
            "<INDIVIDUAL_ADDRESS><COUNTRY>Pakistan</COUNTRY></INDIVIDUAL_ADDRESS>",
            "<INDIVIDUAL_PLACE_OF_BIRTH><COUNTRY>Yemen</COUNTRY></INDIVIDUAL_PLACE_OF_BIRTH>",
        )
    )

    assert found["countries"] == ["actor:iq", "actor:td", "actor:ph"]


@pytest.mark.parametrize(
    ("printed", "countries"),
    [(["Iran", "", "Iran (Islamic Republic of)"], ["actor:ir"]), (["Iran", "Iraq"], []), ([], [])],
)
def test_an_entity_is_of_the_country_in_which_all_its_addresses_are(terms, printed, countries):
    addresses = (f"<ENTITY_ADDRESS><COUNTRY>{country}</COUNTRY></ENTITY_ADDRESS>" for country in printed)
    found = terms(entity(*addresses))

    assert (found["category"], found["countries"]) == ("organisation", countries)


def test_documents_are_passports_or_else_national_and_have_their_number_alone(terms):
    def document(kind: str, number: str, detail: str = "") -> str:
        return (
            f"<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>{kind}</TYPE_OF_DOCUMENT>"
            f"<TYPE_OF_DOCUMENT2>{detail}</TYPE_OF_DOCUMENT2><NUMBER>{number}</NUMBER></INDIVIDUAL_DOCUMENT>"
        )

    found = terms(
        individual(
            document("Passport", " A100001"),
            document("Passport", "A100001"),
            document("Passport", "100002", "number:"),
            document("Número de pasaporte", "Libyan passport No. 100003"),
            document("Passport", "TR-P 100 004"),
            document("Passport", ""),
            document("National Identification Number", "100005", "national passport"),
            document("National Identification Number", "100006", "Birth certificate"),
            document("National Identification Number", "HRCHGP"),
        )
    )

    assert [(each["scheme"], each["value"]) for each in found["identifiers"]] == [
        ("un", "QDi.901"), ("passport", "A100001"), ("passport", "100002"), ("passport", "100003"),
        ("passport", "TR-P 100 004"), ("passport", "100005"), ("national_id", "100006"), ("national_id", "HRCHGP"),
    ]  # fmt: skip


def test_designations_are_positions_and_comments_the_description(terms):
    found = terms(
        individual(
            "<DESIGNATION><VALUE>a) Governor b) Minister</VALUE><VALUE>Colonel</VALUE></DESIGNATION>",
            "<COMMENTS1>Listed for\n   a reason.</COMMENTS1>",
        )
    )

    assert [position["title"] for position in found["positions"]] == ["Governor", "Minister", "Colonel"]
    assert found["description"] == "Listed for a reason."


def test_a_regime_that_nobody_knows_is_a_programme_without_instruments_and_a_warning(read):
    reading = read(individual(regime="Atlantis"))

    [[programme]] = [listing.programmes for listing in reading.listings.values()]
    assert (programme.slug, programme.instruments) == ("atlantis", ())
    assert reading.warnings == ["the programme 'Atlantis' is not in programmes.csv: it has no instruments"]


@pytest.mark.parametrize(
    ("entries", "detail"),
    [
        ([], "has no entry"),
        ([individual(reference="")], r"entry 1 \(ONE\) has no REFERENCE_NUMBER"),
        ([individual(reference="?")], r"entry 1 \(\?\) has no REFERENCE_NUMBER"),
        ([individual(), individual(regime="", reference="QDi.902")], r"entry 2 \(QDi.902\) has no"),
        ([individual(name="na")], r"entry 1 \(QDi.901\) has no"),
        ([individual(), individual(name="TWO")], r"has QDi\.901 twice"),
    ],
)
def test_a_damaged_list_is_refused(read, entries, detail):
    with pytest.raises(BrokenList, match=rf"{detail}.*fetch it again"):
        read(*entries)


def test_another_list_is_refused(read):
    with pytest.raises(BrokenList, match="is another list: its root is LIST, not CONSOLIDATED_LIST"):
        read(individual(), root="LIST")


@pytest.mark.parametrize(
    ("day", "persons", "entities"),
    [
        ("2016-06-20", 629, 395),
        ("2018-10-29", 703, 390),
        ("2020-11-24", 713, 305),
        ("2020-12-01", 712, 294),
        ("2025-11-18", 727, 273),
        ("2026-02-27", 730, 273),
    ],
)
def test_every_published_entry_is_read(day, persons, entities):
    reading = FEED.read(published(READINGS[day]))

    assert reading.published_on == day
    assert reading.warnings == []
    categories = [target.terms["category"] for target in reading.targets.values()]
    assert (categories.count("person"), categories.count("organisation")) == (persons, entities)
    assert len(reading.listings) == persons + entities
    assert_says_events(FEED, reading)


@pytest.mark.parametrize(
    ("before", "after", "gone", "new"),
    [
        ("2016-06-20", "2018-10-29", 76, 145),
        ("2018-10-29", "2020-11-24", 103, 28),
        ("2020-11-24", "2020-12-01", 12, 0),
        ("2020-12-01", "2025-11-18", 93, 87),
        ("2025-11-18", "2026-02-27", 1, 4),
    ],
)
def test_what_went_and_came_between_two_published_readings(before, after, gone, new):
    earlier, later = (FEED.read(published(READINGS[day])) for day in (before, after))

    assert gone_and_new(earlier, later) == (gone, new)


def test_new_entries_may_have_old_dates():
    earlier, later = (FEED.read(published(READINGS[day])) for day in ("2020-12-01", "2025-11-18"))

    new = [listing for key, listing in later.listings.items() if key not in earlier.listings]
    assert sum(listing.listed_on <= "2020-12-01" for listing in new) == 37


def test_a_line_that_is_broken_elsewhere_changes_nothing():
    earlier, later = (FEED.read(published(READINGS[day])) for day in ("2020-11-24", "2020-12-01"))

    assert all(earlier.targets[key] == target for key, target in later.targets.items())


def test_published_entries_say_what_stands_in_the_file():
    reading = FEED.read(published(READINGS["2026-02-27"]))

    [one, other] = (reading.targets[key] for key in ("un-sc-qdi-001", "un-sc-gbi-001"))
    assert one.terms["name"] == "MOHAMMED SALAHALDIN ABD EL HALIM ZIDANE"
    assert one.terms["aliases"] == ["محمد صلاح الدين عبدالحليم زيدان", "Sayf-Al Adl", "Muhamad Ibrahim Makkawi"]
    assert one.terms["weak_aliases"] == ["Ibrahim al-Madani", "Saif Al-'Adil", "Seif al Adel"]
    assert one.terms["countries"] == ["actor:eg"]
    assert (one.updated_on, reading.listings[one.slug].listed_on) == ("2022-11-08", "2001-01-25")
    assert other.terms["countries"] == ["actor:gw"]
    assert other.terms["birth_dates"] == ["1964-05-11"]
    assert other.terms["positions"] == [{"title": "Brigadier General"}, {"title": "Chief of Staff of the Air Force"}]
    assert {"scheme": "passport", "value": "AAID00437"} in other.terms["identifiers"]
    assert [programme.slug for programme in reading.listings[other.slug].programmes] == ["un-gb"]
    assert reading.targets["un-sc-cfi-013"].terms["countries"] == ["actor:td", "actor:cf", "actor:cg"]
    assert reading.targets["un-sc-tai-004"].terms["birth_dates"] == ["1966~", "1960", "1953"]
    assert reading.targets["un-sc-kpe-001"].terms["countries"] == ["actor:kp"]
    assert reading.targets["un-sc-hti-001"].terms["weak_aliases"] == ["BARBEQUE"]
