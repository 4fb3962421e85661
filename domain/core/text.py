"""Bounded text and lists. Forms come from strangers and become payloads, so nothing in them is without a limit."""

import re
import unicodedata
from typing import Annotated

from pydantic import Field

Text = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]
"""A statement of up to 4000 characters; not blank."""

ShortText = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
"""A name, a number or one line; not blank."""

Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^\S+$")]
"""An id given by the system: a site, a person, a case."""

Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
"""ISO 639-1 code."""

Names = Annotated[tuple[ShortText, ...], Field(max_length=200)]
"""Up to 200 names or one-line entries."""

Batches = Annotated[tuple[ShortText, ...], Field(max_length=200)]
"""Batch numbers as printed on the label."""

_IN_A_TITLE = 60
_HYPHENS = re.compile("[\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_LETTER_BESIDE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


def key_of(name: str) -> str:
    """What two ways to write the same name have in common: case, width and spacing do not matter."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def number_key(number: str) -> str:
    """The same for two ways to write a number, such as that of a batch or a deviation.

    Spaces within and the kind of dash do not matter, nor whether a letter and a digit are parted: `B 001` and `b001`
    are `B-001`. A dash between digits does: 1-12 is not 11-2.
    """
    return _LETTER_BESIDE_DIGIT.sub("-", _DASHES.sub("-", key_of(number).replace(" ", "")))


def in_a_title(text: str) -> str:
    """A name or number from outside, short enough for the title of a case; Temporal takes no longer ones."""
    return text if len(text) <= _IN_A_TITLE else f"{text[: _IN_A_TITLE - 1]}…"


def plain(text: str) -> str:
    """A text without what people write in different ways: case, white space, typographic hyphens."""
    return " ".join(_HYPHENS.sub("-", unicodedata.normalize("NFKC", text)).casefold().split())
