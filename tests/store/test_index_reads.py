"""Every question is an index read, also on a database of which its planner knows nothing yet."""

import re

from ledger.store.session import Session
from tests.posting import amended, imposed

BEFORE = {"at": "2020-07-10", "known_at_sequence": 552}
QUESTIONS = [
    ("/v1/events", {}),
    ("/v1/events", {"subject": "measure:m-7"}),
    ("/v1/events", {"subject_kind": "measure", "type": "amended"}),
    ("/v1/events", {"q": "tibet"}),
    ("/v1/events", {"actor": "us"}),
    ("/v1/events", {"effective_from": "2020-07-09", "effective_to": "2020-07-10"}),
    ("/v1/events", {"recorded_from": "2020-07-09", "recorded_to": "2020-07-10"}),
    ("/v1/events/300", {}),
    ("/v1/measures", {}),
    ("/v1/measures", BEFORE),
    ("/v1/measures", {"imposed_by": "us", "target": "cn", "status": "in_force", "topic": "tibet"}),
    ("/v1/measures", {"q": "tibet"}),
    ("/v1/actors", {"q": "bureau"}),
    ("/v1/measures/m-7", {}),
    ("/v1/measures/m-7", BEFORE),
    ("/v1/measures/m-7", {"trace": "true"}),
    ("/v1/measures/m-7/timeline", {}),
    ("/v1/measures/m-7/history", {}),
    ("/v1/measures/m-7/chain", {}),
    ("/v1/actors/us/state", {}),
    ("/v1/actors/us/state", BEFORE),
    ("/v1/actors/us/state/timeline", {}),
    ("/v1/dyads/us/cn", {}),
    ("/v1/audit/checkpoint", {}),
    ("/v1/audit/inclusion", {"sequence": 300}),
    ("/v1/audit/consistency", {"first": 300}),
    ("/v1/audit/leaves/300", {}),
    ("/measures/m-7", {}),
    ("/actors/us", {}),
]
TABLES = "events|subjects|states|terms|facets|responses|tree|checkpoints"


def read_whole(session, sql, bound):
    """The tables that a statement reads from end to end."""
    if session.dialect == "postgresql":
        plan = [line for (line,) in session.rows(f"EXPLAIN {sql}", **bound)]
        found = [re.search(r"Seq Scan on (\w+)", line) for line in plan]
        return {name[1] for name in found if name} - {"appending"}  # which has one row
    plan = [row[3] for row in session.rows(f"EXPLAIN QUERY PLAN {sql}", **bound)]
    scanned = {line.split()[1] for line in plan if line.startswith("SCAN")}
    called = {alias or table for table, alias in re.findall(rf"\b({TABLES})\b(?: AS (\w+))?", sql)}
    return scanned & called


def test_no_question_reads_a_whole_table(api, ledger, monkeypatch):
    slugs = [f"m-{number}" for number in range(300)]
    ledger.append([imposed(slug, "2020-07-09") for slug in slugs], by="tests")
    ledger.append([amended(slug, "2020-07-10", add={"topics": ["tibet"]}) for slug in slugs], by="tests")
    asked = {}
    run = Session._run

    def noted(session, sql, bound):
        asked.setdefault(sql, bound)
        return run(session, sql, bound)

    monkeypatch.setattr(Session, "_run", noted)
    for path, query in QUESTIONS:
        answer = api.get(path, **query)
        assert answer.status_code == 200, (path, query, answer.text)
    monkeypatch.undo()
    assert len(asked) > 40
    with ledger.reading() as session:
        found = {sql: tables for sql, bound in asked.items() if (tables := read_whole(session, sql, bound))}
    assert not found
