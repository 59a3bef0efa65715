"""POST /v1/events: what is answered, and that it is all or nothing (contract.md, Events)."""

import json

import pytest

from tests.posting import amended, announced, corrected, imposed, lifted, registered, retracted, suspended

ANSWERED = {
    "sequence", "version", "recorded_at", "recorded_by", "leaf_hash",
    "type", "subject", "effective_on", "data", "sources", "comment",
}  # fmt: skip


def head(api):
    """The newest sequence."""
    return api.get("/v1/events", limit=1000).json["items"][-1]["sequence"]


@pytest.fixture
def before(api):
    """The newest sequence before the scene begins."""
    return head(api)


# ------------------------------------------------------------------------------------------------ one, many, lines


def test_one_event_is_answered_as_it_was_stored(api, before):
    posted = imposed("m", "2020-07-09") | {"sources": [{"title": "A notice"}], "comment": "As told."}
    answer = api.post("/v1/events", json=posted)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/events/{before + 1}"
    assert set(answer.json) == ANSWERED
    assert {name: answer.json[name] for name in posted} == posted
    assert (answer.json["sequence"], answer.json["version"], answer.json["recorded_by"]) == (before + 1, 1, "tests")
    assert answer.json == api.get(answer.headers["Location"]).json
    assert "Idempotency-Replayed" not in answer.headers


def test_what_was_not_given_is_null_and_sources_are_an_empty_list(api):
    answered = api.append(registered("acme"))[0]
    assert (answered["effective_on"], answered["comment"], answered["sources"]) == (None, None, [])


def test_data_are_stored_as_posted_with_their_nulls_and_in_their_words(api):
    data = {"title": " Tïtle\u2028\U0001f600 ", "imposed_by": ["actor:us"], "targets": [{"actor": "actor:cn"}],
            "description": None, "grounds": []}  # fmt: skip
    answered = api.append({"type": "imposed", "subject": "measure:m", "effective_on": "2020", "data": data})[0]
    assert answered["data"] == data


def test_an_array_is_answered_as_items_in_its_order_under_one_time(api, before):
    answer = api.post("/v1/events", json=[imposed("m", "2020-07-09"), lifted("m", "2021-01-01"), imposed("n", "2020")])
    items = answer.json["items"]
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/events/{before + 1}"
    assert [(each["sequence"], each["subject"], each["version"]) for each in items] == [
        (before + 1, "measure:m", 1),
        (before + 2, "measure:m", 2),
        (before + 3, "measure:n", 1),
    ]
    assert len({each["recorded_at"] for each in items}) == 1


def test_an_array_of_one_is_answered_as_items_too(api):
    assert len(api.post("/v1/events", json=[imposed("m", "2020-07-09")]).json["items"]) == 1


@pytest.mark.parametrize("end", ["", "\n", "\r\n\n  \n"])
def test_ndjson_is_one_event_on_a_line_and_is_answered_as_items_even_for_one(api, before, end):
    line = json.dumps(imposed("m", "2020-07-09"))
    answer = api.post("/v1/events", data=line + end, content_type="application/x-ndjson")
    assert answer.status_code == 201
    assert [each["sequence"] for each in answer.json["items"]] == [before + 1]
    assert answer.headers["Location"] == f"/v1/events/{before + 1}"


def test_a_thousand_events_are_taken_and_one_more_is_not(api, before):
    many = [registered(f"company-{number}") for number in range(1001)]
    refused = api.post("/v1/events", json=many)
    assert "1 to 1000" in api.problem(refused, 422, "validation-error")["detail"]
    assert head(api) == before
    lines = "\n".join(map(json.dumps, many))
    api.problem(api.post("/v1/events", data=lines, content_type="application/x-ndjson"), 422, "validation-error")
    stored = api.post("/v1/events", json=many[:1000]).json["items"]
    assert [each["sequence"] for each in stored] == list(range(before + 1, before + 1001))


@pytest.mark.parametrize("body", ["[]", ""])
def test_no_events_are_not_taken(api, body):
    content_type = "application/json" if body else "application/x-ndjson"
    api.problem(api.post("/v1/events", data=body, content_type=content_type), 422, "validation-error")


