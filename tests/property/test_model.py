"""The model itself, held to examples from the pages, so that it can be trusted to judge the product."""

import pytest
from hypothesis import given, settings

from tests.property.histories import built_in, histories
from tests.property.model import Conflict, first_day, fold, is_plain, judge, moved, record, state_at, timeline, trace
from tests.property.validity import is_edtf
from tests.property.views import World, actor_state, affiliates, chain, series, steps

ALWAYS = 10_000


class Ledger:
    """A ledger to play with: appends what the model accepts, and answers."""

    def __init__(self):
        self.events = built_in()

    def append(self, *batch):
        verdict, why = judge(self.events, batch)
        assert verdict == "accepted", why
        self.events = record(self.events, batch)
        return self.events[-1]["sequence"]

    def verdict(self, *batch):
        return judge(self.events, batch)[0]

    def at(self, day, subject="measure:m", known=ALWAYS):
        return state_at(self.events, subject, day, known)

    def status(self, day, subject="measure:m", known=ALWAYS):
        return self.at(day, subject, known)["status"]

    def terms(self, day, subject="measure:m"):
        return self.at(day, subject)["terms"]

    def world(self, known=ALWAYS):
        return World(self.events, known)


def event(type_, on=None, subject="measure:m", **data):
    return {"type": type_, "subject": subject, "effective_on": on, "data": data}


def imposed(on, subject="measure:m", **data):
    terms = {"title": "Freeze", "imposed_by": ["actor:us"], "targets": [{"actor": "actor:cn"}]}
    return event("imposed", on, subject, **{**terms, **data})


def announced(on, **data):
    return event("announced", on, **{"title": "Freeze", "imposed_by": ["actor:us"], **data})


def concluded(on, *parties):
    data = {"title": "Treaty", "category": "extradition", "parties": list(parties)}
    return event("concluded", on, "agreement:g", **data)


def registered(subject, on=None, **data):
    return event("registered", on, subject, **{"category": "person", "name": "Somebody", **data})


def reported(on, subject="act:a", **data):
    return event("reported", on, subject, **{"category": "statement", "title": "Words", **data})


@pytest.fixture
def ledger():
    return Ledger()


# ----------------------------------------------------------------------------------------------------------- days


@pytest.mark.parametrize(
    ("effective_on", "day", "plain"),
    [
        ("2020-07-09", "2020-07-09", True),
        ("2020-07-09~", "2020-07-09", False),
        ("2020-07?", "2020-07-01", False),
        ("2020", "2020-01-01", False),
        ("2020%", "2020-01-01", False),
        ("[2020-07-06..2020-07-12]", "2020-07-06", False),
        ("[..2020-07-02]", "2020-07-02", False),
    ],
)
def test_an_event_takes_effect_on_the_first_day_that_it_names(effective_on, day, plain):
    assert is_edtf(effective_on)
    assert first_day(effective_on) == day
    assert is_plain(effective_on) is plain


@pytest.mark.parametrize(
    "other", ["2020-07-06/2020-07-12", "2020-13", "2019-02-29", "[2020-07-01..]", "0000", "2020-07-09T00:00Z"]
)
def test_other_forms_are_no_days(other):
    assert not is_edtf(other)


def test_time_is_half_open(ledger):
    ledger.append(imposed("2020-07-09", expires_on="2020-08-01"))
    days = ("2020-07-08", "2020-07-09", "2020-07-31", "2020-08-01")
    assert [ledger.status(day) for day in days] == ["none", "in_force", "in_force", "expired"]
    state = ledger.at("2020-07-20")
    assert (state["valid_from"], state["valid_to"], state["status_since"]) == ("2020-07-09", "2020-08-01", "2020-07-09")
    assert (ledger.at("2020-07-08")["valid_from"], ledger.at("2020-07-08")["valid_to"]) == (None, "2020-07-09")


def test_a_registration_without_a_day_holds_on_every_day(ledger):
    ledger.append(registered("actor:p"))
    ledger.append(event("updated", "0001-01-02", "actor:p", set={"name": "Another"}))
    assert ledger.terms("0001-01-01", "actor:p")["name"] == "Somebody"
    assert ledger.terms("2020-01-01", "actor:p")["name"] == "Another"
    state = ledger.at("0001-01-01", "actor:p")
    assert (state["valid_from"], state["valid_to"], state["status_since"]) == (None, "0001-01-02", None)
    assert ledger.at("2020-01-01", "actor:p")["status_since"] is None


