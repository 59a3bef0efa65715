"""GET /v1/events: the feed, by sequence, and its filters."""

from datetime import datetime, timedelta

import pytest

from tests.posting import amended, concluded, corrected, imposed, lifted, merged, registered, reported, retracted


def sequences(api, **query):
    """What a filter finds of what came after the built-in actors."""
    found = [event["sequence"] for event in api.walk("/v1/events", limit=1000, **query)]
    assert found == sorted(found)
    return [sequence for sequence in found if sequence > 252]


def test_the_feed_is_every_event_as_it_was_answered(api):
    posted = [api.append(imposed("m", "2020-07-09"))[0], *api.append(lifted("m", "2021-01-01"), registered("acme"))]
    assert api.get("/v1/events", after=252).json["items"] == posted
    for event in posted:
        assert api.get(f"/v1/events/{event['sequence']}").json == event


def test_it_begins_with_the_built_in_actors_as_ordinary_events(api):
    items = list(api.walk("/v1/events"))
    assert [event["sequence"] for event in items] == list(range(1, 253))
    assert {event["type"] for event in items} == {"registered"}
    assert len({event["recorded_at"] for event in items}) == 1


def test_after_is_not_included(api):
    first, second = api.append(registered("a"), registered("b"))
    assert sequences(api, after=first["sequence"]) == [second["sequence"]]
    assert api.get("/v1/events", after=second["sequence"]).json == {"items": [], "next": None}
    assert api.get("/v1/events", after=2**53 - 1).json == {"items": [], "next": None}
    assert api.get("/v1/events", after=0, limit=1).json["items"][0]["sequence"] == 1


def test_by_subject_kind_and_type(api):
    a, b, c, d = (
        event["sequence"]
        for event in api.append(imposed("m", "2020"), imposed("n", "2020"), concluded("m", "2020"), lifted("m", "2021"))
    )
    assert sequences(api, subject="measure:m") == [a, d]
    assert sequences(api, subject="agreement:m") == [c]
    assert sequences(api, subject_kind="measure") == [a, b, d]
    assert sequences(api, type="imposed") == [a, b]
    assert sequences(api, type="lifted", subject_kind="agreement") == []
    assert sequences(api, type="imposed", subject="measure:n", subject_kind="measure", after=a) == [b]
    assert sequences(api, subject="measure:unknown") == []
    assert [event["subject"] for event in api.get("/v1/events", subject="us").json["items"]] == ["actor:us"]
    for query in ({"subject": "thing:m"}, {"subject": "measure:"}, {"subject_kind": "thing"}, {"type": "exploded"}):
        api.problem(api.get("/v1/events", **query), 422, "validation-error")


def test_an_actor_is_found_wherever_an_event_names_it(api):
    api.append(registered("x"), registered("other"))
    naming = api.append(
        registered("child", part_of=["actor:x"]),
        registered("person", category="person", countries=["actor:x"], positions=[{"title": "Chair", "at": "actor:x"}]),
        imposed("by", "2020", by="x"),
        imposed("on", "2020", against="x"),
        imposed("authority", "2020", authorities=["actor:x"]),
        imposed("group", "2020", against={"description": "Its staff", "related_to": ["actor:x"]}),
        amended("by", "2020-02-01", add={"targets": [{"actor": "actor:x"}]}, by=["actor:us"]),
        amended("by", "2020-03-01", remove={"targets": [{"actor": "actor:x"}]}),
        amended("by", "2020-04-01", set={"title": "Other"}, by=["actor:x"]),
        {"type": "suspended", "subject": "measure:on", "effective_on": "2020-02-01",
        "data": {"scope": {"targets": [{"actor": "actor:x"}]}}},
        concluded("treaty", "2020", parties=("x", "us")),
        reported("said", "2020", by=["actor:x"]),
        reported("hit", "2020", affects=["actor:x"]),
        reported("rumour", "2020", attribution="alleged", attributed_to=["actor:x"]),
        merged("other", "x", "2020"),
    )  # fmt: skip
    unnamed = api.append(imposed("unrelated", "2020"), lifted("on", "2021"))
    found = sequences(api, actor="x")
    assert found == [253, *(event["sequence"] for event in naming)]
    assert sequences(api, actor="actor:x") == found
    assert not set(found) & {event["sequence"] for event in unnamed}
    assert sequences(api, actor="nobody") == []
    api.problem(api.get("/v1/events", actor="measure:on"), 422, "validation-error")


