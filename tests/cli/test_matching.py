"""`retorsion match`: names in, scored matches out; and `audit check-screening`."""

import csv
import io
import json

import pytest

from ledger.service import Ledger
from tests.api.test_match import listed
from tests.client import Api

NAMES = """id,name,schema,birth_date,nationality,remark
c1,"CHEN, Quan-guo",Person,1955,cn,of no use
c2,Quangou Chen,,,China,

c3,"Nobody
Whosoever",Person,,,
"""


@pytest.fixture
def desk(story):
    """The demo's story, and one who is listed by a feed."""
    ledger = Ledger.open("sqlite:///retorsion.db")
    ledger.append(listed("ofac-sdn-29220", "CHEN, Quanguo", birth_dates=["1955"]), by="tests")
    yield ledger
    ledger.close()


@pytest.fixture
def names(tmp_path):
    """A file of names."""
    file = tmp_path / "names.csv"
    file.write_text(NAMES, "utf-8-sig")
    return str(file)


def test_json_is_what_the_api_answers_with_queries_named_by_their_lines(run, desk, names):
    answer = json.loads(run("match", names, "--at", "2020-07-10", "--feed", "ofac-sdn", "--format", "json").done())
    assert list(answer["responses"]) == ["line 2", "line 3", "line 5"]
    assert answer["responses"]["line 2"]["query"] == {
        "id": "c1", "schema": "Person",
        "properties": {"name": ["CHEN, Quan-guo"], "birthDate": ["1955"], "nationality": ["cn"]},
    }  # fmt: skip
    assert answer["responses"]["line 3"]["query"]["schema"] == "Thing"
    assert answer["feeds"] == {"ofac-sdn": None}
    from api.http import create_app
    from ledger.settings import Settings

    app = create_app(Settings(database_url="sqlite:///retorsion.db"))
    posted = {"queries": {name: response["query"] for name, response in answer["responses"].items()}}
    assert Api(app.test_client()).post("/v1/match/ofac-sdn", json=posted, at="2020-07-10").json == answer
    app.extensions["retorsion"].close()


def test_csv_has_a_row_for_each_result_and_one_for_each_name_without(run, desk, names):
    rows = list(csv.DictReader(io.StringIO(run("match", names, "--at", "2020-07-10", "--format", "csv").done())))
    assert [(row["line"], row["id"], row["match"]) for row in rows if row["listed_id"] in {"ofac-sdn-29220", ""}] == [
        ("2", "c1", "true"),
        ("3", "c2", "true"),
        ("5", "c3", "false"),
    ]
    first = next(row for row in rows if row["listed_id"] == "ofac-sdn-29220")
    assert (first["listed_name"], first["datasets"]) == ("CHEN, Quanguo", "ofac-sdn")
    assert first["measures"] == "measure:ofac-sdn-29220"
    assert "quan guo ~ quanguo" in first["why"]


def test_the_table_says_whom_a_name_may_mean_and_why(run, desk, names):
    table = run("match", names, "--at", "2020-07-10", "--feed", "ofac-sdn").done()
    assert "3 names, 2 with a match" in table
    assert "ofac-sdn: never read" in table
    assert "measure:ofac-sdn-29220" in table
    assert "none" in table


def test_all_names_are_screened_at_one_event(run, desk, tmp_path):
    file = tmp_path / "many.csv"
    file.write_text("name\n" + "Quanguo Chen\n" * 250)
    answer = json.loads(run("match", str(file), "--format", "json", "--known-at", "9999-12-31").done())
    assert len(answer["responses"]) == 250
    assert answer["sequence"] == desk.head().sequence


def test_what_was_known_and_when(run, desk, names):
    before = desk.head().sequence - 2
    for more, found in [
        (["--at", "2020-07-08"], 0),
        (["--at", "2020-07-10", "--known-at", str(before)], 0),
        (["--at", "2020-07-10", "--cutoff", "0.99"], 0),
        (["--at", "2020-07-10", "--limit", "1"], 2),
    ]:
        answer = json.loads(run("match", names, *more, "--feed", "ofac-sdn", "--format", "json").done())
        assert sum(len(response["results"]) for response in answer["responses"].values()) == found, more


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no column `name`"),
        (b"nam\nx\n", "has no column `name`"),
        (b"name\n", "has no names"),
        (b"name,id\n,7\n", "has no name at line 2"),
        (b"name\nx,y\n", "more cells at line 2 than columns"),
        (b'name\n"x\n', "is no CSV at line"),
        (b"name\n\xff\n", "is not UTF-8 at byte 5"),
        (b"name,schema\nx,Persn\n", "line 2: schema must be one of"),
        (b"name\n" + b"x" * 1001, "line 2: properties/name must have 1000 characters at the most"),
    ],
)
def test_a_file_that_cannot_be_screened_is_refused(run, desk, tmp_path, content, said):
    file = tmp_path / "names.csv"
    file.write_bytes(content)
    assert said in run("match", str(file)).refused(1)


def test_wrong_usage_is_refused(run, desk, names):
    assert "there is no feed 'nope'" in run("match", names, "--feed", "nope").refused(1)
    assert "--threshold" in run("match", names, "--threshold", "2").refused(2)
    assert "--at" in run("match", names, "--at", "yesterday").refused(2)
    assert "no-file.csv" in run("match", "no-file.csv").refused(2)


def test_an_answer_that_was_kept_is_checked(run, desk, tmp_path):
    from api.http import create_app
    from ledger.settings import Settings

    app = create_app(Settings(database_url="sqlite:///retorsion.db"))
    posted = {"queries": {"q": {"schema": "Person", "properties": {"name": ["Quanguo Chen"]}}}}
    given = Api(app.test_client()).post("/v1/match/default", json=posted, at="2020-07-10", evidence=True).data
    app.extensions["retorsion"].close()
    file = tmp_path / "kept.evidence"
    file.write_bytes(given)
    told = run("audit", "check-screening", str(file)).done()
    assert told.startswith("Every check was passed.")
    assert "CHEN, Quanguo (ofac-sdn-29220), 0.95" in told
    file.write_bytes(given.replace(b"Quanguo Chen", b"Quanguo Chan"))
    assert "does not hold; what failed is the check of the digest" in run(
        "audit", "check-screening", str(file)
    ).refused(1)
    assert "no verifier key" in run("audit", "check-screening", str(file), "--key", "x").refused(2)
