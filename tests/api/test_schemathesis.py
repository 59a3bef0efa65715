"""The OpenAPI document holds: whatever is asked, well formed or not, the answer is one that it declares."""

import os
import shutil

import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.http import create_app, openapi
from api.http.examples import FOLLOWING
from ledger.settings import Settings
from tests.client import Api
from tests.posting import concluded, reported

THOROUGH = "RETORSION_TEST_THOROUGH" in os.environ
EXAMPLES = 100 if THOROUGH else 10
"""Of each operation, beside those that its document and its limits suggest."""

SWITCHED_OFF = [
    positive_data_acceptance,  # what is well formed may still name what the ledger does not know, or clash with it
]


@schemathesis.serializer("application/x-ndjson")
def _lines(_context, value):
    """As the document has it, text; and what is generated to be wrong in any other form."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else orjson.dumps(value)


@pytest.fixture(scope="module")
def served(sqlite_template, tmp_path_factory):
    """An application in which the document's own examples are stored, and a token that may append."""
    folder = tmp_path_factory.mktemp("schemathesis")
    shutil.copytree(sqlite_template, folder, dirs_exist_ok=True)
    app = create_app(Settings(database_url=f"sqlite:///{folder / 'retorsion.db'}"))
    ledger = app.extensions["retorsion"]
    api = Api(app.test_client(), ledger.create_token("tests", "append"))
    for _, body in FOLLOWING.values():
        assert api.post("/v1/events", json=body).status_code == 201
    api.append(concluded("ca-hk-extradition", "1997-06-13"), reported("hk-security-law", "2020-06-30"))
    yield app, api.token
    ledger.close()


POST_IN_A_MINUTE = {"include-name": "POST /v1/events", "phases": {"coverage": {"enabled": False}}}
"""12,000 events with one thing wrong in each, which test_bad_input does in far less time."""

document = schemathesis.openapi.from_dict(
    orjson.loads(openapi.document()),
    config=SchemathesisConfig.from_dict({"operations": [] if THOROUGH else [POST_IN_A_MINUTE]}),
)
checked = document.exclude(path="/v1/events/stream")  # it never ends; tests.api.test_stream follows it


@checked.parametrize()
@settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
def test_every_answer_is_one_that_the_document_declares(case, served):
    app, token = served
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, app=app, excluded_checks=SWITCHED_OFF)
