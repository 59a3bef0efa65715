"""Which checkpoints hold, stored ones and those kept outside, and between which two the ledger was rewritten."""

from collections.abc import Mapping, Sequence

from ledger.audit.tree import Edge, root_of
from ledger.log.bounds import Bounds
from ledger.log.findings import OF_CHECKPOINTS, Fault, Findings, Holding
from ledger.log.outside import Outside
from ledger.log.reckoning import Joined, Reckoned
from ledger.log.stated import Stated


class Logs:
    """The log, and those before it: which of their checkpoints hold."""

    def __init__(self, outside: Outside, bounds: Bounds) -> None:
        self._outside, self._bounds = outside, bounds
        retired = {each.origin: each for each, _, _ in outside.retired}
        current = [outside.key.name] if outside.key else []
        self._by_origin = {
            origin: Holding(origin, retired.get(origin)) for origin in [*retired, *current, *bounds.keys]
        }
        outside_stated = [stated for _, _, stated in outside.retired] + [outside.kept]
        self._outside_stated = [stated for stated in outside_stated if stated]
        self._failed_outside: set[str] = set()

    @property
    def holdings(self) -> list[Holding]:
        return list(self._by_origin.values())

    @property
    def sizes(self) -> list[int]:
        """The sizes of the checkpoints that are kept outside."""
        return sorted({stated.size for stated in self._outside_stated})

    def judge(self, reckoned: Reckoned, joined: Joined) -> None:
        """Hold the checkpoints of a part's sizes, stored or kept outside, against the tree as it was reckoned."""
        part = reckoned.part
        roots = {size: root_of(joined.with_part(size, edge)) for size, edge in reckoned.edges.items()}
        self._judge(reckoned.stated, roots, part.start if part.start > self._bounds.start else -1)

    def judge_edge(self, edge: Edge) -> None:
        """The same where there are no events to verify."""
        self._judge([], {edge.size: root_of(edge)}, -1)

    def _judge(self, stored: Sequence[Stated], roots: Mapping[int, bytes], above: int) -> None:
        outside = [stated for stated in self._outside_stated if stated.size in roots and stated.size > above]
        for stated in stored:
            self._by_origin[stated.origin].checked += 1
        for stated in sorted([*stored, *outside], key=lambda each: each.size):
            holding = self._by_origin[stated.origin]
            if roots[stated.size] != stated.root_hash:
                if stated in outside:
                    self._failed_outside.add(stated.origin)
                holding.first_that_fails = min(stated.size, holding.first_that_fails or stated.size)
            elif holding.first_that_fails is None:
                holding.last_that_holds = stated.size

    def tell(self, findings: Findings) -> None:
        """What does not hold and should."""
        for holding in self.holdings:
            if holding.first_that_fails is not None and not self._is_declared(holding):
                self._tell_rewritten(holding, findings)
        if self._bounds.whole:
            self._tell_behind(findings)
        self._tell_missing(findings)

    def _is_declared(self, holding: Holding) -> bool:
        """A log that was retired because the ledger is not what its last checkpoint says: that was declared."""
        if holding.retired is None:
            return False
        lasts = [stated for each, _, stated in self._outside.retired if each.origin == holding.origin]
        return any(
            last is None or last.size > self._bounds.last or last.origin in self._failed_outside for last in lasts
        )

    def _tell_rewritten(self, holding: Holding, findings: Findings) -> None:
        first, last = (holding.last_that_holds or self._bounds.start) + 1, holding.first_that_fails
        assert last is not None, "one fails"
        if any(
            found.fault not in OF_CHECKPOINTS and first <= (found.sequence or 0) <= last for found in findings.first
        ):
            return  # the event is known that makes it fail
        holds = f"that of {first - 1} events holds, " if first > 1 else "none before it holds, "
        detail = (
            f"events {first} to {last} agree with each other, but not with the checkpoint of {last} events; {holds}"
            "so between these two something was rewritten"
        )
        findings.add(Fault.REWRITTEN, first, detail)

    def _tell_behind(self, findings: Findings) -> None:
        if self._outside.key is None:
            beyond = max(self._bounds.beyond.values(), default=0)
        else:
            beyond = max(self._bounds.beyond.get(self._outside.key.name, 0), self._outside.covered)
        if beyond > self._bounds.last:
            detail = (
                f"the newest event is {self._bounds.last}, the newest checkpoint is of {beyond}: the end was cut off,"
                " or an old backup restored"
            )
            findings.add(Fault.BEHIND, self._bounds.last + 1, detail)

    def _tell_missing(self, findings: Findings) -> None:
        """The first checkpoint of all may be stored and not yet kept: a crash between the two leaves it so."""
        if self._outside.key is None or self._outside.is_there:
            return
        stored = self._bounds.stored.get(self._outside.key.name, 0)
        if stored > 1:
            detail = f"the newest checkpoint is not at {self._outside.place}, and {stored} were given out"
            findings.add(Fault.KEPT_MISSING, None, detail)
