"""The law as a model: the plainest code that says it, slow and without a shortcut.

Written from the pages on the domain and the contract alone, without a look at the ledger's own code: where the two
agree, two people have read the law alike. Each rule quotes the sentence it obeys.

An event is a dict with `sequence`, `batch`, `subject`, `type`, `effective_on`, `data`. A day is text, `2020-07-09`,
which sorts as it should; `EVER`, before all days, is the day of a registration without one.
"""

import json
import re
from copy import deepcopy
from datetime import date, timedelta

from tests.property.validity import IS_LIST, problems, without_nulls

EVER = ""
LIVE = ("announced", "in_force", "partly_suspended", "suspended")
META = ("corrected", "retracted")
BEGINNING = {"status": "none", "terms": None, "suspension": None, "suspensions": [], "merged_into": None, "trace": None}


class Conflict(Exception):
    """A day that cannot be. `rule` says why, `sequence` which event cannot stand in the state it meets."""

    def __init__(self, rule, sequence=None):
        super().__init__(f"{rule} (event {sequence})")
        self.rule, self.sequence = rule, sequence


# ---------------------------------------------------------------------------------------------------------- days


def first_day(effective_on):
    """ "It takes effect on the first day that it names ([..2020-07-02]: on that day ...)"."""
    if effective_on is None:
        return EVER
    text = effective_on.rstrip("~?%")
    if text.startswith("[.."):
        return text[3:13]
    if text.startswith("["):
        return text[1:11]
    return (text + "-01-01")[:10]


def is_plain(effective_on):
    """ "the state says that the dating is approximate unless it is a plain day"."""
    return re.fullmatch(r"\d{4}-\d{2}-\d{2}", effective_on) is not None


def moved(day, by):
    """The day `by` days later, or None where the calendar ends."""
    try:
        return (date.fromisoformat(day) + timedelta(days=by)).isoformat()
    except OverflowError:
        return None


def days_between(earlier, later):
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days


# ------------------------------------------------------------------------------------------------- steps 1, 2, 3


def end_of_batch(events, known):
    """ "A known_at_sequence in the middle of a batch reads as that batch's last"."""
    batches = [event["batch"] for event in events if event["sequence"] == known]
    return max([known] + [event["sequence"] for event in events if event["batch"] in batches])


def stream(events, subject, known):
    """ "Take S's events with sequence <= K." """
    known = end_of_batch(events, known)
    return [event for event in events if event["subject"] == subject and event["sequence"] <= known]


def readings(events, subject, known):
    """What the subject's events say, as corrected and without the retracted, in the order in which they take effect."""
    known_ones = stream(events, subject, known)
    # "A retracted event is left out, with its corrections." "A correction can be retracted".
    retracted = [event["data"]["of"] for event in known_ones if event["type"] == "retracted"]
    standing = [event for event in known_ones if event["sequence"] not in retracted]
    result = []
    for event in standing:
        if event["type"] in META:
            continue
        reading = {name: event[name] for name in ("sequence", "type", "effective_on", "data")}
        for correction in standing:
            if correction["type"] == "corrected" and correction["data"]["of"] == event["sequence"]:
                # "for each of the two the last recorded correction that gives it wins": later ones overwrite.
                if correction["data"].get("effective_on") is not None:
                    reading["effective_on"] = correction["data"]["effective_on"]
                if correction["data"].get("data") is not None:
                    reading["data"] = correction["data"]["data"]
        reading["day"] = first_day(reading["effective_on"])
        result.append(reading)
    # "Order by (first day of effective_on, sequence)". "A corrected event keeps its own sequence in that order."
    return sorted(result, key=lambda reading: (reading["day"], reading["sequence"]))


# ---------------------------------------------------------------------------------------------------------- fold


def fold(events, subject, known):
    """[(day, state)]: the state from that day on, for each day on which it may change. Raises Conflict.

    The first pair is (EVER, ...). No day between two that are listed can differ from the earlier of them.
    """
    kind = subject.split(":")[0]
    happenings = readings(events, subject, known)
    state = deepcopy(BEGINNING)
    days = {EVER} | {event["day"] for event in happenings} | days_given(happenings)
    states = []
    for day in sorted(days):
        end_what_ends_by_itself(state, day)
        for event in happenings:
            if event["day"] == day:
                take_effect(state, kind, event)
        states.append((day, deepcopy(state)))
    return states


