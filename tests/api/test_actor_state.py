"""GET /v1/actors/{slug}/state, the heart of the product: what stands for and against an actor."""

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
    suspended,
)

MEASURES = ["announced", "in_force", "partly_suspended", "suspended", "lifted", "expired"]
AGREEMENTS = ["in_force", "suspended", "terminated"]


def counts(statuses, **found):
    return dict.fromkeys(statuses, 0) | found


def names(listed):
    return [each["subject"].partition(":")[2] for each in listed["items"]]


def targeted(api, slug, **query):
    """How each measure reaches the actor: as, through, since."""
    return {
        each["subject"].partition(":")[2]: (
            each["as"],
            [name.partition(":")[2] for name in each["through"]],
            each["since"],
        )
        for each in api.actor_state(slug, **query)["targeted"]["items"]
    }


@pytest.fixture
def bureau(api):
    """A bureau of Hong Kong, and a company of the bureau."""
    return api.append(registered("bureau", part_of=["actor:hk"]), registered("firm", countries=["actor:bureau"]))


def test_it_has_the_actor_three_lists_and_a_summary(api):
    newest = api.append(imposed("m", "2020-07-09"))[0]
    state = api.actor_state("us", at="2020-07-10")
    assert set(state) == {"actor", "at", "known_at", "sequence", "summary", "imposing", "targeted", "agreements"}
    assert (state["at"], state["known_at"], state["sequence"]) == (
        "2020-07-10",
        newest["recorded_at"],
        newest["sequence"],
    )
    assert state["actor"] == api.state("actor:us", at="2020-07-10")
    assert state["imposing"] == {"items": [api.state("measure:m", at="2020-07-10")], "next": None}
    assert state["targeted"] == state["agreements"] == {"items": [], "next": None}
    reached = api.actor_state("cn", at="2020-07-10")["targeted"]["items"]
    assert reached == [api.state("measure:m", at="2020-07-10") | {"as": "direct", "through": [], "since": "2020-07-09"}]


def test_the_summary_counts_every_status_zeros_too(api, bureau):
    assert api.actor_state("fr")["summary"] == {
        "imposing": counts(MEASURES),
        "targeted": {"direct": counts(MEASURES), "affiliates": counts(MEASURES)},
        "agreements": counts(AGREEMENTS),
    }
    api.append(
        imposed("a", "2020-01-01"), imposed("b", "2020-01-01", against="hk"), lifted("b", "2020-06-01"),
        imposed("c", "2020-01-01", against="firm", expires_on="2020-06-01"), imposed("d", "2020-01-01",
        against="bureau"),
        suspended("d", "2020-06-01"), announced("e", "2020-01-01"), imposed("to-come", "2999-01-01"),
        concluded("t", "2020-01-01", parties=("cn", "us")), concluded("u", "2020-01-01", parties=("cn", "us")),
        event("terminated", "agreement:u", "2020-06-01"),
    )  # fmt: skip
    summary = api.actor_state("cn")["summary"]
    assert summary == {
        "imposing": counts(MEASURES),
        "targeted": {
            "direct": counts(MEASURES, in_force=1, announced=1),
            "affiliates": counts(MEASURES, lifted=1, expired=1, suspended=1),
        },
        "agreements": counts(AGREEMENTS, in_force=1, terminated=1),
    }
    assert api.actor_state("us")["summary"]["imposing"] == counts(
        MEASURES, in_force=1, announced=1, lifted=1, expired=1, suspended=1
    )
    assert api.actor_state("cn", limit=1, status="lifted")["summary"] == summary


# --------------------------------------------------------------------------------------------------------- affiliates


def test_affiliates_lead_to_an_actor_over_any_number_of_steps(api, bureau):
    api.append(imposed("on-firm", "2020-01-01", against="firm"), imposed("on-cn", "2020-01-02"))
    assert targeted(api, "firm") == {"on-firm": ("direct", [], "2020-01-01")}
    for slug in ("bureau", "hk"):
        assert targeted(api, slug) == {"on-firm": ("affiliate", ["firm"], "2020-01-01")}
    assert targeted(api, "cn") == {
        "on-firm": ("affiliate", ["firm"], "2020-01-01"),
        "on-cn": ("direct", [], "2020-01-02"),
    }


