"""The product held to the law: whatever history is posted, the API says what the model says.

    HYPOTHESIS_PROFILE=thorough python -m pytest tests/property

asks ten times as many questions of twenty times as many histories, other ones each time: an hour or two. A history that
fails is printed as JSON; put into a file in `tests/property/cases`, it is tested ever after. Others there have been
written by hand: between them they fail where any one rule of the model is changed.
"""

import json
import os
from contextlib import contextmanager
from functools import partial
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, currently_in_test_context, given, note, settings
from hypothesis import strategies as st

from tests.client import path_of
from tests.property import model, views
from tests.property.histories import PEOPLE, STATES, built_in, histories, names_in
from tests.property.product import as_json, comparable, fresh_postgresql, fresh_sqlite

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
QUESTIONS = 400 if THOROUGH else 30  # of each kind that are asked of one history
CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
pytestmark = pytest.mark.timeout(0 if THOROUGH else 300)
STATUS_CODE = {"accepted": 201, "timeline-conflict": 409, "validation-error": 422}
ACTORS = (*STATES, *PEOPLE)
LISTED = ("measure", "agreement")
FAR = ("0001-01-01", "9999-12-31")


def law(examples):
    """The settings of a property. By default the same examples every time, so that a failure is nobody's luck."""
    return settings(
        max_examples=examples * 20 if THOROUGH else examples,
        derandomize=not THOROUGH,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        # To look for a smaller history takes minutes: worth it where there is time, and not in CI.
        phases=[Phase.generate, Phase.shrink] if THOROUGH else [Phase.generate],
    )


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def fresh(request):
    """`with fresh() as product:` a ledger with nothing but the built-in actors."""
    if request.param == "sqlite":
        return partial(fresh_sqlite, request.getfixturevalue("sqlite_template"))
    server = request.getfixturevalue("postgresql_server")
    return partial(fresh_postgresql, request.getfixturevalue("postgresql_template"), server)


