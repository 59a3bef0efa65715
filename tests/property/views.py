"""What the model answers about actors, chains and dyads: "as they stand at that date", as known at a sequence.

A `World` is all that one sequence knows: {subject: its spans}. Where the law can be read in two ways the answer holds
both, and says so.
"""

from tests.property.model import LIVE, days_between, end_of_batch, readings, spans, state_in
from tests.property.validity import without_nulls

MEASURE_STATUSES = ("announced", "in_force", "partly_suspended", "suspended", "lifted", "expired")
AGREEMENT_STATUSES = ("in_force", "suspended", "terminated")
ENDED = ("lifted", "expired", "terminated")


class World:
    """Everything as known at `known`: each subject's spans and version, and the days on which anything changes."""

    def __init__(self, events, known):
        self.known = end_of_batch(events, known)
        self.events = {}
        for event in events:
            if event["sequence"] <= self.known:
                self.events.setdefault(event["subject"], []).append(event)
        self.spans = {subject: spans(its, subject, self.known) for subject, its in self.events.items()}
        self.days = sorted({span["from"] for its in self.spans.values() for span in its})
        self.leading = [one for one in self.of_kind("actor") if any(map(leads_somewhere, self.spans[one]))]

    def of_kind(self, kind):
        return [subject for subject in self.spans if subject.startswith(kind + ":")]

    def span(self, subject, day):
        """The span of `subject` that holds `day`; None of one that is not known."""
        holding = [span for span in self.spans.get(subject, []) if span["from"] <= day]
        return holding[-1] if holding else None

    def state(self, subject, day):
        return state_in(self.spans[subject], subject, day, len(self.events[subject]))

    def readings(self, subject):
        return readings(self.events[subject], subject, self.known)

    def begun(self, subject):
        """The first day of a subject; None where it reads as `none` for ever."""
        return next((span["from"] for span in self.spans.get(subject, []) if span["status"] != "none"), None)


def leads_somewhere(span):
    return span["terms"] is not None and bool(span["terms"]["countries"] + span["terms"]["part_of"])


# ------------------------------------------------------------------------------------------------- who is who


def counts_as(world, actor, day):
    """ "From that day, wherever the one is named, as imposer, target, party or affiliate, it counts as the other"."""
    while (span := world.span(actor, day)) is not None and span["status"] == "merged":
        actor = span["merged_into"]
    return actor


def named(world, actors, day):
    return [counts_as(world, actor, day) for actor in actors]


def affiliates(world, actor, day):
    """ "actors whose countries or part_of lead to it, over any number of steps"; circles do not make one its own."""
    found = {actor}
    while True:
        more = set()
        for other in world.leading:
            span = world.span(other, day)
            if span["status"] != "registered" or other in found:
                continue
            if found & set(named(world, span["terms"]["countries"] + span["terms"]["part_of"], day)):
                more.add(other)
        if not more:
            return found - {actor}
        found |= more


def reach(world, targets, actor, day):
    """("direct", []), ("affiliate", through whom) or None: how a measure with these targets reaches `actor`."""
    if actor in named(world, [target["actor"] for target in targets if "actor" in target], day):
        # "what is imposed both ways is counted once, as direct"
        return "direct", []
    near = affiliates(world, actor, day)
    through = set()
    for target in targets:
        if "actor" in target:
            through |= near & {counts_as(world, target["actor"], day)}
        else:
            # "described groups whose related_to names it or them"
            through |= (near | {actor}) & set(named(world, target.get("related_to", []), day))
    return ("affiliate", sorted(through)) if through else None


# ------------------------------------------------------------------------------------------------- actor state


def actor_state(world, actor, day, statuses=None):
    """ "what an actor imposes, what is imposed on it directly, what is imposed on its affiliates, which agreements it
    is party to, and how each stands". Items are the whole lists, ended ones left out unless `statuses` asks for them.
    """
    if actor not in world.spans:
        return None
    # "a merged actor's state is the other's"
    actor = counts_as(world, actor, day)
    imposing, targeted, agreements = [], [], []
    for subject in world.of_kind("measure"):
        state = world.state(subject, day)
        if state["status"] == "none":
            continue
        if actor in named(world, state["terms"]["imposed_by"], day):
            imposing.append(state)
        if reached := reach(world, state["terms"]["targets"], actor, day):
            how = {"as": reached[0], "through": reached[1], "since": listed_since(world, subject, actor, day)}
            targeted.append({**state, **how})
    for subject in world.of_kind("agreement"):
        state = world.state(subject, day)
        if state["status"] != "none" and actor in named(world, state["terms"]["parties"], day):
            agreements.append(state)
    return {
        "actor": world.state(actor, day),
        "summary": {
            "imposing": counts(imposing, MEASURE_STATUSES),
            "targeted": {
                "direct": counts([one for one in targeted if one["as"] == "direct"], MEASURE_STATUSES),
                "affiliates": counts([one for one in targeted if one["as"] == "affiliate"], MEASURE_STATUSES),
            },
            "agreements": counts(agreements, AGREEMENT_STATUSES),
        },
        "imposing": listed(imposing, statuses),
        "targeted": listed(targeted, statuses),
        "agreements": listed(agreements, statuses),
    }


def counts(states, statuses):
    """ "Statuses are counted whole in summary ..., zeros too (none left out)"."""
    return {status: len([one for one in states if one["status"] == status]) for status in statuses}


def listed(states, statuses):
    """ "Items are ordered by valid_from, newest first, then subject"."""
    shown = [one for one in states if (one["status"] in statuses if statuses else one["status"] not in ENDED)]
    by_subject = sorted(shown, key=lambda state: state["subject"])
    return sorted(by_subject, key=lambda state: state["valid_from"], reverse=True)


