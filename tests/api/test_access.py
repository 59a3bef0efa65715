"""Who may do what, and which bodies are read at all (contract.md, HTTP and Events)."""

import gzip
import json

import pytest
from werkzeug.test import EnvironBuilder

from api.http import create_app
from ledger.settings import Settings
from tests.client import Api
from tests.posting import imposed

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

READS = [
    "/v1/events", "/v1/events/1", "/v1/events/stream", "/v1/measures", "/v1/agreements", "/v1/acts", "/v1/actors",
    "/v1/actors/us", "/v1/actors/us/history", "/v1/actors/us/timeline", "/v1/actors/us/state",
    "/v1/actors/us/state/timeline", "/v1/measures/m", "/v1/measures/m/history", "/v1/measures/m/timeline",
    "/v1/measures/m/chain", "/v1/dyads/us/cn", "/v1/export/ndjson", "/v1/export/csv", "/v1/export/spells",
    "/v1/export/ftm", "/v1/export/delta?from=0", "/v1/export/parquet",
]  # fmt: skip
STREAMED = [path for path in READS if "stream" in path or "export" in path]
OPEN_TO_ALL = ["/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"]


@pytest.fixture
def private(database_url):
    """The API of a ledger that only the bearers of tokens may read, by scope."""
    app = create_app(Settings(database_url=database_url, public_reads=False, max_body=100_000))
    ledger = app.extensions["retorsion"]
    yield {
        scope: Api(app.test_client(), scope and ledger.create_token(scope, scope))
        for scope in (None, "read", "append", "admin")
    }
    ledger.close()


# -------------------------------------------------------------------------------------------------------- tokens


def test_writing_needs_a_token_that_is_known(api, app):
    ledger = app.extensions["retorsion"]
    revoked = ledger.create_token("gone", "append")
    ledger.revoke_token("gone")
    for token in (None, "nonsense", revoked, "t\xf6ken", "a b"):
        refused = api.with_token(token).post("/v1/events", json=imposed("m", "2020"))
        api.problem(refused, 401, "unauthorized")
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    for header in ("Basic dGVzdHM6eA==", "Bearer", "Bearer ", api.token):
        refused = api.with_token(None).post("/v1/events", json=imposed("m", "2020"), headers={"Authorization": header})
        api.problem(refused, 401, "unauthorized")


def test_the_scheme_is_read_in_any_case(api):
    answer = api.with_token(None).post(
        "/v1/events", json=imposed("m", "2020"), headers={"Authorization": f"bEARER {api.token}"}
    )
    assert answer.status_code == 201


def test_a_token_that_may_only_read_does_not_write(private):
    refused = private["read"].post("/v1/events", json=imposed("m", "2020"))
    private["read"].problem(refused, 403, "forbidden")
    private["append"].append(imposed("m", "2020"))
    private["admin"].append(imposed("n", "2020"))


def test_a_dry_run_needs_the_same_token(api):
    api.problem(api.with_token(None).post("/v1/events", json=imposed("m", "2020"), dry_run=True), 401, "unauthorized")


@pytest.mark.parametrize("path", READS)
def test_where_reads_are_not_public_every_one_needs_a_token(private, path):
    private["append"].append(imposed("m", "2020"))
    for method in (private[None].http.get, private[None].http.head):
        refused = method(path)
        assert (refused.status_code, refused.mimetype) == (401, "application/problem+json")
    for scope in ("read", "append", "admin"):
        answer = private[scope].get(path)
        assert answer.status_code == 200
        if path != "/v1/events/stream":
            assert "private" in answer.headers["Cache-Control"]
        answer.close()


def test_reads_are_public_unless_said_otherwise(api):
    api.append(imposed("m", "2020"))
    for path in READS:
        answer = api.with_token(None).get(path)
        assert answer.status_code == 200
        answer.close()


@pytest.mark.parametrize("path", OPEN_TO_ALL)
def test_what_runs_the_service_is_open_to_all(private, path):
    assert private[None].get(path).status_code == 200


# -------------------------------------------------------------------------------------------------------- bodies


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", "",
        "application/json; charset=utf-16", "application/json; charset=latin-1", "application/x-ndjson; charset=ascii",
    ],
)  # fmt: skip
def test_a_body_of_another_kind_is_not_read(api, content_type):
    refused = api.http.post(
        "/v1/events",
        data=json.dumps(imposed("m", "2020")),
        headers={"Authorization": f"Bearer {api.token}", "Content-Type": content_type},
    )
    api.problem(refused, 415, "unsupported-media-type")
    assert "application/json" in refused.headers["Accept"]


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']
)
def test_json_in_utf_8_is_read_however_it_is_called(api, content_type):
    assert api.post("/v1/events", data=json.dumps(imposed("m", "2020")), content_type=content_type).status_code == 201


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "gzip, identity"])
def test_a_compressed_body_is_not_read(api, encoding):
    body = gzip.compress(json.dumps(imposed("m", "2020")).encode())
    refused = api.post("/v1/events", data=body, headers={"Content-Encoding": encoding})
    api.problem(refused, 415, "unsupported-media-type")


