"""Whether the ledger is what it was: every leaf, the whole tree and all that stands beside them, reckoned anew.

What was recorded up to the newest event when this begins never changes. So no snapshot has to last for as long as it
takes: the parts of the log are each read in a transaction of their own, one after the other or by several processes,
and nothing is held of a part but its root and what was found.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ledger.audit.tree import HASH_BYTES, STORED_LEVEL, Edge, root_nodes, root_of
from ledger.log.bounds import bounds_of
from ledger.log.columns import tell_not_later
from ledger.log.custody import Custody
from ledger.log.findings import Fault, Finding, Findings, Verification
from ledger.log.holding import Logs
from ledger.log.outside import opened_since, read_outside
from ledger.log.reckoning import Reckoned
from ledger.log.working import working
from ledger.store.database import Database

WORTH_PROCESSES = 20_000
"""From how many events on it takes less time to begin further processes than they save."""

Advance = Callable[[int, int], None]
"""Is told how many events have been verified, and how many are to be."""


def verify(
    database: Database,
    custody: Custody,
    *,
    since: bytes | None = None,
    processes: int = 1,
    advance: Advance = lambda _done, _all: None,
) -> Verification:
    """Verify the ledger, or what came after the checkpoint in the note `since`.

    With more `processes` than one, nothing else may use a database in this process meanwhile.
    Raises Refused where that is no checkpoint of this ledger's logs. All else that is wrong is a finding.
    """
    findings = Findings()
    outside = read_outside(custody, findings)
    after = None if since is None else opened_since(since, outside)
    with database.reading() as session:
        bounds = bounds_of(session, after, outside, findings)
    if bounds is None:
        assert after, "without one there is nothing that bars the way"
        return Verification(after.size, after, after.root_hash, [], outside.kept_checkpoint, _in_order(findings))
    logs = Logs(outside, bounds)
    joined, edge, later_than = bounds.joined(), Edge(bounds.start, bounds.edge), bounds.recorded_at
    amiss = False
    with working(database, processes if bounds.last - bounds.start >= WORTH_PROCESSES else 1) as work:
        heads = work.heads(outside.covered, bounds.start) if bounds.whole else None
        for reckoned in work.reckoned(bounds.parts(logs.sizes), bounds.keys):
            findings.extend(reckoned.findings)
            logs.judge(reckoned, joined)
            later_than = _require_later(reckoned, later_than, findings)
            edge = joined.with_part(reckoned.part.last, reckoned.edge.hashes)
            joined.join(reckoned, findings)
            amiss = amiss or reckoned.amiss
            advance(reckoned.part.last - bounds.start, bounds.last - bounds.start)
        if heads is not None:
            findings.extend(heads())
    if bounds.last == bounds.start:
        logs.judge_edge(edge)
    if bounds.whole and bounds.appending_edge is not None:
        _require_appending_to(edge, bounds.appending_edge, amiss, findings)
    logs.tell(findings)
    proven = max([bounds.start, *(log.last_that_holds or 0 for log in logs.holdings)])
    findings.first = [_after(proven, found) for found in findings.first]
    root = root_of(edge)
    return Verification(bounds.last, after, root, logs.holdings, outside.kept_checkpoint, _in_order(findings))


def _after(proven: int, found: Finding) -> Finding:
    """A finding on one of several events: it is none of those that a checkpoint was signed over which holds."""
    is_later = found.sequence and found.last and found.sequence <= proven < found.last
    return replace(found, sequence=proven + 1) if is_later else found


def _require_later(reckoned: Reckoned, before: Any, findings: Findings) -> Any:
    """From one part to the next; where a checkpoint ends between them, it has to be later, else not earlier."""
    part, first = reckoned.part, reckoned.first_recorded_at
    if isinstance(before, int) and isinstance(first, int):
        batch_ended = any(each.size == part.start for each in reckoned.stated)
        if first < before or (batch_ended and first == before):
            tell_not_later(part.start + 1, findings)
    return reckoned.last_recorded_at


def _require_appending_to(edge: Edge, stored: bytes, amiss: bool, findings: Findings) -> None:
    """The tree that an append would let grow has to be the one over all events, where no leaf or node explains it.

    The newest few events are in no stored node yet: the right edge alone says that one of them was another.
    """
    if stored == b"".join(edge.hashes):
        return
    found = [stored[at : at + HASH_BYTES] for at in range(0, len(stored), HASH_BYTES)]
    nodes = list(zip(root_nodes(edge.size), edge.hashes, found, strict=False))
    wrong = [node for node, reckoned, stored_hash in nodes if reckoned != stored_hash]
    if not amiss and (len(found) != len(edge.hashes) or wrong[0].level >= STORED_LEVEL):
        detail = f"appending would go on from a right edge that {edge.size} events do not make"
        findings.add(Fault.APPENDING, None, detail)
        return
    for node in wrong:
        first, last = (node.index << node.level) + 1, (node.index + 1) << node.level
        told = any(each.names_an_event and first <= (each.sequence or 0) <= last for each in findings.first)
        if node.level < STORED_LEVEL and not told:
            which = f"event {first} makes" if first == last else f"events {first} to {last} make"
            detail = f"appending would go on from another hash than {which}"
            findings.add(Fault.APPENDING, first, detail, last=last)


def _in_order(findings: Findings) -> Findings:
    """By the event that each is about; two events that each say the other's sequence were swapped."""
    says = {found.sequence: found.other for found in findings.first if found.fault is Fault.SEQUENCE}
    swapped = {one: other for one, other in says.items() if one and other and one != other and says.get(other) == one}
    told = [found for found in findings.first if found.sequence not in swapped]
    told += [
        Finding(Fault.SWAPPED, one, f"event {one} stands in the place of {other}, and {other} in that of {one}")
        for one, other in swapped.items()
        if one < other
    ]
    hidden = len(findings.first) - len(told)
    told.sort(key=lambda found: (found.sequence is None, found.sequence or 0))
    return Findings(told, findings.count - hidden)