def test_the_dating_is_that_of_the_first_day_of_the_span(ledger):
    ledger.append(imposed("2020-07", expires_on="2021-01-01"))
    ledger.append(event("amended", "2020-08-01", add={"topics": ["chips"]}))
    assert ledger.at("2020-07-31")["dating"] == "approximate"
    assert ledger.at("2020-08-01")["dating"] == "exact"
    assert ledger.at("2021-01-01")["dating"] == "exact"


def test_a_span_without_a_break_is_one_span(ledger):
    ledger.append(imposed("2020-07-01", topics=["chips"]))
    ledger.append(event("amended", "2020-08-01", set={"topics": ["chips"]}, reason="nothing new"))
    assert len(timeline(ledger.events, "measure:m", ALWAYS)) == 1
    ledger.append(event("amended", "2020-09-01", add={"topics": ["steel"]}))
    assert ledger.at("2020-09-01")["status_since"] == "2020-07-01"
    assert ledger.at("2020-09-01")["valid_from"] == "2020-09-01"


# ------------------------------------------------------------------------------------------------------- expiry


def test_a_renewal_that_takes_effect_on_the_day_of_expiry_is_too_late(ledger):
    ledger.append(imposed("2020-07-01", expires_on="2020-08-01"))
    assert ledger.verdict(event("renewed", "2020-08-01", expires_on="2021-08-01")) == "timeline-conflict"
    ledger.append(event("renewed", "2020-07-31", expires_on="2021-08-01"))
    assert ledger.status("2020-08-01") == "in_force"
    assert ledger.status("2021-08-01") == "expired"


def test_an_announced_measure_expires_too_and_is_imposed_from_nothing(ledger):
    ledger.append(announced("2020-07-01", expires_on="2020-08-01", topics=["chips"]))
    assert ledger.verdict(event("imposed", "2020-08-01", targets=[{"actor": "actor:cn"}])) == "timeline-conflict"
    ledger.append(imposed("2020-08-01"))
    assert ledger.terms("2020-08-01")["topics"] == []


def test_expires_on_and_until_are_later_than_the_day_of_their_event(ledger):
    assert ledger.verdict(imposed("2020-07-01", expires_on="2020-07-01")) == "timeline-conflict"
    ledger.append(imposed("2020-07-01"))
    assert ledger.verdict(event("suspended", "2020-07-02", until="2020-07-02")) == "timeline-conflict"
    assert ledger.verdict(event("renewed", "2020-07-02", expires_on="2020-07-02")) == "timeline-conflict"
    assert ledger.verdict(event("amended", "2020-07-02", set={"expires_on": "2020-07-01"})) == "timeline-conflict"


# ---------------------------------------------------------------------------------------------------- measures


def test_imposed_on_an_announced_measure_replaces_what_it_gives_and_keeps_the_rest(ledger):
    ledger.append(announced("2020-07-01", topics=["chips"], instruments=["tariff"]))
    given = {"targets": [{"actor": "actor:cn"}], "topics": ["steel"], "grounds": None}
    ledger.append(event("imposed", "2020-08-01", **given))
    terms = ledger.terms("2020-08-01")
    assert (terms["title"], terms["topics"], terms["instruments"]) == ("Freeze", ["steel"], ["tariff"])
    assert trace(ledger.events, "measure:m", "2020-08-01", ALWAYS)["topics"] == [2]


def test_on_a_lifted_measure_imposed_starts_from_nothing(ledger):
    ledger.append(imposed("2020-07-01", topics=["chips"]))
    ledger.append(event("lifted", "2020-08-01"))
    assert ledger.terms("2020-08-01")["topics"] == ["chips"]
    assert ledger.verdict(event("imposed", "2020-09-01")) == "timeline-conflict"
    ledger.append(imposed("2020-09-01"))
    assert ledger.terms("2020-09-01")["topics"] == []


