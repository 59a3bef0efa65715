"""kill -9 of a witness: whatever it has given out is never contradicted by what it cosigns afterwards."""

import os
import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from threading import Event, Lock

import requests

from ledger.audit.checkpoint import open_checkpoint
from tests.audit.logs import Log
from tests.audit.witnesses import cosignature_in, witnessing

ROUNDS, LOGS, CLIENTS = 8, 12, 4
PATIENCE_SECONDS = 60
SEED = 20261124


def test_killed_between_any_two_calls_it_never_signs_two_histories(tmp_path):
    program = [sys.executable, "-m", "tests.audit.killed_everywhere", str(tmp_path / "w")]
    ran = subprocess.run(program, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=240)
    assert ran.returncode == 0, ran.stderr
    moments, given_out = map(int, ran.stdout.split())
    assert moments > 50
    assert 0 < given_out < moments / 2, "it was killed before and after it gave out the cosignature"


class Desk:
    """Two histories of some logs, a client that sends now the one and now the other, and all that was cosigned."""

    def __init__(self):
        names = [f"ledger{number}.example" for number in range(LOGS)]
        self.histories = [
            (Log(name), Log(name, fork="another history", forked_after=number)) for number, name in enumerate(names)
        ]
        self.cosigned = {name: {} for name in names}
        self._lock = Lock()
        self._answers = 0

    def send(self, witness, seed, enough, answers_before_the_kill):
        """Until the witness is gone: the checkpoint of some history, a little larger than what it says it has."""
        chance = random.Random(seed)  # noqa: S311 - of a test
        at = dict.fromkeys(self.cosigned, 0)
        while True:
            log = chance.choice(chance.choice(self.histories))
            size = min(at[log.origin] + chance.randrange(3), 64)
            try:
                answer = witness.add(log.submission(at[log.origin], size))
            except requests.RequestException:
                return
            assert answer.status_code in {200, 409, 422}, answer.text
            if answer.status_code == 409:
                at[log.origin] = int(answer.content)
            if answer.status_code == 200:
                cosignature_in(answer, log, size, witness.key)
                at[log.origin] = size
            with self._lock:
                if answer.status_code == 200:
                    roots = self.cosigned[log.origin].setdefault(size, set())
                    roots.add(log.checkpoint(size).root_hash)
                self._answers += 1
                if self._answers >= answers_before_the_kill:
                    enough.set()

    def begin_round(self):
        self._answers = 0

    def check(self):
        """Of each log, all that was ever cosigned is of one history."""
        for history in self.histories:
            cosigned = self.cosigned[history[0].origin]
            of_each = [{size: {log.checkpoint(size).root_hash} for size in cosigned} for log in history]
            assert cosigned in of_each, history[0].origin


def test_killed_again_and_again_under_load_it_never_signs_two_histories(tmp_path):
    desk = Desk()
    logs = [one for one, _ in desk.histories]
    for number in range(ROUNDS):
        desk.begin_round()
        enough = Event()
        with witnessing(tmp_path / "w", *logs) as witness, ThreadPoolExecutor(CLIENTS) as pool:
            for log in logs:
                remembers(witness, log, desk.cosigned[log.origin])
            futures = [
                pool.submit(desk.send, witness, f"{SEED} {number} {client}", enough, 1 + 37 * number)
                for client in range(CLIENTS)
            ]
            assert enough.wait(PATIENCE_SECONDS), witness.served.printed()
            os.killpg(witness.served.process.pid, signal.SIGKILL)
            witness.served.process.wait()
            for future in futures:
                future.result()
        desk.check()
    assert sum(map(len, desk.cosigned.values())) > ROUNDS


def remembers(witness, log, cosigned):
    """It still knows of the largest tree that it has given a cosignature for, or of a larger one."""
    url = f"{witness.url}/{sha256(log.origin.encode()).hexdigest()}/checkpoint"
    answer = requests.get(url, timeout=30)
    if answer.status_code == 404:
        assert not cosigned
        return
    kept = open_checkpoint(answer.content, log.key.note_key).checkpoint
    assert kept.size >= max(cosigned, default=0)
    assert {kept.root_hash} == cosigned.get(kept.size, {kept.root_hash})