def test_all_or_nothing_is_stored(api, before):
    api.problem(
        api.post("/v1/events", json=[imposed("m", "2020-07-09"), lifted("other", "2021-01-01")]),
        409,
        "timeline-conflict",
    )
    assert head(api) == before
    api.problem(api.get("/v1/measures/m"), 404, "not-found")


def test_earlier_events_of_an_array_count_as_known(api):
    stored = api.append(
        registered("acme"),
        imposed("m", "2020-07-09", against="acme"),
        imposed("n", "2020-07-10", in_response_to=["measure:m"]),
    )
    assert len(stored) == 3
    refused = api.post("/v1/events", json=[imposed("o", "2020", against="later"), registered("later")])
    errors = api.problem(refused, 422, "validation-error")["errors"]
    assert [error["pointer"] for error in errors] == ["/0/data/targets/0/actor"]


def test_an_array_is_judged_after_its_last_event(api):
    """An imposition and its lifting can be retracted together, in either order."""
    first, second = api.append(imposed("m", "2020-07-09"), lifted("m", "2021-01-01"))
    api.append(retracted("measure:m", first["sequence"]), retracted("measure:m", second["sequence"]))
    assert api.state("measure:m")["status"] == "none"


# ------------------------------------------------------------------------------------------------------- dry run


def test_a_dry_run_stores_nothing_and_answers_what_would_be_stored(api, before):
    answer = api.post("/v1/events", json=imposed("m", "2020-07-09"), dry_run=True)
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert "sequence" not in answer.json
    assert (answer.json["version"], answer.json["type"], answer.json["data"]["title"]) == (1, "imposed", "A measure")
    assert head(api) == before
    stored = api.append(imposed("m", "2020-07-09"))[0]
    said = {name: value for name, value in answer.json.items() if name not in {"changes", "timeline"}}
    assert said == {name: stored[name] for name in said}


def test_a_dry_run_says_what_each_event_would_change_and_the_whole_timeline(api):
    api.append(imposed("m", "2020-07-09", expires_on="2021-07-09"))
    posted = [lifted("m", "2020-12-01"), suspended("m", "2020-10-01", until="2020-11-01", reason="Talks")]
    foreseen = api.post("/v1/events", json=posted, dry_run="true").json["items"]
    api.append(*posted)
    told = api.history("measure:m")[1:]
    assert [each["changes"] for each in foreseen] == [each["changes"] for each in told]
    assert foreseen[0]["changes"] == [{"field": "status", "before": "in_force", "after": "lifted"}]
    for each in foreseen:
        assert each["timeline"] == api.timeline("measure:m")
    assert [(each["valid_from"], each["status"]) for each in foreseen[0]["timeline"]] == [
        ("2020-07-09", "in_force"), ("2020-10-01", "suspended"), ("2020-11-01", "in_force"), ("2020-12-01", "lifted"),
    ]  # fmt: skip


def test_a_dry_run_of_a_correction_says_how_the_past_would_be(api):
    first = api.append(imposed("m", "2020-07-09"))[0]
    posted = corrected("measure:m", first["sequence"], effective_on="2020-07-01", reason="The gazette says so")
    foreseen = api.post("/v1/events", json=posted, dry_run=True).json
    assert foreseen["changes"] == [{"field": "effective_on", "before": "2020-07-09", "after": "2020-07-01"}]
    assert [each["valid_from"] for each in foreseen["timeline"]] == ["2020-07-01"]
    assert [each["valid_from"] for each in api.timeline("measure:m")] == ["2020-07-09"]


def test_a_dry_run_refuses_what_would_be_refused(api):
    problem = api.problem(api.post("/v1/events", json=lifted("m", "2020"), dry_run=True), 409, "timeline-conflict")
    assert problem["conflicts"] == []
    refused = api.post("/v1/events", json=imposed("m", "2020"), dry_run=True, headers={"If-Match": '"3"'})
    api.problem(refused, 412, "version-conflict")
    api.problem(
        api.post("/v1/events", json=imposed("m", "2020", against="nobody"), dry_run=True), 422, "validation-error"
    )


