"""A database that is full, locked or gone: 503 with what to do, nothing half stored, and on it goes afterwards."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import event as listening

from ledger.errors import Refused
from ledger.store.database import UNAVAILABLE
from ledger.store.tokens import create_token
from ledger.store.writer import _MOST_TOGETHER, _Waiting
from tests.client import Api
from tests.posting import imposed, registered

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@contextmanager
def full_disk(ledger):
    """No page can be added to the database: SQLite says `database or disk is full`."""

    def limit(connection, *_):
        connection.execute("PRAGMA max_page_count = 1")  # which SQLite reads as: no more than there are

    engine = ledger._database.writers
    listening.listen(engine, "connect", limit)
    ledger.close()  # so that connections are made anew
    try:
        yield
    finally:
        listening.remove(engine, "connect", limit)
        ledger.close()


def large(slug):
    """An event that does not fit into the pages that are there."""
    return imposed(slug, "2020-07-09", description="x" * 60_000)


@on_sqlite
def test_where_the_disk_is_full_nothing_is_half_stored_and_later_appends_work(api, app):
    ledger = app.extensions["retorsion"]
    before = ledger.head()
    with full_disk(ledger):
        for posted in (large("m"), [registered("acme"), large("m"), registered("emca")]):
            answer = api.post("/v1/events", json=posted, headers={"Idempotency-Key": "k"})
            problem = api.problem(answer, 503, "unavailable")
            assert "again" in problem["detail"]
            assert answer.headers["Retry-After"]
        assert ledger.head() == before
        assert api.get("/v1/actors/us/state").status_code == 200
        assert api.get("/readyz").status_code == 200
    api.problem(api.get("/v1/measures/m"), 404, "not-found")
    stored = api.append(large("m"), headers={"Idempotency-Key": "k"})[0]
    assert (stored["sequence"], stored["version"]) == (before.sequence + 1, 1)
    assert ledger.rebuild(check=True) == []


@on_sqlite
def test_where_the_disk_is_full_nobody_is_told_that_an_event_is_stored_which_is_not(api, app):
    """Those that wait together share the commit, and the failure."""
    ledger = app.extensions["retorsion"]
    ledger.append([large("before")], by="tests")

    def post(number):
        client = Api(app.test_client(), api.token)
        answer = client.post("/v1/events", json=large(f"m{number}") if number % 2 else registered(f"c{number}"))
        return answer.json["sequence"] if answer.status_code == 201 else client.problem(answer, 503, "unavailable")

    with full_disk(ledger), ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(24)))
    acknowledged = sorted(answer for answer in answers if isinstance(answer, int))
    newest = ledger.head().sequence
    assert acknowledged == list(range(254, newest + 1))
    assert ledger.rebuild(check=True) == []
    assert ledger.append([large("afterwards")], by="tests").events[0].sequence == newest + 1


@on_postgresql
def test_after_the_server_has_dropped_every_connection_it_goes_on(api, app, database_url, postgresql_server):
    """As at its restart: a request that was given a dead connection is a 503, and those after it work."""
    api.append(imposed("m", "2020-07-09"))
    assert api.get("/v1/measures/m").status_code == 200
    name = database_url.partition("@/")[2].partition("?")[0]
    with postgresql_server.connect() as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
    for attempt in range(10):
        answer = api.post("/v1/events", json=imposed(f"n{attempt}", "2020-07-09"))
        if answer.status_code == 201:
            break
        api.problem(answer, 503, "unavailable")
    assert api.get("/v1/measures/m").status_code == 200
    assert [each["sequence"] for each in api.get("/v1/events", after=252).json["items"]] == [253, 254]


@on_postgresql
def test_connections_that_are_dropped_in_the_middle_lose_and_double_nothing(api, app, database_url, postgresql_server):
    """Whoever hears 503 sends the same again, with its key, until it is acknowledged."""
    name = database_url.partition("@/")[2].partition("?")[0]
    ended = threading.Event()
    dropped = []

    def drop():
        with postgresql_server.connect() as connection:
            while not ended.is_set() and len(dropped) < 40:
                found = "FROM pg_stat_activity WHERE datname = %s AND state = 'active'"
                dropped.extend(connection.execute(f"SELECT pg_terminate_backend(pid) {found}", [name]).fetchall())

    def post(number):
        client = Api(app.test_client(), api.token)
        event = imposed(f"m{number}", "2020-07-09")
        while True:
            answer = client.post("/v1/events", json=event, headers={"Idempotency-Key": f"k{number}"})
            if answer.status_code == 201:
                return answer.json["sequence"]
            client.problem(answer, 503, "unavailable")

    killer = threading.Thread(target=drop)
    killer.start()
    try:
        with ThreadPoolExecutor(4) as pool:
            sequences = list(pool.map(post, range(24)))
    finally:
        ended.set()
        killer.join()
    assert dropped
    assert sorted(sequences) == list(range(253, 277))
    ledger = app.extensions["retorsion"]
    assert ledger.head().sequence == 276
    assert ledger.rebuild(check=True) == []
    assert ledger.log.verify().holds


@on_postgresql
def test_where_the_server_is_gone_readiness_says_so(api, app):
    app.extensions["retorsion"]._database.close()
    listening.listen(app.extensions["retorsion"]._database.readers, "do_connect", _nobody_answers)
    api.problem(api.get("/readyz"), 503, "unavailable")
    api.problem(api.get("/v1/measures"), 503, "unavailable")
    assert api.get("/healthz").status_code == 200


def _nobody_answers(*_):
    import psycopg

    raise psycopg.OperationalError("connection refused")


# --------------------------------------------------------------------------------------------- those that wait together


@contextmanager
def waiting_together(ledger, works):
    """All `works` wait for their turn at writing, while another has it. What is given are their outcomes, later."""
    writer, outcomes = ledger._writer, {}
    begun, ended = threading.Event(), threading.Event()

    def holding(_):
        begun.set()
        assert ended.wait(60)

    def run(number, work):
        try:
            outcomes[number] = writer.write(work)
        except Exception as error:  # noqa: BLE001
            outcomes[number] = error

    first, *threads = [threading.Thread(target=run, args=each) for each in enumerate([holding, *works], -1)]
    first.start()
    assert begun.wait(60)
    for thread in threads:
        thread.start()
    while len(writer._queue) < len(works):
        assert any(thread.is_alive() for thread in threads)
    yield outcomes
    ended.set()
    for thread in (first, *threads):
        thread.join(60)
        assert not thread.is_alive(), "deadlock"
    del outcomes[-1]


def written(session):
    """How many times `writing` has written."""
    return session.value("SELECT count(*) FROM tokens")


def writing(session):
    """Something to write that can be counted."""
    create_token(session, f"t{written(session)}", "read", 0)
    return "written"


def failing(_):
    raise ZeroDivisionError


def refusing(_):
    raise Refused("no")


def test_however_many_wait_each_gets_its_own_outcome(ledger):
    with waiting_together(ledger, [writing] * 150) as outcomes:
        pass
    assert list(outcomes.values()) == ["written"] * 150


def test_one_behind_more_than_share_a_commit_gets_its_own_outcome_too(ledger):
    """It has the turn, and those before it in the queue are written first."""
    before = [_Waiting(writing) for _ in range(3 * _MOST_TOGETHER)]
    ledger._writer._queue.extend(before)
    assert ledger._writer.write(writing) == "written"
    assert all(waiting.result == "written" for waiting in before)


@pytest.fixture
def transactions(ledger, monkeypatch):
    """How many transactions have been written, as a list that grows."""
    found, real = [], ledger._database.writing

    def counted():
        found.append(1)
        return real()

    monkeypatch.setattr(ledger._database, "writing", counted)
    return found


def test_those_that_were_there_lately_are_awaited_and_share_a_commit(ledger, transactions):
    writer = ledger._writer
    writer._awaited, writer._moment_seconds = 3, 60
    threads = [threading.Thread(target=writer.write, args=(writing,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive(), "they wait for more than come"
    assert len(transactions) == 1
    assert writer._awaited == 3


def test_whoever_comes_alone_waits_for_nobody(ledger, transactions):
    writer = ledger._writer
    for _ in range(3):
        writer._moment_seconds = 3600
        assert writer.write(writing) == "written"
    assert len(transactions) == 3


def test_those_that_do_not_come_are_awaited_once(ledger, transactions):
    writer = ledger._writer
    writer._awaited, writer._moment_seconds = 5, 0.01
    assert writer.write(writing) == "written"
    assert writer._awaited == 1
    assert len(transactions) == 1


def test_one_that_fails_takes_nobody_with_it(ledger):
    with ledger.reading() as session:
        before = written(session)
    with waiting_together(ledger, [writing, failing, writing, refusing, writing]) as outcomes:
        pass
    assert [outcomes[number] if isinstance(outcomes[number],
    str) else type(outcomes[number]) for number in range(5)] == [
        "written", ZeroDivisionError, "written", Refused, "written",
    ]  # fmt: skip
    with ledger.reading() as session:
        assert written(session) == before + 3


def test_where_the_commit_fails_all_are_told_so(ledger, monkeypatch):
    database, real = ledger._database, ledger._database.writing

    @contextmanager
    def losing():
        with real() as session:
            yield session
            raise psycopg.OperationalError("the connection is lost")

    monkeypatch.setattr(database, "writing", losing)
    with waiting_together(ledger, [writing, refusing, writing]) as outcomes:
        pass
    assert isinstance(outcomes[0], UNAVAILABLE)
    assert isinstance(outcomes[1], Refused)
    assert isinstance(outcomes[2], UNAVAILABLE)
    monkeypatch.undo()
    with ledger.reading() as session:
        before = written(session)
    assert ledger._writer.write(writing) == "written"
    with ledger.reading() as session:
        assert written(session) == before + 1
