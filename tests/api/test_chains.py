"""Chains: what led to a measure and what answered it; and dyads, what two actors did to each other."""

from tests.posting import (
    amended,
    concluded,
    corrected,
    event,
    imposed,
    lifted,
    merged,
    reciprocated,
    registered,
    reported,
    retracted,
    suspended,
)


def chain(api, subject, **query):
    found = api.get(f"/v1/measures/{subject}/chain", **query).json
    edges = {(each["from"].partition(":")[2], each["to"].partition(":")[2]): each["days"] for each in found["edges"]}
    return [each["subject"].partition(":")[2] for each in found["nodes"]], edges


def test_a_chain_has_all_that_led_to_a_measure_and_all_that_answered_it(api):
    api.append(
        reported("law", "2020-06-30"),
        imposed("first", "2020-07-09", in_response_to=["act:law"]),
        reciprocated("answer", "2020-07-13", to="measure:first", by="cn", against="us"),
        reciprocated("reply", "2020-08-07", to="measure:answer"),
        imposed("aside", "2020-07-10", in_response_to=["act:law"]),
        imposed("unrelated", "2020-07-10"),
    )
    nodes, edges = chain(api, "answer")
    assert set(nodes) == {"answer", "first", "law", "reply"}
    assert edges == {("law", "first"): 9, ("first", "answer"): 4, ("answer", "reply"): 25}
    assert api.get("/v1/measures/answer/chain").json["nodes"][0]["status"] == "in_force"


def test_a_measure_alone_is_a_chain(api):
    api.append(imposed("m", "2020-07-09"))
    assert chain(api, "m") == (["m"], {})


def test_days_are_from_the_first_day_of_the_one_to_the_day_on_which_the_other_first_named_it(api):
    api.append(
        imposed("one", "2020-01-01"),
        imposed("other", "2020-01-05", by="cn", against="us"),
        amended("other", "2020-02-01", add={"in_response_to": ["measure:one"]}),
        lifted("other", "2020-03-01", in_response_to=["measure:one"]),
    )
    assert chain(api, "one") == (["one", "other"], {("one", "other"): 31})
    assert chain(api, "one", at="2020-01-31") == (["one"], {})


def test_suspending_amending_and_lifting_answer_too(api):
    api.append(reported("talks", "2020-01-01"))
    for slug, answering in (
        ("s", suspended("s", "2020-02-01", in_response_to=["act:talks"])),
        ("a", amended("a", "2020-02-01", set={"title": "Other"}, in_response_to=["act:talks"])),
        ("l", lifted("l", "2020-02-01", in_response_to=["act:talks"])),
    ):
        api.append(imposed(slug, "2020-01-15"), answering)
        assert chain(api, slug)[1] == {("talks", slug): 31}
    api.append(
        concluded("t", "2010"),
        event("suspended", "agreement:t", "2020-01-03", data={"by": ["actor:ca"], "in_response_to": ["act:talks"]}),
    )
    assert api.get("/v1/agreements/t/chain").json["edges"] == [{"from": "act:talks", "to": "agreement:t", "days": 2}]


def test_an_answer_to_what_has_not_begun_has_no_days(api):
    api.append(imposed("first", "2020-01-01"))
    first = api.history("measure:first")[0]["sequence"]
    api.append(reciprocated("answer", "2020-02-01", to="measure:first"))
    api.append(retracted("measure:first", first))
    nodes, edges = chain(api, "answer")
    assert (set(nodes), edges) == ({"first", "answer"}, {("first", "answer"): None})
    assert {each["subject"]: each["status"] for each in api.get("/v1/measures/answer/chain").json["nodes"]}[
        "measure:first"
    ] == "none"


def test_a_chain_is_as_of_a_day_as_known_at_a_time(api):
    first = api.append(imposed("first", "2020-01-01"))[0]
    answer = api.append(reciprocated("answer", "2020-02-01", to="measure:first"))[0]
    api.append(corrected("measure:answer", answer["sequence"], effective_on="2020-01-11"))
    assert chain(api, "first")[1] == {("first", "answer"): 10}
    assert chain(api, "first", known_at_sequence=answer["sequence"])[1] == {("first", "answer"): 31}
    assert chain(api, "first", known_at_sequence=first["sequence"]) == (["first"], {})
    assert chain(api, "first", at="2020-01-10") == (["first"], {})


def test_circles_do_no_harm(api):
    api.append(
        imposed("a", "2020-01-01"),
        imposed("b", "2020-01-02", in_response_to=["measure:a"]),
        amended("a", "2020-01-03", add={"in_response_to": ["measure:b"]}),
    )
    nodes, edges = chain(api, "a")
    assert (sorted(nodes), edges) == (["a", "b"], {("a", "b"): 1, ("b", "a"): 1})


def test_a_chain_is_whole(api):
    api.append(
        imposed("m0", "2020-01-01"),
        *(reciprocated(f"m{n}", "2020-01-02", to=f"measure:m{n - 1}") for n in range(1, 150)),
    )
    nodes, edges = chain(api, "m75")
    assert (len(nodes), len(edges)) == (150, 149)


# ------------------------------------------------------------------------------------------------------------ dyads


