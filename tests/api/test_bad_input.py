"""Whatever is sent, the answer says what is wrong with it: never a 5xx, and nothing half stored."""

import base64
import gzip
import json
import random
import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.http import openapi
from ledger.domain.events import DATA, draft
from tests.malformed import NAMES, TYPES, WRONG, broken, whole
from tests.posting import concluded, corrected, imposed, registered, reported

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what no database ever sees."""
IN_ONE_REQUEST = 1000
QUICKLY_SECONDS = 60
"""What takes more time with every member, in a body of megabytes, would take days."""
PATHS = json.loads(openapi.document())["paths"]
GETS = [
    path
    for path, operations in PATHS.items()
    if "get" in operations and not re.search(r"stream|(agreements|acts)/{slug}", path)  # those are as measures are
]


@pytest.fixture
def untouched(api):
    """A ledger with a subject of each kind, in which nothing has changed when the scene is over."""
    api.append(reported("known", "2020"), imposed("known", "2020"), concluded("known", "2020"), registered("known"))
    before = api.get("/v1/events", limit=1000).data
    yield api
    assert api.get("/v1/events", limit=1000).data == before
    for path in ("/v1/measures", "/v1/agreements", "/v1/acts"):
        assert [(each["subject"].partition(":")[2], each["version"]) for each in api.get(path).json["items"]] == [
            ("known", 1)
        ]


def refused(answer, about):
    """The answer's status, which is a 4xx with a problem document."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:300], repr(about)[:300])
    assert answer.mimetype == "application/problem+json"
    problem = answer.json
    assert problem["status"] == answer.status_code
    assert problem["type"].startswith("/problems/")
    assert problem["title"]
    assert problem["detail"]
    if problem["type"] == "/problems/validation-error":
        assert problem["errors"]
        assert all(error["detail"] and error["pointer"][:1] in {"", "/"} for error in problem["errors"])
    return answer.status_code


def no_failure(answer, about):
    """The answer's status: either it was right after all, or it is refused."""
    return answer.status_code if answer.status_code < 400 else refused(answer, about)


def post(api, value, **query):
    """Post any JSON, with what UTF-8 cannot hold as escapes."""
    return api.post("/v1/events", data=json.dumps(value), **query)


def on_a_file(database_url):
    """Whether the ledger is on SQLite, where a request is far quicker: all are tried there."""
    return database_url.startswith("sqlite")


# ----------------------------------------------------------------------------------------------------------- events


@on_sqlite
@pytest.mark.parametrize(("kind", "type_"), TYPES)
def test_an_event_with_one_thing_wrong_is_refused_wherever_it_is(untouched, kind, type_):
    """In an array every wrong one is named, with its index."""
    right = whole(kind, type_, {"title": "Other"})
    assert not isinstance(draft(right), list), "the event that is to be broken is well formed"
    wrong = [event for event in broken(right) if isinstance(draft(event), list)]
    assert len(wrong) > 200
    for start in range(0, len(wrong), IN_ONE_REQUEST):
        some = wrong[start : start + IN_ONE_REQUEST]
        answer = post(untouched, some)
        assert refused(answer, some[0]) == 422
        assert {int(error["pointer"].split("/")[1]) for error in answer.json["errors"]} == set(range(len(some)))


@pytest.mark.parametrize("kind", DATA)
def test_what_is_well_formed_and_odd_is_taken_or_refused(untouched, database_url, kind):
    """A dry run judges it as it would be, so that none is stored."""
    odd = [
        event
        for type_ in DATA[kind]
        for event in broken(whole(kind, type_, {"title": "Other"}))
        if not isinstance(draft(event), list)
    ]
    for event in odd[:: 1 if on_a_file(database_url) else 7]:
        no_failure(post(untouched, event, dry_run=True), event)


