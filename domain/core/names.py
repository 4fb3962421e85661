"""The one identity of names (section 22): which ways to write a name mean the same thing.

A name is kept and shown as people wrote it; only its key is compared. Equal keys join. What is merely alike proposes,
and a person decides.
"""

import re
import unicodedata
from typing import NamedTuple

_FILLERS = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x180B, 0x1810), 0x034F, 0x115F, 0x1160, 0x2800}
"""What is drawn as nothing, beside the characters that Unicode calls format and control characters."""
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Control and format characters, those without a meaning that all share, and ends of lines and paragraphs."""
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


_PRINTED_VERSION = re.compile(
    r"(?<![^\W\d_])(?:version|vers?|v|revision|rev|edition|ed|issue)[.:]?\s*(\d+(?:\.\d+)*|[a-z])(?!\w)"
)
"""A word for a version, not within another word, and what stands behind it."""
_NO_NAMES = frozenset({
    "", "na", "nil", "no", "none", "nolot", "notapplicable", "notavailable", "notknown", "tba", "tbc", "tbd", "unknown",
    "various",
})  # fmt: skip
"""What people write where they have no name, without what parts its words."""


_LOOKS = str.maketrans(
    "\u0430\u0432\u0435\u0437\u0456\u0458\u043a\u043c\u043d\u043e\u0440\u0455\u0441\u0442\u0443\u0445\u0454"
    "\u03b1\u03b2\u03b5\u03b6\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7"
    "oil|",
    "abe3ijkmhopsctyxeabezhikmnoptyx0111",
)
"""Letters of Cyrillic and Greek that are printed like Latin ones, and letters that are read as digits."""
_LABEL = re.compile(
    r"^(?:(?:batch|charge|chargen|ch|lote|lotto|lot|partie|series|serie|number|nummer|num|nr|no)(?![^\W\d_])"
    r"[\W_]*(?:b[\W_]+)?)+(?=.)"
)
"""What people write before a number."""
_WORDS = re.compile(r"[^\s,;&|()\[\]{}/+]+")
_MOST_WORDS = 4
"""So many words in a row may be one number, at most."""
_PARTS, _DIGITS = re.compile(r"\d+|[^\W\d_]+"), re.compile(r"\d+")
_AFTER_A_POINT = re.compile(r"(?<=\d)\.0+(?!\d)|(?<=\d\.)(\d*?[1-9])0+(?!\d)")
"""Zeros that a spreadsheet leaves out."""


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


def unseen(text: str) -> str | None:
    """What is wrong with a name or a number that holds what a reader does not see: two that look the same differ."""
    if text.isascii() and text.isprintable():
        return None
    for char in text:
        if unicodedata.category(char) in _UNSEEN or _is_invisible(unicodedata.normalize("NFKC", char)[0]):
            return f"must not hold line breaks, control characters or invisible ones (U+{ord(char):04X})"
    return None


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


def likenesses(number: str) -> frozenset[str]:
    """What the number of a lot or batch has in common with others that people take for it, as keys.

    Two that have one in common are alike: whatever parts them, with or without zeros that lead and a word such as `Lot`
    before them, also in letters of another script, or digits, that look the same. That proposes; it joins nothing.
    """
    plain = text_key(_HYPHEN_IN_A_NUMBER.sub("-", number))
    bare = _LABEL.sub("", plain)
    return frozenset(each for text in {plain, bare} for each in _looks(text) if each)


def likenesses_in(text: str) -> frozenset[str]:
    """The same of what was told in free words, where a number may stand among others: of every run of its words."""
    words = _WORDS.findall(text_key(_HYPHEN_IN_A_NUMBER.sub("-", text)))
    runs = {
        " ".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, min(start + _MOST_WORDS, len(words)) + 1)
    }
    return likenesses(text).union(*(likenesses(each) for each in runs if not each.isalpha()))


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
    """Whether a name stands where there is none: `n/a`, `unknown`, a dash, an x, or nothing that can be seen."""
    words = run_together(_words(name, _LATIN))
    return words in _NO_NAMES or not words.strip("x")


def unsaid(text: str) -> str | None:
    """What is wrong with a text that stands where there is nothing to say; a blank one is for other rules."""
    if text.strip() and says_nothing(text):
        return "says nothing; write what it is, or leave it out where the field may be left out"
    return None


def names_party(text: str, party: str) -> bool:
    """Whether a text holds the name of a party, word by word: `Veldmark Fine Chemistry, laboratory of Plant 2`."""
    return any(f" {one} " in f" {other} " for one in spellings(party) for other in spellings(text))


class Numbered(NamedTuple):
    """What a document is called: its number, its version if it names one, and whether it says more than that."""

    number: str
    version: str | None = None
    more: bool = False


def numbered(text: str) -> Numbered:
    """A number and its version, as documents print them: `SPEC-204, rev. 03` is version 3 of `SPEC-204`.

    A version stands behind a word for it, for a bare number may be a part of the number: `SPEC-204/3`.
    """
    plain = text_key(text)
    found = next(reversed(list(_PRINTED_VERSION.finditer(plain))), None)
    if found is None:
        return Numbered(name_key(plain))
    number, rest = plain[: found.start()].rstrip(" ,;:(/_-"), plain[found.end() :]
    return Numbered(name_key(number), _version(found[1]), more=any(map(str.isalnum, rest)))


def lot_of(issuer: str, material: str, number: str) -> Lot:
    """The identity of a lot, from its issuer, its material and its number as they are written."""
    return Lot(party_key(issuer), name_key(material), name_key(number))


def _looks(plain: str) -> tuple[str, str]:
    """Without what parts it, and without zeros that lead: those of each part, or of parts that follow each other."""
    parts = _PARTS.findall(_AFTER_A_POINT.sub(r"\1", plain.translate(_LOOKS)))
    together = _DIGITS.sub(lambda run: run[0].lstrip("0"), "".join(parts))
    return together, "".join(each.lstrip("0") if each.isdigit() else each for each in parts)


def _words(name: str, letters: dict[int, str]) -> str:
    plain = text_key(name).translate(_DROPPED)
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain.translate(letters))
        plain = "".join(char for char in decomposed if not unicodedata.combining(char)).translate(letters)
    return " ".join(_LETTER_BESIDE_DIGIT.sub(" ", _OTHERWISE.sub(" ", plain)).split())


def _version(word: str) -> str:
    """`03` and `3.0` are version 3."""
    first, *more = word.split(".")
    while more and not int(more[-1]):
        more.pop()
    return ".".join([first.lstrip("0") or first[-1], *more])


def _is_invisible(char: str) -> bool:
    return ord(char) in _FILLERS or (unicodedata.category(char) in {"Cf", "Cc"} and not char.isspace())