def test_dry_run_false_is_no_dry_run(api):
    assert api.post("/v1/events", json=imposed("m", "2020-07-09"), dry_run=False).status_code == 201
    api.problem(api.post("/v1/events", json=imposed("n", "2020"), dry_run="perhaps"), 422, "validation-error")


# ------------------------------------------------------------------------------------------------------ versions


def test_if_match_takes_the_version_that_the_state_shows_and_no_other(api):
    api.append(imposed("m", "2020-07-09"))
    assert api.state("measure:m", at="1990-01-01")["version"] == 1
    api.append(amended("m", "2020-08-01", set={"title": "Better"}), headers={"If-Match": '"1"'})
    refused = api.post("/v1/events", json=lifted("m", "2021-01-01"), headers={"If-Match": '"1"'})
    assert "version 2" in api.problem(refused, 412, "version-conflict")["detail"]
    assert api.state("measure:m")["version"] == 2


def test_version_zero_is_for_a_subject_that_there_is_not_yet(api):
    api.append(imposed("m", "2020-07-09"), headers={"If-Match": '"0"'})
    refused = api.post("/v1/events", json=lifted("m", "2021-01-01") | {"expected_version": 0})
    api.problem(refused, 412, "version-conflict")


def test_expected_version_in_an_array_is_the_version_before_the_request(api, before):
    api.append(imposed("m", "2020-07-09"))
    api.append(
        amended("m", "2020-08-01", set={"title": "Better"}) | {"expected_version": 1},
        lifted("m", "2021-01-01") | {"expected_version": 1},
        imposed("n", "2020-07-09") | {"expected_version": 0},
    )
    refused = api.post("/v1/events", json=[imposed("o", "2020"), lifted("n", "2021") | {"expected_version": 0}])
    api.problem(refused, 412, "version-conflict")
    assert head(api) == before + 4


def test_where_if_match_and_expected_version_are_given_both_must_hold(api):
    api.append(imposed("m", "2020-07-09"))
    event = lifted("m", "2021-01-01")
    for header, member in (('"1"', 0), ('"0"', 1)):
        refused = api.post("/v1/events", json=event | {"expected_version": member}, headers={"If-Match": header})
        api.problem(refused, 412, "version-conflict")
    api.append(event | {"expected_version": 1}, headers={"If-Match": '"1"'})


def test_expected_version_is_not_part_of_the_event(api):
    assert "expected_version" not in api.append(imposed("m", "2020-07-09") | {"expected_version": 0})[0]


def test_if_match_is_for_a_single_event(api):
    refused = api.post("/v1/events", json=[imposed("m", "2020")], headers={"If-Match": '"0"'})
    api.problem(refused, 422, "validation-error")


@pytest.mark.parametrize("header", ["1", "*", 'W/"1"', '"one"', '""', '"-1"', '"1", "2"', '"' + "9" * 400 + '"'])
def test_an_if_match_that_is_no_version_in_quotes_cannot_be_read(api, header):
    api.problem(api.post("/v1/events", json=imposed("m", "2020"), headers={"If-Match": header}), 400, "bad-request")


# ----------------------------------------------------------------------------------------------------- conflicts


def test_an_event_that_cannot_stand_where_it_is_posted_names_no_stored_one(api):
    """`detail` says which state it meets, since when, and by which event."""
    announcement = api.append(announced("m", "2020-06-01"))[0]
    api.append(lifted("m", "2020-07-01"))
    problem = api.problem(api.post("/v1/events", json=lifted("m", "2020-08-01")), 409, "timeline-conflict")
    assert problem["conflicts"] == []
    assert [error["pointer"] for error in problem["errors"]] == [""]
    for part in ("lifted", "since 2020-07-01", f"by event {announcement['sequence'] + 1}"):
        assert part in problem["detail"]


def test_stored_events_that_could_not_stand_any_more_are_listed(api):
    first, second, third = api.append(
        imposed("m", "2020-07-09"), suspended("m", "2020-10-01"), lifted("m", "2021-01-01")
    )
    problem = api.problem(api.post("/v1/events", json=lifted("m", "2020-08-01")), 409, "timeline-conflict")
    assert problem["conflicts"] == [second["sequence"], third["sequence"]]
    refused = api.post("/v1/events", json=retracted("measure:m", first["sequence"]))
    assert api.problem(refused, 409, "timeline-conflict")["conflicts"] == [second["sequence"], third["sequence"]]
    assert api.state("measure:m")["version"] == 3


