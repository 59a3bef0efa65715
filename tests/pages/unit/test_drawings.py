"""The drawings: well-formed, described, right from nothing to thousands, and free of whatever a title says."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from api.pages.drawings.chain import Edge, Node, chain, columns_of, days_in_words
from api.pages.drawings.counterparts import Counterpart, Mark, counterparts
from api.pages.drawings.knowledge import Learned, drawn_of, knowledge
from api.pages.drawings.ladder import Rung, ladder, series
from api.pages.drawings.strip import MOST_TICKS, strip
from api.pages.drawings.svg import breadth, lines_of, scale_over
from api.pages.drawings.timeline import Segment, joined, said_of, timeline
from ledger.domain.dates import EVER, FOREVER, parse_day

STATUSES = ["none", "announced", "in_force", "partly_suspended", "suspended", "lifted", "expired", "terminated"]
DAYS = st.integers(1, FOREVER - 1)
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=400)


def parsed(drawn):
    """The drawing as XML: with a title, a description, and nothing by `style`."""
    tree = etree.fromstring(str(drawn))
    assert tree.findtext("title")
    assert tree.find("desc") is not None or tree.get("id") == "strip"
    assert "style=" not in re.sub(r">[^<]*<", "><", str(drawn))
    linked = tree.find(".//a") is not None
    assert tree.get("role") == ("group" if linked else "img") or tree.get("id") in {"counterparts", "rectangles"}
    for element in tree.iter():
        for name in ("x", "width", "x1", "x2"):
            value = element.get(name, "0")
            assert not value.endswith("%") or -0.01 <= float(value[:-1]) <= 100.01, etree.tostring(element)
    return tree


@st.composite
def segments(draw, most=30):
    days = sorted(draw(st.sets(DAYS, max_size=most)))
    bounds = [EVER, *days, FOREVER]
    return [
        Segment(start, end, draw(st.sampled_from(STATUSES)), draw(st.booleans())) for start, end in pairwise(bounds)
    ]


@given(segments(), DAYS)
def test_any_timeline_is_drawn_and_said(spans, day):
    tree = parsed(timeline(spans, day, "Timeline", said_of(spans)))
    shown = [each for each in joined(spans) if each.status != "none"]
    bars = [each for each in tree.iter("rect") if each.get("y") == "20"]
    assert len(bars) == len(shown)


def test_thousands_of_spans_are_drawn_as_far_as_they_can_be_told_apart():
    first = parse_day("1990-01-01")
    spans = [Segment(first + n, first + n + 1, STATUSES[1 + n % 2]) for n in range(9000)]
    drawn = timeline(spans, first, "Timeline", said_of(spans))
    assert 50 < len(list(parsed(drawn).iter("rect"))) <= 300
    assert "9,000 changes of status" in said_of(spans)


@given(st.lists(segments(6), min_size=1, max_size=50), DAYS, st.integers(0, 60))
def test_what_was_known_when_has_a_row_for_each_time_and_the_reader_in_one(rows, day, sequence):
    learned = [Learned(10**15 + n, n + 1, spans, f"/x?known_at={n}") for n, spans in enumerate(rows)]
    tree = parsed(knowledge(learned, day, sequence))
    links = list(tree.iter("a"))
    drawn = [learned[number] for number in drawn_of(learned, sequence)]
    assert [link.get("href") for link in links] == [row.address for row in drawn[::-1]]
    current = [link.get("href") for link in links if link.get("aria-current")]
    known = [row.address for row in learned if row.sequence <= sequence]
    assert current == known[-1:]


@pytest.mark.parametrize(
    ("rows", "known", "drawn"),
    [(0, 0, (0, 0)), (3, 3, (0, 3)), (60, 60, (20, 60)), (60, 21, (20, 60)), (60, 20, (0, 40)), (90, 45, (5, 45))],
)
def test_of_many_times_the_newest_are_drawn_or_those_up_to_the_reader(rows, known, drawn):
    learned = [Learned(10**15 + n, n + 1, [], f"/{n}") for n in range(rows)]
    assert drawn_of(learned, known) == range(*drawn)


@given(st.sets(DAYS, max_size=40), DAYS)
def test_the_strip_has_a_tick_on_each_day(turns, day):
    drawn, scale, marked = strip(sorted(turns), day, lambda turn: f"/x?at={turn}")
    tree = parsed(drawn)
    assert marked == len(turns)
    assert [link.get("href") for link in tree.iter("a")] == [f"/x?at={turn}" for turn in sorted(turns)]
    assert all(link.get("tabindex") == "-1" for link in tree.iter("a"))
    assert scale.first <= day <= scale.last


def test_of_thousands_of_ticks_those_stay_that_do_not_touch():
    drawn, _, marked = strip(range(700_000, 709_000), 700_000, str)
    assert marked == len(list(parsed(drawn).iter("a"))) <= MOST_TICKS


@given(
    st.lists(st.tuples(TEXTS, st.lists(st.sampled_from(STATUSES[1:5]), max_size=40), st.integers(0, 40)), max_size=8)
)
def test_each_measure_has_a_mark_on_its_side(others):
    rows = []
    for index, (name, statuses, left) in enumerate(others):
        marks = [Mark(f"measure:m-{index}-{n}", status) for n, status in enumerate(statuses)]
        rows.append(Counterpart(name, "/dyads/a/b", len(marks[:left]), len(marks[left:]), marks[:left], marks[left:]))
    tree = parsed(counterparts("An actor", rows, one_by_one=True))
    expected = [mark.subject for row in rows for mark in (*row.marks_against, *row.marks_by)]
    assert [each.get("data-subject") for each in tree.iter("g")] == expected


def test_where_there_are_too_many_bars_have_numbers():
    rows = [Counterpart(f"Actor {n}", "/d", 9000 - n, n) for n in range(200)]
    tree = parsed(counterparts("An actor", rows, one_by_one=False))
    texts = ["".join(each.itertext()) for each in tree.iter("text")]
    assert "9,000" in texts
    assert sum(text.startswith("Actor") for text in texts) == 40


@given(st.integers(1, 12), st.data())
def test_any_chain_is_drawn_whole_circles_too(number, data):
    names = [f"measure:m-{n}" for n in range(number)]
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=20))
    edges = [Edge(a, b, data.draw(st.none() | st.integers(-9, 9999))) for a, b in pairs if a != b]
    nodes = [Node(name, data.draw(TEXTS), "in_force", data.draw(TEXTS), "9 July 2020", f"/{name}") for name in names]
    tree = parsed(chain(nodes, edges))
    assert [link.get("href") for link in tree.iter("a")] == [f"/{name}" for name in names]
    assert len([path for path in tree.iter("path") if path.get("class") == "arrow"]) == len(edges)


def test_causes_stand_before_and_answers_behind():
    edges = [Edge("a", "b", 1), Edge("b", "c", 2), Edge("c", "d", 0), Edge("a", "c", 3)]
    assert columns_of("c", list("abcd"), edges) == {"a": -2, "b": -1, "c": 0, "d": 1}


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "same day"), (1, "1 day"), (29, "29 days"), (-1, "1 day before"), (-3, "3 days before"), (None, "")],
)
def test_days_between(days, said):
    assert days_in_words(days) == said


@given(st.lists(st.tuples(DAYS, st.sampled_from("ab"), TEXTS, st.none() | st.integers(0, 99)), max_size=30))
def test_the_ladder_has_each_step_on_its_side(steps):
    rungs = [
        Rung(on, side, title, "Imposed", days, f"/m/{n}", False)
        for n, (on, side, title, days) in enumerate(sorted(steps, key=lambda each: each[0]))
    ]
    tree = parsed(ladder(("China", "United States"), rungs)) if rungs else None
    if tree is not None:
        assert [link.get("href") for link in tree.iter("a")] == [rung.address for rung in rungs]
        sides = [each.get("class") for each in tree.iter("rect") if each.get("class").startswith("side ")]
        assert sides == [f"side side-{rung.side}" for rung in rungs]


def test_the_line_of_the_ladder_stops_at_each_day():
    days = [parse_day(text) for text in ("2020-07-06", "2020-07-06", "2020-07-09", "2020-07-10")]
    rungs = [Rung(on, "ab"[on % 2], "A step", "Imposed", 1, "/m", False) for on in days]
    tree = parsed(ladder(("China", "United States"), rungs))
    assert tree.get("width") == "1120", "as wide as the page"
    said = [int(each.get("y")) for each in tree.iter("text") if (each.text or "").endswith("2020")]
    upright = (each for each in tree.iter("line") if each.get("x1") == each.get("x2"))
    rails = [(int(each.get("y1")), int(each.get("y2"))) for each in upright]
    assert len(said) == 3
    for y in said:
        assert not any(top < y and y - 12 < bottom for top, bottom in rails)


@given(st.lists(st.tuples(DAYS, st.integers(0, 10_000), st.integers(0, 10_000)), max_size=600), DAYS)
def test_any_series_is_drawn(points, day):
    tree = parsed(series(("A", "B"), sorted(points), day))
    letters = [float(each.get("y")) for each in tree.iter("text") if each.get("class", "").startswith("small side-")]
    assert len(letters) == (2 if points else 0)
    if points:
        assert abs(letters[0] - letters[1]) >= 14, "the two letters lie over each other"
        assert min(letters) >= 14, "a letter is cut off at the top"


@given(st.lists(DAYS, max_size=20))
def test_a_scale_has_all_its_days_and_few_names(days):
    scale = scale_over(days)
    assert all(scale.left <= scale.place(day) <= scale.right for day in days)
    assert len(scale.years()) <= 14


@given(TEXTS, st.integers(4, 60), st.integers(1, 4))
def test_lines_are_as_short_and_few_as_asked(text, letters, most):
    lines = lines_of(text, letters, most)
    assert len(lines) <= most
    assert all(breadth(line) <= letters for line in lines)


def test_a_broad_letter_counts_for_more():
    assert breadth("制裁 ab") == 7
    assert breadth("Указ") == 5
    assert lines_of("制裁" * 20, 24, 3) == ["制裁" * 6, "制裁" * 6, "制裁" * 5 + "制…"]
