"""The pages that are looked at and tested, with the fixtures: each by a name."""

MEASURE, REPLY = "us-xinjiang-2020-07-09", "cn-xinjiang-2020-07-10"
AGREEMENT, ACT = "ca-hk-extradition", "cn-xinjiang-conduct"
REPORT = 277
"""The last event of the report of 10 July 2020."""

PAGES = {
    "home": "/",
    "actor": "/actors/us?at=2020-07-13",
    "actor-now": "/actors/cn",
    "actor-then": f"/actors/us?at=2020-07-10&known_at_sequence={REPORT}",
    "actor-empty": "/actors/us?at=2019-01-01",
    "person": "/actors/chen-quanguo?at=2020-07-09",
    "measure": f"/measures/{MEASURE}?at=2020-07-09",
    "measure-corrected": f"/measures/{REPLY}?at=2020-07-13",
    "measure-then": f"/measures/{REPLY}?at=2020-07-13&known_at_sequence={REPORT}",
    "measure-not-begun": f"/measures/{MEASURE}?at=2020-07-01",
    "measure-not-known": f"/measures/{MEASURE}?known_at=2020-07-10",
    "agreement": f"/agreements/{AGREEMENT}?at=2020-08-01",
    "act": f"/acts/{ACT}?at=2020-07-10",
    "dyad": "/dyads/cn/us?at=2020-07-13",
    "measures": "/measures?at=2020-07-13",
    "measures-filtered": "/measures?at=2020-07-13&status=all&imposed_by=us",
    "search": "/search",
    "search-found": "/search?q=xinjiang",
    "search-nothing": "/search?q=qqqq",
    "events": "/events",
    "event": "/events/301",
    "audit": "/audit?sequence=301",
    "record": "/events/new",
    "record-lifted": f"/events/new?type=lifted&subject=measure:{MEASURE}",
    "record-amended": f"/events/new?type=amended&subject=measure:{MEASURE}&effective_on=2021-01-01",
    "record-corrected": f"/events/new?type=corrected&subject=measure:{MEASURE}&of=267",
    "wrong-day": "/actors/us?at=30+February+2020",
    "nothing-here": "/nothing/here",
}