def test_a_lifting_before_the_imposition_is_impossible_in_whatever_order_they_come(ledger):
    assert ledger.verdict(event("lifted", "2020-06-01")) == "timeline-conflict"
    ledger.append(imposed("2020-07-01"))
    assert ledger.verdict(event("lifted", "2020-06-01")) == "timeline-conflict"
    ledger.append(event("lifted", "2020-07-01"))
    assert ledger.status("2020-07-01") == "lifted"


def test_an_array_is_judged_as_a_whole(ledger):
    assert ledger.verdict(event("lifted", "2020-08-01"), imposed("2020-07-01")) == "accepted"
    ledger.append(imposed("2020-07-01"), event("lifted", "2020-08-01"))
    assert ledger.verdict(event("retracted", of=1)) == "timeline-conflict"
    ledger.append(event("retracted", of=1), event("retracted", of=2))
    assert ledger.status("2020-07-01") == "none"
    assert ledger.at("2020-07-01")["version"] == 4


def test_set_then_remove_then_add(ledger):
    ledger.append(imposed("2020-07-01", topics=["a"]))
    change = {"set": {"topics": ["b", "c"]}, "remove": {"topics": ["b"]}, "add": {"topics": ["d"]}}
    ledger.append(event("amended", "2020-07-02", **change))
    assert ledger.terms("2020-07-02")["topics"] == ["c", "d"]
    assert ledger.verdict(event("amended", "2020-07-03", add={"topics": ["c"]})) == "timeline-conflict"
    assert ledger.verdict(event("amended", "2020-07-03", remove={"topics": ["a"]})) == "timeline-conflict"
    ledger.append(event("amended", "2020-07-03", set={"topics": None, "grounds": []}))
    assert ledger.terms("2020-07-03")["topics"] == []


def test_targets_are_told_apart_by_actor_or_description(ledger):
    group = {"description": "officials", "related_to": ["actor:hk"], "instruments": ["travel_ban"]}
    instruments = ["travel_ban", "asset_freeze"]
    ledger.append(imposed("2020-07-01", targets=[{"actor": "actor:cn"}, group], instruments=instruments))
    again = event("amended", "2020-07-02", add={"targets": [{"description": "officials"}]})
    assert ledger.verdict(again) == "timeline-conflict"
    ledger.append(event("amended", "2020-07-02", remove={"targets": [{"description": "officials"}]}))
    assert ledger.terms("2020-07-02")["targets"] == [{"actor": "actor:cn"}]
    last = event("amended", "2020-07-03", remove={"targets": [{"actor": "actor:cn"}]})
    assert ledger.verdict(last) == "timeline-conflict"


def test_an_instrument_taken_out_goes_out_of_the_targets_too(ledger):
    target = {"actor": "actor:cn", "instruments": ["travel_ban", "asset_freeze"]}
    ledger.append(imposed("2020-07-01", targets=[target], instruments=["travel_ban", "asset_freeze"]))
    ledger.append(event("amended", "2020-07-02", remove={"instruments": ["travel_ban"]}))
    assert ledger.terms("2020-07-02")["targets"] == [{"actor": "actor:cn", "instruments": ["asset_freeze"]}]
    none_left = event("amended", "2020-07-03", remove={"instruments": ["asset_freeze"]})
    assert ledger.verdict(none_left) == "timeline-conflict"
    stranger = {"actor": "actor:hk", "instruments": ["recall"]}
    assert ledger.verdict(event("amended", "2020-07-03", add={"targets": [stranger]})) == "timeline-conflict"


def test_what_a_measure_must_have(ledger):
    ledger.append(imposed("2020-07-01"))
    for member in ("title", "imposed_by", "targets"):
        assert ledger.verdict(event("amended", "2020-07-02", set={member: None})) == "timeline-conflict"
    assert ledger.verdict(event("imposed", "2020-07-01", "measure:n", title="T")) == "timeline-conflict"
    assert ledger.verdict(event("announced", "2020-07-01", "measure:n", title="T")) == "validation-error"


