"""What might be posted: histories made up by Hypothesis, with the model as a guide to what would be accepted.

A history is a list of batches, a batch a list of posted events: plain JSON. A sequence (`of`) counts the accepted
events from 1, the built-in ones not counted, so that a history reads alike on every ledger.

What the law leaves open is not posted: see `unclear` and the remarks marked "open".
"""

from copy import deepcopy
from itertools import pairwise

from hypothesis import strategies as st

from tests.property.model import META, first_day, judge, moved, readings, record, state_at, stream, suspending
from tests.property.validity import CARRIES, IS_LIST, MUST, TERMS

STATES = ("actor:us", "actor:cn", "actor:hk", "actor:mo", "actor:ca", "actor:ru", "actor:eu")
PEOPLE = ("actor:p1", "actor:p2", "actor:p3", "actor:p4")
SLOTS = {
    "measure": ("measure:m1", "measure:m2", "measure:m3", "measure:m4"),
    "agreement": ("agreement:g1", "agreement:g2"),
    "act": ("act:a1", "act:a2", "act:a3"),
    "actor": PEOPLE + STATES[2:],
}
INSTRUMENTS = ("asset_freeze", "travel_ban", "tariff", "export_control")
DAYS = ("2019-12-31", "2020-01-01", "2020-06-30", "2020-07-01", "2020-07-09", "2021-01-01", "2022-02-24", "2024-02-29")
GROUPS = ("officials of the security bureau", "carmakers")
PLAIN_LISTS = {
    "text": ("one", "two", "three"),
    "slug": ("chips", "steel-and-aluminium", "hong-kong"),
    "ground": ("human_rights", "response", "national_security"),
    "edtf": ("1960", "1961-02~", "1962-03-04", "[1963-01-01..1963-12-31]", "[..1964-05-06]", "1965?"),
}
TELLING = {
    "measure": ("targets", "targets", "instruments", "in_response_to", "expires_on"),
    "agreement": ("parties",),
    "actor": ("countries", "part_of"),
}
NEXT = {
    ("measure", "none"): ("imposed", "imposed", "announced", "reciprocated"),
    ("measure", "announced"): ("imposed", "imposed", "amended", "lifted"),
    ("measure", "in_force"): ("amended", "amended", "suspended", "suspended", "renewed", "lifted"),
    ("measure", "partly_suspended"): ("amended", "amended", "suspended", "reinstated", "renewed", "lifted"),
    ("measure", "suspended"): ("amended", "suspended", "reinstated", "renewed", "lifted"),
    ("measure", "lifted"): ("imposed", "announced", "reciprocated"),
    ("measure", "expired"): ("imposed", "announced", "reciprocated"),
    ("agreement", "none"): ("concluded",),
    ("agreement", "in_force"): ("suspended", "suspended", "amended", "terminated"),
    ("agreement", "suspended"): ("suspended", "reinstated", "amended", "amended", "terminated"),
    ("agreement", "terminated"): ("concluded",),
    ("act", "none"): ("reported",),
    ("act", "reported"): (),
    ("actor", "none"): ("registered",),
    ("actor", "registered"): ("updated", "updated", "updated", "merged"),
    ("actor", "merged"): (),
}
# What a history is about: the fewer subjects, the more happens to each.
THEMES = {
    "one measure": ["measure"] * 6 + ["act"],
    "measures": ["measure"] * 4 + ["act", "actor"],
    "agreements": ["agreement"] * 6 + ["act", "measure"],
    "actors": ["actor"] * 5 + ["measure"] * 2,
    "all": ["measure"] * 4 + ["agreement"] * 3 + ["actor"] * 3 + ["act"],
}
TYPES = {kind: sorted({type_ for (one, _), types in NEXT.items() if one == kind for type_ in types}) for kind in TERMS}


def built_in():
    """The few built-in actors that histories name, as the ledger registers them: before all that is posted."""
    part_of = {"actor:hk": ["actor:cn"], "actor:mo": ["actor:cn"]}
    category = {"actor:hk": "territory", "actor:mo": "territory", "actor:eu": "international_organisation"}
    return [
        {
            "sequence": place - len(STATES),
            "batch": 0,
            "subject": actor,
            "type": "registered",
            "effective_on": None,
            "data": {
                "category": category.get(actor, "state"),
                "name": actor.removeprefix("actor:"),
                **({"part_of": part_of[actor]} if actor in part_of else {}),
            },
        }
        for place, actor in enumerate(STATES, start=1)
    ]


