"""A subject's state, its history and its timeline (contract.md, Subjects and actors)."""

import pytest

from tests.posting import (
    amended,
    announced,
    concluded,
    corrected,
    event,
    imposed,
    lifted,
    merged,
    registered,
    reported,
    retracted,
    suspended,
)

STATE = {
    "subject", "status", "status_since", "at", "known_at", "sequence", "version", "valid_from", "valid_to", "dating",
    "terms",
}  # fmt: skip
TERMS = {
    "measure": {
        "title", "description", "imposed_by", "authorities", "targets", "instruments", "grounds", "topics",
        "legal_basis",
        "programmes", "exemptions", "expires_on", "in_response_to",
    },
    "agreement": {"title", "description", "parties", "category", "text_reference", "topics"},
    "act": {"category", "title", "description", "by", "affects", "attribution", "attributed_to", "topics",
    "in_response_to"},
    "actor": {
        "category", "name", "aliases", "weak_aliases", "countries", "part_of", "positions", "birth_dates",
        "identifiers", "description",
    },
}  # fmt: skip


# ----------------------------------------------------------------------------------------------------------- states


def test_a_state_has_every_member_of_its_terms(api):
    """`[]` or null where nothing is known."""
    api.append(imposed("m", "2020-07-09"), concluded("t", "2020"), reported("a", "2020"), registered("c"))
    for subject in ("measure:m", "agreement:t", "act:a", "actor:c"):
        state = api.state(subject)
        assert set(state) == STATE
        kind = subject.partition(":")[0]
        assert set(state["terms"]) == TERMS[kind]
        assert state["subject"] == subject
    terms = api.state("measure:m")["terms"]
    assert (terms["description"], terms["expires_on"], terms["grounds"]) == (None, None, [])


def test_a_state_says_how_long_it_is_unbroken(api):
    api.append(
        imposed("m", "2020-07-09", expires_on="2022-07-09"),
        suspended("m", "2020-10-01", until="2020-12-01"),
        amended("m", "2020-11-01", set={"title": "Other"}),
    )
    spans = {
        day: tuple(
            api.state("measure:m", at=day)[name] for name in ("status", "status_since", "valid_from", "valid_to")
        )
        for day in ("2020-07-08", "2020-07-09", "2020-09-30", "2020-10-01", "2020-11-30", "2020-12-01", "2022-07-09")
    }
    assert spans == {
        "2020-07-08": ("none", None, None, "2020-07-09"),
        "2020-07-09": ("in_force", "2020-07-09", "2020-07-09", "2020-10-01"),
        "2020-09-30": ("in_force", "2020-07-09", "2020-07-09", "2020-10-01"),
        "2020-10-01": ("suspended", "2020-10-01", "2020-10-01", "2020-11-01"),
        "2020-11-30": ("suspended", "2020-10-01", "2020-11-01", "2020-12-01"),
        "2020-12-01": ("in_force", "2020-12-01", "2020-12-01", "2022-07-09"),
        "2022-07-09": ("expired", "2022-07-09", "2022-07-09", None),
    }


def test_what_is_registered_without_a_day_holds_since_ever(api):
    state = api.state("actor:us", at="0001-01-01")
    assert (state["status"], state["status_since"], state["valid_from"], state["valid_to"]) == (
        "registered",
        None,
        None,
        None,
    )
    assert state["terms"]["name"] == "United States"


@pytest.mark.parametrize(
    ("on", "first_day", "dating"),
    [
        ("2020-07-09", "2020-07-09", "exact"), ("2020-07-09~", "2020-07-09", "approximate"), ("2020-07", "2020-07-01",
        "approximate"),
        ("2020", "2020-01-01", "approximate"), ("2020?", "2020-01-01", "approximate"), ("2020-07%", "2020-07-01",
        "approximate"),
        ("[2020-07-06..2020-07-12]", "2020-07-06", "approximate"), ("[..2020-07-02]", "2020-07-02", "approximate"),
    ],
)  # fmt: skip
def test_dating_says_how_well_the_first_day_is_known(api, on, first_day, dating):
    api.append(imposed("m", on), amended("m", "2021-01-01", set={"title": "Other"}))
    state = api.state("measure:m", at="2020-12-31")
    assert (state["valid_from"], state["dating"]) == (first_day, dating)
    assert api.state("measure:m", at="2021-01-01")["dating"] == "exact"


def test_a_suspended_measure_says_so(api):
    api.append(
        reported("talks", "2020-09-01"),
        imposed("m", "2020-07-09", instruments=["travel_ban", "asset_freeze"]),
        suspended("m", "2020-10-01", until="2020-12-01", by=["actor:us"], in_response_to=["act:talks"], reason="Talks"),
        suspended("m", "2020-11-01", scope={"instruments": ["travel_ban"]}),
    )
    assert "suspension" not in api.state("measure:m", at="2020-09-30")
    assert api.state("measure:m", at="2020-10-01")["suspension"] == {
        "scope": None, "since": "2020-10-01", "until": "2020-12-01", "by": ["actor:us"],
        "in_response_to": ["act:talks"], "reason": "Talks",
    }  # fmt: skip
    partly = api.state("measure:m", at="2020-11-01")
    assert partly["status"] == "partly_suspended"
    assert partly["suspension"] == {
        "scope": {"instruments": ["travel_ban"]}, "since": "2020-11-01", "until": None, "by": [],
        "in_response_to": [], "reason": None,
    }  # fmt: skip