def test_reciprocated_is_in_force_unless_it_says_otherwise(ledger):
    ledger.append(imposed("2020-07-01"))
    answer = {"title": "T", "imposed_by": ["actor:cn"], "targets": [{"actor": "actor:us"}]}
    assert ledger.verdict(event("reciprocated", "2020-07-02", "measure:n", **answer)) == "validation-error"
    itself = event("reciprocated", "2020-07-02", "measure:n", **answer, in_response_to=["measure:n"])
    assert ledger.verdict(itself) == "validation-error"
    answer["in_response_to"] = ["measure:m"]
    ledger.append(event("reciprocated", "2020-07-02", "measure:n", **answer))
    ledger.append(event("reciprocated", "2020-07-02", "measure:o", **answer, stage="announced"))
    assert ledger.status("2020-07-02", "measure:n") == "in_force"
    assert ledger.status("2020-07-02", "measure:o") == "announced"


# ------------------------------------------------------------------------------------------------- suspensions


def test_a_suspension_ends_on_its_day_and_before_that_days_events(ledger):
    ledger.append(imposed("2020-07-01"), event("suspended", "2020-07-02", until="2020-08-01"))
    assert ledger.status("2020-07-31") == "suspended"
    assert ledger.status("2020-08-01") == "in_force"
    assert ledger.verdict(event("reinstated", "2020-08-01")) == "timeline-conflict"
    ledger.append(event("suspended", "2020-08-01"))
    assert ledger.at("2020-08-01")["suspension"]["since"] == "2020-08-01"
    assert ledger.at("2020-08-01")["status_since"] == "2020-07-02"


def test_a_measure_that_expires_while_it_is_suspended_is_expired(ledger):
    ledger.append(imposed("2020-07-01", expires_on="2020-08-01"), event("suspended", "2020-07-02", until="2020-08-01"))
    assert ledger.status("2020-08-01") == "expired"
    assert ledger.at("2020-08-01")["suspension"] is None


def test_postponed_before_its_day(ledger):
    """ "Postponed before its day: imposed for the future, suspended on the same day with until." """
    ledger.append(imposed("2030-01-01"))
    ledger.append(event("suspended", "2030-01-01", until="2031-01-01"))
    assert ledger.status("2029-12-31") == "none"
    assert ledger.status("2030-01-01") == "suspended"
    assert ledger.status("2031-01-01") == "in_force"


def test_a_scope_makes_it_partly_suspended_even_where_that_is_all_there_is(ledger):
    ledger.append(imposed("2020-07-01"))
    ledger.append(event("suspended", "2020-07-02", scope={"targets": [{"actor": "actor:cn"}]}))
    assert ledger.status("2020-07-02") == "partly_suspended"
    ledger.append(event("suspended", "2020-07-03"))
    assert ledger.status("2020-07-03") == "suspended"
    for scope in ({"targets": [{"actor": "actor:hk"}]}, {"instruments": ["tariff"]}):
        assert ledger.verdict(event("suspended", "2020-07-04", scope=scope)) == "timeline-conflict"


def test_a_scope_with_nothing_left_ends_the_suspension(ledger):
    targets = [{"actor": "actor:cn"}, {"actor": "actor:hk"}, {"actor": "actor:ru"}]
    ledger.append(imposed("2020-07-01", targets=targets))
    ledger.append(event("suspended", "2020-07-02", scope={"targets": targets[:2]}))
    ledger.append(event("amended", "2020-07-03", remove={"targets": targets[:1]}))
    assert ledger.at("2020-07-03")["suspension"]["scope"] == {"targets": targets[1:2], "instruments": []}
    assert ledger.status("2020-07-03") == "partly_suspended"
    ledger.append(event("amended", "2020-07-04", remove={"targets": targets[1:2]}))
    assert ledger.status("2020-07-04") == "in_force"
    assert ledger.at("2020-07-04")["suspension"] is None


# ---------------------------------------------------------------------------------------------------- agreements


def test_each_party_suspends_an_agreement_for_itself(ledger):
    """ "when Canada had suspended its agreement with Hong Kong, Hong Kong suspended it in return"."""
    ledger.append(concluded("1993-03-26", "actor:ca", "actor:hk"))
    ledger.append(event("suspended", "2020-07-03", "agreement:g", by=["actor:ca"], until="2020-12-31"))
    ledger.append(event("suspended", "2020-07-28", "agreement:g", by=["actor:hk"]))
    suspensions = ledger.at("2020-07-28", "agreement:g")["suspensions"]
    assert [(one["party"], one["since"], one["until"]) for one in suspensions] == [
        ("actor:ca", "2020-07-03", "2020-12-31"),
        ("actor:hk", "2020-07-28", None),
    ]
    twice = event("suspended", "2020-07-29", "agreement:g", by=["actor:ca"])
    assert ledger.verdict(twice) == "timeline-conflict"
    assert ledger.status("2020-12-31", "agreement:g") == "suspended"
    ledger.append(event("reinstated", "2020-12-31", "agreement:g", by=["actor:hk"]))
    assert ledger.status("2020-12-31", "agreement:g") == "in_force"