@st.composite
def histories(draw, batches=12):
    """A list of batches, most of which the model accepts, and some not."""
    author = Author(draw, draw(st.sampled_from(list(THEMES))))
    for _ in range(draw(st.integers(3, batches))):
        author.write_batch()
    return [batch for batch in author.history if batch]


class Author:
    """Somebody who writes a history, knowing what the ledger holds."""

    def __init__(self, draw, theme):
        self.draw = draw
        self.kinds = THEMES[theme]
        self.ledger = built_in()
        self.history = []

    # ------------------------------------------------------------------------------------------------- choices

    def pick(self, options):
        return self.draw(st.sampled_from(list(options)))

    def some(self, options, least=0, most=2):
        options = list(dict.fromkeys(options))
        most = min(most, len(options))
        if not options:
            return []
        return self.draw(st.lists(st.sampled_from(options), min_size=min(least, most), max_size=most, unique=True))

    def chance(self, percent):
        return self.draw(st.integers(0, 99)) >= 100 - percent

    # ------------------------------------------------------------------------------------------------- batches

    def write_batch(self):
        move = self.pick([self.events] * 7 + [self.unwind, self.annul, self.spoil, self.plot, self.plot])
        batch = move()
        if batch and not unclear(self.ledger, batch):
            self.history.append(batch)
            if judge(self.ledger, batch)[0] == "accepted":
                self.ledger = record(self.ledger, batch)

    def events(self, most=5):
        """A few events, each of which the model would accept, and now and then one that it would refuse."""
        batch = []
        wanted = self.draw(st.integers(1, most))
        for _ in range(2 * wanted):
            if len(batch) == wanted:
                break
            draft = self.event(record(self.ledger, batch))
            if draft is None or unclear(self.ledger, [*batch, draft]):
                continue
            verdict, _ = judge(self.ledger, [*batch, draft])
            if verdict == "accepted":
                batch.append(draft)
            elif verdict == "timeline-conflict" and self.chance(25):
                return [*batch, draft]
        return batch

    def unwind(self):
        """The later events of one subject retracted in one array, in any order: judged as a whole."""
        subject = self.known_subject(self.ledger)
        standing = [one["sequence"] for one in self.posted_readings(self.ledger, subject)]
        if not standing:
            return []
        cut = self.draw(st.integers(0, len(standing) - 1))
        order = self.draw(st.permutations(standing[cut:]))
        return [self.posted("retracted", subject, None, {"of": sequence}) for sequence in order]

    def annul(self):
        """ "Annulled from the beginning: lifted on its first day, the later events retracted in the same array"."""
        begun = [one for one in SLOTS["measure"] if self.posted_readings(self.ledger, one)]
        if not begun:
            return []
        subject = self.pick(begun)
        first, *later = self.posted_readings(self.ledger, subject)
        batch = [self.posted("lifted", subject, first["day"], {"reason": "annulled"})]
        batch += [self.posted("retracted", subject, None, {"of": one["sequence"]}) for one in later]
        return batch

    def spoil(self):
        """Events of which the last is what no state could make right. Open: a batch invalid and in conflict too."""
        batch = self.events(most=3)
        if not batch or judge(self.ledger, batch)[0] != "accepted":
            return batch
        day, spoiled = self.pick(NO_DAYS), []
        for flaw in [*FLAWS, lambda draft: draft.update(effective_on=day)]:
            draft = deepcopy(batch[-1])
            flaw(draft)
            if judge(self.ledger, [*batch[:-1], draft])[0] == "validation-error":
                spoiled.append([*batch[:-1], draft])
        return self.pick(spoiled)

    # --------------------------------------------------------------------------------------------------- plots

    def plot(self):
        """A few events that belong together, such as chance alone seldom brings together."""
        plots = {
            "measure": [
                self.scope_that_dwindles,
                self.list_that_is_edited,
                self.announcement_that_never_comes,
                self.measure_made_impossible,
            ],
            "agreement": [self.parties_that_leave, self.agreement_made_impossible],
            "actor": [self.mergers, self.mergers],
        }
        return self.pick([plot for kind in sorted(set(self.kinds)) for plot in plots.get(kind, [])])()

    def scope_that_dwindles(self):
        """Partly suspended, and then what is suspended is taken out, bit by bit."""
        subject, day, terms, batch = self.measure_in_force()
        batch.append(self.posted("suspended", subject, day, {"scope": self.scope(terms)}))
        scope = batch[-1]["data"]["scope"]
        for member in self.some(sorted(scope), 1):
            taken = self.some(range(len(scope[member])), 1, 3)
            day = moved(day, self.pick([0, 1, 30])) or day
            change = {member: [scope[member][place] for place in taken]}
            batch.append(self.posted("amended", subject, day, {"remove": change}))
        return batch

    def measure_in_force(self):
        """A measure in force on some day, its terms, and the events to come to that."""
        last = self.ledger[-1]["sequence"]
        for subject in SLOTS["measure"]:
            standing = self.posted_readings(self.ledger, subject)
            state = standing and state_at(self.ledger, subject, standing[-1]["day"], last)
            if state and state["status"] == "in_force" and len(state["terms"]["targets"]) > 1:
                return subject, moved(standing[-1]["day"], 1) or "9999-12-31", state["terms"], []
        subject, day = self.pick(SLOTS["measure"]), self.pick(DAYS)
        names = self.some([*STATES, *GROUPS], 2, 4)
        targets = [{"description": one} if one in GROUPS else {"actor": one} for one in names]
        instruments = self.some(INSTRUMENTS, 0, 3)
        terms = {"title": "Freeze", "imposed_by": ["actor:us"], "targets": targets, "instruments": instruments}
        return subject, day, terms, [self.posted("imposed", subject, day, terms)]

    def list_that_is_edited(self):
        """Elements put in by one event and by another, and taken out of the middle."""
        subject, day, _, batch = self.measure_in_force()
        member = self.pick(["topics", "legal_basis", "grounds", "programmes"])
        one, two, three = self.draw(st.permutations(PLAIN_LISTS[TERMS["measure"][member][0]]))
        batch.append(self.posted("amended", subject, day, {"set": {member: [one, two]}}))
        batch.append(self.posted("amended", subject, day, {"add": {member: [self.pick([three, three, one])]}}))
        change = {"remove": {member: [self.pick([one, two])]}}
        batch.append(self.posted("amended", subject, moved(day, self.pick([0, 1])) or day, change))
        return batch

    def announcement_that_never_comes(self):
        """ "Announced and never come: lifted from announced." Or imposed after all, with or without a target."""
        subject, day = self.pick(SLOTS["measure"]), self.pick(DAYS)
        terms = {"title": "Ban", "imposed_by": ["actor:cn"], "topics": ["chips"]}
        if self.chance(50):
            terms["expires_on"] = self.later(day)
        batch = [self.posted("announced", subject, day, terms)]
        end = moved(day, self.pick([0, 1, 2, 30])) or day
        data = {"targets": [{"actor": "actor:us"}]} if self.chance(70) else {}
        then = self.pick(["imposed", "imposed", "lifted", "lifted", "renewed", "suspended", "reciprocated"])
        if then == "renewed":
            data = {"expires_on": "2031-01-01"}
        if then == "reciprocated":
            data |= {"title": "Ban", "imposed_by": ["actor:cn"], "in_response_to": ["act:a1"]}
            if "act:a1" not in self.answerable(self.ledger, subject):
                batch.insert(0, self.posted("reported", "act:a1", day, {"category": "threat", "title": "Threat"}))
        return [*batch, self.posted(then, subject, end, data if then not in ("lifted", "suspended") else {})]

    def measure_made_impossible(self):
        """A measure in force, and an event that takes from it what it must have, or names what it has not."""
        subject, day, terms, batch = self.measure_in_force()
        alone = {"actor": "actor:ru", "instruments": ["recall"]}
        stranger = {"actor": "actor:ru", "instruments": ["tariff"]}
        groundwork = {"set": {"instruments": ["recall", "expulsion"], "targets": [alone]}}
        wrongs = [
            ("amended", {"set": {"title": None}}),
            ("amended", {"set": {"imposed_by": self.pick([[], None])}}),
            ("amended", {"remove": {"imposed_by": terms["imposed_by"]}}),
            ("amended", {"set": {"targets": []}}),
            ("amended", {"remove": {"targets": [named_target(target) for target in terms["targets"]]}}),
            ("amended", {"remove": {"instruments": ["recall"]}}),
            ("amended", {"set": {"instruments": ["expulsion"]}}),
            ("amended", {"add": {"targets": [stranger]}}),
            ("amended", {"add": {"targets": [{"actor": "actor:ru"}]}}),
            ("amended", {"set": {"expires_on": day}}),
            ("renewed", {"expires_on": self.pick([day, moved(day, -1) or day])}),
            ("suspended", {"until": day}),
            ("suspended", {"scope": {"targets": [{"actor": "actor:mo"}]}}),
            ("suspended", {"scope": {"targets": [{"actor": "actor:ru"}], "instruments": ["tariff"]}}),
        ]
        batch.append(self.posted("amended", subject, day, groundwork))
        return [*batch, self.wrong(subject, day, wrongs)]

    def wrong(self, subject, day, wrongs):
        type_, data = self.pick(wrongs)
        return self.posted(type_, subject, day, data)

    def agreement_made_impossible(self):
        subject, day = self.pick(SLOTS["agreement"]), self.pick(DAYS)
        terms = {"title": "Treaty", "category": "tax", "parties": ["actor:ca", "actor:hk"]}
        wrongs = [
            ("amended", {"remove": {"parties": ["actor:hk"]}}),
            ("amended", {"set": {"parties": ["actor:ca"]}}),
            ("amended", {"add": {"parties": ["actor:ca"]}}),
            ("suspended", {"by": ["actor:cn"]}),
            ("suspended", {"by": ["actor:hk", "actor:ca"]}),
            ("suspended", {"by": ["actor:hk"], "until": day}),
            ("reinstated", {"by": ["actor:hk"]}),
            ("reinstated", {"by": ["actor:ca", "actor:hk"]}),
            ("concluded", terms),
        ]
        batch = [
            self.posted("concluded", subject, day, terms),
            self.posted("suspended", subject, day, {"by": ["actor:ca"]}),
        ]
        return [*batch, self.wrong(subject, day, wrongs)]

    def parties_that_leave(self):
        """An agreement suspended by some, who leave, come back, or go on."""
        subject, day = self.pick(SLOTS["agreement"]), self.pick(DAYS)
        parties = self.some(STATES, 3, 4)
        terms = {"title": "Treaty", "category": "extradition", "parties": parties}
        batch = [self.posted("concluded", subject, day, terms)]
        suspended = {"by": self.some(parties, 1)} | ({"until": self.later(day)} if self.chance(50) else {})
        batch.append(self.posted("suspended", subject, day, suspended))
        day = moved(day, self.pick([0, 1, 30])) or day
        leaving = self.pick([suspended["by"], suspended["by"][:1], self.some(parties, 1)])
        change = {"remove": {"parties": leaving}}
        if self.chance(30):
            change = {"set": {"parties": [one for one in [*parties, "actor:us"] if one not in leaving][:3]}}
        batch.append(self.posted("amended", subject, day, change))
        if self.chance(50):
            batch.append(self.posted("reinstated", subject, day, {"by": self.some(parties, 1)}))
        return batch

    def mergers(self):
        """One merged into another, and that into a third, with a measure against the first; now and then a circle."""
        names = self.some(PEOPLE, 2, 3)
        known = self.actors(self.ledger, "")
        batch = [
            self.posted("registered", one, None, {"category": "company", "name": "A company", **self.leading()})
            for one in names
            if one not in known
        ]
        pairs = list(pairwise(names)) + ([(names[-1], names[0])] if self.chance(30) else [])
        batch += [self.posted("merged", one, self.pick(DAYS), {"into": other}) for one, other in pairs]
        terms = {"title": "Freeze", "imposed_by": ["actor:us"], "targets": [{"actor": names[0]}]}
        return [*batch, self.posted("imposed", self.pick(SLOTS["measure"]), self.pick(DAYS), terms)]

    def leading(self):
        return {self.pick(["countries", "part_of"]): [self.pick(STATES)]} if self.chance(60) else {}

    # -------------------------------------------------------------------------------------------------- events

    def event(self, events):
        """A draft of one event on what `events` say, or None where nothing came to mind."""
        move = self.pick(["on"] * 8 + ["begin"] * 3 + ["correct"] * 3 + ["retract"])
        if move == "begin":
            return self.beginning(events)
        subject = self.known_subject(events)
        if move == "correct":
            return self.correction(events, subject)
        if move == "retract":
            return self.retraction(events, subject)
        return self.further(events, subject)

    def known_subject(self, events):
        """A subject that somebody has posted about, else any."""
        posted = [event["subject"] for event in events if event["sequence"] > 0]
        return self.pick(sorted(set(posted))) if posted else self.pick(SLOTS["measure"])

    def beginning(self, events):
        kind = self.pick(self.kinds)
        slots = SLOTS[kind][:1] if kind == "measure" and "actor" not in self.kinds else SLOTS[kind]
        return self.further(events, self.pick(slots))

    def further(self, events, subject):
        kind = subject.split(":")[0]
        day = self.day(events, subject)
        state = state_at(events, subject, day, events[-1]["sequence"])
        status = state["status"] if state else "none"
        types = NEXT[kind, status]
        if self.chance(7) or not types:
            types = TYPES[kind]
        type_ = self.pick(types)
        if type_ == "registered" and self.chance(40):
            return self.posted(type_, subject, None, self.data(events, subject, type_, state, day))
        return self.posted(type_, subject, day, self.data(events, subject, type_, state, day))

    def correction(self, events, subject):
        named = self.named_event(events, subject)
        if named is None:
            return None
        data = {"of": named["sequence"]}
        which = self.pick(["effective_on", "data", "both"] if named["type"] not in META else ["effective_on"])
        day = first_day(named["effective_on"]) or self.pick(DAYS)
        if which != "data":
            day = self.pick([self.day(events, subject), moved(day, 1) or day, moved(day, -1) or day])
            data["effective_on"] = self.dated(day)
        if which != "effective_on":
            before = state_at(events, subject, moved(day, -1) or day, events[-1]["sequence"])
            data["data"] = self.data(events, subject, named["type"], before, day)
        return self.posted("corrected", subject, None, self.with_reason(data))

    def retraction(self, events, subject):
        retracted = {event["data"]["of"] for event in self.ledger if event["type"] == "retracted"}
        corrections = [event for event in self.ledger if event["type"] == "corrected"]
        gone = [event for event in corrections if event["data"]["of"] in retracted]
        if gone and self.chance(15):
            named = self.pick(gone)
            subject = named["subject"]
        elif corrections and self.chance(40):
            named = self.pick(corrections)
            subject = named["subject"]
        else:
            named = self.named_event(events, subject)
        return named and self.posted("retracted", subject, None, self.with_reason({"of": named["sequence"]}))

    def named_event(self, events, subject):
        """An event of the subject to correct or retract: mostly one that can be. Open: one of the same array."""
        held = [event for event in stream(events, subject, events[-1]["sequence"]) if event["sequence"] > 0]
        held = [event for event in held if event in self.ledger]
        standing = {one["sequence"] for one in readings(events, subject, events[-1]["sequence"])}
        corrected = {event["data"]["of"] for event in held if event["type"] == "corrected"} & standing
        if corrected and self.chance(40):
            return self.pick([event for event in held if event["sequence"] in corrected])
        better = [event for event in held if event["sequence"] in standing or event["type"] == "corrected"]
        return self.pick(held if self.chance(15) or not better else better) if held else None

    def posted_readings(self, events, subject):
        return [one for one in readings(events, subject, events[-1]["sequence"]) if one["sequence"] > 0]

    def posted(self, type_, subject, day, data):
        draft = {"type": type_, "subject": subject}
        if day is not None:
            draft["effective_on"] = self.dated(day)
        if data or self.chance(50):
            draft["data"] = data
        if self.chance(5):
            published = self.pick(PLAIN_LISTS["edtf"])
            draft["sources"] = [{"title": "Gazette", "url": "https://example.org/1", "published_on": published}]
            draft["comment"] = "as read in the gazette"
        return draft

    def with_reason(self, data):
        return {**data, "reason": "a slip"} if self.chance(30) else data

    # ---------------------------------------------------------------------------------------------------- days

    def day(self, events, subject):
        """A day for a further event: mostly after what is there or on it, or where something ends by itself."""
        standing = readings(events, subject, events[-1]["sequence"])
        dated = [one["day"] for one in standing if one["day"]]
        ending = [one["data"].get(name) for one in standing for name in ("expires_on", "until")]
        way = self.pick(["after"] * 6 + ["ending"] * 2 + ["pool"] * 3)
        if way == "ending" and any(ending):
            return moved(self.pick([day for day in ending if day]), self.pick([0, 0, -1, 1])) or "9999-12-31"
        if way == "after" and dated:
            return moved(max(dated), self.pick([0, 1, 1, 30, 30, 365])) or "9999-12-31"
        return self.pick(["0001-01-01", "9999-12-31", "0044-03-15"]) if self.chance(4) else self.pick(DAYS)

    def later(self, day):
        """A day for `expires_on` or `until`: later than `day`, but for a slip."""
        days = [0, 0, -1] if self.chance(8) else [1, 2, 30, 31, 100, 366]
        return moved(day, self.pick(days)) or day

    def dated(self, day):
        """`day` in one of the forms that take effect on it."""
        forms = [day] * 6 + [day + "~", day + "?", day + "%", f"[..{day}]", f"[{day}..{moved(day, 5) or day}]"]
        if day.endswith("-01"):
            forms += [day[:7], day[:7] + self.pick("~?%")] * 2
        if day.endswith("-01-01"):
            forms += [day[:4], day[:4] + self.pick("~?%")] * 2
        return self.pick(forms)

    # ---------------------------------------------------------------------------------------------------- data

    def data(self, events, subject, type_, state, day):
        terms = (state or {}).get("terms")
        kind = subject.split(":")[0]
        if type_ in ("amended", "updated"):
            change = {"set": {"description": "changed"}}
            if terms is not None:
                change = self.change(events, subject, kind, terms, day)
            return {**change, **self.why(events, subject, type_)}
        if type_ in ("announced", "imposed", "reciprocated", "concluded", "reported", "registered"):
            keep = type_ == "imposed" and (state or {}).get("status") == "announced"
            return self.terms(events, subject, type_, day, given=terms if keep else None)
        if type_ == "merged":
            merged = [event["subject"] for event in events if event["data"].get("into") == subject]
            return {"into": self.pick(merged if merged and self.chance(30) else self.actors(events, subject))}
        data = self.why(events, subject, type_)
        if type_ == "renewed":
            data["expires_on"] = self.later(day)
        if type_ == "suspended" and self.chance(50):
            data["until"] = self.later(day)
        if kind == "measure" and type_ == "suspended" and terms is not None and self.chance(60):
            data["scope"] = self.scope(terms)
        if kind == "agreement" and type_ in ("suspended", "reinstated"):
            data |= self.by(state, type_)
        return data

    def why(self, events, subject, type_):
        """`by`, `in_response_to` and `reason`, where the type has them."""
        data = {}
        if type_ in ("updated", "merged", *META) or (type_ == "amended" and self.chance(60)):
            return data
        if self.chance(40):
            data["by"] = self.some(self.actors(events, subject), 1)
        if self.chance(40):
            data["in_response_to"] = self.some(self.answerable(events, subject), 0)
        if self.chance(20):
            data["reason"] = self.pick(["as stated", None])
        return data

    def scope(self, terms):
        targets = [named_target(target) for target in terms["targets"]]
        scope = {}
        if targets and (self.chance(60) or not terms["instruments"]):
            scope["targets"] = [targets[place] for place in self.some(range(len(targets)), 1)]
        if terms["instruments"] and (self.chance(50) or not scope):
            scope["instruments"] = self.some(terms["instruments"], 1)
        if self.chance(4):
            scope["instruments"] = ["recall"]
        # Open: a scope that names nothing.
        return scope or {"instruments": ["recall"]}

    def by(self, state, type_):
        """The parties that suspend, or reinstate: the right ones, but for a slip."""
        parties = state["terms"]["parties"] if state and state["terms"] else list(STATES[:2])
        already = suspending(state) if state else []
        right = already if type_ == "reinstated" else [one for one in parties if one not in already]
        data = {"by": self.some(parties if self.chance(6) or not right else right, 1)}
        return data | ({"scope": "extradition only"} if type_ == "suspended" and self.chance(30) else {})

    def terms(self, events, subject, type_, day, given):
        """The terms of a subject that begins, or some of them where an announcement has `given` them already."""
        kind = subject.split(":")[0]
        must = {
            "measure": ["title", "imposed_by", "targets"],
            "agreement": ["title", "category", "parties"],
            "act": ["category", "title"],
            "actor": ["category", "name"],
        }[kind]
        if given:
            must = ["targets"] if not given["targets"] else []
        elif type_ == "announced" and self.chance(25):
            must = ["title", "imposed_by"]
        if type_ in ("reciprocated", "imposed") and self.chance(2):
            must = must[1:] if type_ == "imposed" else must
        others = [member for member in TERMS[kind] if member not in must and member != "attribution"]
        chosen = must + self.some(others, 0, 5)
        if type_ == "reciprocated":
            chosen = list(dict.fromkeys([*chosen, "in_response_to"]))
        # Instruments before targets, which may have some of them for their own.
        data = {}
        for member in sorted(chosen):
            instruments = data.get("instruments", given["instruments"] if given else [])
            value = self.value(events, subject, kind, member, day, instruments)
            if value != [] or self.chance(30):
                data[member] = value
        if type_ == "reciprocated" and self.chance(50):
            data["stage"] = self.pick(["announced", "in_force"])
        if kind == "act" and self.chance(60):
            data["attribution"] = self.pick(["official", "reported", "alleged"])
            if data["attribution"] == "alleged":
                data["attributed_to"] = self.some(self.actors(events, subject), 1)
        for member in self.some([one for one in others if one not in data], 0, 1) if self.chance(15) else []:
            data[member] = None
        return data

    def value(self, events, subject, kind, member, day, instruments):
        shape = TERMS[kind][member]
        if member in ("title", "name"):
            return self.pick(["Freeze", "Ban", "Duty"])
        if member == "expires_on":
            return self.later(day)
        if shape == "text":
            return self.pick(["a remark", "another remark"])
        if isinstance(shape, str):
            return self.pick(
                {
                    "act category": ["statement", "legislation"],
                    "actor category": ["person", "company", "government_body"],
                    "agreement category": ["extradition", "tax"],
                }[shape]
            )
        return self.elements(events, subject, member, shape[0], instruments, least=2 if member == "parties" else 1)

    def elements(self, events, subject, member, shape, instruments, least):
        if shape == "actor":
            return self.some(self.actors(events, subject), least, 4 if member == "parties" else 2)
        if shape == "answered":
            return self.some(self.answerable(events, subject), least)
        if shape == "instrument":
            return self.some(INSTRUMENTS, least, 3)
        if shape == "target":
            names = self.some(self.actors(events, subject) + list(GROUPS), least, 3)
            return [self.target(events, subject, name, instruments) for name in names]
        if shape == "position":
            positions = [
                {"title": "Minister"},
                {"title": "Minister", "at": "actor:cn", "from": "2019~", "former": True},
            ]
            return [positions[place] for place in self.some(range(2), least)]
        if shape == "identifier":
            identifiers = [{"scheme": "imo", "value": "1"}, {"scheme": "imo", "value": "2"}]
            return [identifiers[place] for place in self.some(range(2), least)]
        return self.some(PLAIN_LISTS[shape], least, 3)

    def target(self, events, subject, name, instruments):
        target = {"actor": name}
        if name in GROUPS:
            target = {"description": name}
            if self.chance(80):
                target["related_to"] = self.some(self.actors(events, subject), 1)
        if instruments and self.chance(40):
            target["instruments"] = self.some(instruments, 1)
        elif self.chance(1):
            target["instruments"] = ["recall"]
        return target

    def actors(self, events, subject):
        """Actors that can be named: whose registration stands. Open: a name whose registration has been retracted."""
        standing = [one for one in PEOPLE if readings(events, one, events[-1]["sequence"])]
        return [one for one in standing + list(STATES) if one != subject]

    def answerable(self, events, subject):
        subjects = SLOTS["measure"] + SLOTS["act"] + SLOTS["agreement"]
        return [one for one in subjects if one != subject and readings(events, one, events[-1]["sequence"])]

    # ------------------------------------------------------------------------------------------------- changes

    def change(self, events, subject, kind, terms, day):
        """`set`, `add` and `remove` over the terms: of what is not there and of what is, but for a slip."""
        change = {"set": {}, "remove": {}, "add": {}}
        members = self.some([one for one in TERMS[kind] if one != "attribution"], 1, 3)
        if kind in TELLING and self.chance(40):
            members = [self.pick(TELLING[kind])]
        for member in members:
            operations = self.pick([["set"], ["add"], ["remove"], ["add"], ["remove"], ["set", "remove", "add"]])
            if not IS_LIST[kind][member]:
                operations = ["set"]
            elif member in ("targets", "instruments", "parties"):
                # Open: an element that one event takes out and puts in again, and with it its scope and suspension.
                operations = self.pick([["remove"], ["remove"], operations[:1]])
            for operation in operations:
                if operation == "set" and may_be_cleared(kind, member) and self.chance(25):
                    change["set"][member] = self.pick([[], None]) if IS_LIST[kind][member] else None
                    continue
                value = self.changed(events, subject, kind, member, operation, terms, change, day)
                if value is not None:
                    change[operation][member] = value
        if change["set"].keys() | change["add"].keys() | change["remove"].keys() >= {"targets", "instruments"}:
            # Open: whether targets that come with an event lose instruments that go with it.
            for members in change.values():
                members.pop("instruments", None)
        return {name: members for name, members in change.items() if members} or {"set": {"description": "changed"}}

    def changed(self, events, subject, kind, member, operation, terms, change, day):
        """What one operation says of one member; None for nothing."""
        present = change["set"].get(member, terms[member])
        value = self.value(events, subject, kind, member, day, terms.get("instruments", []))
        if operation == "set":
            return value
        names = [identity(one) for one in present or []]
        if operation == "add" and not self.chance(5):
            value = [one for one in value if identity(one) not in names]
        if operation == "remove" and present and not self.chance(5):
            value = [present[place] for place in self.some(range(len(present)), 1)]
        if operation == "remove" and member == "targets":
            value = [named_target(one) for one in value]
        return value or None