def test_a_described_group_reaches_those_it_is_related_to_and_those_they_lead_to(api, bureau):
    group = {"description": "Officials of the bureau", "related_to": ["actor:bureau", "actor:fr"]}
    api.append(imposed("on-group", "2020-01-01", against=group))
    for slug in ("bureau", "hk", "cn"):
        assert targeted(api, slug) == {"on-group": ("affiliate", ["bureau"], "2020-01-01")}
    assert targeted(api, "fr") == {"on-group": ("affiliate", ["fr"], "2020-01-01")}
    assert targeted(api, "firm") == {}


def test_through_names_all_that_lead_there(api, bureau):
    group = {"description": "Officials", "related_to": ["actor:hk"]}
    api.append(imposed("m", "2020-01-01", against=["firm", "bureau", "fr", group]))
    assert targeted(api, "cn") == {"m": ("affiliate", ["bureau", "firm", "hk"], "2020-01-01")}


def test_what_is_imposed_both_ways_is_counted_once_as_direct(api, bureau):
    api.append(
        imposed("m", "2020-01-01", against=["cn", "firm", {"description": "Officials", "related_to": ["actor:cn"]}])
    )
    assert targeted(api, "cn") == {"m": ("direct", [], "2020-01-01")}
    assert api.actor_state("cn")["summary"]["targeted"] == {
        "direct": counts(MEASURES, in_force=1),
        "affiliates": counts(MEASURES),
    }


def test_circles_of_affiliates_do_no_harm(api):
    api.append(
        registered("a"), registered("b", part_of=["actor:a"]), registered("c", part_of=["actor:b"]),
        event("updated", "actor:a", "2020-01-01", data={"set": {"part_of": ["actor:c"]}}), imposed("m", "2020-02-01",
        against="b"),
    )  # fmt: skip
    for slug in ("a", "c"):
        assert targeted(api, slug) == {"m": ("affiliate", ["b"], "2020-02-01")}
    assert targeted(api, "b") == {"m": ("direct", [], "2020-02-01")}
    assert len(api.get("/v1/actors/a/state/timeline").json["items"]) == 3


def test_what_an_affiliate_imposes_or_agrees_to_is_its_own(api, bureau):
    api.append(
        imposed("by-bureau", "2020-01-01", by="bureau", against="us"),
        concluded("t", "2020-01-01", parties=("bureau", "us")),
    )
    state = api.actor_state("cn")
    assert (names(state["imposing"]), names(state["agreements"])) == ([], [])
    assert names(api.actor_state("bureau")["imposing"]) == ["by-bureau"]


def test_who_leads_where_is_as_of_the_day(api):
    api.append(
        registered("firm", countries=["actor:fr"]),
        event("updated", "actor:firm", "2020-06-01", data={"set": {"countries": ["actor:de"]}}),
        imposed("m", "2020-01-01", against="firm"),
    )
    assert (list(targeted(api, "fr", at="2020-05-31")), list(targeted(api, "de", at="2020-05-31"))) == (["m"], [])
    assert (list(targeted(api, "fr", at="2020-06-01")), list(targeted(api, "de", at="2020-06-01"))) == ([], ["m"])


# -------------------------------------------------------------------------------------------------------------- since


def test_since_is_the_first_day_of_the_unbroken_span_in_which_it_is_live_and_reaches_the_actor(api):
    """Listed since."""
    api.append(
        imposed("m", "2020-01-01", against="fr"),
        amended("m", "2020-02-01", add={"targets": [{"actor": "actor:cn"}]}),
        suspended("m", "2020-03-01", until="2020-04-01"),
        amended("m", "2020-05-01", set={"title": "Other"}),
        amended("m", "2020-06-01", remove={"targets": [{"actor": "actor:cn"}]}),
        amended("m", "2020-07-01", add={"targets": [{"actor": "actor:cn"}]}),
    )
    since = {
        day: targeted(api, "cn", at=day).get("m", (0, 0, None))[2]
        for day in ("2020-02-15", "2020-03-15", "2020-05-15", "2020-06-15", "2020-07-15")
    }
    assert since == {
        "2020-02-15": "2020-02-01", "2020-03-15": "2020-02-01", "2020-05-15": "2020-02-01", "2020-06-15": None,
        "2020-07-15": "2020-07-01",
    }  # fmt: skip
    assert targeted(api, "fr", at="2020-07-15")["m"] == ("direct", [], "2020-01-01")


def test_since_an_affiliate_became_one(api):
    api.append(
        registered("firm"), imposed("m", "2020-01-01", against="firm"),
        event("updated", "actor:firm", "2020-06-01", data={"add": {"countries": ["actor:de"]}}),
    )  # fmt: skip
    assert targeted(api, "de") == {"m": ("affiliate", ["firm"], "2020-06-01")}
    assert targeted(api, "firm") == {"m": ("direct", [], "2020-01-01")}


