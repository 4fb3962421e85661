"""Bounded text and lists. Forms come from strangers and become payloads, so nothing in them is without a limit."""

from typing import Annotated

from pydantic import Field

from domain.core.anew import Anew, Excepted
from domain.core.attestations import Attested
from domain.core.names import unsaid, unseen

STORED = "stored"
"""In the context of a validation: what is read was accepted by an earlier version of the program."""


SAYS_SOMETHING = Anew(unsaid)
"""What every text is asked, unless its field is excepted with a reason."""
VISIBLE = Anew(unseen)
"""What every name, number and line is asked."""

Text = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S"), Attested(), SAYS_SOMETHING]
"""A statement of up to 4000 characters that says something. What it says is for a person to say."""

WholeText = Annotated[str, Field(min_length=1, max_length=100_000, pattern=r"\S"), Attested()]
"""What the program has shown, sent back whole."""

ShortText = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), VISIBLE, SAYS_SOMETHING]
"""A name, a number or one line that says something, all of it visible: no dash, no `n/a`."""

_AS_IT_WAS = "repeated as it is on record, whatever was taken then"
OnRecord = Annotated[ShortText, Excepted(SAYS_SOMETHING, _AS_IT_WAS), Excepted(VISIBLE, _AS_IT_WAS)]
"""The number of something that is on record."""

Determined = Annotated[ShortText, Excepted(SAYS_SOMETHING, "sodium is `Na`, nitric oxide `NO`")]
"""What is determined: a test or a parameter, by its name."""

AsPrinted = Annotated[ShortText, Excepted(SAYS_SOMETHING, "copied as it is printed, a dash included")]
"""One line of a print, exactly as it stands there."""

Kept = Annotated[
    ShortText, Excepted(SAYS_SOMETHING, "that nothing is kept is an answer; gate G12 puts it before judgement")
]
"""What is kept of a batch, and where."""

Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^\S+$"), VISIBLE]
"""An id given by the system: a site, a person, a case."""

Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
"""ISO 639-1 code."""

Names = Annotated[tuple[ShortText, ...], Field(max_length=200)]
"""Up to 200 names or one-line entries."""

_ALERTS = "an alert is taken whatever it can name"
Batches = Annotated[tuple[Annotated[ShortText, Excepted(SAYS_SOMETHING, _ALERTS)], ...], Field(max_length=200)]
"""Batch numbers as printed on the label."""

_IN_A_TITLE = 60


def in_a_title(text: str) -> str:
    """A name or number from outside, short enough for the title of a case; Temporal takes no longer ones."""
    return text if len(text) <= _IN_A_TITLE else f"{text[: _IN_A_TITLE - 1]}…"