def may_be_cleared(kind, member):
    """Open: an agreement without a title, an actor without a name or a category."""
    return (kind, member) != ("agreement", "title") and member not in ("category", "name")


def identity(element):
    return str(named_target(element)) if isinstance(element, dict) else element


def named_target(target):
    """A target as `remove` and a scope name it; anything else as it is."""
    if "actor" in target:
        return {"actor": target["actor"]}
    return {"description": target["description"]} if "description" in target else target


# ------------------------------------------------------------------------------------------------------ what is open


def unclear(ledger, batch):
    """Open: a name in what is posted that the ledger holds, but all of whose events have been retracted."""
    for place, draft in enumerate(batch):
        before = record(ledger, batch[:place])
        for name in names_in(draft.get("data")):
            held = [event for event in before if event["subject"] == name]
            if held and not readings(before, name, before[-1]["sequence"]):
                return True
    return False


def names_in(data):
    if isinstance(data, dict):
        return {name for value in data.values() for name in names_in(value)}
    if isinstance(data, list):
        return {name for value in data for name in names_in(value)}
    is_name = isinstance(data, str) and data.split(":")[0] in TERMS and ":" in data
    return {data} if is_name else set()


# ------------------------------------------------------------------------------------------------------------- flaws


NO_DAYS = """2020-13 2020-02-30 2020-07-09T00:00:00Z 20200709 2020-07-XX [2020-07-06..2020-07] 2020-07-06/2020-07-12
[2020-07-01..] 0000 2020-07-01~~ -0001 2020-W27""".split()


