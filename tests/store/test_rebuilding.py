"""Projections follow from the events alone: `rebuild` says where they do not, and puts it right."""

import pytest

from ledger.projections.events import Filters, feed
from tests.posting import amended, imposed

DAMAGE = [
    ("states", "UPDATE states SET status = 'lifted' WHERE subject = 'measure:m' AND node = 0 AND valid_from > 0"),
    ("states", "DELETE FROM states WHERE subject = 'measure:m' AND node = 0"),
    ("terms", "UPDATE terms SET terms = (SELECT terms FROM terms WHERE id = 2) WHERE id = 1"),
    ("facets", "DELETE FROM facets WHERE facet LIKE 't:%'"),
    ("facets", "UPDATE facets SET facet = 't:ru' WHERE facet LIKE 't:%'"),
    ("responses", "INSERT INTO responses VALUES ('measure:m', 'measure:n', 253, 9007199254740991, 737000)"),
    ("subjects", "UPDATE subjects SET version = version + 1 WHERE subject = 'measure:m'"),
]


@pytest.fixture
def recorded(ledger):
    ledger.append([imposed("m", "2020-07-09", topics=["xinjiang"])], by="tests")
    ledger.append([amended("m", "2020-07-01", add={"topics": ["x"]}) | {"effective_on": "2020-07-10"}], by="tests")
    return ledger


def damage(ledger, statement):
    ledger._writer.write(lambda session: session.run(statement))


@pytest.mark.parametrize(("table", "statement"), DAMAGE)
def test_a_damaged_projection_is_found_and_repaired(recorded, table, statement):
    assert recorded.rebuild(check=True) == []
    damage(recorded, statement)
    found = recorded.rebuild(check=True)
    assert {difference.table for difference in found} == {table}
    assert recorded.rebuild(check=True) == found, "a check changes nothing"
    assert recorded.rebuild() == found
    assert recorded.rebuild(check=True) == []


def test_the_ledger_goes_on_after_a_rebuild(recorded):
    recorded.rebuild()
    recorded.append([amended("m", "2020-07-11", remove={"topics": ["x"]})], by="tests")
    assert recorded.rebuild(check=True) == []
    with recorded.reading() as session:
        assert [event.sequence for event in feed(session, Filters(q="xinjiang"), 0, 10)] == [253]