def days_given(happenings):
    """Every day on which an expiry or the end of a suspension could fall."""
    found = set()
    for event in happenings:
        data = event["data"]
        found |= {data.get("expires_on"), data.get("until"), (data.get("set") or {}).get("expires_on")}
    return found - {None}


def end_what_ends_by_itself(state, day):
    """ "They come before that day's events, so a renewal that takes effect on the day of expiry is too late." """
    # "on the day a suspension's until arrives it ends, and the measure ... is in_force"
    if state["suspension"] and state["suspension"]["until"] == day:
        state["suspension"], state["status"] = None, "in_force"
    # "... or the agreement that nobody else suspends"
    if state["suspensions"]:
        state["suspensions"] = [one for one in state["suspensions"] if one["until"] != day]
        in_force_once_nobody_suspends(state)
    # "on the day expires_on a live measure becomes expired"; "what ... is expired ... is suspended no more"
    if state["status"] in LIVE and state["terms"].get("expires_on") == day:
        state["status"], state["suspension"] = "expired", None


def take_effect(state, kind, event):
    """One row of the table of types."""
    event = dict(event, data=without_nulls(event["data"]))
    rule = ROWS[kind, event["type"]]
    rule(state, event)
    what_a_timeline_makes_wrong(state, kind, event)


def need(state, event, *statuses):
    """The column "from status"."""
    if state["status"] not in statuses:
        raise Conflict(f"{event['type']} from {state['status']}", event["sequence"])


def need_later(day, event, what):
    """ "that expires_on and until are later than the day of the event that gives them"."""
    if day is not None and day <= event["day"]:
        raise Conflict(f"{what} not later than its event", event["sequence"])


def what_a_timeline_makes_wrong(state, kind, event):
    terms = state["terms"]
    if kind == "measure":
        # "that a measure has a title, an imposer and, unless announced, a target". Read: wherever it holds. What was
        # announced without a target can be lifted ("Announced and never come"), and can expire.
        if terms["title"] is None:
            raise Conflict("no title", event["sequence"])
        if not terms["imposed_by"]:
            raise Conflict("no imposer", event["sequence"])
        if not terms["targets"] and state["status"] in ("in_force", "partly_suspended", "suspended"):
            raise Conflict("no target", event["sequence"])
        # "a target's own instrument that is none of the measure's, or a target left with none of its own"
        for target in terms["targets"]:
            if "instruments" in target:
                if not target["instruments"]:
                    raise Conflict("target left with no instrument", event["sequence"])
                if not set(target["instruments"]) <= set(terms["instruments"]):
                    raise Conflict("target's instrument not the measure's", event["sequence"])
    # "that an agreement keeps two parties"
    if kind == "agreement" and len(terms["parties"]) < 2:
        raise Conflict("fewer than two parties", event["sequence"])


# --------------------------------------------------------------------------------------------------------- terms


def key(element):
    """ "targets are told apart by actor or description"; all else by what it is."""
    if isinstance(element, dict) and "actor" in element:
        return "actor", element["actor"]
    if isinstance(element, dict) and "description" in element:
        return "description", element["description"]
    return json.dumps(element, sort_keys=True)


def begin(state, kind, event):
    """ "A state's terms carries every member, [] or null where nothing is known"."""
    state["terms"] = {member: [] if listed else None for member, listed in IS_LIST[kind].items()}
    state["trace"] = deepcopy(state["terms"])
    give(state, kind, event)


def give(state, kind, event):
    for member, value in event["data"].items():
        if member in IS_LIST[kind]:
            put(state, member, value, event)


def put(state, member, value, event):
    state["terms"][member] = deepcopy(value)
    if isinstance(value, list):
        state["trace"][member] = [event["sequence"] for _ in value]
    else:
        state["trace"][member] = None if value is None else event["sequence"]


def change(state, kind, event):
    """ "first replace what set names, then take out what remove names ..., then append what add names"."""
    terms, trace = state["terms"], state["trace"]
    for member, value in event["data"].get("set", {}).items():
        # "In set, null or [] clears"
        put(state, member, ([] if IS_LIST[kind][member] else None) if value is None else value, event)
    for member, elements in event["data"].get("remove", {}).items():
        for element in elements:
            present = [key(one) for one in terms[member]]
            if key(element) not in present:
                raise Conflict("removes what is not there", event["sequence"])
            place = present.index(key(element))
            del terms[member][place], trace[member][place]
    for member, elements in event["data"].get("add", {}).items():
        for element in elements:
            if key(element) in [key(one) for one in terms[member]]:
                raise Conflict("adds what is there", event["sequence"])
            terms[member].append(deepcopy(element))
            trace[member].append(event["sequence"])