def test_a_body_over_the_limit_is_refused(private):
    api = private["append"]
    head, tail = b'{"type":"imposed","comment":"', b'"}'
    for size in (100_001, 1_000_000):
        body = head + b"x" * (size - len(head) - len(tail)) + tail
        assert "100000 bytes" in api.problem(api.post("/v1/events", data=body), 413, "body-too-large")["detail"]
    body = head + b"x" * (100_000 - len(head) - len(tail)) + tail
    api.problem(api.post("/v1/events", data=body), 422, "validation-error")


def test_eight_mebibytes_are_the_limit_unless_said_otherwise(api):
    api.problem(api.post("/v1/events", data=b" " * (8 * 1024 * 1024 + 1)), 413, "body-too-large")
    api.problem(api.post("/v1/events", data=b" " * (8 * 1024 * 1024)), 400, "bad-request")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nothing", b"{'type': 'imposed'}", b'{"type": "imposed",}', b"\xff\xfe{\x00}\x00",
        b"\xef\xbb\xbf{}",
        b'{"type": "\xff"}', b'{"a": NaN}', b'{"a": -Infinity}', b'{"a": 01}', b'{"a": "\x00"}', b"[" * 100_000,
        b'{"a":' * 100_000, b'{"a": ' + b"9" * 5000 + b"}", b'{"a": "\t"}', b"{} {}", b"/* */ {}",
    ],
)  # fmt: skip
def test_what_is_not_json_cannot_be_read(api, body):
    api.problem(api.post("/v1/events", data=body), 400, "bad-request")


@pytest.mark.parametrize(
    "body",
    [
        b'{"type": "imposed", "type": "imposed"}',
        b'{"type": "imposed", "t\\u0079pe": "lifted"}',
        b'{"subject": "measure:m", "data": {"set": {"title": "a", "title": "b"}}}',
        b'[{"a": [{"b": 1, "b": 1}]}]',
        b'{"\\ud800": 1, "\\ud800": 2}',
    ],
)
def test_a_member_given_twice_is_not_json_here(api, body):
    assert "twice" in api.problem(api.post("/v1/events", data=body), 400, "bad-request")["detail"]


def test_in_ndjson_the_line_that_cannot_be_read_is_named(api):
    lines = [json.dumps(imposed("m", "2020")), "", '{"type": ']
    refused = api.post("/v1/events", data="\n".join(lines), content_type="application/x-ndjson")
    assert "line 3" in api.problem(refused, 400, "bad-request")["detail"]


# ------------------------------------------------------------------------------------------------ paths and methods


@pytest.mark.parametrize(
    "path",
    [
        "/v1",
        "/v1/",
        "/v1/measure/m",
        "/v1/measures/m/",
        "/v2/events",
        "/v1/measures/m/state",
        "/v1/events/one",
        "/v1/events/-1",
    ],
)
def test_where_nothing_is_a_problem_document_says_so(api, path):
    api.problem(api.get(path), 404, "not-found")


@pytest.mark.parametrize("path", [path for path in READS if path != "/v1/events"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PURGE"])
def test_a_method_that_is_not_taken_says_which_are(api, path, method):
    refused = api.http.open(path, method=method)
    api.problem(refused, 405, "method-not-allowed")
    assert {"GET", "HEAD", "OPTIONS"} <= {each.strip() for each in refused.headers["Allow"].split(",")}


def test_options_says_what_is_taken(api):
    answer = api.http.options("/v1/events")
    assert answer.status_code == 200
    assert {each.strip() for each in answer.headers["Allow"].split(",")} == {"GET", "HEAD", "POST", "OPTIONS"}


@pytest.mark.parametrize("path", [path for path in READS if path not in STREAMED])
def test_head_is_get_without_its_body(api, path):
    api.append(imposed("m", "2020"))
    head, get = api.http.head(path), api.get(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == get.headers["ETag"]
    assert head.headers["Content-Length"] == str(len(get.data))


@pytest.mark.parametrize("path", ["/v1/events?before=3", *(f"{path}?colour=red" for path in READS)])
def test_an_unknown_query_parameter_is_an_error_that_names_it(api, path):
    api.append(imposed("m", "2020"))
    errors = api.problem(api.get(path), 422, "validation-error")["errors"]
    assert [error["pointer"] for error in errors] == [f"/{path.partition('?')[2].partition('=')[0]}"]


def test_an_unknown_query_parameter_of_a_post_is_an_error(api):
    api.problem(api.post("/v1/events", json=imposed("m", "2020"), dryrun=True), 422, "validation-error")


def test_all_wrong_parameters_are_named_at_once(api):
    problem = api.problem(
        api.get("/v1/measures", limit=0, at="2020-02-30", target="US", colour="red"), 422, "validation-error"
    )
    assert {error["pointer"] for error in problem["errors"]} == {"/limit", "/at", "/target", "/colour"}


def test_a_parameter_that_is_no_list_can_be_given_once(api):
    for name, values in (("at", ["2020-01-01", "2021-01-01"]), ("limit", ["1", "1"]), ("target", ["us", "us"])):
        problem = api.problem(api.get("/v1/measures", **{name: values}), 422, "validation-error")
        assert [error["pointer"] for error in problem["errors"]] == [f"/{name}"]


def test_answers_are_handed_to_the_server_whole(app):
    """granian sends a list of bytes at once, and makes a stream of anything else: that halves how many it answers."""
    for path in ("/v1/measures", "/v1/actors/us", "/metrics"):
        assert isinstance(app(EnvironBuilder(path=path).get_environ(), lambda *_: None), list)