def dyad(api, a, b, **query):
    found = api.get(f"/v1/dyads/{a}/{b}", **query).json
    steps = [
        (each["on"], each["by"].partition(":")[2], each["subject"].partition(":")[2], each["days"])
        for each in found["steps"]
    ]
    return steps, [(each["on"], each["a_to_b"], each["b_to_a"]) for each in found["series"]]


def test_a_dyad_has_every_step_of_both_and_counts_live_measures(api):
    posted = api.append(
        imposed("first", "2020-07-09"),
        reciprocated("answer", "2020-07-13", to="measure:first", by="cn", against="us"),
        imposed("second", "2020-08-07"),
        lifted("first", "2020-09-01", in_response_to=["measure:answer"]),
        imposed("elsewhere", "2020-08-08", against="ru"),
    )
    steps, series = dyad(api, "us", "cn")
    assert steps == [
        ("2020-07-09", "us", "first", None),
        ("2020-07-13", "cn", "answer", 4),
        ("2020-08-07", "us", "second", None),
        ("2020-09-01", "us", "first", 50),
    ]
    assert series == [("2020-07-09", 1, 0), ("2020-07-13", 1, 1), ("2020-08-07", 2, 1), ("2020-09-01", 1, 1)]
    raw = api.get("/v1/dyads/us/cn").json["steps"]
    assert [each["event"] for each in raw] == [event["sequence"] for event in posted[:4]]
    assert [each["in_response_to"] for each in raw] == [[], ["measure:first"], [], ["measure:answer"]]
    mirrored = dyad(api, "cn", "us")
    assert mirrored == (steps, [(on, b, a) for on, a, b in series])


def test_a_dyad_can_be_cut_to_some_days(api):
    api.append(imposed("a", "2020-01-01"), imposed("b", "2020-02-01"), imposed("c", "2020-03-01"))
    steps, series = dyad(api, "us", "cn", from_="2020-01-15", to="2020-03-01")
    assert steps == [("2020-02-01", "us", "b", None)]
    assert series == [("2020-01-15", 1, 0), ("2020-02-01", 2, 0)]
    for query in (
        {"from_": "2020-02-01", "to": "2020-02-01"},
        {"from_": "2020-02-02", "to": "2020-02-01"},
        {"from_": "x"},
        {"limit": 3},
    ):
        api.problem(api.get("/v1/dyads/us/cn", **query), 422, "validation-error")


def test_what_is_imposed_on_affiliates_and_related_groups_counts(api):
    api.append(
        registered("bureau", part_of=["actor:hk"]),
        imposed("on-bureau", "2020-07-09", against="bureau"),
        imposed("on-group", "2020-07-10", against={"description": "Its officials", "related_to": ["actor:bureau"]}),
        imposed("by-bureau", "2020-07-11", by="bureau", against="us"),
    )
    for other in ("bureau", "hk", "cn"):
        steps, series = dyad(api, "us", other)
        expected = [("2020-07-09", "us", "on-bureau", None), ("2020-07-10", "us", "on-group", None)]
        assert [step for step in steps if step[1] == "us"] == expected
        assert series[1][1] == 2
    assert ("2020-07-11", "bureau", "by-bureau", None) in dyad(api, "us", "bureau")[0]


def test_a_step_on_an_agreement_of_both_is_of_those_it_names(api):
    api.append(
        concluded("t", "2010-01-01", parties=("ca", "hk")),
        event("suspended", "agreement:t", "2020-07-03", data={"by": ["actor:ca"]}),
        event("terminated", "agreement:t", "2020-07-28"),
        concluded("u", "2010-01-01", parties=("ca", "fr")),
        event("suspended", "agreement:u", "2020-07-03", data={"by": ["actor:ca"]}),
    )
    assert dyad(api, "ca", "hk") == ([("2020-07-03", "ca", "t", None)], [])
    assert dyad(api, "hk", "ca")[0] == [("2020-07-03", "ca", "t", None)]


def test_a_dyad_is_as_known_then(api):
    first = api.append(imposed("a", "2020-01-01"))[0]
    api.append(imposed("b", "2020-02-01"))
    assert dyad(api, "us", "cn", known_at_sequence=first["sequence"])[1] == [("2020-01-01", 1, 0)]
    assert dyad(api, "us", "cn", known_at=first["recorded_at"])[1] == [("2020-01-01", 1, 0)]


def test_what_suspends_a_measure_keeps_it_live_and_what_expires_ends(api):
    api.append(imposed("a", "2020-01-01", expires_on="2020-04-01"), suspended("a", "2020-02-01", until="2020-03-01"))
    steps, series = dyad(api, "us", "cn")
    assert len(steps) == 2
    assert series == [("2020-01-01", 1, 0), ("2020-04-01", 0, 0)]


def test_two_actors_without_measures_have_nothing(api):
    assert dyad(api, "us", "fr") == ([], [])
    api.problem(api.get("/v1/dyads/us/us"), 422, "validation-error")


def test_those_merged_into_one_count_as_it(api):
    api.append(
        registered("old"),
        registered("new"),
        imposed("m", "2020-01-01", against="old"),
        merged("old", "new", "2020-06-01"),
    )
    assert dyad(api, "us", "new")[1] == [("2020-06-01", 1, 0)]
