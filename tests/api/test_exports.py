"""`/v1/export`: what every format answers alike: as of, caching, refusals, streaming."""

from contextlib import contextmanager
from threading import get_ident

import pytest

from ledger.exports import snapshot
from tests.posting import imposed, lifted, registered

FORMATS = {
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "spells": "text/csv; charset=utf-8",
    "ftm": "application/x-ndjson",
    "delta": "application/x-ndjson",
    "parquet": "application/zip",
}
ASKED = {"delta": {"from_": 0}}
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
each_format = pytest.mark.parametrize("form", FORMATS)


def get(api, form, headers=None, **query):
    return api.get(f"/v1/export/{form}", headers=headers, **{**ASKED.get(form, {}), **query})


@on_sqlite
@each_format
def test_it_says_what_it_is_and_how_to_call_the_file(api, form):
    newest = api.append(imposed("m", "2020-07-09"))[0]["sequence"]
    answer = get(api, form, at="2020-07-10")
    ending = {"application/x-ndjson": "ndjson", "application/zip": "zip"}.get(FORMATS[form], "csv")
    assert answer.headers["Content-Type"] == FORMATS[form]
    named = f'attachment; filename="retorsion-{form}-2020-07-10-{newest}.{ending}"'
    assert answer.headers["Content-Disposition"] == named
    assert answer.headers["Vary"] == "accept-datetime"
    assert answer.data


@each_format
def test_it_is_as_was_known_and_stays_so(api, form):
    first = api.append(imposed("m", "2020-07-09"))[0]
    asked = {"at": "2020-07-10", "known_at_sequence": first["sequence"]}
    before = get(api, form, **asked)
    api.append(lifted("m", "2020-07-09"), registered("acme"), imposed("n", "2020-01-01", against="acme"))
    after, now = get(api, form, **asked), get(api, form, at="2020-07-10")
    assert after.data == before.data
    assert after.headers["ETag"] == before.headers["ETag"]
    assert now.headers["ETag"] != before.headers["ETag"]
    assert now.data != before.data
    assert "immutable" in after.headers["Cache-Control"]
    assert after.headers["Memento-Datetime"]
    assert "immutable" not in now.headers["Cache-Control"]
    assert get(api, form, at="2020-07-10", known_at=first["recorded_at"]).data == before.data


@on_sqlite
@each_format
def test_head_has_the_headers_and_makes_nothing(api, form, monkeypatch):
    api.append(imposed("m", "2020-07-09"))
    got = get(api, form)
    monkeypatch.setattr(snapshot.Snapshot, "read", None)  # what is not called cannot fail
    monkeypatch.setattr("ledger.exports.events.stored_between", None)
    unchanged = get(api, form, headers={"If-None-Match": got.headers["ETag"]})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    head = api.http.head(f"/v1/export/{form}?from=0" if form == "delta" else f"/v1/export/{form}")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == got.headers["ETag"]


@on_sqlite
@each_format
def test_accept_datetime_leads_to_the_uri_with_both_spelled_out(api, form):
    answer = get(api, form, headers={"Accept-Datetime": "Fri, 10 Jul 2020 12:00:00 GMT"})
    assert answer.status_code == 302
    assert "known_at=2020-07-10T12%3A00%3A00Z" in answer.headers["Location"]
    assert "at=2020-07-10" in answer.headers["Location"]


@on_sqlite
@each_format
@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": 3}, "/limit"),
        ({"at": "yesterday"}, "/at"),
        ({"known_at": "2020", "known_at_sequence": 1}, "/known_at"),
        ({"known_at_sequence": 9999}, "/known_at_sequence"),
    ],
)
def test_what_cannot_be_asked_is_refused(api, form, query, pointer):
    problem = api.problem(get(api, form, **query), 422, "validation-error")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


@on_sqlite
@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({}, "/from"),
        ({"from_": 9999}, "/from"),
        ({"from_": 300}, "/from"),
        ({"from_": 2, "to": 9999}, "/to"),
        ({"from_": 254, "to": 253}, "/from"),
        ({"from_": 20, "to": 10}, "/from"),  # of one batch
        ({"from_": 1, "to": 253, "known_at_sequence": 253}, "/known_at_sequence"),
        ({"from_": "x"}, "/from"),
    ],
)
def test_a_delta_is_between_two_sequences_that_there_are(api, query, pointer):
    api.append(imposed("m", "2020-07-09"))
    api.append(imposed("n", "2020-07-09"))
    problem = api.problem(api.get("/v1/export/delta", **query), 422, "validation-error")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


@on_sqlite
def test_only_spells_are_counted_by_something(api):
    api.problem(api.get("/v1/export/csv", by="dyad-year"), 422, "validation-error")
    api.problem(api.get("/v1/export/spells", by="year"), 422, "validation-error")
    plain, counted = api.get("/v1/export/spells"), api.get("/v1/export/spells", by="dyad-year")
    assert plain.headers["ETag"] != counted.headers["ETag"]


@on_sqlite
def test_another_format_is_not_found(api):
    api.problem(api.get("/v1/export/xlsx"), 404, "not-found")
    api.problem(api.get("/v1/export"), 404, "not-found")
    assert api.post("/v1/export/csv", json={}).status_code == 405


@on_sqlite
@each_format
def test_an_empty_ledger_leaves_as_it_is(api, form):
    assert get(api, form, known_at_sequence=0).status_code == 200


@each_format
def test_between_two_parts_no_connection_is_held(api, form, app, monkeypatch):
    """A caller who reads slowly keeps nobody else from the database."""
    monkeypatch.setattr(snapshot, "SUBJECTS_AT_ONCE", 2)
    monkeypatch.setattr("ledger.exports.events._EVENTS_AT_ONCE", 2)
    monkeypatch.setattr("ledger.exports.parquet._ROWS_AT_ONCE", 2)
    api.append(*(imposed(f"m{number}", "2020-07-09") for number in range(6)))
    database, held = app.extensions["retorsion"]._database, []
    reading = database.reading

    @contextmanager
    def noted(**options):
        held.append(get_ident())  # the thread that signs reads too
        try:
            with reading(**options) as session:
                yield session
        finally:
            held.remove(get_ident())

    monkeypatch.setattr(database, "reading", noted)
    answer = app.test_client().get(f"/v1/export/{form}" + ("?from=0" if form == "delta" else ""), buffered=False)
    parts = 0
    for _ in answer.response:
        assert get_ident() not in held
        parts += 1
    assert parts > 1


def test_what_is_recorded_meanwhile_is_not_in_it(api, app, monkeypatch):
    """The parts are of one knowledge, whatever is closed and opened between them."""
    monkeypatch.setattr(snapshot, "SUBJECTS_AT_ONCE", 2)
    api.append(*(imposed(f"m{number}", "2020-07-09") for number in range(6)))
    for year, form in ((2021, "csv"), (2023, "spells"), (2025, "ftm"), (2027, "parquet")):
        whole = get(api, form).data
        answer = app.test_client().get(f"/v1/export/{form}", buffered=False)
        parts = iter(answer.response)
        begun = next(parts)
        api.append(*(lifted(f"m{number}", f"{year}") for number in range(6)), registered(f"later-{form}"))
        assert begun + b"".join(parts) == whole
        api.append(*(imposed(f"m{number}", f"{year + 1}") for number in range(6)))
