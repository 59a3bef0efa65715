"""`retorsion demo`: what it prints is true, and what it proposes works."""

import json
import re
import shlex
import shutil
import subprocess

import pytest
import requests

from tests.process import command, environment, running


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A running demo, and what it printed. At its end all that it made must be gone."""
    temporary, working = tmp_path_factory.mktemp("temporary"), tmp_path_factory.mktemp("working")
    variables = environment("sqlite:///mine.db", TMPDIR=str(temporary))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(working)
        with running([str(command()), "demo", "--port", "0"], variables) as served:
            yield served, served.stdout.read_text()
            assert list(temporary.glob("retorsion-demo-*"))
            assert served.stop() == 0
    assert list(temporary.iterdir()) == []
    assert list(working.iterdir()) == []


def commands(printed):
    return [shlex.split(line) for line in printed.splitlines() if line.startswith("  curl ")]


def answered(words):
    """What the command answers: run as it is, or where curl is missing, read as curl would."""
    if curl := shutil.which("curl"):
        return json.loads(subprocess.run([curl, "--noproxy", "*", *words[1:]], capture_output=True, check=True).stdout)
    headers = dict(words[index + 1].split(": ", 1) for index, word in enumerate(words) if word == "-H")
    [url] = [word for word in words if word.startswith("http")]
    body = words[words.index("-d") + 1] if "-d" in words else None
    return requests.request("POST" if body else "GET", url, data=body, headers=headers, timeout=10).json()


def test_the_first_line_is_the_address(demo):
    served, printed = demo
    assert printed.splitlines()[0] == f"Retorsion serves at {served.url}"
    assert served.stderr.read_text() == ""


def test_it_says_where_the_report_ends(demo):
    served, printed = demo
    [sequence] = re.findall(r"The report of 10 July 2020 ends at event (\d+) \(known_at_sequence=\1\)", printed)
    report = {"at": "2020-07-10", "known_at_sequence": sequence}
    sanctions = f"{served.url}/v1/measures/us-xinjiang-2020-07-09"
    assert "actor:xinjiang-public-security-bureau" not in requests.get(sanctions, report, timeout=10).text
    assert "actor:xinjiang-public-security-bureau" in requests.get(sanctions, timeout=10).text


def test_its_token_appends(demo):
    served, printed = demo
    [token] = re.findall(r"^Append token: (\S+)$", printed, re.MULTILINE)
    event = {"type": "registered", "subject": "actor:acme", "data": {"category": "company", "name": "Acme"}}
    bearer = {"Authorization": f"Bearer {token}"}
    answer = requests.post(f"{served.url}/v1/events", json=event, headers=bearer, timeout=10)
    assert (answer.status_code, answer.json()["recorded_by"]) == (201, "demo")


def test_its_three_commands_work(demo):
    state, chain, append = map(answered, commands(demo[1]))
    assert state["actor"]["terms"]["name"] == "United States"
    assert state["summary"]["imposing"]["in_force"] > 0
    assert {node["subject"] for node in chain["nodes"]} >= {
        "measure:us-xinjiang-2020-07-09",
        "measure:cn-xinjiang-2020-07-10",
    }
    assert append["subject"] == "act:my-first-event"
