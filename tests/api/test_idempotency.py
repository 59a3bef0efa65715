"""Idempotency-Key: a request that is sent twice is stored once (contract.md, Events)."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.client import Api
from tests.posting import imposed, lifted, registered

KEY = {"Idempotency-Key": "import-7"}


def newest(api):
    return api.get("/v1/events", limit=1000).json["items"][-1]["sequence"]


@pytest.fixture
def other(app, api):
    """The bearer of another token."""
    return api.with_token(app.extensions["retorsion"].create_token("others", "append"))


def test_the_same_request_is_answered_as_the_first_time_and_stores_nothing(api):
    first = api.post("/v1/events", json=imposed("m", "2020-07-09"), headers=KEY)
    assert (first.status_code, first.headers.get("Idempotency-Replayed")) == (201, None)
    api.append(lifted("m", "2021-01-01"))
    before = newest(api)
    again = api.post("/v1/events", json=imposed("m", "2020-07-09"), headers=KEY)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert (again.data, again.headers["Location"]) == (first.data, first.headers["Location"])
    assert newest(api) == before


@pytest.mark.parametrize("content_type", ["application/json", "application/x-ndjson"])
def test_of_several_events_all_are_answered_again(api, content_type):
    events = [imposed("m", "2020-07-09"), imposed("n", "2020"), registered("acme")]
    body = json.dumps(events) if content_type == "application/json" else "\n".join(map(json.dumps, events))
    first, again = (api.post("/v1/events", data=body, content_type=content_type, headers=KEY) for _ in range(2))
    assert len(first.json["items"]) == 3
    assert (again.data, again.status_code, again.headers["Idempotency-Replayed"]) == (first.data, 201, "true")


def test_a_replay_does_not_look_at_versions_that_have_moved_on(api):
    for _ in range(2):
        answer = api.post("/v1/events", json=imposed("m", "2020-07-09"), headers=KEY | {"If-Match": '"0"'})
        assert answer.status_code == 201


def test_the_same_key_with_another_body_is_refused(api):
    api.append(imposed("m", "2020-07-09"), headers=KEY)
    before = newest(api)
    refused = api.post("/v1/events", json=imposed("n", "2020-07-09"), headers=KEY)
    api.problem(refused, 422, "idempotency-key-reused")
    as_array = api.post("/v1/events", json=[imposed("m", "2020-07-09")], headers=KEY)
    api.problem(as_array, 422, "idempotency-key-reused")
    assert newest(api) == before


def test_the_same_text_read_as_another_kind_of_body_is_another_body(api):
    line = json.dumps(imposed("m", "2020-07-09"))
    api.post("/v1/events", data=line, headers=KEY)
    refused = api.post("/v1/events", data=line, content_type="application/x-ndjson", headers=KEY)
    api.problem(refused, 422, "idempotency-key-reused")


def test_a_key_belongs_to_its_token(api, other):
    first = api.append(registered("acme"), headers=KEY)[0]
    second = other.append(registered("emca"), headers=KEY)[0]
    assert second["sequence"] == first["sequence"] + 1
    replayed = other.post("/v1/events", json=registered("emca"), headers=KEY)
    assert replayed.json == second


@pytest.mark.parametrize(
    ("refused", "status"),
    [
        (lifted("m", "2021-01-01"), 409),
        (imposed("m", "2020", against="nobody"), 422),
        (imposed("m", "2020") | {"expected_version": 4}, 412),
    ],
)
def test_what_was_refused_may_be_sent_again(api, refused, status):
    assert api.post("/v1/events", json=refused, headers=KEY).status_code == status
    assert api.post("/v1/events", json=refused, headers=KEY).status_code == status
    api.append(imposed("m", "2020-07-09"), headers=KEY)


def test_what_was_refused_before_its_time_is_stored_when_its_time_has_come(api):
    lifting = lifted("m", "2021-01-01")
    api.problem(api.post("/v1/events", json=lifting, headers=KEY), 409, "timeline-conflict")
    api.append(imposed("m", "2020-07-09"))
    answer = api.post("/v1/events", json=lifting, headers=KEY)
    assert (answer.status_code, answer.headers.get("Idempotency-Replayed")) == (201, None)


def test_a_dry_run_keeps_no_key(api):
    for _ in range(2):
        assert api.post("/v1/events", json=imposed("m", "2020-07-09"), headers=KEY, dry_run=True).status_code == 200
    answer = api.post("/v1/events", json=imposed("m", "2020-07-09"), headers=KEY)
    assert (answer.status_code, answer.headers.get("Idempotency-Replayed")) == (201, None)


def test_of_equal_requests_that_race_one_is_stored_and_all_are_answered_alike(api, app):
    before = newest(api)

    def post(_):
        return Api(app.test_client(), api.token).post("/v1/events", json=imposed("m", "2020-07-09"), headers=KEY)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert newest(api) == before + 1


@pytest.mark.parametrize("key", ["", "x" * 256, "Sch\xfctz", "a\tb"])
def test_a_key_that_cannot_be_one_cannot_be_read(api, key):
    refused = api.post("/v1/events", json=imposed("m", "2020-07-09"), headers={"Idempotency-Key": key})
    api.problem(refused, 400, "bad-request")