def test_an_agreement_is_in_force_where_nobody_who_stays_suspends_it(ledger):
    ledger.append(concluded("2000-01-01", "actor:ca", "actor:hk", "actor:us"))
    ledger.append(event("suspended", "2020-07-03", "agreement:g", by=["actor:ca"]))
    ledger.append(event("amended", "2020-07-04", "agreement:g", remove={"parties": ["actor:ca"]}))
    assert ledger.status("2020-07-04", "agreement:g") == "in_force"
    last = event("amended", "2020-07-05", "agreement:g", remove={"parties": ["actor:us"]})
    assert ledger.verdict(last) == "timeline-conflict"
    stranger = event("suspended", "2020-07-05", "agreement:g", by=["actor:cn"])
    assert ledger.verdict(stranger) == "timeline-conflict"


# ---------------------------------------------------------------------------------- corrections and retractions


def test_a_corrected_event_keeps_its_own_sequence_in_the_order(ledger):
    ledger.append(imposed("2020-07-01", topics=["a"]))
    ledger.append(event("amended", "2020-07-05", add={"topics": ["b"]}))
    ledger.append(event("amended", "2020-07-03", remove={"topics": ["a"]}, add={"topics": ["c"]}))
    ledger.append(event("corrected", of=2, effective_on="2020-07-03"))
    assert ledger.terms("2020-07-03")["topics"] == ["b", "c"]
    assert trace(ledger.events, "measure:m", "2020-07-03", ALWAYS)["topics"] == [2, 3]


def test_for_each_of_the_two_the_last_recorded_correction_that_gives_it_wins(ledger):
    ledger.append(event("lifted", "2020-08-01"), imposed("2020-07-01"))
    ledger.append(event("corrected", of=1, effective_on="2020-08-02", data={"reason": "first"}))
    ledger.append(event("corrected", of=1, effective_on="2020-08-03"))
    assert ledger.status("2020-08-02") == "in_force"
    assert ledger.status("2020-08-03") == "lifted"
    ledger.append(event("retracted", of=4))
    assert ledger.status("2020-08-02") == "lifted"
    assert ledger.status("2020-08-02", known=4) == "in_force"
    assert ledger.status("2020-08-01", known=2) == "lifted"


def test_new_data_are_judged_by_the_type_that_stays(ledger):
    ledger.append(announced("2020-07-01"))
    assert ledger.verdict(event("corrected", of=1, data={"title": "Only a title"})) == "validation-error"
    assert ledger.verdict(event("corrected", of=1, data={"until": "2021-01-01"})) == "validation-error"
    ledger.append(event("lifted", "2020-08-01"))
    assert ledger.verdict(event("corrected", of=2, effective_on="2020-06-01")) == "timeline-conflict"


def test_what_cannot_be_corrected_or_retracted(ledger):
    ledger.append(imposed("2020-07-01"), event("lifted", "2020-08-01"))
    ledger.append(event("corrected", of=2, effective_on="2020-08-02"))
    assert ledger.verdict(event("corrected", of=3, effective_on="2020-08-03")) == "timeline-conflict"
    ledger.append(event("retracted", of=2))
    for of in (2, 3, 4):
        assert ledger.verdict(event("corrected", of=of, effective_on="2020-08-03")) == "timeline-conflict"
        assert ledger.verdict(event("retracted", of=of)) == "timeline-conflict"
    assert ledger.verdict(event("retracted", of=5)) == "validation-error"
    assert ledger.verdict(event("retracted", of=0)) == "validation-error"
    assert ledger.verdict(event("corrected", of=1)) == "validation-error"


