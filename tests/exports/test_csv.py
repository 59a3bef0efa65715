"""CSV: one row for each state."""

from __future__ import annotations

import pytest
from hypothesis import given, note

from tests.exports.reading import examples, exported, rows
from tests.exports.test_ndjson import posted
from tests.posting import concluded, imposed, lifted, registered, reported, retracted
from tests.property.histories import histories
from tests.property.product import as_json

HEADER = "subject,status,status_since,valid_from,valid_to,dating,title,imposed_by,targets,instruments"


def as_row(state):
    """The row of a state that the API answers."""
    terms = state["terms"]
    targets = [target.get("actor") or target["description"] for target in terms.get("targets", ())]
    return {
        **{name: state[name] or "" for name in HEADER.split(",")[:6]},
        "title": terms["name"] if "name" in terms else terms["title"],
        "imposed_by": ";".join(terms.get("imposed_by", ())),
        "targets": ";".join(targets),
        "instruments": ";".join(terms.get("instruments", ())),
    }


@pytest.mark.parametrize("fresh", ["sqlite"], indirect=True)
@examples(10)
@given(history=histories())
def test_every_state_that_has_begun_is_a_row_as_the_api_answers_it(fresh, history):
    note(as_json(history))
    with fresh() as product:
        subjects = {row["subject"] for row in rows(product.api, "csv")} | set(posted(product, history))
        newest = product.ledger.head().sequence
        for day, known in (("2020-07-01", newest), ("2022-02-24", newest), ("2022-02-24", newest - 2)):
            asked = {"at": day, "known_at_sequence": known}
            states = [product.ask(f"/v1/{path(subject)}", **asked) for subject in sorted(subjects)]
            begun = [as_row(state) for state in states if state and state["status"] != "none"]
            assert rows(product.api, "csv", **asked) == begun


def path(subject):
    kind, slug = subject.split(":")
    return f"{kind}s/{slug}"


def test_all_kinds_have_rows_and_what_ended_or_was_merged_too(api):
    api.append(concluded("g", "2020-01-01"), reported("s", "2020-01-01"), registered("p"))
    api.append(imposed("m", "2020-01-01", against="p"), lifted("m", "2020-02-01"))
    gone = api.append(reported("gone", "2020-01-01"))[0]
    api.append(retracted("act:gone", gone["sequence"]))
    found = {row["subject"]: row["status"] for row in rows(api, "csv", at="2020-03-01")}
    assert found["agreement:g"] == "in_force"
    assert found["act:s"] == "reported"
    assert found["actor:p"] == "registered"
    assert found["measure:m"] == "lifted"
    assert "act:gone" not in found
    assert "actor:us" in found


def test_texts_are_written_as_they_were_recorded(api):
    """Also what a spreadsheet would take for a formula: it is for the reader to import it as text."""
    title = '=SUM(A1), "quoted"; and\na second line'
    api.append(imposed("m", "2020-01-01", title=title, against=["cn", {"description": "one; and another"}]))
    (found,) = [row for row in rows(api, "csv") if row["subject"] == "measure:m"]
    assert found["title"] == title
    assert found["targets"] == "actor:cn;one, and another"


def test_the_header_is_there_whatever_was_known(api):
    assert exported(api, "csv", known_at_sequence=0) == f"{HEADER}\n".encode()
