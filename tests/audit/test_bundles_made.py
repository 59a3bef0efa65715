"""Evidence bundles as the ledger makes them, over HTTP and on the command line: they check, and say what it says."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ledger.audit.bundle import MEDIA_TYPE, check_bundle
from ledger.audit.checkpoint import Checkpoint
from ledger.audit.cosignature import cosign, cosigner_key
from ledger.audit.keys import SigningKey
from ledger.audit.note import NoteKey
from ledger.audit.policy import Policy
from ledger.errors import BehindCheckpoint
from ledger.log import bundles
from ledger.log.bundles import claim_of
from ledger.projections.asof import known_at_sequence
from ledger.projections.lists import When
from ledger.service import Ledger
from ledger.store.events import head_of
from tests.client import path_of
from tests.posting import (
    concluded,
    corrected,
    event,
    imposed,
    lifted,
    merged,
    registered,
    reported,
    retracted,
    suspended,
)
from tests.process import environment, retorsion
from tests.property.histories import histories
from tests.property.model import moved
from tests.property.product import fresh_postgresql, fresh_sqlite

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def bundle(api, subject, **query):
    """The file, which has to be there."""
    answer = api.get("/v1/audit/bundle", subject=subject, **query)
    assert answer.status_code == 200, answer.text
    return answer.data


def key(api):
    return NoteKey.parse(api.get("/v1/audit/key").text.splitlines()[0])


# -------------------------------------------------------------------------------------------------------- over HTTP


def test_a_bundle_of_each_kind_of_subject_checks_and_says_what_the_api_says(api):
    api.append(reported("a", "2020-07-01"), registered("p"), registered("q"))
    api.append(imposed("m", "2020-07-09", against=["cn", "p"]), concluded("g", "1995-06-05~"))
    api.append(suspended("m", "2020-08-01", scope={"targets": [{"actor": "actor:p"}]}, until="2021-01-01"))
    api.append(event("suspended", "agreement:g", "2020-07-03", data={"by": ["actor:ca"], "until": "2030-01-01"}))
    api.append(merged("p", "q", "2020-09-01"))
    for subject in ("measure:m", "agreement:g", "act:a", "actor:p", "actor:us"):
        for at in ("1990-01-01", "2020-07-09", "2020-10-01", "2040-01-01"):
            found = check_bundle(bundle(api, subject, at=at), key(api))
            assert found.answer == api.state(subject, at=at)


def test_what_was_known_at_an_earlier_time_is_shown_by_the_events_of_then(api):
    first = api.append(imposed("m", "2020-07-09"))[0]
    second = api.append(corrected("measure:m", first["sequence"], effective_on="2020-07-10"))[0]
    api.append(retracted("measure:m", second["sequence"]))
    for query in ({"known_at_sequence": second["sequence"]}, {"known_at": second["recorded_at"]}):
        found = check_bundle(bundle(api, "measure:m", at="2020-08-01", **query), key(api))
        assert found.answer == api.state("measure:m", at="2020-08-01", **query)
        assert [each.sequence for each in found.events] == [first["sequence"], second["sequence"]]


def test_as_known_within_a_batch_is_as_known_at_its_end(api):
    first, second = api.append(imposed("m", "2020-07-09"), lifted("m", "2020-08-01"))
    found = check_bundle(bundle(api, "measure:m", known_at_sequence=first["sequence"]), key(api))
    assert found.answer["sequence"] == second["sequence"]
    assert len(found.events) == 2


@on_sqlite
def test_the_answer_is_a_file_with_a_name_that_may_change_for_want_of_a_later_signature(api):
    query = {"subject": "us", "at": "2020-07-10", "known_at_sequence": 252}
    answer = api.get("/v1/audit/bundle", **query)
    assert answer.content_type == MEDIA_TYPE
    assert answer.headers["Content-Disposition"] == 'attachment; filename="actor-us-2020-07-10-252.bundle"'
    assert "immutable" not in answer.headers["Cache-Control"]
    assert "Memento-Datetime" in answer.headers
    assert api.get("/v1/audit/bundle", {"If-None-Match": answer.headers["ETag"]}, **query).status_code == 304


@on_sqlite
def test_what_is_not_known_or_not_asked_rightly_is_a_problem(api):
    ask = partial(api.get, "/v1/audit/bundle")
    assert "measure:nope" in api.problem(ask(subject="measure:nope"), 404, "not-found")["detail"]
    assert "at event 0" in api.problem(ask(subject="us", known_at_sequence=0), 404, "not-found")["detail"]
    for query in ({}, {"subject": "Us"}, {"subject": "us", "at": "2020"}, {"subject": "us", "known_at_sequence": 999}):
        api.problem(ask(**query), 422, "validation-error")


@on_sqlite
def test_a_time_that_is_negotiated_keeps_the_subject(api):
    asked = {"Accept-Datetime": "Fri, 10 Jul 2020 12:00:00 GMT"}
    answer = api.get("/v1/audit/bundle", asked, subject="us")
    assert answer.status_code == 302
    assert "subject=us" in answer.headers["Location"]
    assert "known_at=2020-07-10T12" in answer.headers["Location"]


# ------------------------------------------------------------------------------------------------------ checkpoints


WITNESS = SigningKey("witness.example", bytes(32))


def cosigned(at, note, _proof_from):
    checkpoint = Checkpoint.parse(note.text)
    return note.signed_by(cosign(checkpoint, WITNESS, timestamp=at))


def as_known(ledger, subject, sequence):
    with ledger.reading() as session:
        known = known_at_sequence(session, head_of(session), sequence)
        claim = claim_of(session, subject, When(737_000, known))
    return check_bundle(ledger.bundle(claim), Policy(ledger.log.custody.vkey(), (cosigner_key(WITNESS),)))


def test_the_checkpoint_is_the_earliest_that_covers_the_events_for_what_witnesses_said_of_it(ledger):
    ledger.log._cosign = partial(cosigned, 1_594_400_000)
    ledger.append([imposed("m", "2020-07-09")], by="tests")
    ledger.log.checkpoint()
    ledger.log._cosign = partial(cosigned, 1_694_400_000)
    ledger.append([imposed("n", "2020-07-09")], by="tests")
    ledger.log.checkpoint()
    found = as_known(ledger, "measure:m", 253).witnessed
    assert (found.checkpoint.size, found.cosigned[0].timestamp) == (253, 1_594_400_000)
    assert as_known(ledger, "measure:m", 254).witnessed.checkpoint.size == 254


def test_where_the_earliest_has_fewer_signatures_it_is_the_newest(ledger):
    ledger.append([imposed("m", "2020-07-09")], by="tests")
    ledger.log.checkpoint()
    ledger.log._cosign = partial(cosigned, 1_694_400_000)
    ledger.append([imposed("n", "2020-07-09")], by="tests")
    ledger.log.checkpoint()
    assert as_known(ledger, "measure:m", 253).witnessed.checkpoint.size == 254


def test_an_event_that_no_checkpoint_covers_yet_gets_one(ledger):
    ledger.append([imposed("m", "2020-07-09")], by="tests")
    assert as_known(ledger, "measure:m", 253).witnessed.checkpoint.size == 253


@on_sqlite
def test_a_ledger_behind_its_checkpoint_shows_what_an_earlier_one_covers_and_nothing_else(database_url, ledger):
    ledger.log.checkpoint()
    ledger.append([imposed("m", "2020-07-09")], by="tests")
    ledger._database.close()
    shutil.copy("retorsion.db", "backup")
    ledger.append([imposed("n", "2020-07-09")], by="tests")
    ledger.log.checkpoint()
    ledger._database.close()
    shutil.copy("backup", "retorsion.db")
    restored = Ledger.open(database_url)
    assert as_known(restored, "actor:us", 252).witnessed.checkpoint.size == 252
    with pytest.raises(BehindCheckpoint):
        as_known(restored, "measure:m", 253)


# ----------------------------------------------------------------------------------------------- random histories


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def fresh(request):
    if request.param == "sqlite":
        return partial(fresh_sqlite, request.getfixturevalue("sqlite_template"))
    server = request.getfixturevalue("postgresql_server")
    return partial(fresh_postgresql, request.getfixturevalue("postgresql_template"), server)


@settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
@given(history=histories(), chance=st.integers(0, 2**32))
def test_the_answer_of_a_bundle_is_the_apis_whatever_was_recorded(fresh, history, chance):
    chance = random.Random(chance)  # noqa: S311 - it picks questions
    with fresh() as product:
        for batch in history:
            product.post(batch)
        newest = product.ledger.head().sequence - product.offset
        subjects = {draft["subject"] for batch in history for draft in batch if ":" in draft["subject"]}
        days = ["0001-01-01", "9999-12-31", *(moved(day, by) for day in DAYS for by in (-1, 0, 1))]
        log = key(product.api)
        for subject in sorted(subjects):
            for _ in range(6):
                at, known = chance.choice(days), chance.randint(0, newest)
                answer = product.get("/v1/audit/bundle", known, subject=subject, at=at)
                state = product.get(path_of(subject), known, at=at)
                assert answer.status_code in {state.status_code, 422}
                if answer.status_code == 200:
                    assert check_bundle(answer.data, log).answer == state.json


DAYS = ("2020-01-01", "2020-06-30", "2020-07-09", "2021-01-01", "2022-02-24", "2024-02-29", "2030-01-01")


# ------------------------------------------------------------------------------------------------- the command line

GUARDED = """
import sys
FORBIDDEN = {"alembic", "flask", "flask_smorest", "granian", "marshmallow", "prometheus_client", "psycopg", "rich",
             "socket", "_socket", "sqlalchemy", "sqlite3", "ssl"}