def test_each_party_suspends_an_agreement_for_itself(api):
    api.append(
        concluded("t", "2010"),
        event(
            "suspended",
            "agreement:t",
            "2020-07-03",
            data={"by": ["actor:ca"], "until": "2021-01-01", "reason": "The law"},
        ),
        event("suspended", "agreement:t", "2020-07-28", data={"by": ["actor:hk"], "scope": "Requests"}),
    )
    state = api.state("agreement:t", at="2020-07-28")
    assert (state["status"], state["status_since"]) == ("suspended", "2020-07-03")
    assert state["suspensions"] == [
        {
            "party": "actor:ca",
            "scope": None,
            "since": "2020-07-03",
            "until": "2021-01-01",
            "in_response_to": [],
            "reason": "The law",
        },
        {
            "party": "actor:hk",
            "scope": "Requests",
            "since": "2020-07-28",
            "until": None,
            "in_response_to": [],
            "reason": None,
        },
    ]
    later = api.state("agreement:t", at="2021-01-01")
    assert [each["party"] for each in later["suspensions"]] == ["actor:hk"]
    assert "suspension" not in later


def test_a_merged_actor_says_into_whom(api):
    api.append(registered("old"), registered("new"), merged("old", "new", "2020-06-01"))
    state = api.state("actor:old", at="2020-06-01")
    assert (state["status"], state["merged_into"], state["terms"]["name"]) == ("merged", "actor:new", "Old")
    assert "merged_into" not in api.state("actor:old", at="2020-05-31")


def test_the_version_is_that_of_the_sequence_whatever_the_day(api):
    first, *_, last = api.append(imposed("m", "2020-07-09"), lifted("m", "2021-01-01"))
    api.append(retracted("measure:m", last["sequence"]))
    for day in ("1990-01-01", "2020-07-09", "2999-01-01"):
        assert api.state("measure:m", at=day)["version"] == 3
        assert api.state("measure:m", at=day, known_at_sequence=first["sequence"])["version"] == 2
    assert [each["version"] for each in api.get("/v1/measures", at="2020-07-09").json["items"]] == [3]


def test_all_retracted_is_known_and_none(api):
    first = api.append(imposed("m", "2020-07-09"))[0]
    api.append(retracted("measure:m", first["sequence"]))
    state = api.state("measure:m")
    assert (state["status"], state["terms"], state["valid_from"], state["valid_to"]) == ("none", None, None, None)
    assert api.timeline("measure:m") == []
    assert api.get("/v1/measures", status="all").json["items"] == []


# ------------------------------------------------------------------------------------------------------------ trace


def test_a_trace_names_the_event_that_set_each_member_and_each_element(api):
    first, second, third = (
        each["sequence"]
        for each in api.append(
            imposed("m", "2020-07-09", against=["cn", "hk"], topics=["a", "b"], description="Text"),
            amended(
                "m", "2020-08-01", set={"title": "Other", "description": None}, add={"targets": [{"actor": "actor:mo"}]}
            ),
            amended("m", "2020-09-01", remove={"topics": ["a"]}, add={"topics": ["c"]}),
        )
    )
    assert "trace" not in api.state("measure:m")
    trace = api.state("measure:m", trace=True)["trace"]
    assert set(trace) == TERMS["measure"]
    assert (trace["title"], trace["imposed_by"], trace["targets"], trace["topics"]) == (
        second,
        [first],
        [first, first, second],
        [first, third],
    )
    assert (trace["grounds"], trace["expires_on"]) == ([], None)
    earlier = api.state("measure:m", trace=True, at="2020-07-31")["trace"]
    assert (earlier["title"], earlier["description"], earlier["targets"]) == (first, first, [first, first])
    assert api.state("measure:m", trace=True, at="2020-01-01")["trace"] is None


def test_a_trace_is_as_known_then(api):
    first = api.append(imposed("m", "2020-07-09"))[0]["sequence"]
    second = api.append(amended("m", "2020-07-20", set={"title": "Other"}))[0]["sequence"]
    assert api.state("measure:m", trace=True)["trace"]["title"] == second
    assert api.state("measure:m", trace=True, known_at_sequence=first)["trace"]["title"] == first


# ---------------------------------------------------------------------------------------------------------- history