# ------------------------------------------------------------------------------------------------------ measures


def measure_announced(state, event):
    need(state, event, "none", "lifted", "expired")
    begin_measure(state, event, "announced")


def measure_imposed(state, event):
    need(state, event, "none", "announced", "lifted", "expired")
    if state["status"] != "announced":
        # "on one that was lifted or has expired it starts from nothing"
        begin_measure(state, event, "in_force")
        return
    # "imposed on an announced measure replaces the members that it gives and keeps the others"
    need_later(event["data"].get("expires_on"), event, "expires_on")
    give(state, "measure", event)
    state["status"] = "in_force"


def measure_reciprocated(state, event):
    need(state, event, "none", "lifted", "expired")
    # "stage is in_force unless given as announced"
    begin_measure(state, event, event["data"].get("stage", "in_force"))


def begin_measure(state, event, status):
    need_later(event["data"].get("expires_on"), event, "expires_on")
    begin(state, "measure", event)
    state["status"] = status


def measure_amended(state, event):
    need(state, event, *LIVE)
    need_later(event["data"].get("set", {}).get("expires_on"), event, "expires_on")
    before = set(state["terms"]["instruments"])
    change(state, "measure", event)
    taken_out = before - set(state["terms"]["instruments"])
    for place, target in enumerate(state["terms"]["targets"]):
        # "An instrument that amended takes out of the measure goes out of its targets too"
        if set(target.get("instruments", [])) & taken_out:
            target["instruments"] = [one for one in target["instruments"] if one not in taken_out]
            # Open: whether the event that named the target set it, or the one that narrowed it.
            state["trace"]["targets"][place] = None
    narrow_scope(state)


def narrow_scope(state):
    """ "what amended takes out of a measure goes out of the scope too, and a scope with nothing left ends the
    suspension"."""
    scope = state["suspension"] and state["suspension"]["scope"]
    if not scope:
        return
    targets = [key(target) for target in state["terms"]["targets"]]
    scope["targets"] = [one for one in scope["targets"] if key(one) in targets]
    scope["instruments"] = [one for one in scope["instruments"] if one in state["terms"]["instruments"]]
    if not scope["targets"] and not scope["instruments"]:
        state["suspension"], state["status"] = None, "in_force"


def measure_suspended(state, event):
    need(state, event, "in_force", "partly_suspended", "suspended")
    data = event["data"]
    need_later(data.get("until"), event, "until")
    scope = None
    if "scope" in data:
        scope = {"targets": data["scope"].get("targets", []), "instruments": data["scope"].get("instruments", [])}
        # "A scope that names what the measure has not is a conflict"
        targets = [key(target) for target in state["terms"]["targets"]]
        if any(key(one) not in targets for one in scope["targets"]):
            raise Conflict("scope names a target that the measure has not", event["sequence"])
        if any(one not in state["terms"]["instruments"] for one in scope["instruments"]):
            raise Conflict("scope names an instrument that the measure has not", event["sequence"])
    # "a scope ... makes it partly_suspended, even where that is all there is; one without makes it suspended;
    # a further suspended replaces the one before"
    state["status"] = "partly_suspended" if scope else "suspended"
    state["suspension"] = {
        "scope": scope,
        "since": event["day"],
        "until": data.get("until"),
        "by": data.get("by", []),
        "in_response_to": data.get("in_response_to", []),
        "reason": data.get("reason"),
    }


def measure_reinstated(state, event):
    need(state, event, "partly_suspended", "suspended")
    state["status"], state["suspension"] = "in_force", None


def measure_renewed(state, event):
    need(state, event, "in_force", "partly_suspended", "suspended")
    need_later(event["data"]["expires_on"], event, "expires_on")
    put(state, "expires_on", event["data"]["expires_on"], event)


def measure_lifted(state, event):
    need(state, event, *LIVE)
    # "What is lifted, expired or terminated is suspended no more."
    state["status"], state["suspension"] = "lifted", None


# ---------------------------------------------------------------------------------------------------- agreements


