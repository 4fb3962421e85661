"""The trial that clinical supply is for (domain specification, section 17)."""

from enum import StrEnum

from pydantic import Field

from domain.core.forms import Value
from domain.core.names import name_key
from domain.core.text import ShortText

RULE = "section 17, clinical supply"


class Phase(StrEnum):
    """The phase of a trial."""

    PHASE_1 = "PHASE_1"
    PHASE_2 = "PHASE_2"
    PHASE_3 = "PHASE_3"
    PHASE_4 = "PHASE_4"


class Trial(Value):
    """A trial, as a certificate names it."""

    number: ShortText = Field(examples=["2027-504321-17-00"])
    """Number under which it is authorised: of the clinical trial application, or of the IND."""
    phase: Phase | None = Field(default=None, examples=[Phase.PHASE_2])
    """Its phase, by which it is known in the US what rules it is made under; required there."""
    specification_file: ShortText | None = Field(default=None, examples=["PSF-204 v3"])
    """The product specification file that is certified against, with its version; required where a qualified person
    certifies (Regulation (EU) No 536/2014, Articles 61 to 63; EU GMP Annex 13)."""


def is_same_trial(one: str, other: str) -> bool:
    """Whether two numbers are of the same trial (section 22)."""
    return name_key(one) == name_key(other)