class Guard:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in FORBIDDEN:
            raise AssertionError("it imports " + name)
sys.meta_path.insert(0, Guard())
from api.cli import main
sys.exit(main())
"""
"""The command, in a process without anything by which a database or a network could be reached."""


@pytest.fixture
def evidence(database_url):
    ledger = Ledger.open(database_url)
    ledger.append([imposed("m", "2020-07-09", title="A \x1b[31mred\x1b[0m title")], by="tests")
    ledger.append([imposed("n", "2020-07-09")], by="tests")
    ledger.close()
    ran = retorsion("audit", "bundle", "measure:m", "m.bundle", "--at", "2020-07-10", database_url=database_url)
    assert (ran.returncode, ran.stdout) == (0, ""), ran
    return Path("m.bundle").resolve(), ran.stderr.rpartition(" --key ")[2].strip()


def check_alone(folder, *arguments):
    """`audit check-bundle` in an empty folder."""
    return subprocess.run(
        [sys.executable, "-c", GUARDED, "audit", "check-bundle", *arguments],
        cwd=folder,
        env=environment(None, PYTHONPATH=str(Path(__file__).parents[2])),
        capture_output=True,
        text=True,
    )


def test_a_bundle_is_checked_without_a_database_and_without_a_network(evidence, tmp_path_factory):
    file, vkey = evidence
    ran = check_alone(tmp_path_factory.mktemp("elsewhere"), str(file), "--key", vkey)
    assert (ran.returncode, ran.stderr) == (0, "")
    told = " ".join(ran.stdout.split())
    for said in (
        "the status of measure:m is in_force, since 2020-07-09",
        "event 253, version 1: imposed of 2020-07-09",
        "This proves:",
        "from 1 to 1, without a gap",
        "This does not prove:",
        "no later events",
        "is true",
    ):
        assert said in told


@on_sqlite
def test_what_does_not_hold_is_refused_in_one_line_that_names_the_check(evidence, tmp_path_factory):
    file, vkey = evidence
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "changed").write_bytes(file.read_bytes().replace(b"in_force", b"in_farce"))
    other = SigningKey("other.example", bytes(32)).note_key.text()
    for arguments, said in (
        (("changed", "--key", vkey), "the check of the digest"),
        ((str(file), "--key", other), "the check of the known key"),
        ((str(file), "--key", vkey, "--witness", cosigner_key(WITNESS).text()), "the check of the quorum"),
    ):
        ran = check_alone(folder, *arguments)
        assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1), ran
        assert said in ran.stderr


@on_sqlite
def test_keys_that_are_none_are_wrong_usage(evidence, tmp_path_factory):
    file, vkey = evidence
    folder = tmp_path_factory.mktemp("elsewhere")
    for arguments in (
        (),
        ("--key", "nonsense"),
        ("--key", cosigner_key(WITNESS).text()),
        ("--key", vkey, "--witness", vkey),
        ("--key", vkey, "--quorum", "1"),
    ):
        ran = check_alone(folder, str(file), *arguments)
        assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1), ran


@on_sqlite
def test_the_file_of_the_command_is_that_of_the_api(evidence, api):
    file, _ = evidence
    assert file.read_bytes() == bundle(api, "measure:m", at="2020-07-10")


@on_sqlite
@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ("measure:nope x", 1, "does not know measure:nope"),
        ("us x --known-at 0", 1, "did not know actor:us at event 0"),
        ("us x --known-at 2020-07-10", 1, "did not know actor:us at event 0"),
        ("us x --known-at 999", 2, "the newest event is 252"),
        ("us x --known-at 99999999999999999999", 2, "the newest event is 252"),
        ("us x --known-at yesterday", 2, "must be a time"),
        ("us x --at 2020", 2, "must be a day"),
        ("treaty:x x", 2, "is none of"),
    ],
)
def test_what_cannot_be_shown_is_refused_and_no_file_is_left(database_url, words, status, said):
    ran = retorsion("audit", "bundle", *words.split(), database_url=database_url)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (status, "", 1), ran
    assert said in ran.stderr
    assert not Path("x").exists()


@on_sqlite
def test_many_events_are_shown_by_proofs_of_several_readings(api, monkeypatch):
    monkeypatch.setattr(bundles, "_AT_ONCE", 3)
    api.append(imposed("m", "2020-01-01"), *(event("amended", "measure:m", f"2020-02-{day:02d}", data={
        "set": {"description": f"As of day {day}"}}) for day in range(1, 20)))  # fmt: skip
    found = check_bundle(bundle(api, "measure:m", at="2020-02-10"), key(api))
    assert len(found.events) == 20
    assert orjson.dumps(found.answer["terms"]["description"]) == b'"As of day 10"'


@on_sqlite
def test_what_no_bundle_has_room_for_is_refused(api, monkeypatch):
    for limit in (100, 1200):
        monkeypatch.setattr(bundles, "BUNDLE_LIMIT_BYTES", limit)
        problem = api.problem(api.get("/v1/audit/bundle", subject="us"), 422, "validation-error")
        assert "too few for this" in problem["detail"]