def agreement_concluded(state, event):
    need(state, event, "none", "terminated")
    begin(state, "agreement", event)
    state["status"] = "in_force"


def agreement_amended(state, event):
    need(state, event, "in_force", "suspended")
    change(state, "agreement", event)
    # "unchanged; in_force where nobody who stays suspends it"
    state["suspensions"] = [one for one in state["suspensions"] if one["party"] in state["terms"]["parties"]]
    in_force_once_nobody_suspends(state)


def agreement_suspended(state, event):
    """ "Each party of an agreement suspends it for itself"."""
    need(state, event, "in_force", "suspended")
    data = event["data"]
    need_later(data.get("until"), event, "until")
    for party in data["by"]:
        # "by (required: parties that do not suspend it already)"
        if party not in state["terms"]["parties"]:
            raise Conflict("suspended by one that is no party", event["sequence"])
        if party in suspending(state):
            raise Conflict("suspended by one that suspends it already", event["sequence"])
        state["suspensions"].append(
            {
                "party": party,
                "scope": data.get("scope"),
                "since": event["day"],
                "until": data.get("until"),
                "in_response_to": data.get("in_response_to", []),
                "reason": data.get("reason"),
            }
        )
    state["status"] = "suspended"


def agreement_reinstated(state, event):
    need(state, event, "suspended")
    for party in event["data"]["by"]:
        # "by (required: parties that suspend it)"
        if party not in suspending(state):
            raise Conflict("reinstated by one that does not suspend it", event["sequence"])
    state["suspensions"] = [one for one in state["suspensions"] if one["party"] not in event["data"]["by"]]
    in_force_once_nobody_suspends(state)


def agreement_terminated(state, event):
    need(state, event, "in_force", "suspended")
    state["status"], state["suspensions"] = "terminated", []


def suspending(state):
    return [one["party"] for one in state["suspensions"]]


def in_force_once_nobody_suspends(state):
    if state["status"] == "suspended" and not state["suspensions"]:
        state["status"] = "in_force"


# ----------------------------------------------------------------------------------------------- acts and actors


def act_reported(state, event):
    need(state, event, "none")
    begin(state, "act", event)
    state["status"] = "reported"


def actor_registered(state, event):
    need(state, event, "none")
    begin(state, "actor", event)
    state["status"] = "registered"


def actor_updated(state, event):
    need(state, event, "registered")
    change(state, "actor", event)


def actor_merged(state, event):
    need(state, event, "registered")
    state["status"], state["merged_into"] = "merged", event["data"]["into"]


ROWS = {
    ("measure", "announced"): measure_announced,
    ("measure", "imposed"): measure_imposed,
    ("measure", "reciprocated"): measure_reciprocated,
    ("measure", "amended"): measure_amended,
    ("measure", "suspended"): measure_suspended,
    ("measure", "reinstated"): measure_reinstated,
    ("measure", "renewed"): measure_renewed,
    ("measure", "lifted"): measure_lifted,
    ("agreement", "concluded"): agreement_concluded,
    ("agreement", "amended"): agreement_amended,
    ("agreement", "suspended"): agreement_suspended,
    ("agreement", "reinstated"): agreement_reinstated,
    ("agreement", "terminated"): agreement_terminated,
    ("act", "reported"): act_reported,
    ("actor", "registered"): actor_registered,
    ("actor", "updated"): actor_updated,
    ("actor", "merged"): actor_merged,
}


# ------------------------------------------------------------------------------------------------------- answers


def spans(events, subject, known):
    """The timeline with what is `none` left in: each span the longest without a break over which all is as it is.

    `from` is EVER or a day, `to` a day or None. "Time is half-open: what starts on D holds on D, what ends on D does
    not."
    """
    happenings = readings(events, subject, known)
    result = []
    for day, state in fold(events, subject, known):
        if result and holds_alike(result[-1], state):
            continue
        if result:
            result[-1]["to"] = day
        # "`dating` is that of `valid_from`"; where several events take effect on it, one suffices
        given = [event["effective_on"] for event in happenings if event["day"] == day and day != EVER]
        dating = "exact" if all(map(is_plain, given)) else "approximate"
        result.append({"from": day, "to": None, "dating": dating, **state})
    return result


def holds_alike(one, other):
    """ "status, terms and suspension are these"; of an agreement that is `suspensions`, of an actor `merged_into`."""
    members = ("status", "terms", "suspension", "suspensions", "merged_into")
    return all(one[member] == other[member] for member in members)