@pytest.mark.parametrize("kind", DATA)
def test_a_correction_with_one_thing_wrong_in_its_data_is_refused(untouched, database_url, kind):
    """Its data are judged by the type of the event that it names, which only the ledger knows."""
    of = untouched.history(f"{kind}:known")[0]
    right = whole(kind, of["type"])["data"]
    assert post(untouched, corrected(f"{kind}:known", of["sequence"], data=of["data"]), dry_run=True).status_code == 200
    found = set()
    for data in list(broken(right))[:: 1 if on_a_file(database_url) else 7]:
        event = corrected(f"{kind}:known", of["sequence"], data=data)
        status = no_failure(post(untouched, event, dry_run=True), data)
        as_such = draft({**whole(kind, of["type"]), "data": data})
        if isinstance(as_such, list) and data is not None:
            assert status == 422, data
        found.add(status)
    assert found & {200, 409}
    assert 422 in found


@on_sqlite
def test_nothing_is_too_deep(untouched):
    for depth in (5, 9, 50, 253, 254, 255, 300, 500, 800, 900, 950, 1_000, 5_000, 100_000):
        for opening, closing in (('{"a":', "}"), ("[", "]"), ('{"set":{"targets":[', "]}}")):
            deep = opening * depth + "1" + closing * depth
            for body in (
                "DEEP",
                '{"type":"corrected","subject":"measure:known","data":{"of":254,"data":DEEP}}',
                '{"type":"imposed","subject":"measure:m","effective_on":"2020","data":DEEP}',
                '{"type":"imposed","subject":"measure:m","effective_on":"2020","data":{"targets":DEEP}}',
                '{"type":"lifted","subject":"measure:known","effective_on":"2020-06-01","sources":DEEP}',
            ):
                refused(untouched.post("/v1/events", data=body.replace("DEEP", deep)), (depth, body))


@on_sqlite
def test_numbers_are_integers_that_every_reader_can_hold(untouched):
    of = untouched.history("measure:known")[0]["sequence"]
    odd = "1.0 1e2 1E400 -1e400 0.1 9007199254740992 -1 -0.0 0x10 1_0 NaN Infinity +1 .5 5.".split()
    for number in (*odd, "1" + "0" * 400, "9" * 4300, "9" * 4301):
        for body in (
            '{"type":"retracted","subject":"measure:known","data":{"of":NUMBER}}',
            '{"type":"corrected","subject":"measure:known","data":{"of":OF,"data":{"title":NUMBER}}}',
            '{"type":"lifted","subject":"measure:known","effective_on":"2021","expected_version":NUMBER}',
        ):
            posted = body.replace("OF", str(of)).replace("NUMBER", number)
            refused(untouched.post("/v1/events", data=posted), posted[:100])


