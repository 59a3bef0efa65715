"""Lists: pages, their links, and cursors that miss nothing and repeat nothing while events are appended."""

import re

import pytest

from tests.posting import amended, concluded, imposed, lifted, merged, registered, reported, retracted, suspended


@pytest.fixture
def seven(api):
    """Seven measures of the United States on China, and as many treaties."""
    return api.append(
        *(imposed(f"m{number}", f"2020-01-0{number}", title=f"Measure {number}") for number in range(1, 8)),
        *(concluded(f"t{number}", f"2020-01-0{number}", parties=("us", "cn")) for number in range(1, 8)),
        *(reported(f"s{number}", f"2020-01-0{number}", by=["actor:cn"]) for number in range(1, 8)),
        *(registered(f"c{number}", f"2020-01-0{number}", part_of=["actor:cn"]) for number in range(1, 8)),
    )


def pages(api, path, **query):
    """Each page, by its `next`."""
    page = api.get(path, **query).json
    yield page
    while page["next"]:
        page = api.get(page["next"]).json
        yield page


LISTS = [
    ("/v1/events", {}),
    ("/v1/events", {"subject_kind": "measure", "after": 252}),
    ("/v1/measures", {}),
    ("/v1/measures", {"q": "measure", "target": "cn"}),
    ("/v1/measures", {"imposed_by": "us", "status": ["in_force", "lifted"]}),
    ("/v1/agreements", {"party": "cn"}),
    ("/v1/acts", {"by": "cn"}),
    ("/v1/actors", {"category": "company"}),
]


@pytest.mark.parametrize(("path", "query"), LISTS)
def test_the_pages_together_are_the_list(api, seven, path, query):
    whole = api.get(path, limit=1000, **query).json
    assert whole["next"] is None
    assert len(whole["items"]) >= 7
    for limit in (1, 3, 7) if path != "/v1/events" else (3, 50):
        found = list(pages(api, path, limit=limit, **query))
        assert [len(page["items"]) for page in found[:-1]] == [limit] * (len(found) - 1)
        assert [item for page in found for item in page["items"]] == whole["items"]


@pytest.mark.parametrize(("path", "query"), LISTS)
def test_the_link_header_says_the_same_as_next(api, seven, path, query):
    answer = api.get(path, limit=2, **query)
    assert re.fullmatch(r"/v1/\S+[?&]cursor=[\w-]+", answer.json["next"])
    assert answer.headers["Link"] == f'<{answer.json["next"]}>; rel="next"'
    last = api.get(path, limit=1000, **query)
    assert last.json["next"] is None
    assert "Link" not in last.headers


def test_a_page_has_a_hundred_items_unless_given(api):
    page = api.get("/v1/actors").json
    assert len(page["items"]) == 100
    assert sum(len(each["items"]) for each in pages(api, "/v1/actors")) == 252


@pytest.mark.parametrize(
    "path", ["/v1/events", "/v1/measures", "/v1/actors", "/v1/actors/us/history", "/v1/actors/us/state"]
)
def test_the_limit_is_from_1_to_1000(api, path):
    for limit in ("1", "1000"):
        assert api.get(path, limit=limit).status_code == 200
    for limit in ("0", "1001", "-1", "+1", "1.0", "ten", "", "1e2", "9" * 30, "٣"):
        problem = api.problem(api.get(path, limit=limit), 422, "validation-error")
        assert [error["pointer"] for error in problem["errors"]] == ["/limit"]


# ---------------------------------------------------------------------------------------------- while events come


def disturb(api, round_):
    """Append what would move a list that was not pinned: new first and last items, changed ones, gone ones."""
    number = round_ % 7 + 1
    api.append(
        imposed(f"early-{round_}", "1990-01-01"),
        imposed(f"late-{round_}", "2020-06-01"),
        amended(f"m{number}", "2020-03-01", set={"title": f"Changed in round {round_}"}),
        suspended(f"m{8 - number}", "2020-03-02"),
        concluded(f"late-{round_}", "2020-06-01", parties=("us", "cn")),
        reported(f"late-{round_}", "2020-06-01", by=["actor:cn"]),
        registered(f"late-{round_}", "2020-06-01", part_of=["actor:cn"]),
    )
    api.append(lifted(f"m{(round_ + 3) % 7 + 1}", "2020-04-01") if round_ < 7 else imposed(f"more-{round_}", "2020"))