on_sqlite = pytest.mark.parametrize("fresh", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("fresh", ["postgresql"], indirect=True)


def asked(questions):
    """All of the questions, or as many as there is time for, from the first to the last."""
    questions = list(questions)
    if len(questions) <= QUESTIONS:
        return questions
    return [questions[place * len(questions) // QUESTIONS] for place in range(QUESTIONS)]


@contextmanager
def about(*question):
    """A failure says which question it was that was answered wrongly."""
    try:
        yield
    except AssertionError as failure:
        failure.add_note(" ".join(map(str, question)))
        raise


# ------------------------------------------------------------------------------------------------------- properties


@on_sqlite
@law(16)
@given(history=histories())
def test_what_is_posted_is_judged_and_folded_as_the_law_says(fresh, history):
    follow(fresh, history)


@on_postgresql
@law(2)
@given(history=histories())
def test_what_is_posted_is_judged_and_folded_as_the_law_says_on_postgresql(fresh, history):
    follow(fresh, history)


@on_sqlite
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_history_that_is_kept_is_judged_and_folded_as_the_law_says(fresh, case):
    follow(fresh, json.loads(case.read_text(encoding="utf-8")))


@on_sqlite
@law(6)
@given(history=histories(), shuffled=st.randoms(use_true_random=False))
def test_the_order_of_acceptance_does_not_matter_where_no_sequence_decides(fresh, history, shuffled):
    """The same events recorded in another order: the same states. No corrections, no two events of one day."""
    drafts = without_ties(history)
    assume(len(drafts) > 2)
    other_order = in_another_order(drafts, shuffled)
    note(as_json([drafts]))
    note(as_json([other_order]))
    answers = []
    for batch in (drafts, other_order):
        with fresh() as product:
            answer = product.post(batch)
            assert answer.status_code == 201, answer.text
            answers.append(all_answers(product, drafts))
    assert answers[0] == answers[1]


def tell(text):
    """Said with a failure that Hypothesis finds; a kept case is in its file."""
    if currently_in_test_context():
        note(text)


def follow(fresh, history):
    """Post a history and hold all that the product says against the model."""
    tell(as_json(history))
    with fresh() as product:
        events, remembered = product.built_in, []
        for batch in history:
            events = post_and_judge(product, events, batch)
            remembered += [(path, query, product.get(path, **query).data) for path, query in questions_about(events)]
        known = [event["sequence"] for event in events if event["sequence"] > 0]
        worlds = {one: views.World(events, one) for one in known}
        assert_timelines(product, worlds, events)
        assert_states(product, worlds, events)
        assert_traces(product, worlds, events)
        assert_lists(product, worlds, events)
        assert_actor_states(product, worlds, events)
        assert_chains(product, worlds, events)
        assert_dyads(product, worlds, events)
        for path, query, data in remembered:
            assert product.get(path, **query).data == data, (path, query)
        assert product.ledger.rebuild(check=True) == []


# -------------------------------------------------------------------------------------------------------- judgement


def post_and_judge(product, events, batch):
    """Post a batch, dry and wet: the product judges as the model does. The events after it."""
    verdict, why = model.judge(events, batch)
    tell(f"{verdict}: {why}")
    dry = product.post(batch, dry_run=True)
    wet = product.post(batch)
    assert wet.status_code == STATUS_CODE[verdict], (verdict, why, wet.text)
    assert dry.status_code == (200 if verdict == "accepted" else wet.status_code), dry.text
    if verdict != "accepted":
        product.api.problem(wet, STATUS_CODE[verdict], verdict)
        if verdict == "timeline-conflict" and len(batch) == 1:
            assert_names_the_clash(product, events, why, wet.json)
        return events
    after = model.record(events, batch)
    stored = [wet.json] if len(batch) == 1 else wet.json["items"]
    assert len({event["recorded_at"] for event in stored}) == 1
    for event, expected in zip(stored, after[len(events) :], strict=True):
        assert event["sequence"] - product.offset == expected["sequence"]
        its_stream = [one["sequence"] for one in after if one["subject"] == expected["subject"]]
        assert event["subject"] == expected["subject"]
        assert event["version"] == its_stream.index(expected["sequence"]) + 1
    return after


def assert_names_the_clash(product, events, conflict, problem):
    """ "conflicts lists the sequences of the stored events that could not stand once it is in, [] where it is the
    posted event that cannot stand in the state it meets"."""
    named = [sequence - product.offset for sequence in problem["conflicts"]]
    if conflict.sequence is not None and conflict.sequence > events[-1]["sequence"]:
        assert named == [], conflict
    elif conflict.sequence is not None:
        assert conflict.sequence in named, conflict


# -------------------------------------------------------------------------------------------------------- questions


def subjects(events):
    """Those that somebody has posted about, and one that nobody has."""
    return [*dict.fromkeys(event["subject"] for event in events if event["sequence"] > 0), "actor:gb"]


def days(world):
    """The interesting days: all on which anything changes, the day before, the day after, and the far ends."""
    near = {model.moved(day, by) for day in world.days if day for by in (-1, 0, 1)}
    return sorted(near - {None} | set(FAR))


def questions_about(events):
    """A few questions as known now, whose answers may never change."""
    known = events[-1]["sequence"]
    if known <= 0:
        return
    world = views.World(events, known)
    newest = events[-1]["subject"]
    day = max([day for day in world.days if day], default="2020-01-01")
    yield path_of(newest), {"known": known, "at": day}
    yield f"{path_of(newest)}/timeline", {"known": known}
    yield f"{path_of('actor:cn')}/state", {"known": known, "at": day, "status": "all"}
    yield "/v1/dyads/us/cn", {"known": known, "from_": "2019-01-01", "to": "2031-01-01"}
    if newest.startswith("measure:"):
        yield f"{path_of(newest)}/chain", {"known": known, "at": day}


def assert_timelines(product, worlds, events):
    """As known at every sequence."""
    for known, world in worlds.items():
        for subject in subjects(events):
            with about("timeline of", subject, "known at", known):
                answered = product.timeline(subject, known)
                expected = model.timeline(events, subject, known) if subject in world.spans else None
                assert answered == expected or comparable_all(answered) == comparable_all(expected)


def comparable_all(states):
    return [comparable(state) for state in states]


def assert_states(product, worlds, events):
    asking = [(one, day, known) for known, world in worlds.items() for one in subjects(events) for day in days(world)]
    for subject, day, known in asked(asking):
        with about("state of", subject, "on", day, "known at", known):
            answered, expected = product.state(subject, day, known), model.state_at(events, subject, day, known)
            assert (answered is None) == (expected is None)
            if expected is not None:
                assert comparable(answered) == comparable(expected)
                assert answered["at"] == day
                assert answered["sequence"] - product.offset == model.end_of_batch(events, known)


def assert_traces(product, worlds, events):
    """ "for each member, and for each element of a list, the sequence of the event that set it"."""
    known = max(worlds, default=None)
    asking = [(one, day) for one in worlds[known].spans for day in days(worlds[known])] if known else []
    for subject, day in asked([(one, day) for one, day in asking if one in subjects(events)]):
        with about("trace of", subject, "on", day):
            answered = product.state(subject, day, known, trace=True)["trace"]
            for member, set_by in (model.trace(events, subject, day, known) or {}).items():
                if isinstance(set_by, list):
                    pairs = zip(answered.get(member) or [], set_by, strict=True)
                    assert all(due is None or one - product.offset == due for one, due in pairs), member
                elif set_by is not None:
                    assert answered[member] - product.offset == set_by, member


def assert_lists(product, worlds, events):
    """ "the status all is every status but none"."""
    asking = [(kind, day, known) for known, world in worlds.items() for kind in LISTED for day in days(world)]
    for kind, day, known in asked(asking):
        with about(kind, "on", day, "known at", known):
            answered = product.ask(f"/v1/{kind}s", known, at=day, status="all", limit=1000)["items"]
            states = [worlds[known].state(subject, day) for subject in worlds[known].of_kind(kind)]
            expected = [comparable(one) for one in states if one["status"] != "none"]
            assert by_subject(comparable_all(answered)) == by_subject(expected)


def by_subject(states):
    return sorted(states, key=lambda state: state["subject"])


def assert_actor_states(product, worlds, events):
    asking = [(actor, day, known) for known, world in worlds.items() for day in days(world) for actor in ACTORS]
    for number, (actor, day, known) in enumerate(asked(asking)):
        everything = number % 2 == 0
        with about("actor state of", actor, "on", day, "known at", known, "with ended ones" if everything else ""):
            statuses = (*views.MEASURE_STATUSES, *views.AGREEMENT_STATUSES) if everything else None
            expected = views.actor_state(worlds[known], actor, day, statuses)
            answered = product.actor_state(actor, day, known, status="all" if everything else None)
            assert (answered is None) == (expected is None)
            if expected is not None:
                assert_same_standing(answered, expected)


def assert_same_standing(answered, expected):
    assert comparable(answered["actor"]) == comparable(expected["actor"])
    assert answered["summary"] == expected["summary"]
    for name in ("imposing", "targeted", "agreements"):
        assert comparable_all(answered[name]["items"]) == comparable_all(expected[name]), name
        assert answered[name]["next"] is None
    for item, due in zip(answered["targeted"]["items"], expected["targeted"], strict=True):
        assert (item["as"], sorted(item["through"])) == (due["as"], due["through"]), due["subject"]
        # Open: since when what has ended is listed.
        if due["status"] in model.LIVE:
            assert item["since"] == due["since"], due["subject"]


def assert_chains(product, worlds, events):
    asking = [
        (measure, day, known)
        for known, world in worlds.items()
        for measure in world.of_kind("measure")
        for day in days(world)
    ]
    for measure, day, known in asked(asking):
        with about("chain of", measure, "on", day, "known at", known):
            answered = product.chain(measure, day, known)
            edges = {(edge["from"], edge["to"]): edge["days"] for edge in answered["edges"]}
            assert len(edges) == len(answered["edges"])
            # Open: whether an answer that has been taken out of the terms is one still.
            readings = [views.chain(worlds[known], measure, day, standing) for standing in (False, True)]
            right = [reading for reading in readings if set(reading[1]) == set(edges)]
            assert right, (edges, readings[0][1])
            its_nodes, its_edges = right[0]
            assert by_subject(comparable_all(answered["nodes"])) == by_subject(comparable_all(its_nodes.values()))
            for pair, between in its_edges.items():
                # Open: the days to an answer from what has not begun, or reads as none.
                assert edges[pair] == between or between is None or between < 0, pair


def assert_dyads(product, worlds, events):
    windows = [("2019-01-01", "2031-01-01"), ("2020-07-01", "2021-06-30")]
    asking = [
        (*pair, *window, known)
        for known, world in worlds.items()
        for pair in permutations([one for one in ACTORS if is_itself(world, one)], 2)
        for window in windows
    ]
    for a, b, start, end, known in asked(asking):
        with about("dyad of", a, "and", b, "from", start, "to", end, "known at", known):
            answered = product.dyad(a, b, start, end, known)
            assert answered["series"] == views.series(worlds[known], a, b, start, end)
            surely, perhaps = views.steps(worlds[known], a, b, start, end)
            steps = [(step["on"], step["subject"], step["event"] - product.offset) for step in answered["steps"]]
            assert set(surely) <= set(steps) <= set(perhaps), (surely, steps, perhaps)
            assert [step[0] for step in steps] == sorted(step[0] for step in steps)
            for step, (_, subject, sequence) in zip(answered["steps"], steps, strict=True):
                expected = views.days_since_the_latest_it_answers(worlds[known], subject, sequence)
                assert expected in ("?", step["days"]), step


def is_itself(world, actor):
    """Open: the dyad of an actor that is merged into another on one day and not on another."""
    return actor in world.spans and not any(span["merged_into"] for span in world.spans[actor])


# ----------------------------------------------------------------------------------------------- order of acceptance


def without_ties(history):
    """The events of a history that can stand without corrections, one for each subject and day: as one batch."""
    kept, seen = [], set()
    for draft in [draft for batch in history for draft in batch]:
        if draft["type"] in model.META or model.judge(built_in(), [*kept, draft])[0] != "accepted":
            continue
        place = draft["subject"], model.first_day(draft.get("effective_on"))
        if place not in seen:
            kept.append(draft)
            seen.add(place)
    return kept


def in_another_order(drafts, random):
    """The drafts shuffled, but what one names comes before it: "earlier events of the same array count"."""
    waiting, placed, held = random.sample(drafts, len(drafts)), [], {event["subject"] for event in built_in()}
    while waiting:
        draft = next(one for one in waiting if names_in(one.get("data")) <= held)
        waiting.remove(draft)
        placed.append(draft)
        held.add(draft["subject"])
    return placed


def all_answers(product, drafts):
    """What does not hang on sequences: the timelines, and how everything stands for each actor."""
    subjects_here = list(dict.fromkeys(draft["subject"] for draft in drafts))
    known = len(drafts)
    timelines = [[comparable(span) for span in product.timeline(subject, known)] for subject in subjects_here]
    standing = []
    for actor in STATES:
        for day in ("2020-07-09", "2022-02-24", "9999-12-31"):
            answered = product.actor_state(actor, day, known, status="all")
            items = [
                comparable(one) for name in ("imposing", "targeted", "agreements") for one in answered[name]["items"]
            ]
            standing.append((actor, day, answered["summary"], items))
    return timelines, standing
