"""Whatever was recorded, an untouched ledger is verified; and whatever byte of a leaf is changed, it is noticed."""

from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.errors import Refused
from tests.audit.tampering import Forger, checkpointed, faults
from tests.property.histories import histories
from tests.property.product import fresh_sqlite

random_histories = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


def recorded(ledger, history):
    """Every batch of it that can stand, with a checkpoint after each; how many events there are then."""
    first = ledger.head().sequence
    for batch in history:
        shifted = [
            {**draft, "data": {**draft["data"], "of": draft["data"]["of"] + first}}
            if isinstance((draft.get("data") or {}).get("of"), int)
            else draft
            for draft in batch
        ]
        with suppress(Refused):
            ledger.append(shifted, by="tests")
        checkpointed(ledger)
    return ledger.head().sequence


@random_histories
@given(history=histories())
def test_a_ledger_that_nobody_touched_is_verified_whatever_it_holds(sqlite_template, history):
    with fresh_sqlite(sqlite_template) as product:
        events = recorded(product.ledger, history)
        found = product.ledger.log.verify()
        assert found.holds, found.findings
        assert found.events == events


@random_histories
@given(data=st.data(), sequence=st.integers(1, 252))
def test_a_byte_of_a_leaf_that_is_changed_is_noticed(sqlite_template, data, sequence):
    with fresh_sqlite(sqlite_template) as product:
        forger = Forger(product.ledger)
        leaf = bytearray(forger.row(sequence)["leaf"])
        leaf[data.draw(st.integers(0, len(leaf) - 1))] ^= data.draw(st.integers(1, 255))
        forger.set(sequence, leaf=bytes(leaf))
        assert ("leaf-hash", sequence) in faults(product.ledger)
