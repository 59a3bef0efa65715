"""What subjects are called on a page: the title or the name that they have on its day, or else had first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ledger.domain.values import SLUG_PATTERN
from ledger.domain.vocabulary import KINDS
from ledger.projections.states import held_of_each, timelines_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markupsafe import Markup

    from ledger.domain.terms import Terms
    from ledger.projections.lists import When
    from ledger.store.session import Session


class Called:
    """Names by subject, with the terms that they are from. What the ledger did not know then is called by its slug."""

    def __init__(self, session: Session, when: When) -> None:
        self.session, self.when = session, when
        self._terms: dict[str, Terms | None] = {}
        self.links: dict[str, Markup] = {}
        """Links that were made with these names: a page has most of them many times."""

    def add(self, subjects: Iterable[str]) -> Called:
        """Look up those that were not looked up yet."""
        wanted = set(subjects) - set(self._terms)
        if wanted:
            helds = held_of_each(self.session, wanted, self.when.day, self.when.knowledge)
            self._terms |= {name: held.state.terms for name, held in helds.items()}
            unnamed = {name for name in wanted if not self._terms.get(name)}
            for held in timelines_of(self.session, unnamed, self.when.knowledge) if unnamed else ():
                if held.terms is not None and not self._terms.get(held.subject):
                    self._terms[held.subject] = held.state.terms
            self.links.clear()
            self._terms |= dict.fromkeys(wanted - set(self._terms))
        return self

    def terms(self, subject: str) -> Terms | None:
        """The terms of one of them."""
        return self._terms.get(subject)

    def __call__(self, subject: str) -> str:
        """The name of one of them."""
        return name_in(subject, self._terms.get(subject))


def name_in(subject: str, terms: Any) -> str:
    """The title or the name in those terms."""
    return (terms and (terms.get("title") or terms.get("name"))) or subject.partition(":")[2]


_SUBJECT = re.compile(rf"({'|'.join(KINDS)}):{SLUG_PATTERN}\Z")
_ACTORS = ("imposed_by", "authorities", "parties", "by", "affects", "attributed_to", "countries", "part_of")


def subjects_in(terms: Any) -> set[str]:
    """Every subject that terms name."""
    if not terms:
        return set()
    found = {name for member in _ACTORS for name in terms.get(member) or ()}
    for target in terms.get("targets") or ():
        found |= {target["actor"]} if "actor" in target else set(target.get("related_to") or ())
    found |= {position["at"] for position in terms.get("positions") or () if position.get("at")}
    return found | set(terms.get("in_response_to") or ())


def subjects_within(value: Any) -> set[str]:
    """Every subject in a value of any depth: in an event, in what it changed."""
    if isinstance(value, str):
        return {value} if _SUBJECT.match(value) else set()
    within = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return {name for each in within for name in subjects_within(each)}