@on_sqlite
@pytest.mark.parametrize(
    "what",
    ["members", "events", "names", "twice", "targets", "lines", "numbers", "escapes"],
)
def test_megabytes_of_it_are_refused_quickly(untouched, what):
    size = 4_000_000
    content_type = "application/json"
    if what == "members":
        body = "{" + ",".join(f'"m{number}":1' for number in range(size // 13)) + "}"
    elif what == "events":
        body = "[" + "{}," * (size // 3 - 2) + "{}]"
    elif what == "names":
        body = '{"type":"imposed","subject":"measure:m","effective_on":"2020","data":{"' + "n" * size + '":1}}'
    elif what == "twice":
        body = "{" + ",".join(f'"m{number}":1' for number in range(size // 13)) + ',"m0":2}'
    elif what == "targets":
        body = json.dumps(imposed("m", "2020", against=[{"actor": "actor:"}] * (size // 22)))
    elif what == "lines":
        body, content_type = "{}\n" * (size // 3), "application/x-ndjson"
    elif what == "numbers":
        body = "[" + ",".join(["9" * 4000] * (size // 4001)) + "]"
    else:
        body = '{"comment":"' + "\\ud800" * (size // 6) + '"}'
    began = time.monotonic()
    refused(untouched.post("/v1/events", data=body, content_type=content_type), what)
    assert time.monotonic() - began < QUICKLY_SECONDS


# ----------------------------------------------------------------------------------------------------------- bodies


@on_sqlite
def test_bodies_in_other_encodings_are_not_read(untouched):
    text = json.dumps(imposed("m", "2020", title="Zölle 关税"), ensure_ascii=False)
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "gb18030"):
        refused(untouched.post("/v1/events", data=text.encode(encoding)), encoding)
        refused(untouched.post("/v1/events", data=text.encode(encoding), content_type="application/x-ndjson"), encoding)
    for body in (
        gzip.compress(text.encode()),
        text.encode()[:-20],
        text.encode() + b"\x80",
        b"\0" * 100,
        b"\x1f\x8b",
        b"\r\n\r\n",
    ):
        refused(untouched.post("/v1/events", data=body), body[:40])
    surrogates = text.encode().replace("关".encode(), b"\xed\xa0\x80")
    refused(untouched.post("/v1/events", data=surrogates), "CESU")


@on_sqlite
def test_ndjson_with_one_bad_line_is_refused_whole(untouched):
    good = json.dumps(imposed("m", "2020"))
    for bad in (
        "{",
        "[]",
        "null",
        "1",
        '"x"',
        "[{}]",
        f"{good} {good}",
        f"{good},",
        "\x00",
        "\ufeff" + good,
        "# a comment",
        "{}",
    ):
        for body in (f"{good}\n{bad}\n", f"{bad}\n{good}", f"{good}\r{bad}"):
            refused(untouched.post("/v1/events", data=body.encode(), content_type="application/x-ndjson"), body)


@on_sqlite
def test_headers_that_make_no_sense_are_refused_or_passed_over(untouched):
    event = {"type": "imposed", "subject": "measure:known"}
    odd = [
        "",
        " ",
        "x" * 10_000,
        '"',
        "\xff\xfe",
        "a\tb",
        "null",
        "-1",
        "1" * 400,
        '"1',
        "W/",
        "*",
        ",,,",
        "=?utf-8?q?x?=",
        "%00",
        "é",
    ]
    for name in ("If-Match", "Idempotency-Key", "Content-Type", "Content-Encoding", "Authorization", "Accept",
    "Range", "Expect",
                 "X-Forwarded-For", "Cookie", "Origin", "Accept-Encoding", "Accept-Language", "Date"):  # fmt: skip
        for value in odd:
            refused(untouched.post("/v1/events", json=event, headers={name: value}), (name, value))
    for name in (
        "If-None-Match",
        "If-Modified-Since",
        "Accept-Datetime",
        "Last-Event-ID",
        "Accept",
        "Range",
        "Authorization",
        "Cookie",
    ):
        for value in odd:
            for path in ("/v1/actors/us", "/v1/actors/us/state", "/v1/events", "/v1/measures/known/timeline"):
                no_failure(untouched.get(path, headers={name: value}), (path, name, value))
    for length in ("abc", "-1", "1e3", "", "99999999999999999999"):
        answer = untouched.http.post(
            "/v1/events",
            data=json.dumps(event),
            headers={"Authorization": f"Bearer {untouched.token}", "Content-Type": "application/json"},
            environ_overrides={"CONTENT_LENGTH": length},
        )
        refused(answer, length)


@on_sqlite
def test_dates_in_accept_datetime_may_be_absurd(api):
    for header in ("Thu, 01 Jan 1970 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 GMT",
    "Mon, 01 Jan 0001 00:00:00 +2359", "Fri, 31 Dec 9999 23:59:59 GMT",
                   "Fri, 31 Dec 9999 23:59:59 -2359", "Fri, 31 Dec 99999 23:59:59 GMT", "1 Jan 1",
                   "Fri, 10 Jul 2020 12:00:00 +9999", "Fri, 10 Jul 2020 25:00:00 GMT",
                   "Fri, 10 Jul 2020 12:00:60 GMT", "Fri, 10 Jul -2020 12:00:00 GMT", "10 Jul 2020",
                   "Fri, 10 Jul 2020 12:00:00"):  # fmt: skip
        for path in ("/v1/actors/us", "/v1/measures", "/v1/actors/us/timeline"):
            answer = api.get(path, headers={"Accept-Datetime": header})
            if no_failure(answer, header) == 302:
                no_failure(api.get(answer.headers["Location"]), header)


# -------------------------------------------------------------------------------------------------- paths and queries


SLUGS = [
    "%00", "a%00b", "%ff", "%c0%80", "%ed%a0%80", "%E2%82", "%zz", "%", "..", ".", "%2e%2e", "%2F", "a%2Fb", "a;b",
    "a b", "a+b", "A", "é", "%F0%9F%98%80",
    "-", "a-", "-a", "a--b", "_", "x" * 121, "x" * 5000, "%0a", "us%0a", "us%0d%0a", "us%20", "'", '"', "%22",
    "<script>", "{slug}", "null", "0", "*",
]  # fmt: skip


@pytest.mark.parametrize("path", [path for path in GETS if "{" in path])
def test_a_name_that_nothing_can_have_is_not_found(untouched, path):
    for slug in SLUGS:
        answer = untouched.get(path.replace("{b}", "us").replace(re.search(r"{\w+}", path)[0], slug))
        if answer.status_code != 308:  # a path with // or .. in it is another one
            assert refused(answer, slug) in {404, 422}, slug


VALUES = [
    "", " ", "x", "%00", "a%00b", "%ff", "%c0%80", "%ed%a0%80", "%zz", "%", "-1", "0", "1.5", "1e9", "9" * 16,
    "9" * 400, "9" * 5000, "null", "[]", "{}", "'", "%22",
    "';--", "%25", "é", "%F0%9F%98%80", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2020-02-30",
    "-2020-01-01", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:60Z", "2020-07-10T12:00:00+24:00",
    "2020-07-10T12%3A00%3A00%2B23%3A59", "2016-12-31T23:59:60Z",
    "actor:", "actor:us", "us", "measure:known", "kind:us", "actor:actor:us", "all", "none", "true", "True",
    "x" * 5000, "a " * 500, "%D9%A1", "*", '"*', "a:*", "a&b", "%0a",
]  # fmt: skip


@pytest.mark.parametrize("path", GETS)
def test_a_parameter_may_hold_anything(untouched, path):
    concrete = (
        path.replace("{slug}", "us" if "actors" in path else "known")
        .replace("{a}", "us")
        .replace("{b}", "cn")
        .replace("{sequence}", "1")
    )
    names = [parameter["name"] for parameter in PATHS[path]["get"]["parameters"] if parameter["in"] == "query"]
    for name in names:
        for value in VALUES:
            no_failure(untouched.http.get(f"{concrete}?{name}={value}"), (concrete, name, value))
    for query in (
        "%",
        "=",
        "&&&",
        "a",
        "=x",
        "%00=1",
        "%ff=1",
        "%ed%a0%80=",
        "x" * 5000,
        "&".join(["a=1"] * 2000),
        ";",
        "?",
        "#",
        "__proto__=1",
        "self=1",
        "a[]=1",
        "a[b]=1",
    ):
        no_failure(untouched.http.get(f"{concrete}?{query}"), (concrete, query))
    for name in names:
        no_failure(untouched.http.get(f"{concrete}?{name}"), name)
        no_failure(untouched.http.get(f"{concrete}?{name}=1&{name}=2"), name)
        refused(untouched.http.get(f"{concrete}?{name}[]=1"), name)
        refused(untouched.http.get(f"{concrete}?{name.upper()}=1"), name)


def tampered(cursor):
    """A cursor with one thing changed in it."""
    chance = random.Random(cursor)  # noqa: S311
    for index in range(len(cursor)):
        yield cursor[:index] + chance.choice("ABCdef012-_=+/ ") + cursor[index + 1 :]
    yield from (cursor[:-1], cursor[1:], cursor + "A", cursor + "====", cursor * 2, cursor.lower())
    place = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    for index, part in enumerate(place):
        for wrong in (
            None,
            True,
            -1,
            2**31,
            2**53 - 1,
            2**53,
            2**63,
            2**64,
            1.5,
            "",
            "x",
            "\0",
            "\ud800",
            "'",
            "9" * 50,
            [],
            {},
            [part],
            str(part),
        ):
            changed = json.dumps([*place[:index], wrong, *place[index + 1 :]])
            yield base64.urlsafe_b64encode(changed.encode()).rstrip(b"=").decode()
    for whole_ in ("[]", "{}", "null", "1", '"x"', "[" * 2000, json.dumps([*place, 1]), json.dumps(place[:-1])):
        yield base64.urlsafe_b64encode(whole_.encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "path", ["/v1/events", "/v1/measures", "/v1/actors", "/v1/actors/us/state", "/v1/measures/m/history"]
)
def test_a_cursor_may_be_tampered_with(api, path):
    api.append(
        *(imposed(slug, "2020") for slug in "mnop"),
        *({**imposed("m", "2021"), "type": "lifted", "data": None} for _ in range(1)),
    )
    body = api.get(path, limit=1).json
    cursor = (body.get("next") or body["imposing"]["next"]).rpartition("cursor=")[2]
    assert api.get(path, cursor=cursor).status_code == 200
    for other in tampered(cursor):
        assert no_failure(api.get(path, cursor=other), other) in {200, 422}


# ---------------------------------------------------------------------------------------------------------- anything


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()))
    | st.sampled_from([*WRONG, *NAMES])
)
anything = st.recursive(scalars, lambda inner: st.lists(inner,
max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=())) | st.sampled_from(sorted(
    {"type", "subject", "data", "effective_on", "sources", "comment", "expected_version", "targets", "set", "add",
    "remove", "of", "title"})), inner, max_size=5), max_leaves=20)  # fmt: skip
unhurried = settings(
    max_examples=80,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@unhurried
@given(value=anything)
def test_any_json_is_answered(untouched, value):
    body = json.dumps(value)
    assert refused(untouched.post("/v1/events", data=body), value) in {400, 422}


@unhurried
@given(
    base=st.sampled_from(TYPES), part=st.sampled_from(["data", "sources", "effective_on", "comment"]), value=anything
)
def test_any_json_in_an_event_is_answered(untouched, base, part, value):
    kind, _ = base
    event = {**whole(*base, {"title": "Other"}, of=254), "subject": f"{kind}:known", part: value}
    no_failure(post(untouched, event, dry_run=True), value)


@unhurried
@given(
    body=st.binary(max_size=200) | st.text(max_size=100).map(str.encode),
    content_type=st.sampled_from(["application/json", "application/x-ndjson", "text/plain"]),
)
def test_any_bytes_are_answered(untouched, body, content_type):
    refused(untouched.post("/v1/events", data=body, content_type=content_type), body)


@unhurried
@given(path=st.sampled_from(GETS), slug=st.text(max_size=20), query=st.dictionaries(st.sampled_from(
    ["at", "known_at", "known_at_sequence", "limit", "cursor", "status", "q", "after", "actor", "target", "from",
    "to", "trace", "type"]) | st.text(max_size=5),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=30), max_size=4))  # fmt: skip
def test_any_query_is_answered(untouched, path, slug, query):
    concrete = re.sub(r"{\w+}", lambda _: slug.replace("?", "").replace("#", ""), path)
    no_failure(untouched.http.get(concrete, query_string=query), (concrete, query))
