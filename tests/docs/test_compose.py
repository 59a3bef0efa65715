"""docker-compose.yml and the Dockerfile say what they should, and the processes they start do run.

The tests need no container engine: they hold the file against the Compose Specification's own schema, and run the
commands that it would run in containers beside each other, on the PostgreSQL of the tests.
"""

import json
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from jsonschema.validators import validator_for

from tests import postgresql
from tests.process import command, environment, free_port, running

ROOT = Path(__file__).parents[2]
SECRET_NAMES = re.compile(r"PASSWORD|SECRET|TOKEN|KEY", re.IGNORECASE)
ASKED_FOR = re.compile(r"\$\{\w+:\?[^}]+\}")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def instructions():
    """The Dockerfile's instructions, `(name, rest)` each."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return [tuple(line.split(" ", 1)) for line in text.splitlines() if line and not line.startswith("#")]


@pytest.fixture
def empty_database(postgresql_server):
    yield postgresql_server.create("compose")
    postgresql_server.drop("compose")


def errors(document):
    """What the Compose Specification has against a document."""
    vendored = resources.files("check_jsonschema.builtin_schemas.vendor") / "compose-spec.json"
    schema = json.loads(vendored.read_text())
    return [error.message for error in validator_for(schema)(schema).iter_errors(document)]


def health_check(instructions):
    """The command of the image's HEALTHCHECK."""
    [check] = [rest for name, rest in instructions if name == "HEALTHCHECK"]
    return json.loads(check.split("CMD", 1)[1])


def serve_command(instructions):
    """The command that the image runs."""
    return json.loads([rest for name, rest in instructions if name == "CMD"][-1])


def test_it_follows_the_compose_specification(compose):
    assert errors(compose) == []


def test_the_specification_would_refuse_a_member_it_does_not_know(compose):
    broken = compose | {"services": {"api": compose["services"]["api"] | {"heathcheck": {}}}}
    assert errors(broken) != []


def test_every_secret_is_asked_for_and_none_is_written(compose):
    variables = [pair for service in compose["services"].values() for pair in service.get("environment", {}).items()]
    secrets = {name: value for name, value in variables if SECRET_NAMES.search(name)}
    assert secrets
    assert [name for name, value in secrets.items() if not ASKED_FOR.fullmatch(value)] == []
    assert [name for name, value in variables if "://" in value and urlsplit(value).password] == []


def test_the_api_waits_for_a_healthy_postgresql(compose):
    services = compose["services"]
    assert services["api"]["depends_on"]["db"]["condition"] == "service_healthy"
    assert services["db"]["healthcheck"]["test"]


def test_what_is_kept_is_on_a_volume(compose):
    mounted = [mount.split(":")[0] for service in compose["services"].values() for mount in service["volumes"]]
    assert sorted(mounted) == sorted(compose["volumes"])


def test_the_image_does_not_run_as_root(instructions):
    names = [name for name, _ in instructions]
    assert dict(instructions)["USER"] not in {"root", "0"}
    assert names.index("USER") < len(names) - names[::-1].index("CMD") - 1


def test_the_database_s_health_check_says_yes_to_a_running_one(compose, postgresql_server):
    _, program, *options = compose["services"]["db"]["healthcheck"]["test"]
    here = [
        f"--host={postgresql_server.socket_folder}" if option.startswith("--host=") else option for option in options
    ]
    checked = subprocess.run([postgresql.installation().folder / program, *here], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_the_image_s_processes_run_on_postgresql_and_its_health_check_holds(
    compose, instructions, empty_database, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    variables = compose["services"]["api"]["environment"]
    assert urlsplit(variables["RETORSION_DATABASE_URL"]).scheme == urlsplit(empty_database).scheme
    port = free_port()
    program, *options = serve_command(instructions)
    assert program == command().name

    check = [part.replace("8000", str(port)) for part in health_check(instructions)]
    assert check[0] == "python"
    healthy = [sys.executable, *check[1:]]
    assert subprocess.run(healthy, capture_output=True).returncode != 0
    with running([str(command()), *options, "--port", str(port)], environment(empty_database)):
        checked = subprocess.run(healthy, capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
