"""Bounded text and lists. Forms come from strangers and become payloads, so nothing in them is without a limit."""

from typing import Annotated

from pydantic import Field

from domain.core.anew import Anew
from domain.core.attestations import Attested
from domain.core.names import unseen

STORED = "stored"
"""In the context of a validation: what is read was accepted by an earlier version of the program."""


Text = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S"), Attested()]
"""A statement of up to 4000 characters; not blank. What it says is for a person to say."""

WholeText = Annotated[str, Field(min_length=1, max_length=100_000, pattern=r"\S"), Attested()]
"""What the program has shown, sent back whole."""

ShortText = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), Anew(unseen)]
"""A name, a number or one line; not blank, all of it visible."""

Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^\S+$"), Anew(unseen)]
"""An id given by the system: a site, a person, a case."""

Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
"""ISO 639-1 code."""

Names = Annotated[tuple[ShortText, ...], Field(max_length=200)]
"""Up to 200 names or one-line entries."""

Batches = Annotated[tuple[ShortText, ...], Field(max_length=200)]
"""Batch numbers as printed on the label."""

_IN_A_TITLE = 60


def in_a_title(text: str) -> str:
    """A name or number from outside, short enough for the title of a case; Temporal takes no longer ones."""
    return text if len(text) <= _IN_A_TITLE else f"{text[: _IN_A_TITLE - 1]}…"