@pytest.mark.parametrize(
    ("path", "query", "asked"),
    [
        *((path, query, {}) for path, query in LISTS if path != "/v1/events"),
        *(
            ("/v1/measures", {}, asked)
            for asked in ({"known_at": "2999-01-01"}, {"at": "2020-02-01"}, {"at": "2020-12-31"})
        ),
    ],
)
def test_walking_a_list_of_states_is_reading_it_at_once(api, seven, path, query, asked):
    """However much is appended between the pages, the list is the one that the first page began."""
    whole = api.get(path, limit=1000, **query, **asked).json["items"]
    walked = []
    for round_, page in enumerate(pages(api, path, limit=2, **query, **asked)):
        walked += page["items"]
        disturb(api, round_)
    assert walked == whole
    assert api.get(path, limit=1000, **query, **asked).json["items"] != whole, "nothing was disturbed"


def test_walking_the_feed_finds_what_comes_meanwhile_and_repeats_nothing(api, seven):
    walked = []
    for round_, page in enumerate(pages(api, "/v1/events", limit=20, after=seven[0]["sequence"] - 1)):
        walked += page["items"]
        if round_ < 5:
            api.append(*(registered(f"r{round_}-{number}") for number in range(80)))
    assert [event["sequence"] for event in walked] == list(range(seven[0]["sequence"], walked[-1]["sequence"] + 1))
    assert len(walked) == len(seven) + 5 * 80


def test_walking_a_history_finds_what_comes_meanwhile_and_repeats_nothing(api):
    api.append(imposed("m", "2020-01-01"))
    api.append(*(amended("m", "2020-02-01", set={"title": f"Title {number}"}) for number in range(4)))
    versions = []
    for page in pages(api, "/v1/measures/m/history", limit=2):
        versions += [event["version"] for event in page["items"]]
        if len(versions) < 5:
            api.append(amended("m", "2020-03-01", set={"title": f"Title {len(versions)} again"}))
    assert versions == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("name", ["imposing", "targeted", "agreements"])
@pytest.mark.parametrize("asked", [{}, {"known_at": "2999-01-01"}], ids=str)
def test_walking_a_list_of_an_actors_state_is_reading_it_at_once(api, seven, name, asked):
    slug = "cn" if name == "targeted" else "us"
    whole = api.actor_state(slug, limit=1000, **asked)[name]
    assert (len(whole["items"]), whole["next"]) == (7, None)
    page = api.actor_state(slug, limit=2, **asked)[name]
    walked = page["items"]
    for round_ in range(10):
        disturb(api, round_)
        if not page["next"]:
            break
        answer = api.get(page["next"])
        page = answer.json
        assert set(page) == {"items", "next"}
        assert ("Link" in answer.headers) == (page["next"] is not None)
        walked += page["items"]
    assert walked == whole["items"]


def test_a_cursor_stays_valid_when_its_item_is_gone(api):
    stored = api.append(*(imposed(f"m{number}", f"2020-01-0{number}") for number in range(1, 5)))
    first = api.get("/v1/measures", limit=2).json
    api.append(retracted("measure:m3", stored[2]["sequence"]))
    assert [each["subject"] for each in api.get(first["next"]).json["items"]] == ["measure:m2", "measure:m1"]


def test_states_come_by_valid_from_newest_first_then_by_subject(api):
    api.append(
        imposed("b", "2020-01-01"), imposed("a", "2020-01-01"), imposed("z", "2020-02-01"),
        imposed("c", "2019"), imposed("a-1", "2020-01-01"), imposed("aa", "2020-01-01"),
    )  # fmt: skip
    found = [each["subject"] for each in api.get("/v1/measures").json["items"]]
    assert found == ["measure:z", "measure:a", "measure:a-1", "measure:aa", "measure:b", "measure:c"]


