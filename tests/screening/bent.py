"""Real names as somebody may write them: words shuffled, a middle name dropped, a slip of the pen or two."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.feeds.reading import Reading

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_GIVEN = (
    "James John Robert Michael William David Maria Anna Elena Olga Ivan Sergey Dmitry Ali Hassan Hussein Ahmad Omar"
    " Fatima Wei Li Jing Min Juan Carlos Jose Luis Pedro Jean Pierre Hans Peter Yusuf Ibrahim Mohammed Abdullah Priya"
    " Raj Sanjay Aisha Thomas Emma Sofia Lucas Noah Mia Chloe Hugo Oscar Ingrid Lars Nils Aino Mika Zoltan Katalin"
).split()
_FAMILY = (
    "Smith Johnson Brown Garcia Martinez Lopez Hernandez Ivanov Petrov Kuznetsov Smirnov Wang Zhang Chen Liu Khan Ahmed"
    " Hussain Rahman Hassan Mueller Schmidt Dubois Rossi Kim Park Lee Patel Singh Silva Santos Nguyen Tran Kowalski"
    " Novak Jones Taylor Andersson Nielsen Virtanen Nagy Papadopoulos Popescu Okafor Mensah Abebe Haddad Cohen Yilmaz"
).split()


def names_of(reading: Reading) -> list[tuple[str, str]]:
    """Every good name that a list states, with the slug of whom it means; those of which a word has four letters."""
    return [
        (slug, name)
        for slug, target in reading.targets.items()
        for name in dict.fromkeys([target.terms["name"], *target.terms.get("aliases", ())])
        if any(len(word) >= 4 for word in _words(name))
    ]


def invented(chance: Random, number: int) -> list[str]:
    """Common names of persons, of two and three words."""
    made = (
        " ".join([*chance.sample(_GIVEN, chance.choice((1, 1, 2))), chance.choice(_FAMILY)]) for _ in range(3 * number)
    )
    return list(dict.fromkeys(made))[:number]


def shuffled(chance: Random, name: str) -> str:
    """Its words in another order."""
    words = _words(name)
    chance.shuffle(words)
    return " ".join(words)


def without_a_middle_name(chance: Random, name: str) -> str:
    """Without one of its words, where it has three; neither the first nor the last."""
    words = _words(name)
    if len(words) >= 3:
        words.pop(chance.randrange(1, len(words) - 1))
    return " ".join(words)


def with_slips(number: int) -> Callable[[Random, str], str]:
    """With so many slips of the pen: a letter put in, left out, replaced, or swapped with the next one."""

    def slip(chance: Random, name: str) -> str:
        for _ in range(number):
            name = _with_a_slip(chance, name)
        return name

    return slip


def _all(*steps: Callable[[Random, str], str]) -> Callable[[Random, str], str]:
    def bend(chance: Random, name: str) -> str:
        for step in steps:
            name = step(chance, name)
        return name

    return bend


BENT: dict[str, Callable[[Random, str], str]] = {
    "shuffled": shuffled,
    "without a middle name, shuffled": _all(without_a_middle_name, shuffled),
    "one slip, shuffled": _all(with_slips(1), shuffled),
    "two slips, shuffled": _all(with_slips(2), shuffled),
    "without a middle name, one slip, shuffled": _all(without_a_middle_name, with_slips(1), shuffled),
}
"""The ways in which names are bent."""


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", name)


def _with_a_slip(chance: Random, name: str) -> str:
    """In one of its words of four letters or more."""
    words = _words(name)
    long = [place for place, word in enumerate(words) if len(word) >= 4]
    if not long:
        return name
    place = chance.choice(long)
    word = words[place]
    at = chance.randrange(len(word) - 1)
    words[place] = chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + chance.choice(_LETTERS) + word[at:],
            word[:at] + chance.choice(_LETTERS) + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )
    return " ".join(words)