def test_a_clash_within_a_request_is_in_errors_with_its_pointer(api):
    posted = [imposed("n", "2020"), imposed("m", "2020-07-09"), lifted("m", "2020-07-01"), imposed("m", "2020-07-10")]
    problem = api.problem(api.post("/v1/events", json=posted), 409, "timeline-conflict")
    assert problem["conflicts"] == []
    assert [error["pointer"] for error in problem["errors"]] == ["/2", "/3"]


# --------------------------------------------------------------------------------------------------- what is wrong


def test_all_that_is_wrong_is_said_at_once_with_pointers(api):
    posted = [
        imposed("m", "2020-13-01", against=["cn", "US"], grounds=["malice"]) | {"extra": 1},
        {"type": "invented", "subject": "measure:m"},
        {"subject": "measure:m"},
        imposed("m", "2020", against={"actor": "actor:cn", "description": "Both"}) | {"sources": [{"url": "ftp://x"}]},
        "text",
        {"type": "lifted", "subject": "measure:m", "effective_on": "2021", "data": {"by/~": ["actor:us"]}},
    ]
    problem = api.problem(api.post("/v1/events", json=posted), 422, "validation-error")
    assert {error["pointer"] for error in problem["errors"]} == {
        "/0/effective_on", "/0/data/targets/1/actor", "/0/data/grounds/0", "/0/extra",
        "/1/type",
        "/2/type",
        "/3/data/targets/0", "/3/sources/0/title", "/3/sources/0/url",
        "/4",
        "/5/data/by~1~0",
    }  # fmt: skip
    assert all(error["detail"] for error in problem["errors"])


def test_pointers_of_a_single_event_begin_in_it(api):
    problem = api.problem(
        api.post("/v1/events", json=imposed("m", "2020", against=["CN", "cn"])), 422, "validation-error"
    )
    assert [error["pointer"] for error in problem["errors"]] == ["/data/targets/0/actor"]


def test_unknown_references_are_all_named(api):
    posted = imposed("m", "2020", by="nobody", against=["cn", {"description": "A group",
    "related_to": ["actor:nowhere"]}],
                     in_response_to=["act:nothing", "measure:nothing"])  # fmt: skip
    problem = api.problem(api.post("/v1/events", json=posted), 422, "validation-error")
    assert [error["pointer"] for error in problem["errors"]] == [
        "/data/imposed_by/0", "/data/targets/1/related_to/0", "/data/in_response_to/0", "/data/in_response_to/1",
    ]  # fmt: skip


def test_an_afterthought_must_name_an_event_of_its_subject(api, before):
    api.append(imposed("m", "2020-07-09"))
    for of in (before, before + 2, 2**53 - 1):
        problem = api.problem(api.post("/v1/events", json=retracted("measure:m", of)), 422, "validation-error")
        assert [error["pointer"] for error in problem["errors"]] == ["/data/of"]


def test_corrected_data_are_judged_by_the_type_of_what_they_correct(api):
    stored = api.append(imposed("m", "2020-07-09"))[0]
    posted = corrected(
        "measure:m", stored["sequence"], data={"title": " ", "into": "actor:us", "targets": [{"actor": "cn"}]}
    )
    problem = api.problem(api.post("/v1/events", json=[posted]), 422, "validation-error")
    assert {error["pointer"] for error in problem["errors"]} == {
        "/0/data/data/title", "/0/data/data/into", "/0/data/data/targets/0/actor",
    }  # fmt: skip


def test_an_event_too_large_for_a_leaf_is_refused_with_advice(api, before):
    problem = api.problem(
        api.post("/v1/events", json=imposed("m", "2020", description="x" * 66_000)), 422, "validation-error"
    )
    assert "amended" in problem["detail"]
    assert head(api) == before


def test_a_subject_does_not_answer_itself(api):
    problem = api.problem(
        api.post("/v1/events", json=imposed("m", "2020", in_response_to=["measure:m"])), 422, "validation-error"
    )
    assert [error["pointer"] for error in problem["errors"]] == ["/data/in_response_to/0"]