@pytest.mark.parametrize("path", ["/v1/measures", "/v1/events", "/v1/actors/us/state", "/v1/actors/us/history"])
def test_a_cursor_that_no_page_gave_is_invalid(api, seven, path):
    others = {each: api.get(each, limit=1).json for each in ("/v1/measures", "/v1/events")}
    foreign = [page["next"].partition("cursor=")[2] for each, page in others.items() if each != path]
    for cursor in ["", "x", "!", "AAAA", "W10", "WzFd!", "W251bGxd", "é", *(foreign if "history" not in path else [])]:
        problem = api.problem(api.get(path, cursor=cursor), 422, "validation-error")
        assert [error["pointer"] for error in problem["errors"]] == ["/cursor"]


# --------------------------------------------------------------------------------------------------------- filters


@pytest.mark.parametrize("name", ["imposed_by", "target"])
def test_an_actor_is_named_with_or_without_its_kind(api, seven, name):
    slug = {"imposed_by": "us", "target": "cn"}[name]
    found = api.get("/v1/measures", **{name: slug}).json["items"]
    assert len(found) == 7
    assert api.get("/v1/measures", **{name: f"actor:{slug}"}).json["items"] == found
    assert api.get("/v1/measures", **{name: "fr"}).json["items"] == []
    for wrong in ("US", "measure:us", "actor:", "", "u s", "actor:actor:us"):
        api.problem(api.get("/v1/measures", **{name: wrong}), 422, "validation-error")


def test_those_merged_into_an_actor_count_as_it_from_that_day_on(api):
    api.append(
        registered("old"), registered("new"), merged("old", "new", "2020-06-01"),
        imposed("on-old", "2020-01-01", against="old"), imposed("on-new", "2020-01-01", against="new"),
        imposed("by-old", "2020-01-01", by="old"),
        concluded("treaty", "2020-01-01", parties=("old", "us")),
        reported("said", "2020-01-01", by=["actor:old"], affects=["actor:old"]),
        registered("branch", countries=["actor:old"]),
    )  # fmt: skip

    def found(path, **query):
        return sorted(each["subject"].partition(":")[2] for each in api.get(path, **query).json["items"])

    for name in ("old", "new"):
        assert found("/v1/measures", target=name) == ["on-new", "on-old"]
        assert found("/v1/measures", imposed_by=name) == ["by-old"]
        assert found("/v1/agreements", party=name) == ["treaty"]
        assert found("/v1/acts", by=name, affects=name) == ["said"]
        assert found("/v1/actors", country=name) == ["branch"]
    assert found("/v1/measures", target="new", at="2020-05-31") == ["on-new"]
    assert found("/v1/measures", target="old", at="2020-05-31") == ["on-old"]


def test_measures_that_are_live_are_listed_unless_others_are_asked_for(api):
    api.append(
        imposed("in-force", "2020"), imposed("lifted", "2020"), lifted("lifted", "2020-06-01"),
        imposed("expired", "2020", expires_on="2020-06-01"), imposed("suspended", "2020"), suspended("suspended",
        "2020-06-01"),
        imposed("partly", "2020", instruments=["travel_ban", "asset_freeze"]),
        suspended("partly", "2020-06-01", scope={"instruments": ["travel_ban"]}),
        {**imposed("announced", "2020"), "type": "announced"}, imposed("to-come", "2999"),
    )  # fmt: skip

    def found(**query):
        return {each["subject"].partition(":")[2] for each in api.get("/v1/measures", **query).json["items"]}

    live = {"in-force", "suspended", "partly", "announced"}
    assert found() == live
    assert found(status="all") == live | {"lifted", "expired"}
    assert found(status=["lifted", "all"]) == live | {"lifted", "expired"}
    assert found(status=["lifted", "expired"]) == {"lifted", "expired"}
    assert found(status="lifted", at="2020-03-01") == set()
    assert found(status="announced", target="cn", imposed_by="us") == {"announced"}
    api.problem(api.get("/v1/measures", status="none"), 422, "validation-error")
    api.problem(api.get("/v1/measures", status=["lifted", "terminated"]), 422, "validation-error")


