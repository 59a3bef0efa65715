"""`/measures/{slug}`, `/agreements/{slug}`, `/acts/{slug}`: did it hold on that day, and who says so?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from api.http.answering import link_to
from api.http.asof import AsOfQuery
from api.http.current import ledger
from api.http.subjects import COLLECTIONS, subject_named
from api.pages.answered import answered, not_known
from api.pages.called import Called, name_in, subjects_in, subjects_within
from api.pages.drawings.chain import MOST_NODES, Edge, Node, chain, columns_of, days_in_words
from api.pages.drawings.knowledge import Learned, drawn_of, knowledge
from api.pages.drawings.timeline import MOST_TOLD_APART, Segment, joined, said_of, timeline
from api.pages.house import pages
from api.pages.inline import element, path_of, several, subject_link
from api.pages.rows import about_days, since_in_words
from api.pages.telling import status_sentence
from api.pages.told import Happening, happenings
from api.pages.when import linked, query_of, when_asked
from api.pages.wording import a_day, say, words
from ledger.domain.dates import day_text
from ledger.domain.events import kind_of
from ledger.projections.chains import chain_of
from ledger.projections.histories import history_of, times_learned, traced
from ledger.projections.states import held_of_each, held_on, rectangles_of, timelines_of
from ledger.times import time_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Response

    from api.http.asof import AsOf
    from ledger.projections.chains import Answer
    from ledger.projections.states import Held
    from ledger.store.session import Session

_QUERY = AsOfQuery()
_BESIDE = ("title",)
"""Members of the terms that are shown elsewhere on the page."""
_IN_LINE = frozenset({"topics", "programmes", "instruments", "grounds", "imposed_by", "authorities", "parties"})
"""Lists of short elements, which stand in one line where one event set all of them."""
_SAID_EMPTY = {"measure": ("instruments", "expires_on"), "agreement": (), "act": ()}
MOST_TOLD = 100
"""How many events of a history a page has; the rest is in the list of changes."""
MOST_LISTED = 200
MOST_SPANS = 100


def _add_page(collection: str) -> None:
    @pages.get(f"/{collection}/<string:slug>", endpoint=f"get_{COLLECTIONS[collection]}")
    def get_subject(slug: str) -> Response:
        return _page(collection, slug)


for _collection in ("measures", "agreements", "acts"):
    _add_page(_collection)


def _page(collection: str, slug: str) -> Response:
    query = query_of(_QUERY)
    subject = subject_named(collection, slug)
    with ledger().reading() as session:
        asked = when_asked(session, query)
        held = held_on(session, subject, asked.when.day, asked.when.knowledge)
        if held is None:
            return not_known(session, subject, asked)
        return _Shown(session, held, asked).page()


class _Shown:
    """What is shown of a subject."""

    def __init__(self, session: Session, held: Held, asked: AsOf) -> None:
        self.session, self.held, self.asked = session, held, asked
        self.subject, self.kind = held.subject, kind_of(held.subject)
        self.path = path_of(held.subject)
        self.spans = list(timelines_of(session, [self.subject], asked.when.knowledge))
        self.recounted = history_of(session, self.subject)
        self.terms = held.state.terms or next((span.state.terms for span in self.spans if span.terms), None)
        self.called = Called(session, asked.when).add(self._named())

    def page(self) -> Response:
        """The page."""
        sequence = self.asked.when.knowledge.sequence
        later = [each for each in self.recounted if each.stored.sequence > sequence]
        nodes, edges = self._chain()
        columns = columns_of(self.subject, [node.subject for node in nodes], edges)
        told = happenings(self.recounted, self.called)
        segments = _segments(self.spans)
        title = name_in(self.subject, self.terms)
        return answered(
            self.session, "subject.html", self.asked,
            api_path=f"/v1{self.path}", turns=[span.valid_from for span in self.spans], subject=self.subject,
            since=(len(later), "#since"),
            title=title, kind=self.kind, held=self.held, named=self.subject,
            sentence=status_sentence(self.held, told, self.called),
            begun=self.held.state.terms is not None,
            first=next((span for span in self.spans if span.terms), None),
            drawn=timeline(segments, self.asked.when.day, say("timeline.title"), said_of(segments)),
            spans=_days(self.spans), MOST_SPANS=MOST_SPANS,
            too_narrow=len(joined(segments)) > MOST_TOLD_APART,
            terms=self._terms(), **self._known(), as_json=self._as_json,
            nodes=nodes, edges=edges, chain=chain(nodes, edges) if 1 < len(nodes) <= MOST_NODES else None,
            listed=sorted(nodes, key=lambda node: (columns.get(node.subject, 0), node.title))[:MOST_LISTED],
            columns=columns, days=days_in_words,
            told=[each for each in told if each.sequence <= sequence][-MOST_TOLD:],
            later=[each for each in told if each.sequence > sequence][:MOST_TOLD],
            still_later=max(len(later) - MOST_TOLD, 0),
            earlier=max(0, len(told) - len(later) - MOST_TOLD),
            all_events=link_to("/events", {"subject": self.subject}),
            sources=_sources(told, sequence), MOST_LISTED=MOST_LISTED,
        )  # fmt: skip

    def _named(self) -> set[str]:
        found = {
            name for span in self.spans for name in subjects_in(span.state.terms) | subjects_within(span.state.beside())
        }
        for each in self.recounted:
            for change in each.changes:
                for value in (change["before"], change["after"]):
                    found |= subjects_within(value)
        return found

    def _terms(self) -> list[tuple[str, list[tuple[Markup, int | None]]]]:
        """Each member with its values, and by which event each was set."""
        day, sequence = self.asked.when.day, self.asked.when.knowledge.sequence
        if self.held.state.terms is None:
            return []
        trace = traced(self.session, self.subject, day, sequence)
        assert trace is not None, "it has begun"
        found: list[tuple[str, list[tuple[Markup, int | None]]]] = []
        for member, value in self.held.state.terms.items():
            if member in _BESIDE:
                continue
            if value in (None, []):
                if member in _SAID_EMPTY[self.kind]:
                    found.append((words("members")[member], [(say(f"terms.no_{member}"), None)]))
                continue
            values = value if isinstance(value, list) else [value]
            by = trace[member] if isinstance(value, list) else [trace[member]]
            shown = [element(member, each, self.called) for each in values]
            if len(set(by)) == 1 and member in _IN_LINE:
                found.append((self._label(member), [(several(shown), by[0])]))
            else:
                found.append((self._label(member), list(zip(shown, by, strict=True))))
        return found

    def _label(self, member: str) -> Markup | str:
        """The name of a member; grounds are the imposer's own words, and the page says so."""
        if member == "grounds":
            imposers = (self.held.state.terms or {})["imposed_by"]
            return say("terms.grounds", actors=several(subject_link(name, self.called) for name in imposers))
        return words("members")[member]

    def _as_json(self, of: str = "") -> str:
        """Where the API has all of its state, or of its timeline or chain, as of the same dates."""
        known = {"known_at_sequence": self.asked.when.knowledge.sequence}
        at = {} if of == "/timeline" else {"at": day_text(self.asked.when.day)}
        return link_to(f"/v1{self.path}{of}", {**at, **known})

    def _known(self) -> dict[str, Any]:
        """What was known when, a row for each time at which the ledger learned something of it; what is left out."""
        rectangles = rectangles_of(self.session, [self.subject], self.asked.when.knowledge.newest)
        rows = []
        for recorded_at, sequence in times_learned(self.session, self.subject):
            segments = [
                Segment(held.valid_from, held.valid_to, held.status, held.exact)
                for held, known_from, known_to in rectangles
                if known_from <= sequence and (known_to is None or sequence < known_to)
            ]
            address = linked(self.path, known_at=time_text(recorded_at))
            rows.append(Learned(recorded_at, sequence, segments, address))
        sequence = self.asked.when.knowledge.sequence
        drawn = drawn_of(rows, sequence)
        return {
            "known": knowledge(rows, self.asked.when.day, sequence),
            "times": (len(drawn), len(rows)),
            "times_before": rows[drawn.start - 1].address if drawn.start else None,
            "has_newer_times": drawn.stop < len(rows),
        }

    def _chain(self) -> tuple[list[Node], list[Edge]]:
        names, answers = chain_of(self.session, self.subject, self.asked.when)
        helds = held_of_each(self.session, names, self.asked.when.day, self.asked.when.knowledge)
        shown = [name for name in names if name in helds]
        self.called.add({*shown, *(name for held in helds.values() for name in subjects_in(held.state.terms))})
        about = about_days(self.called, [(held, held.status_since) for held in helds.values()])
        nodes = [
            Node(
                name, self.called(name), helds[name].status, self._by(helds[name]),
                since_in_words(helds[name], about), linked(path_of(name)),
            )
            for name in shown
        ]  # fmt: skip
        return nodes, _edges(answers, set(shown))

    def _by(self, held: Held) -> str:
        """By whom: one, both, or one and how many others."""
        terms: Any = held.state.terms or self.called.terms(held.subject) or {}
        by = terms.get("imposed_by") or terms.get("by") or terms.get("parties") or []
        if len(by) > 2:
            return f"{self.called(by[0])} {say('inline.others', count=len(by) - 1)}"
        return ", ".join(self.called(name) for name in by)


