"""Names as they are compared: cut into words, in Latin letters, without case and accents.

Everything here follows from one name alone, never from which other names there are: so a score that was given once is
given for ever.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

_WITHIN_WORDS = re.compile(r"['`´‘’ʻʼʿʾ\"]")
"""Marks that stand within a word, as in O'Brien and Qa'ida: they are written, or not."""
_WORD = re.compile(r"[a-z0-9]+")
_SYLLABLE = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""How anyascii parts the syllables of what is written without spaces: 陈全国 is ChenQuanGuo."""
_ARTICLE = re.compile(r"\bال(?=\w{3})")
LONGEST_WORD = 40
"""In letters, as it sounds too: the rest of a longer one is passed over."""
_MOST_WORDS = 24
"""What is longer is no name; the rest is passed over."""

_WRITTEN_OUT = {
    "ltd": "limited", "co": "company", "corp": "corporation", "inc": "incorporated", "bros": "brothers",
    "intl": "international", "ltda": "limitada", "mohd": "mohammed", "muhd": "mohammed", "bn": "bin",
}  # fmt: skip
_LITTLE = frozenset(
    # Forms of companies
    "limited company corporation incorporated limitada llc llp lp plc gmbh ag kg sa sas sarl srl spa bv nv ab as oy oyj"
    " ooo oao zao pao ao jsc cjsc ojsc pjsc pte pty fzc fze fzco dmcc sdn bhd cia cie soc ges brothers de cv rl pvt tbk"
    " pt kft doo dd ad eood asbl ev"
    # Articles, particles and links
    " al el ul ur ud ash at an ar az bin ben ibn bint bte binti abu abou umm of the for and et y e i da do dos das del"
    " della di du la le les los las der den des von van zu ter op"
    # Titles
    " mr mrs ms dr prof sheikh shaykh haji hajji hadji mullah maulavi mawlawi qari sayyid seyed general gen brig"
    " colonel col major maj captain capt".split()
)
"""Words that say little of whom a name means: they count half."""


LITTLE_WEIGHT = 0.5
"""The most that such a word says."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a name."""

    plain: str
    """In lower case ASCII, as it is written."""
    folded: str
    """As it sounds, roughly: what is transliterated in several ways is folded alike."""
    weight: float
    """How much it says: 1 for a word of five letters or more."""


def is_initial(word: Word) -> bool:
    """Whether it is a single letter or digit."""
    return len(word.plain) == 1


def words_of(text: str) -> tuple[Word, ...]:
    """The words of the name that `text` writes, in their order; none where there is no letter and no digit in it.

    A family name that is written first, before a comma, comes last.
    """
    family, comma, given = text.partition(",")
    first, last = plain_words(family), plain_words(given)
    turned = comma and not _LITTLE.issuperset(map(_written_out, last))  # `S.A.` is no given name
    return tuple(map(word_of, (last + first if turned else first + last)[:_MOST_WORDS]))


def plain_words(text: str) -> list[str]:
    """The words of `text` in lower case ASCII, single letters that follow each other as one: S.A. is sa."""
    if not text.isascii():
        text = " ".join(_SYLLABLE.sub(" ", part) if not raw.isascii() else part for raw, part in _ascii_parts(text))
    found: list[str] = []
    initials = ""
    for word in _WORD.findall(_WITHIN_WORDS.sub("", text).lower()):
        if len(word) == 1 and word.isalpha():
            initials += word
            continue
        if initials:
            found.append(initials)
            initials = ""
        found.append(word[:LONGEST_WORD])
    return [*found, initials[:LONGEST_WORD]] if initials else found


def _ascii_parts(text: str) -> list[tuple[str, str]]:
    """Each part between blanks, and what it is in ASCII; the Arabic article is a word of its own."""
    parts = _ARTICLE.sub("al ", text).split()
    return [(part, anyascii(_WITHIN_WORDS.sub("", part))) for part in parts]


def _written_out(plain: str) -> str:
    return _WRITTEN_OUT.get(plain, plain)


@lru_cache(maxsize=200_000)
def word_of(plain: str) -> Word:
    """The word that is written so."""
    plain = _written_out(plain)
    return Word(plain, folded(plain), weight_of(plain))


def weight_of(plain: str) -> float:
    """How much a word says: the longer the more, up to five letters; half of that where it is one of many names."""
    length = min(len(plain), 5)
    return (0.2 + 0.16 * length) * (LITTLE_WEIGHT if plain in _LITTLE else 1.0)


_SOUNDS = (
    (re.compile(r"sch"), "sh"),
    (re.compile(r"tch|tsch|cz"), "ch"),
    (re.compile(r"dzh|dj|zh"), "j"),
    (re.compile(r"([bdgjkt])h"), r"\1"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"c(?=[eiy])"), "s"),
    (re.compile(r"c(?!h)|q"), "k"),
    (re.compile(r"w"), "v"),
    (re.compile(r"ou|oo"), "u"),
    (re.compile(r"ee"), "i"),
    (re.compile(r"[ea][yij]|[iy][ea](?=.)"), "a"),
    (re.compile(r"[iy]+"), "i"),
    (re.compile(r"e"), "a"),
    (re.compile(r"o"), "u"),
    (re.compile(r"(?<=[aiu])h$"), ""),
    (re.compile(r"([a-z])\1+"), r"\1"),
)
"""What is read alike, however it was transliterated: Mohammed and Muhammad, Yusuf and Youssef, Sergey and Sergei."""


@lru_cache(maxsize=200_000)
def folded(plain: str) -> str:
    """How a word sounds, roughly."""
    if plain.isdigit():
        return plain
    for pattern, sound in _SOUNDS:
        plain = pattern.sub(sound, plain)
    return plain[:LONGEST_WORD]


def skeleton(of: str) -> str:
    """The consonants of a folded word: all that some scripts write."""
    return _DOUBLED.sub(r"\1", of.translate(_VOWELS))


_VOWELS = str.maketrans("", "", "aiu")
_DOUBLED = re.compile(r"([a-z])\1+")