def test_since_survives_a_change_of_the_way(api, bureau):
    """First through the firm, then directly: it has reached China without a break."""
    api.append(
        imposed("m", "2020-01-01", against="firm"),
        amended("m", "2020-06-01", set={"targets": [{"actor": "actor:cn"}]}),
    )
    assert targeted(api, "cn", at="2020-05-31") == {"m": ("affiliate", ["firm"], "2020-01-01")}
    assert targeted(api, "cn") == {"m": ("direct", [], "2020-01-01")}


def test_since_is_the_announcement_where_that_came_first_and_begins_anew_after_a_lifting(api):
    api.append(
        announced("m", "2020-01-01"), event("imposed", "measure:m", "2020-02-01"), lifted("m", "2020-03-01"),
        imposed("m", "2020-04-01"),
    )  # fmt: skip
    assert targeted(api, "cn", at="2020-02-15")["m"][2] == "2020-01-01"
    assert targeted(api, "cn", at="2020-03-15", status="all")["m"] == ("direct", [], None)
    assert targeted(api, "cn")["m"][2] == "2020-04-01"


# ------------------------------------------------------------------------------------------------------------- merged


def test_a_merged_actor_reads_as_the_other_and_counts_as_it(api):
    api.append(
        registered("old", part_of=["actor:fr"]), registered("new", part_of=["actor:de"]),
        imposed("on-old", "2020-01-01", against="old"), imposed("by-old", "2020-01-02", by="old"),
        concluded("t", "2020-01-03", parties=("old", "us")), registered("branch", countries=["actor:old"]),
        imposed("on-branch", "2020-01-04", against="branch"), merged("old", "new", "2020-06-01"),
    )  # fmt: skip
    assert targeted(api, "old", at="2020-05-31") == {
        "on-old": ("direct", [], "2020-01-01"),
        "on-branch": ("affiliate", ["branch"], "2020-01-04"),
    }
    assert targeted(api, "new", at="2020-05-31") == {}
    assert api.actor_state("old") == api.actor_state("new")
    state = api.actor_state("old")
    assert state["actor"]["subject"] == "actor:new"
    assert (names(state["imposing"]), names(state["agreements"])) == (["by-old"], ["t"])
    assert targeted(api, "new") == {
        "on-old": ("direct", [], "2020-06-01"),
        "on-branch": ("affiliate", ["branch"], "2020-06-01"),
    }
    assert targeted(api, "de") == {
        "on-old": ("affiliate", ["new"], "2020-06-01"),
        "on-branch": ("affiliate", ["branch"], "2020-06-01"),
    }
    assert targeted(api, "fr") == {}
    assert api.state("measure:on-old")["terms"]["targets"] == [{"actor": "actor:old"}]


def test_merging_goes_over_any_number_of_steps(api):
    api.append(
        registered("a"), registered("b"), registered("c"), imposed("m", "2020-01-01", against="a"),
        merged("a", "b", "2020-02-01"), merged("b", "c", "2020-03-01"),
    )  # fmt: skip
    for slug in ("a", "b", "c"):
        state = api.actor_state(slug)
        assert (state["actor"]["subject"], names(state["targeted"])) == ("actor:c", ["m"])
    refused = api.post("/v1/events", json=merged("c", "a", "2020-04-01"))
    assert api.problem(refused, 409, "timeline-conflict")["conflicts"] == []


# -------------------------------------------------------------------------------------------------------------- lists


def test_ended_ones_are_left_out_of_items_unless_asked_for(api):
    api.append(
        imposed("a", "2020-01-01"), imposed("b", "2020-01-01"), lifted("b", "2020-06-01"), imposed("c", "2020-01-01",
        expires_on="2020-06-01"),
        imposed("d", "2020-01-01"), suspended("d", "2020-06-01"), concluded("t", "2020-01-01", parties=("us", "cn")),
        concluded("u", "2020-01-01", parties=("us", "cn")), event("terminated", "agreement:u", "2020-06-01"),
    )  # fmt: skip

    def found(**query):
        state = api.actor_state("us", **query)
        return names(state["imposing"]), names(state["agreements"])

    assert found() == (["d", "a"], ["t"])
    assert found(status="all") == (["b", "c", "d", "a"], ["u", "t"])
    assert found(status="lifted") == (["b"], [])
    assert found(status=["terminated", "suspended"]) == (["d"], ["u"])
    api.problem(api.get("/v1/actors/us/state", status="none"), 422, "validation-error")
    api.problem(api.get("/v1/actors/us/state", status="reported"), 422, "validation-error")