def test_agreements_in_force_and_suspended_are_listed_and_acts_all(api):
    api.append(
        concluded("kept", "2020"), concluded("over", "2020"), concluded("halted", "2020"), reported("said", "2020"),
        {"type": "terminated", "subject": "agreement:over", "effective_on": "2020-06-01"},
        {"type": "suspended", "subject": "agreement:halted", "effective_on": "2020-06-01",
        "data": {"by": ["actor:ca"]}},
    )  # fmt: skip

    def found(path, **query):
        return {each["subject"].partition(":")[2] for each in api.get(path, **query).json["items"]}

    assert found("/v1/agreements") == {"kept", "halted"}
    assert found("/v1/agreements", status="all") == {"kept", "halted", "over"}
    assert found("/v1/agreements", status="terminated") == {"over"}
    assert found("/v1/acts") == found("/v1/acts", status="all") == {"said"}
    api.problem(api.get("/v1/agreements", status="lifted"), 422, "validation-error")


def test_each_filter_finds_what_has_it_on_that_day(api):
    api.append(
        imposed("m", "2020-01-01", instruments=["tariff"], grounds=["cyber"], topics=["trade"], programmes=["s-301"]),
        amended("m", "2020-06-01", remove={"instruments": ["tariff"]}, add={"topics": ["steel"]}),
        imposed("other", "2020-01-01"),
        concluded("t", "2020-01-01", category="trade", topics=["trade"]), concluded("u", "2020-01-01"),
        reported("a", "2020-01-01", category="threat", by=["actor:cn"], affects=["actor:hk"], attribution="official",
        topics=["trade"]),
        reported("b", "2020-01-01"),
        registered("c", category="vessel", countries=["actor:pa"]), registered("d", category="vessel"),
    )  # fmt: skip

    def found(path, **query):
        return [each["subject"].partition(":")[2] for each in api.get(f"/v1/{path}", **query).json["items"]]

    for query in ({"instrument": "tariff"}, {"ground": "cyber"}, {"topic": "trade"}, {"programme": "s-301"},
                  {"instrument": "tariff", "ground": "cyber", "topic": "trade", "programme": "s-301",
                  "imposed_by": "us", "target": "cn"}):  # fmt: skip
        assert found("measures", at="2020-05-31", **query) == ["m"]
    assert found("measures", instrument="tariff") == found("measures", topic="steel", at="2020-05-31") == []
    assert found("measures", topic="steel") == ["m"]
    assert found("agreements", category="trade") == found("agreements", topic="trade", party="ca") == ["t"]
    for query in ({"category": "threat"}, {"by": "cn"}, {"affects": "hk"}, {"attribution": "official"},
    {"topic": "trade"},
                  {"category": "threat", "by": "cn", "affects": "hk", "attribution": "official",
                  "topic": "trade"}):  # fmt: skip
        assert found("acts", **query) == ["a"]
    assert found("actors", category="vessel", country="pa") == ["c"]
    assert found("actors", country="pa") == ["c"]
    for path, name in (
        ("measures", "instrument"),
        ("measures", "ground"),
        ("agreements", "category"),
        ("acts", "attribution"),
        ("actors", "category"),
    ):
        api.problem(api.get(f"/v1/{path}", **{name: "malice"}), 422, "validation-error")


def test_words_are_found_by_their_beginnings_in_any_case_and_without_accents(api):
    api.append(
        imposed("m", "2020-01-01", title="Übersee-Handel: Zölle", description="新疆 officials"),
        imposed("n", "2020-01-01", title="Handel"),
        registered("duck", weak_aliases=["Société Générale"]),
    )

    def found(q, path="measures", **query):
        return [each["subject"].partition(":")[2] for each in api.get(f"/v1/{path}", q=q, **query).json["items"]]

    assert found("handel") == ["m", "n"]
    for q in ("UBERSEE", "zoll hand", "handel, zölle!", "新疆", "offic"):
        assert found(q) == ["m"]
    assert found("handel steel") == found("andel") == found("handel", at="2019-12-31") == []
    assert found("generale societe", path="actors") == ["duck"]
    api.append(amended("m", "2020-06-01", set={"title": "Customs"}))
    assert found("zolle") == []
    assert found("zolle", at="2020-05-31") == ["m"]