def timeline(events, subject, known):
    """ "the valid-time intervals ..., what is none left out"."""
    return [
        {
            "valid_from": span["from"] or None,
            "valid_to": span["to"],
            **{member: span[member] for member in ("status", "terms", "suspension", "suspensions", "merged_into")},
        }
        for span in spans(events, subject, known)
        if span["status"] != "none"
    ]


def state_at(events, subject, day, known):
    """The state of `subject` on `day`, as known at `known`; None where it is not known yet."""
    version = len(stream(events, subject, known))
    if version == 0:
        return None
    return state_in(spans(events, subject, known), subject, day, version)


def state_in(its_spans, subject, day, version):
    index = max(place for place, span in enumerate(its_spans) if span["from"] <= day)
    span = its_spans[index]
    # "status_since is the first day of the unbroken span with this status"
    first = index
    while first > 0 and its_spans[first - 1]["status"] == span["status"]:
        first -= 1
    return {
        "subject": subject,
        "status": span["status"],
        "status_since": its_spans[first]["from"] or None,
        "version": version,
        "valid_from": span["from"] or None,
        "valid_to": span["to"],
        "dating": span["dating"],
        "terms": span["terms"],
        "suspension": span["suspension"],
        "suspensions": span["suspensions"],
        "merged_into": span["merged_into"],
    }


def trace(events, subject, day, known):
    """ "for each member, and for each element of a list, the sequence of the event that set it"."""
    states = [state for first, state in fold(events, subject, known) if first <= day]
    return states[-1]["trace"]


# ----------------------------------------------------------------------------------------------------- judgement


def record(events, batch):
    """The events with `batch` appended: numbered on, and known all at once."""
    number = max([event["batch"] for event in events], default=0) + 1
    last = max([event["sequence"] for event in events], default=0)
    return events + [
        {
            "sequence": last + place,
            "batch": number,
            "subject": draft["subject"],
            "type": draft["type"],
            "effective_on": draft.get("effective_on"),
            "data": draft.get("data") or {},
        }
        for place, draft in enumerate(batch, start=1)
    ]


def judge(events, batch):
    """("accepted", None), ("validation-error", [what is wrong]) or ("timeline-conflict", the Conflict)."""
    after = record(events, batch)
    new = after[len(events) :]
    # "What no state could make right is invalid". "earlier events of the same array count"
    wrong = []
    for place, draft in enumerate(batch):
        wrong += problems(draft, after[: len(events) + place])
    if wrong:
        return "validation-error", wrong
    try:
        for place, event in enumerate(new):
            may_name(event, after[: len(events) + place])
        # "An array posted together is judged as a whole, after its last event"
        for subject in dict.fromkeys(event["subject"] for event in new):
            fold(after, subject, after[-1]["sequence"])
        no_circle_of_mergers(after)
    except Conflict as conflict:
        return "timeline-conflict", conflict
    return "accepted", None


def may_name(event, before):
    """ "A retracted event ... cannot be corrected or retracted again, nor can a retraction be", and so on."""
    if event["type"] not in META:
        return
    retracted = [one["data"]["of"] for one in before if one["type"] == "retracted"]
    [named] = [one for one in before if one["sequence"] == event["data"]["of"]]
    if named["type"] == "retracted":
        raise Conflict(f"{event['type']}: a retraction")
    if named["sequence"] in retracted:
        raise Conflict(f"{event['type']}: a retracted event")
    # "A correction can be retracted ... but not corrected"
    if named["type"] == "corrected" and event["type"] == "corrected":
        raise Conflict("corrected: a correction")
    # "with a retracted event its corrections are gone, and cannot be retracted"
    if named["type"] == "corrected" and named["data"]["of"] in retracted:
        raise Conflict("retracted: a correction of a retracted event")


def no_circle_of_mergers(events):
    """ "into is another actor, not itself merged into this one by any number of steps (conflict)"."""
    last = events[-1]["sequence"]
    merged = {event["subject"] for event in events if event["type"] == "merged"}
    into = {actor: fold(events, actor, last)[-1][1]["merged_into"] for actor in merged}
    for actor in into:
        passed = [actor]
        while (other := into.get(passed[-1])) is not None:
            if other in passed:
                raise Conflict("circle of mergers")
            passed.append(other)
