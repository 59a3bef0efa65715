"""The real `retorsion witness`, as its operator starts it."""

from contextlib import contextmanager
from dataclasses import dataclass

import requests

from ledger.audit.cosignature import CosignerKey
from ledger.audit.note import Note, Signature, open_note
from tests.process import Served, command, environment, running

NAME = "desk.example/witness"


@dataclass(frozen=True)
class Running:
    served: Served
    key: CosignerKey

    @property
    def url(self):
        return self.served.url

    def add(self, body):
        """The answer to `add-checkpoint` with that body."""
        return requests.post(f"{self.url}/add-checkpoint", data=body, timeout=30)


def words(folder, *logs, name=NAME):
    options = [word for log in logs for word in ("--log", log.key.note_key.text())]
    return ["witness", str(folder), *options, "--port", "0", *(["--name", name] if name else [])]


@contextmanager
def witnessing(folder, *logs, name=NAME):
    with running([str(command()), *words(folder, *logs, name=name)], environment()) as served:
        printed = served.stdout.read_text()
        yield Running(served, CosignerKey.parse(printed.split("Its key is ")[1].strip()))


def cosignature_in(answer, log, size, key):
    """What a witness answered, which has to be its cosignature of that checkpoint and nothing else."""
    assert answer.status_code == 200, answer.text
    (line,) = answer.content.decode().splitlines()
    signature = Signature.of_line(line)
    opened = open_note(Note(log.checkpoint(size).text(), (signature,)), [key])
    assert opened.verified == ((key, signature),)
    return signature