def _edges(answers: Sequence[Answer], shown: set[str]) -> list[Edge]:
    return [Edge(a.answered, a.subject, a.days) for a in answers if a.answered in shown and a.subject in shown]


def _days(spans: Sequence[Held]) -> list[tuple[str, Markup, Markup]]:
    """Each span that has begun: its status, first day, and day before which it ends; nothing for the ends of time."""
    about = {span.valid_from for span in spans if not span.exact}

    def day(ordinal: int) -> Markup:
        return say("inline.about", day=a_day(ordinal)) if ordinal in about else a_day(ordinal)

    return [(span.status, day(span.valid_from), day(span.valid_to)) for span in spans if span.status != "none"]


def _segments(spans: Sequence[Held]) -> list[Segment]:
    return [Segment(span.valid_from, span.valid_to, span.status, span.exact) for span in spans]


def _sources(told: Sequence[Happening], sequence: int) -> list[tuple[dict[str, Any], list[int]]]:
    """Each source once, with the events that rest on it."""
    found: dict[tuple[Any, ...], tuple[dict[str, Any], list[int]]] = {}
    for each in told:
        if each.sequence <= sequence:
            for source in each.sources:
                key = tuple(sorted((name, value) for name, value in source.items() if value))
                found.setdefault(key, (source, []))[1].append(each.sequence)
    return list(found.values())
