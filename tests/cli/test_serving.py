"""`retorsion serve`: it says when it accepts requests, and ends when it is told to, whatever is open."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.posting import reported
from tests.process import command, environment, free_port, retorsion, running

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def wait_until(true, what):
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def gone(process):
    """Whether none of its group runs any more: the server, its workers. What waits to be buried does not count."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            state, _parent, group = status.read_text().rpartition(")")[2].split()[:3]
            if int(group) == process.pid and state != "Z":
                return False
    return True


def refuses(url):
    """Whether nobody listens there any more."""
    address = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((address.hostname, address.port)) != 0


@contextmanager
def streaming(url):
    """An open event stream, from which something has come."""
    with requests.get(f"{url}/v1/events/stream", stream=True, timeout=60) as answer:
        lines = answer.iter_lines()
        assert next(lines).startswith(b":")
        yield lines


@contextmanager
def posting(url, token, event):
    """A POST whose body the server is waiting for. What is yielded sends it, and gives the answer."""
    address, body = urlsplit(url), json.dumps(event).encode()
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.sendall(
            f"POST /v1/events HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {token}\r\nExpect: 100-continue\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 100")

        def finish():
            connection.sendall(body)
            return connection.recv(100)

        yield finish


def test_it_initialises_serves_and_prints_one_line_with_its_address(serve, database_url):
    with serve() as served:
        assert requests.get(f"{served.url}/healthz", timeout=10).json() == {"status": "alive"}
        assert requests.get(f"{served.url}/v1/actors/us", timeout=10).status_code == 200
        told = requests.get(f"{served.url}/metrics", timeout=10).text
        assert re.search(r"^retorsion_ledger_events [1-9]", told, re.MULTILINE)
        assert served.stop() == 0
        wait_until(lambda: gone(served.process), "a worker is left")
        assert served.stderr.read_text() == ""
        assert served.stdout.read_text() == f"Retorsion serves at {served.url}\n"


@sqlite_only
def test_with_streams_and_a_request_in_hand_it_finishes_and_exits_with_0(serve, ledger):
    token = ledger.create_token("desk", "append")
    with serve(workers=2) as served:
        with streaming(served.url) as first, streaming(served.url) as second:
            with posting(served.url, token, reported("a", "2020-07-09")) as finish:
                served.process.send_signal(signal.SIGTERM)
                wait_until(lambda: refuses(served.url), "it still listens")
                assert not gone(served.process)
                assert finish().startswith(b"HTTP/1.1 201")
            assert list(first)[-1:] in ([], [b""])  # the end, and no broken connection
            assert list(second)[-1:] in ([], [b""])
        assert served.process.wait(30) == 0
        wait_until(lambda: gone(served.process), "a worker is left")
        assert served.stderr.read_text() == ""
        assert served.stdout.read_text() == f"Retorsion serves at {served.url}\n"
    with ledger.reading() as session:
        assert session.value("SELECT count(*) FROM events WHERE subject = 'act:a'") == 1


@sqlite_only
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_ctrl_c_and_a_closed_terminal_end_it_likewise(serve, number):
    with serve() as served, streaming(served.url) as lines:
        os.killpg(served.process.pid, number)  # as a terminal does: to the workers too
        assert served.process.wait(30) == 0
        assert list(lines)[-1:] in ([], [b""])
        assert served.stderr.read_text() == ""


@sqlite_only
def test_where_the_server_is_killed_its_workers_and_their_streams_end_too(serve):
    with serve(workers=2) as served, streaming(served.url) as lines:
        served.process.kill()
        served.process.wait()
        list(lines)
        wait_until(lambda: gone(served.process), "a worker is left")


@sqlite_only
def test_told_to_stop_before_it_serves_it_just_ends(database_url):
    with subprocess.Popen(
        [command(), "serve", "--port", "0"],
        env=environment(database_url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        wait_until(lambda: _handles(process, signal.SIGTERM), "it does not look out for SIGTERM")
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=30)
    assert (process.returncode, told) == (0, b"")
    wait_until(lambda: gone(process), "a worker is left")


def _handles(process, number):
    """Whether the process has a handler for that signal, as Linux tells it."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", status, re.MULTILINE)
    return bool(int(caught[1], 16) >> (number - 1) & 1)


@sqlite_only
def test_an_idle_connection_does_not_keep_it(serve):
    with serve() as served:
        address = urlsplit(served.url)
        idle = HTTPConnection(address.hostname, address.port, timeout=30)
        idle.request("GET", "/healthz")
        idle.getresponse().read()
        began = time.monotonic()
        assert served.stop() == 0
        assert time.monotonic() - began < 15
        idle.close()


@sqlite_only
def test_several_workers_are_measured_as_one(serve):
    def count(text):
        found = re.search(r'retorsion_request_seconds_count\{.*route="/v1/actors/<string:slug>".*\} (\S+)', text)
        return found and float(found[1])

    with serve(workers=2) as served:
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(requests.get, f"{served.url}/v1/actors/us", timeout=10) for _ in range(40)]
            assert {each.result().status_code for each in asked} == {200}
        for _ in range(10):  # of whichever worker
            told = requests.get(f"{served.url}/metrics", timeout=10).text
            assert count(told) == 40.0
        assert len(re.findall(r"^retorsion_ledger_events(\{.*\})? ", told, re.MULTILINE)) == 1
        assert "# HELP retorsion_ledger_events " in told


@sqlite_only
@pytest.mark.parametrize("taken_by", ["anybody", "another retorsion"])
def test_a_port_in_use_is_one_line_and_exit_status_1(serve, database_url, taken_by):
    port = free_port()
    if taken_by == "anybody":
        with socket.create_server(("127.0.0.1", port)):
            ran = retorsion("serve", "--port", str(port), database_url=database_url)
    else:
        with serve(port=port):
            ran = retorsion("serve", "--port", str(port), database_url=database_url)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.count("\n") == 1
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use; choose another" in ran.stderr


@pytest.mark.parametrize("host", ["nowhere.invalid", "192.0.2.1"])
def test_an_address_that_is_not_ours_is_one_line_and_exit_status_1(run, here, host):
    assert f"cannot listen on {host}:" in run("serve", "--host", host).refused(1)


def test_a_fresh_folder_gets_its_ledger_and_settings_hold_for_workers(nowhere):
    variables = environment(RETORSION_PORT="0", RETORSION_HOST="localhost", RETORSION_PUBLIC_READS="false")
    with running([str(command()), "serve"], variables) as served:
        assert re.fullmatch(r"http://localhost:[1-9]\d+", served.url)
        assert requests.get(f"{served.url}/v1/actors/us", timeout=10).status_code == 401
        assert (nowhere / "retorsion.db").exists()
