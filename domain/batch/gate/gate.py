"""The gates of release, and what their facts have in common (domain specification, section 8)."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.batch.gate.reasons import KeptReason


class Gate(StrEnum):
    """The gates of release (section 8)."""

    G1 = "G1"
    G2 = "G2"
    G3 = "G3"
    G4 = "G4"
    G5 = "G5"
    G6 = "G6"
    G7 = "G7"
    G8 = "G8"
    G9 = "G9"
    G10 = "G10"
    G11 = "G11"
    G12 = "G12"
    G13 = "G13"
    G14 = "G14"


class GateFacts(BaseModel):
    """Facts as they are at one instant."""

    model_config = ConfigDict(frozen=True)


class ExceptionFacts(GateFacts):
    """An exception of G3, G4 or G10 in an emergency shortage, signed by three (section 10)."""

    exception_id: str
    gate: Gate
    market: str
    authority_letter: str
    """Document id of the letter of the competent authority."""
    granted_at: AwareDatetime
    reasons: tuple[KeptReason, ...] | None = None
    """What it excuses; `None` of one that was asked for before this was kept."""
    under_none: str | None = None
    """The appointment that the decider has signed it under, if that did not count by then; then it excuses nothing."""


Judgements = Mapping[Gate, str]
"""What the certifier writes for gates that are left to judgement: the rationale, by gate."""
