"""`GET /v1/feeds`: which lists there are, what was read of each, and when."""

import pytest

from ledger.feeds.lists import feeds
from tests.feeds.made import entry, feed_of, imported, reading


@pytest.fixture
def desk(app):
    return app.extensions["retorsion"]


def shown(api, name):
    (found,) = [item for item in api.get("/v1/feeds").json["items"] if item["feed"] == name]
    return found


def test_it_has_every_feed_whether_it_was_read_or_not(api):
    answer = api.get("/v1/feeds").json
    assert [item["feed"] for item in answer["items"]] == list(feeds())
    assert answer["next"] is None
    for item in answer["items"]:
        assert item["readings"] == []
        assert all(item[name] for name in ("title", "publisher", "licence"))
        assert item["imposed_by"] in {"actor:us", "actor:un", "actor:gb", "actor:eu", "actor:cn", "actor:ca"}


def test_each_reading_has_its_day_hash_counts_events_and_when_it_was_read(api, desk):
    readings = reading(entry("un-sc-1"), entry("un-sc-2")), reading(entry("un-sc-1", name="One"), entry("un-sc-3"))
    feed = feed_of(*readings, name="un-sc")
    before = desk.head().sequence
    imported(desk, feed, 0, "2020-01-01")
    middle = desk.head().sequence
    imported(desk, feed, 1, "2020-02-01")
    newest, first = shown(api, "un-sc")["readings"]
    assert first == {
        "published_on": "2020-01-01",
        "sha256": readings[0].sha256,
        "recorded_at": api.get(f"/v1/events/{middle}").json["recorded_at"],
        "recorded_by": "tests",
        "entries": 2, "new": 2, "gone": 0, "changed": 0, "left": 0, "impossible": 0, "events": 5,
        "first_sequence": before + 1,
        "last_sequence": middle,
    }  # fmt: skip
    assert (newest["new"], newest["gone"], newest["changed"], newest["first_sequence"]) == (1, 1, 1, middle + 1)


def test_a_reading_that_says_nothing_new_has_no_events(api, desk):
    feed = feed_of(reading(entry("un-sc-1")), name="un-sc")
    imported(desk, feed, 0, "2020-01-01")
    imported(desk, feed, 0, "2020-02-01")
    newest = shown(api, "un-sc")["readings"][0]
    assert (newest["events"], newest["first_sequence"], newest["last_sequence"]) == (0, None, None)


def test_it_is_cached_and_takes_no_parameter(api):
    answer = api.get("/v1/feeds")
    assert api.get("/v1/feeds", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    api.problem(api.get("/v1/feeds", limit=5), 422, "validation-error")
