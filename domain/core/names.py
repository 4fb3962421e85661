"""The one identity of names (section 22): which ways to write a name mean the same thing.

A name is kept and shown as people wrote it; only its key is compared. Equal keys join. What is merely alike proposes,
and a person decides.
"""

import re
import unicodedata
from typing import NamedTuple

_FILLERS = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x180B, 0x1810), 0x034F, 0x115F, 0x1160, 0x2800}
"""What is drawn as nothing, beside the characters that Unicode calls format and control characters."""
_APART = re.compile(
    r"[\s\u02d7\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\u2e40\u301c\u3030\ufe58\ufe63\uff0d\u058a\u05be-]+"
)
_LETTER_BESIDE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_BESIDE_A_MARK = re.compile(r"(?<=[!-/:-@\[-`{-~]) | (?=[!-/:-@\[-`{-~])|^ | $")
_HYPHEN_IN_A_NUMBER = re.compile(r"\u00ad(?=\d)")
"""A soft hyphen is invisible in a word; before a digit it is a hyphen that was copied from a print."""
_OTHERWISE = re.compile(r"[^\w]+|_+")
_DROPPED = str.maketrans("", "", ".'\u2019\u02bc")

_LATIN = str.maketrans({
    "\u00e6": "ae", "\u0153": "oe", "\u00f8": "oe", "\u00e5": "aa", "\u00e4": "ae", "\u00f6": "oe", "\u00fc": "ue",
    "\u0142": "l", "\u0111": "d", "\u00f0": "d", "\u00fe": "th", "\u0131": "i", "\u0127": "h", "\u0167": "t",
})  # fmt: skip
"""Letters that are spelled out where a keyboard has none of them (ICAO Doc 9303, part 3, section 6)."""
_BARE = _LATIN | {ord(letter): bare for letter, bare in zip("\u00f8\u00e5\u00e4\u00f6\u00fc", "oaaou", strict=True)}
"""The same letters as they are written where their marks are left out."""


_NO_NAMES = frozenset({
    "", "na", "nil", "no", "none", "nolot", "notapplicable", "notavailable", "notknown", "tba", "tbc", "tbd", "unknown",
    "various",
})  # fmt: skip
"""What people write where they have no name, without what parts its words."""


class Lot(NamedTuple):
    """The identity of a lot: the same number means something else of another material or another issuer."""

    issuer: str
    material: str
    number: str


def text_key(text: str) -> str:
    """What two ways to print the same words or the same result have in common: case, width, spacing.

    Dashes stay: a result may be negative. Of names use `name_key`.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(char for char in text if not _is_invisible(char))
    return " ".join(text.casefold().split())


def name_key(name: str) -> str:
    """What all ways to write a name or a number have in common. Equal keys are the same name.

    Case, width and invisible characters do not matter. Spaces and dashes of every kind part a name in the same way, as
    does the change from letters to digits: `r 201` and `R201` are `R-201`. Where a name is parted does matter: 1-12 is
    not 11-2.
    """
    plain = text_key(_HYPHEN_IN_A_NUMBER.sub("-", name))
    parted = _LETTER_BESIDE_DIGIT.sub(" ", _APART.sub(" ", plain))
    return _BESIDE_A_MARK.sub("", parted) or "-" * bool(plain)


def run_together(key: str) -> str:
    """A key without what parts it: `AREJ` and `A-REJ` are alike, as are 1-12 and 11-2. It only proposes."""
    return key.replace(" ", "")


def are_alike(one: str, other: str) -> bool:
    """Whether one name holds the other, however both are parted: `ARL-204` and `ARL-204 micronised`. That proposes."""
    first, second = run_together(name_key(one)), run_together(name_key(other))
    return bool(first and second) and (first in second or second in first)


def party_key(name: str) -> str:
    """The same for a person, a company or an address: punctuation and transliteration do not matter either.

    `M\u00fcller, J.` is `Mueller J`. The legal form is a part of a company's name: an AG is not the GmbH beside it.
    """
    return _words(name, _LATIN) or name_key(name)


def spellings(name: str) -> frozenset[str]:
    """The ways in which others may write a person, a company or an address, as keys: with letters spelled out or bare.

    Two that have one in common are alike. That proposes; it joins nothing.
    """
    return frozenset({_words(name, _LATIN), _words(name, _BARE)}) - {""}


def says_nothing(name: str) -> bool:
    """Whether a name stands where there is none: `n/a`, `unknown`, a dash."""
    return run_together(_words(name, _LATIN)) in _NO_NAMES


def lot_of(issuer: str, material: str, number: str) -> Lot:
    """The identity of a lot, from its issuer, its material and its number as they are written."""
    return Lot(party_key(issuer), name_key(material), name_key(number))


def _words(name: str, letters: dict[int, str]) -> str:
    plain = text_key(name).translate(_DROPPED)
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain.translate(letters))
        plain = "".join(char for char in decomposed if not unicodedata.combining(char)).translate(letters)
    return " ".join(_LETTER_BESIDE_DIGIT.sub(" ", _OTHERWISE.sub(" ", plain)).split())


def _is_invisible(char: str) -> bool:
    return ord(char) in _FILLERS or (unicodedata.category(char) in {"Cf", "Cc"} and not char.isspace())