def listed_since(world, subject, actor, day):
    """ "the first day of the unbroken span in which the measure is live and reaches this actor: listed since"."""
    since = None
    for earlier in sorted({day} | {one for one in world.days if one <= day}, reverse=True):
        span = world.span(subject, earlier)
        if span["status"] not in LIVE or not reach(world, span["terms"]["targets"], actor, earlier):
            break
        since = earlier
    return since


# ------------------------------------------------------------------------------------------------------- chains


def answers(world, subject, until=None):
    """[(event, its day, what the event says it answers)] of a subject, up to and with the day `until`."""
    found = []
    for event in world.readings(subject):
        if until is None or event["day"] <= until:
            data = without_nulls(event["data"])
            changes = [(data.get(name) or {}).get("in_response_to") or [] for name in ("set", "add")]
            found.append((event, event["day"], data.get("in_response_to", []) + changes[0] + changes[1]))
    return found


def edges(world, day, standing):
    """{(what was answered, the answer): days}, from events up to `day`.

    "the graph of in_response_to ...: Suspensions, amendments and liftings answer too." Two readings: every event that
    named it, or (`standing`) only those whose naming still stands, in the terms or beside them.
    """
    found = {}
    for subject in world.of_kind("measure") + world.of_kind("agreement") + world.of_kind("act"):
        terms = world.span(subject, day)["terms"] or {}
        for event, on, named_here in answers(world, subject, until=day):
            beside = event["type"] in ("suspended", "amended", "reinstated", "renewed", "lifted", "terminated")
            beside_terms = event["data"].get("in_response_to") or [] if beside else []
            for other in named_here:
                if standing and other not in beside_terms and other not in terms.get("in_response_to", []):
                    continue
                # "days from the first day of the one to the day on which the other first named it"
                if (other, subject) not in found:
                    start = world.begun(other)
                    found[other, subject] = None if start is None else days_between(start, on)
    return found


def chain(world, measure, day, standing=False):
    """ "all that led to it and all that answered it": ({subject: state}, {(from, to): days})."""
    known_edges = edges(world, day, standing)
    nodes = follow(measure, {(answer, cause) for cause, answer in known_edges}) | follow(measure, set(known_edges))
    return (
        {subject: world.state(subject, day) for subject in nodes},
        {pair: days for pair, days in known_edges.items() if set(pair) <= nodes},
    )


def follow(start, arrows):
    found = {start}
    while more := {head for tail, head in arrows if tail in found} - found:
        found |= more
    return found


# -------------------------------------------------------------------------------------------------------- dyads


def held_against(world, measure_terms, one, other, day):
    """Whether a measure with these terms is `one`'s against `other`, "its affiliates and groups related to them
    counted in"."""
    imposers = named(world, measure_terms["imposed_by"], day)
    return one in imposers and reach(world, measure_terms["targets"], other, day) is not None


def live_against(world, one, other, day):
    live = 0
    for subject in world.of_kind("measure"):
        span = world.span(subject, day)
        live += span["status"] in LIVE and held_against(world, span["terms"], one, other, day)
    return live


def series(world, a, b, start, end):
    """ "a point where something changes", "its first point at from"; `end` is not included."""
    points = []
    for day in sorted({start} | {one for one in world.days if start < one < end}):
        point = {"a_to_b": live_against(world, a, b, day), "b_to_a": live_against(world, b, a, day)}
        if not points or any(points[-1][name] != point[name] for name in point):
            points.append({"on": day, **point})
    return points


def steps(world, a, b, start, end):
    """ "each event on a measure of one against the other, or on an agreement of both that names one in by".

    Two lists of (day, subject, event): those that are steps however one reads it (it is the measure's only
    event of that day, and the measure is one's against the other when the day is over), and those that could be (it is
    on some day).
    """
    surely, perhaps = [], []
    for subject in world.of_kind("measure"):
        ever = any(between(world, subject, a, b, day) for day in world.days)
        for event in world.readings(subject):
            step = (event["day"], subject, event["sequence"])
            if start <= event["day"] < end and ever:
                perhaps.append(step)
                alone = [one["day"] for one in world.readings(subject)].count(event["day"]) == 1
                if alone and between(world, subject, a, b, event["day"]):
                    surely.append(step)
    for subject in world.of_kind("agreement"):
        for event in world.readings(subject):
            day = event["day"]
            who = named(world, event["data"].get("by") or [], day)
            step = (day, subject, event["sequence"])
            if start <= day < end and {a, b} & set(who):
                perhaps.append(step)
                if {a, b} <= set(named(world, world.span(subject, day)["terms"]["parties"], day)):
                    surely.append(step)
    return surely, perhaps


def days_since_the_latest_it_answers(world, subject, sequence):
    """ "days those since the latest thing it answers (null: none)"; "?" where the law can be read in two ways."""
    [(event, on, others)] = [one for one in answers(world, subject) if one[0]["sequence"] == sequence]
    begun = [world.begun(other) for other in others]
    in_the_terms = any("in_response_to" in (event["data"].get(name) or {}) for name in ("set", "add"))
    if in_the_terms or None in begun or any(day > on for day in begun):
        return "?"
    return days_between(max(begun), on) if begun else None


def between(world, subject, a, b, day):
    terms = world.span(subject, day)["terms"]
    if terms is None:
        return False
    return held_against(world, terms, a, b, day) or held_against(world, terms, b, a, day)