def test_items_come_by_valid_from_newest_first_then_subject(api, bureau):
    api.append(
        imposed("b", "2020-01-01", against="firm"), imposed("a", "2020-01-01"), imposed("d", "2020-02-01"),
        imposed("c", "2020-02-01", against="hk"),
        imposed("e", "2019-01-01"), amended("e", "2020-03-01", set={"title": "Other"}),
    )  # fmt: skip
    assert list(targeted(api, "cn")) == ["e", "c", "d", "a", "b"]
    assert names(api.actor_state("us")["imposing"]) == ["e", "c", "d", "a", "b"]


def test_each_list_has_its_own_pages(api, bureau):
    api.append(
        *(imposed(f"m{number}", f"2020-01-0{number}", against=["cn", "firm"][number % 2]) for number in range(1, 6)),
        *(concluded(f"t{number}", f"2020-01-0{number}", parties=("us", "cn")) for number in range(1, 5)),
        imposed("own", "2020-01-01", by="cn", against="us"),
    )
    first = api.actor_state("cn", limit=2, at="2020-07-01")
    assert [len(first[name]["items"]) for name in ("imposing", "targeted", "agreements")] == [1, 2, 2]
    assert first["imposing"]["next"] is None
    for name, whole in (("targeted", ["m5", "m4", "m3", "m2", "m1"]), ("agreements", ["t4", "t3", "t2", "t1"])):
        walked, page = names(first[name]), first[name]
        while page["next"]:
            answer = api.get(page["next"])
            page = answer.json
            assert set(page) == {"items", "next"}
            assert answer.headers.get("Link") == (f'<{page["next"]}>; rel="next"' if page["next"] else None)
            walked += names(page)
        assert walked == whole
    second = api.get(first["targeted"]["next"]).json["items"][0]
    assert (second["as"], second["through"], second["at"]) == ("affiliate", ["actor:firm"], "2020-07-01")


def test_the_state_is_as_of_a_day_as_known_at_a_time(api):
    first = api.append(imposed("m", "2020-07-09"))[0]
    api.append(corrected("measure:m", first["sequence"], effective_on="2020-07-01"))
    assert targeted(api, "cn", at="2020-07-05") == {"m": ("direct", [], "2020-07-01")}
    assert targeted(api, "cn", at="2020-07-05", known_at_sequence=first["sequence"]) == {}
    assert api.actor_state("cn", at="2020-07-05", known_at=first["recorded_at"])["summary"]["targeted"][
        "direct"
    ] == counts(MEASURES)


def test_an_actor_that_has_not_begun_has_a_state_of_none(api):
    api.append(registered("firm", "2020-06-01"))
    state = api.actor_state("firm", at="2020-05-31")
    assert (state["actor"]["status"], state["actor"]["terms"]) == ("none", None)
    api.problem(api.get("/v1/actors/firm/state", known_at_sequence=1), 404, "not-found")


# ----------------------------------------------------------------------------------------------------------- timeline


def test_its_timeline_has_the_days_on_which_it_changes_with_the_counts_from_then_on(api, bureau):
    api.append(
        imposed("a", "2020-01-01", against="firm"), lifted("a", "2020-06-01"), imposed("b", "2020-02-01"),
        imposed("elsewhere", "2020-03-01", against="ru"),
        concluded("t", "2020-04-01", parties=("cn", "us")),
    )  # fmt: skip
    items = api.get("/v1/actors/cn/state/timeline").json["items"]
    assert [each["on"] for each in items] == [None, "2020-01-01", "2020-02-01", "2020-04-01", "2020-06-01"]
    for each in items:
        assert each["summary"] == api.actor_state("cn", at=each["on"] or "0001-01-01")["summary"]
    assert items[0]["summary"]["targeted"]["direct"] == counts(MEASURES)
    assert items[-1]["summary"]["targeted"] == {
        "direct": counts(MEASURES, in_force=1),
        "affiliates": counts(MEASURES, lifted=1),
    }


def test_its_timeline_is_as_known_then(api):
    first = api.append(imposed("a", "2020-01-01"))[0]
    api.append(lifted("a", "2020-06-01"))
    days = [
        each["on"]
        for each in api.get("/v1/actors/cn/state/timeline", known_at_sequence=first["sequence"]).json["items"]
    ]
    assert days == [None, "2020-01-01"]
