"""Parquet, read back by DuckDB with the queries of the how-to; its answers are those of the API."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given, note

import fixtures
from ledger.exports import parquet
from ledger.times import moment
from tests.exports.reading import examples, exported, lines, rows
from tests.exports.test_ndjson import posted
from tests.posting import concluded, corrected, imposed, lifted, merged, registered, suspended
from tests.property.histories import histories
from tests.property.product import as_json

EVENTS = "read_parquet('ledger/events/*/*.parquet', hive_partitioning = true)"
STATES = "'ledger/states/states.parquet'"
HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "analyse-with-duckdb.md"


def query(name, **replaced):
    """A query of the how-to, with other days in it."""
    (found,) = re.findall(rf"cat > {name} <<'END'\n(.*?)END\n", HOW_TO.read_text("utf-8"), re.DOTALL)
    for old, new in replaced.items():
        text = old.replace("_", "-").removeprefix("day-")
        assert text in found or old in found
        found = found.replace(text, new).replace(old, new)
    return found


def unpacked(api, **asked):
    """The export in the folder `ledger`, as the how-to has it."""
    with zipfile.ZipFile(io.BytesIO(exported(api, "parquet", **asked))) as archive:
        assert archive.testzip() is None
        archive.extractall("ledger")


def answered(sql):
    """The rows that DuckDB answers, as dicts."""
    with duckdb.connect() as database:
        found = database.execute(sql)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def iso(value):
    return value.isoformat() if isinstance(value, date) else (value or "")


# -------------------------------------------------------------------------------------------- queries of the how-to


@pytest.fixture
def case(ledger, api):
    """The first real case, and a few measures of which more is to be said."""
    fixtures.load(ledger)
    api.append(registered("a", countries=["actor:fr"]), registered("b", part_of=["actor:a"]))
    api.append(merged("b", "a", "2020-01-01"))
    api.append(
        imposed("f", "2019-05-01", by=["us", "ca"], against=["b", {"description": "some", "related_to": ["actor:ru"]}]),
        suspended("f", "2020-02-01", until="2021-02-01"),
        lifted("f", "2022-01-01"),
    )
    return api


@pytest.mark.parametrize("day", ["2020-07-31", "2019-06-01", "2026-01-01"])
def test_the_last_state_of_each_measure_is_that_of_the_api(case, day):
    unpacked(case)
    found = answered(query("last-state.sql", day_2020_07_31=day))
    states = [row for row in rows(case, "csv", at=day) if row["subject"].startswith("measure:")]
    assert [(row["subject"], row["status"], iso(row["status_since"]), iso(row["valid_to"])) for row in found] == [
        (row["subject"], row["status"], row["status_since"], row["valid_to"]) for row in states
    ]
    assert [";".join(row["imposer"]) for row in found] == [row["imposed_by"] for row in states]


@pytest.mark.parametrize("day", ["2026-01-01", "2020-12-31"])
def test_measures_by_country_dyad_and_year_are_as_many_as_in_the_api(case, day):
    unpacked(case)
    found = answered(query("dyad-years.sql", current_date=f"DATE '{day}'"))
    counted = rows(case, "spells", by="dyad-year", at=day)
    assert len(counted) > 10
    assert [{name: str(value) for name, value in row.items()} for row in found] == counted


def test_what_changed_in_a_month_is_what_the_feed_says(case):
    unpacked(case)
    found = answered(query("changes.sql", day_2020_07_01="2020-07-01"))
    feed = list(case.walk("/v1/events", effective_from="2020-07-01", effective_to="2020-08-01", limit=1000))
    assert sorted((row["type"], row["subject"]) for row in found) == sorted((e["type"], e["subject"]) for e in feed)


# --------------------------------------------------------------------------------------------------- all that it has


@pytest.mark.parametrize("fresh", ["sqlite"], indirect=True)
@examples(6)
@given(history=histories())
def test_any_day_as_known_at_any_sequence_is_a_condition_on_rectangles(fresh, history):
    note(as_json(history))
    with fresh() as product:
        posted(product, history)
        unpacked(product.api)
        newest = product.ledger.head().sequence
        for known in {newest, newest - 3, product.offset + 1}:
            times = f"SELECT recorded_at FROM {EVENTS} WHERE sequence = {known}"
            for day in ("2020-07-01", "2022-02-24"):
                found = answered(
                    f"""
                    SELECT subject, status, status_since, valid_from, valid_to, dating
                    FROM 'ledger/states/states.parquet'
                    WHERE (valid_from IS NULL OR valid_from <= DATE '{day}')
                      AND (valid_to IS NULL OR valid_to > DATE '{day}')
                      AND known_from <= ({times}) AND (known_to IS NULL OR known_to > ({times}))
                    ORDER BY subject
                    """
                )
                states = rows(product.api, "csv", at=day, known_at_sequence=known)
                names = ("subject", "status", "status_since", "valid_from", "valid_to", "dating")
                assert [{name: iso(row[name]) for name in names} for row in found] == [
                    {name: row[name] for name in names} for row in states
                ]


def test_events_are_whole(api):
    first = api.append(imposed("m", "2020-07~"))[0]
    api.append(corrected("measure:m", first["sequence"], effective_on="2020-08-01"))
    unpacked(api)
    found = answered(f"SELECT * REPLACE (epoch_us(recorded_at) AS recorded_at) FROM {EVENTS} ORDER BY sequence")
    events = list(api.walk("/v1/events", limit=1000))
    assert len(found) == len(events)
    for row, event in zip(found, events, strict=True):
        assert json.loads(row["sources"]) == event["sources"]
        assert (json.loads(row["data"]) if row["data"] else None) == event["data"]
        same = ("sequence", "subject", "version", "type", "effective_on", "recorded_by", "comment", "leaf_hash")
        assert {name: row[name] for name in same} == {name: event[name] for name in same}
        assert row["recorded_at"] == moment(event["recorded_at"])
        assert str(row["year"]) == event["recorded_at"][:4]
    assert found[-2]["effective_from"] == date(2020, 7, 1)
    assert found[-1]["effective_from"] is None


def test_types_are_days_and_times_in_utc_and_lists(api):
    api.append(concluded("g", "2020-01-01"), imposed("m", "2020-07-09", programmes=["glomag"]))
    unpacked(api)
    types = {row["column_name"]: row["column_type"] for row in answered("DESCRIBE FROM 'ledger/states/states.parquet'")}
    assert (types["valid_from"], types["valid_to"]) == ("DATE", "DATE")
    assert (types["known_from"], types["known_to"]) == ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITH TIME ZONE")
    assert (types["imposer"], types["target"], types["programme"]) == ("VARCHAR[]", "VARCHAR[]", "VARCHAR[]")
    measure, treaty = answered(
        f"SELECT * EXCLUDE (known_from) FROM {STATES} WHERE kind IN ('measure', 'agreement') ORDER BY kind DESC"
    )
    assert (measure["imposer"], measure["target"], measure["programme"]) == (["actor:us"], ["actor:cn"], ["glomag"])
    assert json.loads(measure["terms"]) == api.state("measure:m")["terms"]
    assert (measure["valid_to"], measure["known_to"], measure["suspension"]) == (None, None, None)
    assert (treaty["imposer"], treaty["target"], treaty["programme"]) == (None, None, None)


def test_days_at_both_ends_of_time_are_written(api):
    api.append(imposed("m", "0001-01-01", expires_on="9999-12-31"))
    unpacked(api)
    first, last = answered(f"SELECT * EXCLUDE (known_from) FROM {STATES} WHERE kind = 'measure' ORDER BY valid_from")
    assert (first["valid_from"], first["valid_to"]) == (date(1, 1, 1), date(9999, 12, 31))
    assert (last["status"], last["valid_to"]) == ("expired", None)


def test_what_was_recorded_later_is_in_neither(api):
    first = api.append(imposed("m", "2020-07-09"))[0]["sequence"]
    before = exported(api, "parquet", known_at_sequence=first)
    api.append(lifted("m", "2021-01-01"))
    assert exported(api, "parquet", known_at_sequence=first) == before
    unpacked(api, known_at_sequence=first)
    assert answered("SELECT max(sequence) AS last FROM 'ledger/events/*/*.parquet'") == [{"last": first}]
    (held,) = answered(f"SELECT * EXCLUDE (known_from) FROM {STATES} WHERE kind = 'measure'")
    assert (held["status"], held["known_to"], held["known_to_sequence"]) == ("in_force", None, None)


def test_there_are_several_row_groups_and_each_is_small(api, monkeypatch):
    monkeypatch.setattr(parquet, "_ROWS_AT_ONCE", 100)
    monkeypatch.setattr(parquet, "_EVENTS_AT_ONCE", 40)
    api.append(*(imposed(f"m{number}", "2020-07-09") for number in range(50)))
    unpacked(api)
    (file,) = Path("ledger/events").rglob("*.parquet")
    metadata = pq.ParquetFile(file).metadata
    assert metadata.num_rows == len(lines(api, "ndjson")) + 252
    assert {metadata.row_group(each).num_rows for each in range(metadata.num_row_groups)} == {120, 62}