def in_data(member, value, *, everywhere=False):
    """A flaw: `data` with that value, in an event that carries the member, or `everywhere`."""

    def flaw(draft):
        kind = draft["subject"].split(":")[0]
        if everywhere or member in CARRIES.get((kind, draft["type"]), {}):
            draft["data"] = {**(draft.get("data") or {}), member: value}

    return flaw


def at_top(member, value):
    return lambda draft: draft.update({member: value})


def without_its_day(draft):
    draft.pop("effective_on", None)


def without_what_it_must(draft):
    kind = draft["subject"].split(":")[0]
    for member in MUST.get((kind, draft["type"]), []):
        (draft.get("data") or {}).pop(member, None)


def answers_itself(draft):
    in_data("in_response_to", [draft["subject"]])(draft)


def names_another_ones_event(draft):
    if draft["type"] in META:
        draft["data"] = {**draft["data"], "of": 0}


def corrects_nothing(draft):
    if draft["type"] == "corrected":
        draft["data"] = {"of": draft["data"]["of"]}


# Ways to make an event what no state could make right: each changes a draft in place, where it can.
FLAWS = [
    without_its_day,
    at_top("type", "imagined"),
    at_top("type", "terminated"),
    at_top("type", "reinstated"),
    at_top("subject", "measure:Not_A_Slug"),
    at_top("subject", "treaty:g1"),
    at_top("importance", "high"),
    without_what_it_must,
    answers_itself,
    names_another_ones_event,
    corrects_nothing,
    in_data("of", 9_999),
    in_data("importance", "high", everywhere=True),
    in_data("title", "  "),
    in_data("name", "a\0b"),
    in_data("instruments", ["teleport"]),
    in_data("grounds", ["spite"]),
    in_data("category", "novel"),
    in_data("attribution", "rumoured"),
    in_data("stage", "lifted"),
    in_data("topics", ["Not a slug"]),
    in_data("by", ["actor:nobody"]),
    in_data("imposed_by", ["actor:nobody"]),
    in_data("parties", ["actor:us", "measure:m1"]),
    in_data("countries", ["actor:nobody"]),
    in_data("targets", [{"actor": "actor:us", "related_to": ["actor:us"]}]),
    in_data("targets", [{"related_to": ["actor:us"]}]),
    in_data("in_response_to", ["act:never-reported"]),
    in_data("in_response_to", ["actor:us"]),
    in_data("until", "2030"),
    in_data("expires_on", "2030-02-30"),
    in_data("birth_dates", ["long ago"]),
    in_data("positions", [{"at": "actor:us"}]),
    in_data("identifiers", [{"scheme": "imo"}]),
    in_data("into", "actor:nobody"),
    in_data("set", {"importance": "high"}),
    in_data("add", {"title": ["more"]}),
    in_data("remove", {"importance": ["high"]}),
]
NO_DAYS = """2020-13 2020-02-30 2020-07-09T00:00:00Z 20200709 2020-07-XX [2020-07-06..2020-07] 2020-07-06/2020-07-12
[2020-07-01..] 0000 2020-07-01~~ -0001 2020-W27""".split()
