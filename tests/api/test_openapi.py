"""GET /openapi.json is enough to write a client from: complete, described, and true of real answers."""

import json
import re

import pytest
import schemathesis

from api.http import openapi
from api.http.examples import FOLLOWING, POSTED_BODY
from fixtures import load
from tests.client import PLURALS, path_of
from tests.posting import imposed, lifted

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DOCUMENT = json.loads(openapi.document())
OPERATIONS = [
    (method, path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
    if method != "parameters"
]


@pytest.fixture
def conforms(app):
    """Holds an answer against what the document says of its request."""
    declared = schemathesis.openapi.from_dict(DOCUMENT)
    checks = [
        check
        for check in schemathesis.checks.CHECKS.get_all()
        if check.__name__
        in {
            "status_code_conformance",
            "content_type_conformance",
            "response_headers_conformance",
            "response_schema_conformance",
        }
    ]
    assert len(checks) == 4

    def hold(answer, path, method="GET"):
        named = dict.fromkeys(re.findall(r"{(\w+)}", path), "any")
        declared[path][method].Case(path_parameters=named).validate_response(answer, checks=checks)
        return answer

    return hold


@on_sqlite
def test_it_is_served_as_it_is_and_says_which_version_of_openapi_it_is(api):
    assert api.get("/openapi.json").json == DOCUMENT
    assert DOCUMENT["openapi"].startswith("3.")


@on_sqlite
def test_every_request_below_v1_is_in_it(app):
    rules = {
        (method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint.partition(".")[0] not in {"pages", "static"}
    }
    told = {(method, path) for method, path, _ in OPERATIONS}
    unsaid = {path for _, path in rules - told}
    assert unsaid == {"/openapi.json", "/docs", "/docs/{name}"}
    assert told <= rules


def test_every_request_has_a_name_of_its_own_and_says_what_it_is_for():
    names = [operation["operationId"] for *_, operation in OPERATIONS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)
    assert all(operation["summary"].endswith(".") and operation["tags"] for *_, operation in OPERATIONS)


def test_every_parameter_is_described_and_those_that_are_free_text_have_an_example():
    for _, path, operation in OPERATIONS:
        for parameter in [*operation["parameters"], *DOCUMENT["paths"][path]["parameters"]]:
            assert parameter["description"], (path, parameter["name"])
            schema = parameter["schema"]
            shown = {"example", "enum", "default", "items"} & (set(schema) | set(parameter)) or schema[
                "type"
            ] == "boolean"
            assert shown or parameter["name"] in {"cursor", "Last-Event-ID"}, (path, parameter["name"])


def test_every_request_may_be_refused_with_a_problem_document():
    for _, path, operation in OPERATIONS:
        if not path.startswith("/v1"):
            continue
        answers = operation["responses"]
        assert {"401", "403", "422", "503"} <= set(answers)
        never_the_same = {"post_events", "get_events_stream", "get_audit_leaves", "post_match_by_feed"}
        assert ("304" in answers) == (operation["operationId"] not in never_the_same)
        for status, answer in answers.items():
            if status >= "400":
                told = DOCUMENT["components"]["responses"][answer["$ref"].rpartition("/")[2]]
                example = next(iter(told["content"]["application/problem+json"]["examples"].values()))["value"]
                assert example["status"] == int(status)


def test_only_writing_needs_a_token():
    assert DOCUMENT["security"] == [{}, {"token": []}]
    assert {operation["operationId"] for *_, operation in OPERATIONS if "security" in operation} == {"post_events"}
    assert DOCUMENT["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_every_reference_leads_somewhere():
    names = {f"#/components/{kind}/{name}" for kind, of in DOCUMENT["components"].items() for name in of}
    references = set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(DOCUMENT)))
    assert references <= names
    assert names - references == {"#/components/securitySchemes/token"}, "what nothing refers to"


@on_sqlite
def test_its_examples_can_be_posted_one_after_the_other(api, conforms):
    for name, (_, body) in FOLLOWING.items():
        answer = api.post("/v1/events", json=body)
        assert answer.status_code == 201, name
        conforms(answer, "/v1/events", "POST")


@on_sqlite
def test_its_example_of_ndjson_can_be_posted_too(api, conforms):
    for _, body in list(FOLLOWING.values())[:-1]:
        api.append(*(body if isinstance(body, list) else [body]))
    lines = POSTED_BODY["content"]["application/x-ndjson"]["example"]
    conforms(api.post("/v1/events", data=lines, content_type="application/x-ndjson"), "/v1/events", "POST")


@on_sqlite
def test_real_answers_are_as_it_says(api, app, conforms):
    load(app.extensions["retorsion"])
    subjects = {
        kind: {event["subject"] for event in api.walk("/v1/events", limit=1000, subject_kind=kind)} for kind in PLURALS
    }
    built_in = {"actor:us", "actor:cn", "actor:hk", "actor:ca"}
    subjects["actor"] = built_in | {each for each in subjects["actor"] if len(each) > len("actor:xx")}
    for kind, plural in PLURALS.items():
        found = conforms(api.get(f"/v1/{plural}", at="2020-07-10", limit=3), f"/v1/{plural}").json
        assert found["items"]
        assert found["next"] is None or conforms(api.get(found["next"]), f"/v1/{plural}").json["items"]
        for subject in subjects[kind]:
            path, template = path_of(subject), f"/v1/{plural}/{{slug}}"
            conforms(api.get(path, trace=True), template)
            conforms(api.get(path, at="0001-01-01"), template)
            conforms(api.get(f"{path}/history"), f"{template}/history")
            conforms(api.get(f"{path}/timeline"), f"{template}/timeline")
            if kind == "actor":
                conforms(api.get(f"{path}/state", status="all", at="2021-01-01"), f"{template}/state")
                conforms(api.get(f"{path}/state/timeline"), f"{template}/state/timeline")
            else:
                conforms(api.get(f"{path}/chain"), f"{template}/chain")
    state = api.actor_state("cn", limit=1, status="all")
    for name in ("imposing", "targeted", "agreements"):
        if state[name]["next"]:
            conforms(api.get(state[name]["next"]), "/v1/actors/{slug}/state")
    conforms(api.get("/v1/dyads/us/cn"), "/v1/dyads/{a}/{b}")
    [(template, operation)] = [
        (path, each) for _, path, each in OPERATIONS if each["operationId"] == "post_match_by_feed"
    ]
    asked = operation["requestBody"]["content"]["application/json"]["example"]
    found = conforms(api.post("/v1/match/default", json=asked, at="2021-01-01", cutoff=0.2), template, "POST").json
    assert found["responses"]["q1"]["results"]
    conforms(api.get("/v1/entities/cn"), "/v1/entities/{slug}")
    conforms(api.get("/v1/events", limit=1000), "/v1/events")
    conforms(api.get("/v1/events/1"), "/v1/events/{sequence}")


@on_sqlite
def test_refusals_and_dry_runs_are_as_it_says(api, conforms):
    event = imposed("m", "2020-07-09")
    conforms(api.post("/v1/events", json=event, dry_run=True), "/v1/events", "POST")
    conforms(api.post("/v1/events", json=[event], dry_run=True), "/v1/events", "POST")
    for status, answer in {
        400: api.post("/v1/events", data="{"),
        401: api.with_token(None).post("/v1/events", json=event),
        409: api.post("/v1/events", json=lifted("m", "2020")),
        412: api.post("/v1/events", json=event, headers={"If-Match": '"1"'}),
        413: api.post("/v1/events", data=b" " * 9_000_000),
        415: api.post("/v1/events", data="x", content_type="text/plain"),
        422: api.post("/v1/events", json={}),
    }.items():
        assert conforms(answer, "/v1/events", "POST").status_code == status
    conforms(api.get("/v1/measures", headers={"Accept-Datetime": "Fri, 10 Jul 2020 12:00:00 GMT"}), "/v1/measures")
    conforms(api.get("/v1/measures", headers={"If-None-Match": "*"}), "/v1/measures")
    conforms(api.get("/v1/measures/nothing"), "/v1/measures/{slug}")
    for path in ("/healthz", "/readyz", "/metrics"):
        conforms(api.get(path), path)


@on_sqlite
def test_its_page_loads_nothing_from_another_host(api):
    page = api.get("/docs")
    assert page.mimetype == "text/html"
    files = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert {"/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/docs/start.js"} <= set(files)
    for file in files:
        if file.startswith("/"):
            assert api.get(file).status_code == 200
        else:
            assert file.startswith("data:")
    api.problem(api.get("/docs/other.js"), 404, "not-found")
    assert api.get("/docs/../app.py").status_code == 404