def test_an_actor_that_a_correction_brings_in_is_found_there(api):
    first = api.append(imposed("m", "2020"))[0]
    correction = api.append(corrected("measure:m", first["sequence"], data=imposed("m", "2020", against="fr")["data"]))[
        0
    ]
    assert sequences(api, actor="fr") == [correction["sequence"]]
    assert sequences(api, actor="cn") == [first["sequence"]]
    api.append(
        corrected("measure:m", first["sequence"], effective_on="2021"), retracted("measure:m", correction["sequence"])
    )
    assert sequences(api, actor="fr") == [correction["sequence"]]


def test_from_is_included_and_to_is_not(api):
    first, second, third = (
        api.append(event)[0] for event in (imposed("m", "2020-07-09"), lifted("m", "2020-07-11"), registered("acme"))
    )
    both, times = (
        [event["sequence"] for event in (first, second)],
        {name: event["recorded_at"] for name, event in (("first", first), ("second", second), ("third", third))},
    )
    assert sequences(api, recorded_from=times["first"], recorded_to=times["third"]) == both
    assert sequences(api, recorded_from=times["second"], recorded_to=times["third"]) == both[1:]
    assert sequences(api, recorded_from=times["third"]) == [third["sequence"]]
    assert sequences(api, effective_from="2020-07-09", effective_to="2020-07-12") == both
    assert sequences(api, effective_from="2020-07-10", effective_to="2020-07-11") == []
    assert sequences(api, effective_from="2020-07-10", effective_to="2020-07-12") == both[1:]
    assert sequences(api, effective_to="2020-07-11") == both[:1]


def test_a_date_without_a_time_is_its_beginning(api):
    stored = api.append(registered("acme"))[0]
    day = datetime.fromisoformat(stored["recorded_at"]).date()
    today, tomorrow = day.isoformat(), (day + timedelta(days=1)).isoformat()
    assert sequences(api, recorded_from=today) == sequences(api, recorded_to=tomorrow) == [stored["sequence"]]
    assert sequences(api, recorded_from=tomorrow) == sequences(api, recorded_to=today) == []


def test_an_approximate_day_is_found_by_the_first_that_it_names(api):
    api.append(
        imposed("month", "2020-07"), imposed("span", "[2020-07-06..2020-07-12]"), imposed("ever", "[..2020-07-02]")
    )
    assert sequences(api, effective_from="2020-07-01", effective_to="2020-07-02") == [253]
    assert sequences(api, effective_from="2020-07-06", effective_to="2020-07-07") == [254]
    assert sequences(api, effective_from="2020-07-02", effective_to="2020-07-03") == [255]


@pytest.mark.parametrize("name", ["recorded_from", "recorded_to", "effective_from", "effective_to"])
def test_what_is_no_time_is_invalid(api, name):
    for value in ("soon", "2020-02-30", "", "2020-07"):
        problem = api.problem(api.get("/v1/events", **{name: value}), 422, "validation-error")
        assert [error["pointer"] for error in problem["errors"]] == [f"/{name}"]


def test_words_are_looked_for_in_all_that_an_event_says(api):
    api.append(
        imposed("tariff-on-steel", "2020", title="Zölle auf Stahl", topics=["trade-war"])
        | {
            "comment": "Seen in the gazette",
            "sources": [{"title": "Bundesanzeiger", "url": "https://example.org/9876"}],
        },
        registered("acme"),
    )
    for q in (
        "zolle",
        "STAHL",
        "steel tariff",
        "war",
        "gazette",
        "bundes",
        "9876",
        "example org",
        "Zölle gazette 9876",
    ):
        assert sequences(api, q=q) == [253], q
    for q in ("iron", "stahl iron", "imposed_by"):
        assert sequences(api, q=q) == [], q
    assert sequences(api, q="acme") == [254]
    assert sequences(api, q="", after=252) == [253, 254]


def test_a_query_has_32_words_at_the_most(api):
    assert api.get("/v1/events", q=" ".join(["a"] * 32)).status_code == 200
    for path in ("/v1/events", "/v1/measures"):
        problem = api.problem(api.get(path, q="a " * 2000), 422, "validation-error")
        assert [error["pointer"] for error in problem["errors"]] == ["/q"]


@pytest.mark.parametrize(
    "sequence", ["0", "254", "9007199254740991", "9007199254740992", "9" * 40, "9" * 5000, "1.0", "one", "%00", "²"]
)
def test_an_event_that_there_is_not_is_not_found(api, sequence):
    api.append(registered("acme"))
    api.problem(api.get(f"/v1/events/{sequence}"), 404, "not-found")