def test_annulled_from_the_beginning(ledger):
    """ "lifted on its first day, the later events retracted in the same array"."""
    ledger.append(imposed("2020-07-01"), event("suspended", "2020-08-01"), event("reinstated", "2020-09-01"))
    ledger.append(event("lifted", "2020-07-01"), event("retracted", of=2), event("retracted", of=3))
    assert ledger.status("2020-07-01") == "lifted"
    assert ledger.status("2020-07-01", known=3) == "in_force"


def test_a_batch_becomes_known_all_at_once(ledger):
    ledger.append(imposed("2020-07-01"), event("lifted", "2020-08-01"))
    assert ledger.status("2020-08-01", known=1) == "lifted"
    assert ledger.at("2020-08-01", known=0) is None


def test_references_are_judged_once_against_what_the_ledger_holds_by_then(ledger):
    target = [{"actor": "actor:p"}]
    assert ledger.verdict(imposed("2020-07-01", targets=target)) == "validation-error"
    assert ledger.verdict(imposed("2020-07-01", targets=target), registered("actor:p")) == "validation-error"
    assert ledger.verdict(registered("actor:p", "2030-01-01"), imposed("2020-07-01", targets=target)) == "accepted"


def test_an_act_alleged_says_by_whom(ledger):
    assert ledger.verdict(reported("2020-07-01", attribution="alleged")) == "validation-error"
    ledger.append(reported("2020-07-01", attribution="alleged", attributed_to=["actor:us"]))
    assert ledger.verdict(reported("2020-07-02")) == "timeline-conflict"


# ------------------------------------------------------------------------------------------------------- actors


def test_mergers_in_a_circle_are_a_conflict(ledger):
    ledger.append(registered("actor:p"), registered("actor:q"), registered("actor:r"))
    ledger.append(event("merged", "2020-01-01", "actor:p", into="actor:q"))
    ledger.append(event("merged", "2021-01-01", "actor:q", into="actor:r"))
    assert ledger.verdict(event("merged", "2019-01-01", "actor:r", into="actor:p")) == "timeline-conflict"
    ledger.append(event("corrected", None, "actor:p", of=4, data={"into": "actor:us"}))
    ledger.append(event("merged", "2019-01-01", "actor:r", into="actor:p"))
    assert ledger.verdict(event("retracted", None, "actor:p", of=6)) == "timeline-conflict"


def test_two_records_of_one_actor_read_as_one(ledger):
    ledger.append(registered("actor:p", "2020-01-01"), registered("actor:q", "2020-01-01"))
    ledger.append(imposed("2020-07-01", targets=[{"actor": "actor:p"}]))
    ledger.append(event("merged", "2020-08-01", "actor:p", into="actor:q"))
    assert actor_state(ledger.world(), "actor:q", "2020-07-31")["targeted"] == []
    after = actor_state(ledger.world(), "actor:q", "2020-08-01")
    [item] = after["targeted"]
    assert (item["subject"], item["as"], item["since"]) == ("measure:m", "direct", "2020-08-01")
    assert item["terms"]["targets"] == [{"actor": "actor:p"}]
    assert actor_state(ledger.world(), "actor:p", "2020-08-01") == after


def test_affiliates_lead_to_an_actor_over_any_number_of_steps_and_in_circles(ledger):
    ledger.append(registered("actor:p", part_of=["actor:hk"]), registered("actor:q", countries=["actor:p"]))
    ledger.append(event("updated", "2020-01-01", "actor:p", add={"countries": ["actor:q"]}))
    assert affiliates(ledger.world(), "actor:cn", "2020-01-01") == {"actor:hk", "actor:mo", "actor:p", "actor:q"}
    assert affiliates(ledger.world(), "actor:p", "2020-01-01") == {"actor:q"}
    assert affiliates(ledger.world(), "actor:q", "2019-12-31") == set()


def test_what_is_imposed_both_ways_is_counted_once_as_direct(ledger):
    ledger.append(imposed("2020-07-01", targets=[{"actor": "actor:hk"}, {"actor": "actor:cn"}]))
    group = {"description": "officials", "related_to": ["actor:mo", "actor:us"]}
    ledger.append(imposed("2020-07-01", "measure:n", targets=[{"actor": "actor:hk"}, group]))
    state = actor_state(ledger.world(), "actor:cn", "2020-07-01")
    assert state["summary"]["targeted"]["direct"]["in_force"] == 1
    assert state["summary"]["targeted"]["affiliates"]["in_force"] == 1
    assert [(one["as"], one["through"]) for one in state["targeted"]] == [
        ("direct", []),
        ("affiliate", ["actor:hk", "actor:mo"]),
    ]
    assert actor_state(ledger.world(), "actor:us", "2020-07-01")["summary"]["imposing"]["in_force"] == 2