def test_a_history_has_every_event_with_what_it_changed(api):
    posted = api.append(
        announced("m", "2020-06-01", topics=["a"]),
        event("imposed", "measure:m", "2020-07-09", data={"instruments": ["tariff"]}),
        amended("m", "2020-08-01", set={"title": "Other"}, add={"topics": ["b"]}),
    )
    told = api.history("measure:m")
    assert [{name: value for name, value in each.items() if name in posted[0]} for each in told] == posted
    assert told[0]["changes"][0] == {"field": "status", "before": "none", "after": "announced"}
    assert {"field": "imposed_by", "before": [], "after": ["actor:us"]} in told[0]["changes"]
    assert told[1]["changes"] == [
        {"field": "status", "before": "announced", "after": "in_force"},
        {"field": "instruments", "before": [], "after": ["tariff"]},
    ]
    assert told[2]["changes"] == [
        {"field": "title", "before": "A measure", "after": "Other"},
        {"field": "topics", "before": ["a"], "after": ["a", "b"]},
    ]
    assert all((each["corrected_by"], each["retracted_by"]) == (None, None) for each in told)


def test_a_history_says_what_is_corrected_and_retracted_and_by_which_event(api):
    first, second = (each["sequence"] for each in api.append(imposed("m", "2020-07-09"), lifted("m", "2021-01-01")))
    wrong = api.append(corrected("measure:m", first, effective_on="2020-07-08"))[0]["sequence"]
    right = api.append(corrected("measure:m", first, effective_on="2020-07-07"))[0]["sequence"]
    gone = api.append(retracted("measure:m", second, reason="A mistake"))[0]["sequence"]
    fate = {each["sequence"]: (each["corrected_by"], each["retracted_by"]) for each in api.history("measure:m")}
    assert fate == {
        first: (right, None),
        second: (None, gone),
        wrong: (None, None),
        right: (None, None),
        gone: (None, None),
    }
    assert api.history("measure:m")[1]["changes"] == []
    undone = api.append(retracted("measure:m", right))[0]["sequence"]
    fate = {each["sequence"]: (each["corrected_by"], each["retracted_by"]) for each in api.history("measure:m")}
    assert (fate[first], fate[right]) == ((wrong, None), (None, undone))


def test_with_an_event_its_corrections_are_retracted(api):
    first = api.append(imposed("m", "2020-07-09"))[0]["sequence"]
    correction = api.append(corrected("measure:m", first, effective_on="2020-07-08"))[0]["sequence"]
    gone = api.append(retracted("measure:m", first))[0]["sequence"]
    fate = {each["sequence"]: each["retracted_by"] for each in api.history("measure:m")}
    assert fate == {first: gone, correction: gone, gone: None}


@pytest.mark.parametrize("path", ["/v1/agreements/t", "/v1/acts/a", "/v1/actors/c"])
def test_there_is_a_history_of_every_kind_of_subject(api, path):
    api.append(concluded("t", "2020"), reported("a", "2020"), registered("c"))
    items = api.get(f"{path}/history").json["items"]
    assert [each["version"] for each in items] == [1]
    assert items[0]["changes"][0]["field"] == "status"


# --------------------------------------------------------------------------------------------------------- timeline


def test_a_timeline_has_every_interval_but_none(api):
    api.append(
        imposed("m", "2020-07-09"), suspended("m", "2020-10-01", until="2020-12-01", reason="Talks"), lifted("m",
        "2021-01-01"),
        imposed("m", "2022-01-01", expires_on="2023-01-01"),
    )  # fmt: skip
    intervals = api.timeline("measure:m")
    assert [(each["valid_from"], each["valid_to"], each["status"]) for each in intervals] == [
        ("2020-07-09", "2020-10-01", "in_force"),
        ("2020-10-01", "2020-12-01", "suspended"),
        ("2020-12-01", "2021-01-01", "in_force"),
        ("2021-01-01", "2022-01-01", "lifted"),
        ("2022-01-01", "2023-01-01", "in_force"),
        ("2023-01-01", None, "expired"),
    ]
    assert all(set(each) == {"valid_from", "valid_to", "status", "terms", "suspension"} for each in intervals)
    assert [bool(each["suspension"]) for each in intervals] == [False, True, False, False, False, False]
    for each in intervals:
        state = api.state("measure:m", at=each["valid_from"])
        assert {name: state.get(name) for name in each} == each


def test_a_timeline_is_whole(api):
    """However long it is: there is no limit."""
    api.append(imposed("m", "2020-01-01"))
    api.append(
        *(
            amended("m", f"2021-{month:02}-{day:02}", set={"title": f"{month} {day}"})
            for month in range(1, 13)
            for day in range(1, 11)
        )
    )
    assert len(api.timeline("measure:m")) == 121
    api.problem(api.get("/v1/measures/m/timeline", limit=10), 422, "validation-error")


def test_an_actors_timeline_begins_where_it_is_known_from(api):
    api.append(registered("c"), event("updated", "actor:c", "2020-01-01", data={"set": {"name": "New name"}}))
    assert [(each["valid_from"], each["valid_to"], each["terms"]["name"]) for each in api.timeline("actor:c")] == [
        (None, "2020-01-01", "C"), ("2020-01-01", None, "New name"),
    ]  # fmt: skip
