"""Events as practice makes them, without end and the same for each seed.

Half are on subjects that the ledger does not know yet: somebody is registered, and a measure is imposed on them. Half
are on measures that run: suspended, reinstated, amended, renewed. All come in the order of their days, and their leaves
have some 560 bytes.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, islice
from random import Random
from typing import Any

Posted = dict[str, Any]

_FIRST_DAY = date(2001, 1, 1)
_RUNNING = 1000
"""How many measures run at a time."""
_STATES = "us eu gb ca au jp ch no ua nz".split()
_TARGETED = "cn ru ir kp sy by ve mm cu af".split()
_INSTRUMENTS = "asset_freeze transaction_ban travel_ban export_control import_ban services_ban".split()
_GROUNDS = "human_rights national_security territorial_integrity proliferation cyber corruption".split()
_TOPICS = "xinjiang hong-kong crimea donbas semiconductors oil-and-gas shipping cyber-attacks".split()
_NAMES = "Northern Star Eastern Bridge Golden Harbour Blue Mountain Silver River Iron Gate".split()
_TRADES = "Trading House|Shipping Lines|Heavy Industries|Development Bank|Technology Group|Energy Holdings".split("|")


@dataclass(slots=True)
class _Running:
    """A measure that runs, and the day of its last event."""

    subject: str
    imposer: str
    day: date
    events: int = 0


def practice(seed: int = 1, name: str = "p") -> Iterator[Posted]:
    """The events, as they are posted. Streams with different `name` share no subjects but the built-in actors."""
    chance = Random(seed)
    running: deque[_Running] = deque(maxlen=_RUNNING)
    for number in count(1):
        day = _FIRST_DAY + timedelta(days=number // 200)
        target = f"actor:{name}-entity-{number}"
        yield _registered(chance, target, number)
        measure = _Running(f"measure:{name}-designation-{number}", chance.choice(_STATES), day)
        yield _imposed(chance, measure, target)
        if number % 4 == 1:
            running.append(measure)
        for _ in range(2):
            yield _continued(chance, chance.choice(running))


def batches(events: Iterator[Posted], size: int) -> Iterator[list[Posted]]:
    """`events` in batches."""
    while batch := list(islice(events, size)):
        yield batch


def imposed(subject: str, day: date, *, by: str = "us", target: str = "actor:cn", seed: int = 1) -> Posted:
    """A measure imposed, for those who need one of their own."""
    return _imposed(Random(seed), _Running(subject, by, day), target)


def _registered(chance: Random, subject: str, number: int) -> Posted:
    name = f"{' '.join(chance.sample(_NAMES, 2))} {chance.choice(_TRADES)} {number}"
    return {
        "type": "registered",
        "subject": subject,
        "data": {
            "category": "company",
            "name": name,
            "aliases": [f"{name} Company Limited", f"{name} Joint Stock Company"],
            "countries": [f"actor:{chance.choice(_TARGETED)}"],
            "identifiers": [{"scheme": "registration number", "value": f"{chance.randrange(10**12):012}"}],
        },
        "sources": [_source(f"Company register, entry {number}", "2001-01-01")],
    }


def _imposed(chance: Random, measure: _Running, target: str) -> Posted:
    return {
        "type": "imposed",
        "subject": measure.subject,
        "effective_on": measure.day.isoformat(),
        "data": {
            "title": f"Designation of {target.partition(':')[2]}",
            "imposed_by": [f"actor:{measure.imposer}"],
            "targets": [{"actor": target}],
            "instruments": chance.sample(_INSTRUMENTS, 2),
            "grounds": [chance.choice(_GROUNDS)],
            "topics": [chance.choice(_TOPICS)],
            "legal_basis": ["Executive Order 13818"],
            "programmes": [f"programme-{chance.randrange(40)}"],
        },
        "sources": [_source("Notice of designation", measure.day.isoformat())],
    }


def _continued(chance: Random, measure: _Running) -> Posted:
    """The next event on a measure: suspended and reinstated in turn, amended and renewed in between."""
    measure.events += 1
    measure.day += timedelta(days=chance.randint(1, 20))
    type_ = ("suspended", "reinstated", "amended", "renewed")[(measure.events - 1) % 4]
    data: dict[str, Any] = {
        "by": [f"actor:{measure.imposer}"],
        "reason": f"Decision {chance.randrange(10**6)} after the yearly review of the listings",
    }
    match type_:
        case "amended":
            data["set"] = {"description": f"As amended by decision {chance.randrange(10**6)} of the council"}
            data["add"] = {"legal_basis": [f"Decision {measure.events} of the council"]}
        case "renewed":
            data["expires_on"] = (measure.day + timedelta(days=3650)).isoformat()
    return {
        "type": type_,
        "subject": measure.subject,
        "effective_on": measure.day.isoformat(),
        "data": data,
        "sources": [_source("Decision on the review of listings", measure.day.isoformat())],
    }


def _source(title: str, published_on: str) -> dict[str, str]:
    return {
        "title": title,
        "url": f"https://journal.example.org/{published_on}/notice",
        "publisher": "Official Journal",
        "published_on": published_on,
    }
