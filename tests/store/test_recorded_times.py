"""Transaction time: set by the ledger, shared by a batch, and always later than before."""

from ledger.log.custody import Custody
from ledger.projections.asof import known_at_sequence, known_at_time
from ledger.service import Ledger
from ledger.store.database import Database
from ledger.store.events import head_of, version_at
from tests.posting import amended, imposed


def recorded_at(ledger):
    with ledger.reading() as session:
        return [
            time for (time,) in session.rows("SELECT recorded_at FROM events WHERE sequence > 252 ORDER BY sequence")
        ]


def test_it_strictly_increases_though_the_machines_clock_steps_back(ledger, database_url):
    later = ledger.head().recorded_at + 1_000_000
    clock = iter([later, later - 500_000, later - 500_000, later + 7])
    unsteady = Ledger(Database(database_url), Custody(Database(database_url).folder), clock=lambda: next(clock))
    for number in range(4):
        unsteady.append([imposed(f"m{number}", "2020-07-09")], by="tests")
    unsteady.close()
    assert recorded_at(ledger) == [later, later + 1, later + 2, later + 7]


def test_the_events_of_a_batch_share_it_and_become_known_together(ledger):
    ledger.append([imposed("m", "2020-07-09"), amended("m", "2020-07-10", add={"topics": ["tibet"]})], by="tests")
    ledger.append([amended("m", "2020-07-11", add={"topics": ["xinjiang"]})], by="tests")
    first, second, third = recorded_at(ledger)
    assert first == second < third
    with ledger.reading() as session:
        head = head_of(session)
        for sequence in (253, 254):
            assert known_at_sequence(session, head, sequence).sequence == 254
        assert known_at_time(session, head, first).sequence == 254
        assert known_at_time(session, head, first - 1).sequence == 252
        assert known_at_time(session, head, third - 1).sequence == 254
        assert known_at_sequence(session, head, 256) is None
        assert [version_at(session, "measure:m", sequence) for sequence in (252, 254, 255)] == [0, 2, 3]
