"""As of which day, and as known when; what may be kept by caches (contract.md, HTTP: As of, Caching)."""

from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest

from ledger.store.database import Database
from tests.client import Api
from tests.posting import amended, corrected, imposed, lifted, registered

STATES = [
    "/v1/measures/m",
    "/v1/measures/m/chain",
    "/v1/measures",
    "/v1/actors",
    "/v1/actors/us",
    "/v1/actors/us/state",
]
ALL_DAYS = ["/v1/measures/m/timeline", "/v1/actors/us/state/timeline", "/v1/dyads/us/cn"]


def today():
    return datetime.now(UTC).date().isoformat()


def as_of(answer):
    """The members that an answer repeats, of a state or of each item of a list."""
    body = answer.json
    found = body.get("items") or body.get("nodes") or [body]
    return {(each["at"], each["known_at"], each["sequence"]) for each in found}


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what happens before any database is asked."""


# -------------------------------------------------------------------------------------------------------------- at


def test_a_state_is_as_of_today_unless_a_day_is_given(api):
    api.append(imposed("m", "2020-07-09"), imposed("future", "2999-01-01"))
    assert api.state("measure:m")["at"] == today()
    assert api.state("measure:m", at="2020-07-09")["status"] == "in_force"
    assert api.state("measure:m", at="2020-07-08")["status"] == "none"
    assert api.state("measure:future")["status"] == "none"
    assert api.state("measure:future", at="9999-12-31")["status"] == "in_force"
    assert api.state("measure:future", at="0001-01-01")["terms"] is None


@on_sqlite
@pytest.mark.parametrize(
    "day",
    [
        "2020-02-30",
        "2020-2-1",
        "20200201",
        "0000-01-01",
        "10000-01-01",
        "2020",
        "2020-07",
        "today",
        "",
        "2020-07-09T00:00:00Z",
        "２０２０-01-01",
        "2020-07~",
    ],
)
def test_what_is_no_day_is_invalid(api, day):
    api.append(imposed("m", "2020-07-09"))
    for path in STATES:
        problem = api.problem(api.get(path, at=day), 422, "validation-error")
        assert [error["pointer"] for error in problem["errors"]] == ["/at"]


def test_what_is_known_but_has_not_begun_is_none_and_what_is_not_known_is_not_found(api):
    api.append(imposed("m", "2020-07-09"))
    state = api.state("measure:m", at="2020-01-01")
    assert (state["status"], state["terms"], state["status_since"], state["valid_from"], state["valid_to"]) == (
        "none", None, None, None, "2020-07-09",
    )  # fmt: skip
    for path in ("/v1/measures/n", "/v1/measures/n/history", "/v1/measures/n/timeline", "/v1/measures/n/chain",
                 "/v1/agreements/m", "/v1/actors/nobody", "/v1/actors/nobody/state", "/v1/actors/nobody/state/timeline",
                 "/v1/dyads/us/nobody", "/v1/dyads/nobody/us", "/v1/measures/M", "/v1/measures/a--b",
                 "/v1/actors/actor:us"):  # fmt: skip
        api.problem(api.get(path), 404, "not-found")


# --------------------------------------------------------------------------------------------------------- known_at


def test_as_known_at_a_sequence_is_what_was_known_then(api):
    first, second = (api.append(event)[0] for event in (imposed("m", "2020-07-09"), lifted("m", "2020-10-01")))
    state = api.state("measure:m", known_at_sequence=first["sequence"])
    assert (state["status"], state["version"], state["sequence"], state["known_at"]) == (
        "in_force", 1, first["sequence"], first["recorded_at"],
    )  # fmt: skip
    assert api.state("measure:m", known_at_sequence=second["sequence"])["status"] == "lifted"
    for path in (*STATES, *ALL_DAYS):
        problem = api.problem(api.get(path, known_at_sequence=second["sequence"] + 1), 422, "validation-error")
        assert [error["pointer"] for error in problem["errors"]] == ["/known_at_sequence"]


def test_sequence_zero_is_before_everything(api):
    api.append(imposed("m", "2020-07-09"))
    for path in (
        "/v1/measures/m",
        "/v1/measures/m/timeline",
        "/v1/measures/m/chain",
        "/v1/actors/us",
        "/v1/actors/us/state",
        "/v1/dyads/us/cn",
    ):
        api.problem(api.get(path, known_at_sequence=0), 404, "not-found")
    for path in ("/v1/measures", "/v1/actors"):
        assert api.get(path, known_at_sequence=0).json == {"items": [], "next": None}


def test_the_middle_of_a_batch_reads_as_its_last(api):
    first, second, third = api.append(
        imposed("m", "2020-07-09"), amended("m", "2020-08-01", set={"title": "Second"}), registered("acme")
    )
    for event in (first, second, third):
        state = api.state("measure:m", known_at_sequence=event["sequence"])
        assert (state["sequence"], state["version"], state["terms"]["title"]) == (third["sequence"], 2, "Second")
        assert api.state("actor:acme", known_at_sequence=event["sequence"])["sequence"] == third["sequence"]


def test_as_known_at_a_time_is_everything_recorded_by_then(api):
    first, second = (api.append(event)[0] for event in (imposed("m", "2020-07-09"), lifted("m", "2020-10-01")))
    at = datetime.fromisoformat(second["recorded_at"])
    for known_at, status in (
        (at, "lifted"),
        (at - timedelta(microseconds=1), "in_force"),
        (at + timedelta(days=1), "lifted"),
    ):
        assert api.state("measure:m", known_at=known_at.isoformat())["status"] == status
    before = (datetime.fromisoformat(first["recorded_at"]) - timedelta(microseconds=1)).isoformat()
    api.problem(api.get("/v1/measures/m", known_at=before), 404, "not-found")


@on_sqlite
@pytest.mark.parametrize(
    ("given", "repeated"),
    [
        ("2999-07-10T12:00:00Z", "2999-07-10T12:00:00.000000Z"),
        ("2999-07-10t12:00:00.5z", "2999-07-10T12:00:00.500000Z"),
        ("2999-07-10T12:00:00.123456789+02:00", "2999-07-10T10:00:00.123456Z"),
        ("2999-07-10T00:00:00-05:30", "2999-07-10T05:30:00.000000Z"),
        ("2999-07-10", "2999-07-10T23:59:59.999999Z"),
    ],
)
def test_a_time_that_was_asked_for_is_repeated_in_utc_with_six_decimals(api, given, repeated):
    newest = api.append(imposed("m", "2020-07-09"))[0]
    for path in STATES:
        asked = as_of(api.get(path, known_at=given, at="2020-07-10"))
        assert asked == {("2020-07-10", repeated, newest["sequence"])}


@on_sqlite
@pytest.mark.parametrize(
    "time",
    ["2020-07-10T12:00:00", "2020-07-10 12:00:00Z", "2020-07-10T12:00Z", "2020-07-10T24:00:00Z",
    "2020-07-10T12:00:00+25:00", "2020-07-32", "2020-07", "now", "",
     "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "1594382400", "2020-07-10T12:00:00.Z"],
)  # fmt: skip
def test_what_is_no_time_is_invalid(api, time):
    problem = api.problem(api.get("/v1/actors/us", known_at=time), 422, "validation-error")
    assert [error["pointer"] for error in problem["errors"]] == ["/known_at"]


def test_where_no_time_was_asked_for_it_is_that_of_the_newest_event(api):
    newest = api.append(imposed("m", "2020-07-09"))[0]
    for path in STATES:
        assert as_of(api.get(path)) == {(today(), newest["recorded_at"], newest["sequence"])}
        assert as_of(api.get(path, known_at_sequence=newest["sequence"])) == {
            (today(), newest["recorded_at"], newest["sequence"])
        }


def test_one_of_both_ways_to_say_when_is_given(api):
    for path in (*STATES[2:], *ALL_DAYS[1:]):
        api.problem(api.get(path, known_at="2999-01-01", known_at_sequence=1), 422, "validation-error")


def test_a_date_means_to_the_end_of_that_day(api):
    """So a batch of that day is known as known on it, and not as known on the day before."""
    recorded = api.append(imposed("m", "2020-07-09"))[0]["recorded_at"][:10]
    assert api.state("measure:m", known_at=recorded)["status"] == "in_force"
    before = (date.fromisoformat(recorded) - timedelta(days=1)).isoformat()
    api.problem(api.get("/v1/measures/m", known_at=before), 404, "not-found")


def test_a_timeline_is_as_known_then(api):
    first = api.append(imposed("m", "2020-07-09"))[0]
    correction = api.append(corrected("measure:m", first["sequence"], effective_on="2020-07-01"))[0]
    starts = [
        [each["valid_from"] for each in api.timeline("measure:m", **query)]
        for query in (
            {"known_at_sequence": first["sequence"]},
            {"known_at": first["recorded_at"]},
            {"known_at": correction["recorded_at"]},
            {},
        )
    ]
    assert starts == [["2020-07-09"], ["2020-07-09"], ["2020-07-01"], ["2020-07-01"]]


# --------------------------------------------------------------------------------------------------------- RFC 7089


def test_accept_datetime_leads_to_the_uri_with_both_dates_spelled_out(api):
    stored = api.append(imposed("m", "2020-07-09"), imposed("n", "2020"))[0]
    later = datetime.fromisoformat(stored["recorded_at"]) + timedelta(seconds=2)
    for path in STATES:
        answer = api.get(path, headers={"Accept-Datetime": format_datetime(later, usegmt=True)})
        assert (answer.status_code, answer.headers["Vary"]) == (302, "accept-datetime")
        followed = api.get(answer.headers["Location"])
        assert followed.status_code == 200
        asked = later.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        assert as_of(followed) == {(asked[:10], asked, stored["sequence"] + 1)}
        assert parsedate_to_datetime(followed.headers["Memento-Datetime"]) == later.replace(microsecond=0)


@on_sqlite
@pytest.mark.parametrize("path", ALL_DAYS)
def test_where_there_is_no_day_accept_datetime_spells_out_the_time_alone(api, path):
    api.append(imposed("m", "2020-07-09"))
    answer = api.get(path, headers={"Accept-Datetime": "Fri, 10 Jul 2999 12:00:00 GMT"})
    assert answer.status_code == 302
    followed = api.get(answer.headers["Location"])
    assert followed.status_code == 200
    assert followed.headers["Memento-Datetime"] == "Wed, 10 Jul 2999 12:00:00 GMT"


def test_accept_datetime_keeps_what_else_was_asked(api):
    header = {"Accept-Datetime": "Wed, 10 Jul 2999 12:00:00 GMT"}
    answer = api.get("/v1/measures", headers=header, at="2020-01-01", status=["lifted", "expired"], q="a b&c=d")
    assert api.get(answer.headers["Location"]).json == api.get(
        "/v1/measures", known_at="2999-07-10T12:00:00Z", at="2020-01-01", status=["lifted", "expired"], q="a b&c=d"
    ).json  # fmt: skip
    assert "at=2020-01-01" in answer.headers["Location"]


def test_accept_datetime_in_another_zone_is_its_day_in_utc(api):
    api.append(imposed("m", "2020-07-09"))
    answer = api.get("/v1/measures/m", headers={"Accept-Datetime": "Wed, 10 Jul 2999 23:30:00 -0500"})
    state = api.get(answer.headers["Location"]).json
    assert (state["at"], state["known_at"]) == ("2999-07-11", "2999-07-11T04:30:00.000000Z")


def test_accept_datetime_is_passed_over_where_the_time_is_given(api):
    newest = api.append(imposed("m", "2020-07-09"))[0]
    for query in ({"known_at": "2999-01-01"}, {"known_at_sequence": newest["sequence"]}):
        assert api.get("/v1/measures/m", headers={"Accept-Datetime": "nonsense"}, **query).status_code == 200


@on_sqlite
@pytest.mark.parametrize(
    "header", ["yesterday", "", "2020-07-10", "Fri, 31 Dec 9999 23:59:59 -0500", "Fri, 99 Jul 2020 12:00:00 GMT", "0"]
)
def test_an_accept_datetime_that_is_no_http_date_cannot_be_read(api, header):
    api.problem(api.get("/v1/actors/us", headers={"Accept-Datetime": header}), 400, "bad-request")


def test_only_answers_for_a_fixed_time_are_mementos(api):
    newest = api.append(imposed("m", "2020-07-09"))[0]
    for path in (*STATES, *ALL_DAYS):
        assert "Memento-Datetime" not in api.get(path).headers
        by_sequence = api.get(path, known_at_sequence=newest["sequence"])
        recorded = datetime.fromisoformat(newest["recorded_at"]).replace(microsecond=0)
        assert parsedate_to_datetime(by_sequence.headers["Memento-Datetime"]) == recorded
        by_time = api.get(path, known_at="2999-07-10T12:00:00Z")
        assert by_time.headers["Memento-Datetime"] == "Wed, 10 Jul 2999 12:00:00 GMT"


# ---------------------------------------------------------------------------------------------------------- caching


GETS = [
    *STATES,
    *ALL_DAYS,
    "/v1/measures/m/history",
    "/v1/events",
    "/v1/events/1",
    *(f"/v1/export/{form}" for form in ("ndjson", "csv", "spells", "ftm", "delta?from=0", "parquet")),
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/docs",
    "/docs/start.js",
]


@on_sqlite
@pytest.mark.parametrize("path", GETS)
def test_every_get_has_an_etag_and_answers_304_to_it(api, path):
    api.append(imposed("m", "2020-07-09"))
    first = api.get(path)
    etag = first.headers["ETag"]
    for header in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = api.get(path, headers={"If-None-Match": header})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert again.headers.get("Vary") == first.headers.get("Vary")
    for header in ('"other"', "nonsense", ""):
        assert api.get(path, headers={"If-None-Match": header}).status_code == 200


def test_metrics_have_an_etag_too(api):
    assert api.get("/metrics").headers["ETag"]


@on_sqlite
@pytest.mark.parametrize("path", STATES)
def test_the_same_answer_has_the_same_etag_and_another_one_another(api, path):
    api.append(imposed("m", "2020-07-09", against=["cn", "hk"]))
    etag = api.get(path).headers["ETag"]
    assert api.get(path).headers["ETag"] == etag
    assert api.get(path, at=today()).headers["ETag"] == etag
    api.append(registered("acme"))
    assert api.get(path).headers["ETag"] != etag


@pytest.mark.parametrize("path", [*STATES, "/v1/agreements", "/v1/acts"])
def test_an_answer_is_immutable_where_the_day_and_what_was_known_are_fixed(api, path):
    """Where `at` was given and either the sequence, or a `known_at` after which an event is already recorded."""
    first, newest = (api.append(event)[0] for event in (imposed("m", "2020-07-09"), imposed("n", "2020-07-09")))
    past, sequence = first["recorded_at"], newest["sequence"]

    def immutable(**query):
        answer = api.get(path, **query)
        assert answer.status_code == 200
        return "immutable" in answer.headers["Cache-Control"]

    assert immutable(at="2020-07-10", known_at_sequence=sequence)
    assert immutable(at="2020-07-10", known_at_sequence=sequence - 1)
    assert immutable(at="2020-07-10", known_at=past)
    assert immutable(at="2999-07-10", known_at=past)
    assert not immutable(at="2020-07-10", known_at=newest["recorded_at"])
    assert not immutable(at="2020-07-10", known_at="2999-01-01")
    assert not immutable(known_at_sequence=sequence)
    assert not immutable(known_at=past)
    assert not immutable(at="2020-07-10")
    assert not immutable()
    api.append(registered("acme"))
    assert immutable(at="2020-07-10", known_at=newest["recorded_at"])


def test_an_immutable_answer_stays_as_it_is(api):
    first = api.append(imposed("m", "2020-07-09"))[0]
    asked = {"at": "2020-07-10", "known_at_sequence": first["sequence"]}
    before = {path: api.get(path, **asked).data for path in STATES}
    api.append(
        corrected("measure:m", first["sequence"], effective_on="2020-07-01"),
        lifted("m", "2020-07-09"),
        imposed("n", "2020"),
    )
    assert {path: api.get(path, **asked).data for path in STATES} == before


def test_answers_that_are_not_as_of_a_day_are_never_immutable(api):
    stored = api.append(imposed("m", "2020-07-09"))[0]
    for path in (*ALL_DAYS, "/v1/measures/m/history", "/v1/events", "/v1/events/1"):
        query = {"known_at_sequence": stored["sequence"]} if path in ALL_DAYS else {}
        assert api.get(path, **query).headers["Cache-Control"] == "public, no-cache"


def test_an_empty_ledger_is_known_at_no_time(tmp_path, monkeypatch):
    from api.http import create_app
    from ledger.log.custody import Custody
    from ledger.settings import Settings
    from ledger.store.schema import migrate

    url = f"sqlite:///{tmp_path / 'empty.db'}"
    migrate(Database(url))
    Custody(Database(url).folder).begin()
    app = create_app(Settings(database_url=url))
    api = Api(app.test_client())
    assert api.get("/v1/measures").json == {"items": [], "next": None}
    assert api.get("/v1/measures", known_at_sequence=0, at="2020-01-01").status_code == 200
    api.problem(api.get("/v1/measures", known_at_sequence=1), 422, "validation-error")
    assert api.get("/v1/events").json == {"items": [], "next": None}
    api.problem(api.get("/v1/events/1"), 404, "not-found")
    token = app.extensions["retorsion"].create_token("tests", "append")
    stored = api.with_token(token).append(registered("first"))[0]
    assert (stored["sequence"], stored["version"]) == (1, 1)
    app.extensions["retorsion"].close()
