"""What holds of every list that comes as XML, whatever its cells say: events, or one line that refuses it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from ledger.feeds.lists import feeds
from ledger.feeds.reading import BrokenList
from tests.feeds.published import assert_says_events

UN = """<CONSOLIDATED_LIST dateGenerated="2020-12-01T19:08:54.997-05:00">
<INDIVIDUALS><INDIVIDUAL><FIRST_NAME>ONE</FIRST_NAME><SECOND_NAME>TWO</SECOND_NAME><THIRD_NAME>na</THIRD_NAME>
<FOURTH_NAME>FOUR</FOURTH_NAME><UN_LIST_TYPE>GB</UN_LIST_TYPE><REFERENCE_NUMBER>GBi.901</REFERENCE_NUMBER>
<LISTED_ON>2012-05-18</LISTED_ON><NAME_ORIGINAL_SCRIPT>واحد</NAME_ORIGINAL_SCRIPT><COMMENTS1>Said.</COMMENTS1>
<DESIGNATION><VALUE>a) A b) B</VALUE></DESIGNATION><NATIONALITY><VALUE>Iraqi</VALUE></NATIONALITY>
<LAST_DAY_UPDATED><VALUE>2019-05-01</VALUE><VALUE>2020-05-01</VALUE></LAST_DAY_UPDATED>
<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>A (B; C)</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>D</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1964-05-11</DATE></INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1957</FROM_YEAR><TO_YEAR>1959</TO_YEAR>
</INDIVIDUAL_DATE_OF_BIRTH><INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><YEAR>1966</YEAR>
<NOTE>May 1966</NOTE></INDIVIDUAL_DATE_OF_BIRTH><INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT>
<NUMBER>Passport No. 100001</NUMBER></INDIVIDUAL_DOCUMENT></INDIVIDUAL></INDIVIDUALS>
<ENTITIES><ENTITY><FIRST_NAME>FIVE</FIRST_NAME><UN_LIST_TYPE>DPRK</UN_LIST_TYPE>
<REFERENCE_NUMBER>KPe.901</REFERENCE_NUMBER><ENTITY_ADDRESS><COUNTRY>DPRK</COUNTRY></ENTITY_ADDRESS></ENTITY></ENTITIES>
</CONSOLIDATED_LIST>"""

FSF = """<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2022-03-18T14:52:26.947+01:00">
<sanctionEntity designationDetails="Listed." unitedNationId="LYi.901" euReferenceNumber="EU.90.1">
<remark>Said.</remark><regulation publicationDate="2012-03-24" programme="LBY">
<publicationUrl>https://act.example/0</publicationUrl></regulation><subjectType code="person"/>
<nameAlias wholeName="One" strong="true" function="(a) A, (b) B"><regulationSummary publicationDate="2011-01-02"
publicationUrl="https://act.example/1"/></nameAlias><nameAlias firstName="A" lastName="B" strong="false"/>
<citizenship countryIso2Code="LY"/><birthdate circa="true" calendarType="GREGORIAN" year="1961" monthOfYear="8"
dayOfMonth="7"/><birthdate circa="false" birthdate="1961-08-07"/><birthdate yearRangeFrom="1960" yearRangeTo="1962"/>
<identification identificationTypeCode="passport" number="100001" knownFalse="false"/></sanctionEntity>
<sanctionEntity euReferenceNumber="EU.90.2"><regulation publicationDate="2012-03-24" programme="TAQA"/>
<subjectType code="enterprise"/><nameAlias wholeName="Two"/><address countryIso2Code="SY"/></sanctionEntity>
</export>"""

OFAC = """<sdnList xmlns="http://tempuri.org/sdnList.xsd"><publshInformation><Publish_Date>12/14/2020</Publish_Date>
<Record_Count>2</Record_Count></publshInformation><sdnEntry><uid>9001</uid><firstName>John</firstName>
<lastName>ONE</lastName><title>A; B</title><sdnType>Individual</sdnType><remarks>Said; (Linked To: TWO)</remarks>
<programList><program>NS-PLC</program><program>SDGT</program></programList>
<akaList><aka><category>strong</category><lastName>UNO</lastName></aka><aka><category>weak</category>
<lastName>ABU</lastName></aka></akaList><dateOfBirthList><dateOfBirthItem><dateOfBirth>08 Feb 1980</dateOfBirth>
</dateOfBirthItem></dateOfBirthList><nationalityList><nationality><country>Turkey</country></nationality>
</nationalityList><idList><id><uid>1</uid><idType>Passport</idType><idNumber>U100001</idNumber>
<idCountry>Turkey</idCountry></id><id><uid>2</uid><idType>Executive Order 13662 Directive Determination -</idType>
<idNumber>Subject to Directive 1</idNumber></id></idList></sdnEntry><sdnEntry><uid>9002</uid><lastName>TWO</lastName>
<sdnType>Vessel</sdnType><programList><program>SYRIA</program></programList><vesselInfo><callSign>9BSH</callSign>
<vesselFlag>Iran</vesselFlag></vesselInfo><addressList><address><country>Iran</country></address></addressList>
</sdnEntry></sdnList>"""

LISTS = {"un-sc": UN, "eu-fsf": FSF, "ofac-cons": OFAC}

printed = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=12),
    st.sampled_from(
        ["", " ", "0", "-", ";", "(", ")", "a) ", "; ", "alt. ", "-0-", "1961", "circa", "00", "2020-02-30", "] [", "'",
         "http://", "https://act.example/ 1", "Passport", "U\u00a0100001"]
    ),
)  # fmt: skip


@st.composite
def damages(draw, text: str) -> bytes:
    """The list with other things in some of its cells, and some of its elements away or there twice."""
    root = etree.fromstring(text)
    for element in draw(st.lists(st.sampled_from(list(root.iter())), max_size=4)):
        parent = element.getparent()
        match draw(st.sampled_from(["text", "attribute", "away", "twice"])):
            case "attribute" if element.attrib:
                element.set(draw(st.sampled_from(sorted(element.attrib))), draw(printed))
            case "away" if parent is not None:
                parent.remove(element)
            case "twice" if parent is not None:
                parent.append(etree.fromstring(etree.tostring(element)))
            case _:
                element.text = draw(printed)
    return etree.tostring(root)


@pytest.mark.parametrize("name", LISTS)
def test_a_whole_list_is_read(tmp_path, name):
    path = tmp_path / "list.xml"
    path.write_text(LISTS[name])

    assert len(feeds()[name].read(path).targets) == 2


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_breaks_off_after_any_byte_is_refused(tmp_path, name):
    path = tmp_path / "list.xml"
    whole = LISTS[name].encode()
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        with pytest.raises(BrokenList, match=r"list\.xml is (broken off|another list)"):
            feeds()[name].read(path)


@pytest.mark.parametrize("name", LISTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_whatever_the_cells_say_they_make_events_or_a_refusal_in_one_line(tmp_path, name, data):
    path = tmp_path / "list.xml"
    path.write_bytes(data.draw(damages(LISTS[name])))
    try:
        reading = feeds()[name].read(path)
    except BrokenList as error:
        refused = str(error)
    else:
        refused = "list.xml: "
        assert_says_events(feeds()[name], reading)

    assert "list.xml" in refused
    assert "\n" not in refused