def test_listed_since_is_the_unbroken_span_in_which_the_measure_reaches_the_actor(ledger):
    ledger.append(imposed("2020-07-01", targets=[{"actor": "actor:ru"}]))
    ledger.append(event("amended", "2020-08-01", add={"targets": [{"actor": "actor:cn"}]}))
    ledger.append(event("suspended", "2020-09-01"))
    [item] = actor_state(ledger.world(), "actor:cn", "2020-10-01")["targeted"]
    assert (item["since"], item["valid_from"]) == ("2020-08-01", "2020-09-01")
    ledger.append(event("lifted", "2020-11-01"))
    assert actor_state(ledger.world(), "actor:cn", "2020-11-01")["targeted"] == []
    ended = actor_state(ledger.world(), "actor:cn", "2020-11-01", ["lifted"])["targeted"]
    assert [one["status"] for one in ended] == ["lifted"]


# --------------------------------------------------------------------------------------------- chains and dyads


def test_a_chain_is_all_that_led_to_it_and_all_that_answered_it(ledger):
    ledger.append(reported("2020-06-30"))
    ledger.append(imposed("2020-07-09", in_response_to=["act:a"]))
    ledger.append(imposed("2020-07-09", "measure:sibling", in_response_to=["act:a"]))
    terms = {"title": "T", "imposed_by": ["actor:cn"], "targets": [{"actor": "actor:us"}]}
    ledger.append(event("reciprocated", "2020-07-13", "measure:answer", **terms, in_response_to=["measure:m"]))
    ledger.append(event("lifted", "2020-08-13", in_response_to=["measure:answer"]))
    nodes, edges = chain(ledger.world(), "measure:m", "2020-07-31")
    assert set(nodes) == {"act:a", "measure:m", "measure:answer"}
    assert edges == {("act:a", "measure:m"): 9, ("measure:m", "measure:answer"): 4}
    assert chain(ledger.world(), "measure:m", "2020-08-13")[1]["measure:answer", "measure:m"] == 31


def test_a_dyad_counts_live_measures_on_affiliates_too(ledger):
    ledger.append(imposed("2020-07-01", targets=[{"actor": "actor:hk"}]))
    ledger.append(imposed("2020-07-05", "measure:n", imposed_by=["actor:cn"], targets=[{"actor": "actor:us"}]))
    ledger.append(event("lifted", "2020-08-01"))
    points = series(ledger.world(), "actor:us", "actor:cn", "2020-07-03", "2020-09-01")
    assert points == [
        {"on": "2020-07-03", "a_to_b": 1, "b_to_a": 0},
        {"on": "2020-07-05", "a_to_b": 1, "b_to_a": 1},
        {"on": "2020-08-01", "a_to_b": 0, "b_to_a": 1},
    ]
    surely, perhaps = steps(ledger.world(), "actor:us", "actor:cn", "2020-07-03", "2020-09-01")
    assert surely == perhaps == [("2020-08-01", "measure:m", 3), ("2020-07-05", "measure:n", 2)]


# ------------------------------------------------------------------------------------------------------ histories


@settings(max_examples=30, deadline=None, derandomize=True)
@given(histories())
def test_made_up_histories_are_judged_and_folded(history):
    """No history leads the model astray: what it accepts it can fold, on every day and as known at every sequence."""
    events = built_in()
    for batch in history:
        if judge(events, batch)[0] == "accepted":
            events = record(events, batch)
            assert all(fold(events, one["subject"], one["sequence"]) for one in events[-len(batch) :])


def test_the_model_names_the_event_that_cannot_stand(ledger):
    ledger.append(imposed("2020-07-01"), event("lifted", "2020-08-01"))
    with pytest.raises(Conflict) as conflict:
        fold(record(ledger.events, [event("lifted", "2020-07-02")]), "measure:m", ALWAYS)
    assert conflict.value.sequence == 2
    assert moved("9999-12-31", 1) is None
