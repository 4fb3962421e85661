"""Who does what: the duties that a quality agreement shares out between sponsor and site (EU GMP Chapter 7)."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field


class Duty(StrEnum):
    """What one side does in an activity."""

    RESPONSIBLE = "R"
    ACCOUNTABLE = "A"
    CONSULTED = "C"
    INFORMED = "I"


def _each_once_in_order(duties: tuple[Duty, ...]) -> tuple[Duty, ...]:
    return tuple(duty for duty in Duty if duty in duties)


Duties = Annotated[tuple[Duty, ...], Field(max_length=len(Duty)), AfterValidator(_each_once_in_order)]
"""The duties of one side in one activity. An empty one can be written down, so that a rule can name it."""

ActivityKey = Annotated[str, Field(max_length=64, pattern=r"^[a-z][a-z0-9_]*$")]
"""Stable name of an activity: `oos_phase_2`."""


def sharing_faults(sponsor: Duties, cdmo: Duties) -> dict[str, str]:
    """What is wrong with a row of the matrix, by side; the empty key names the row as a whole.

    No side is blank, exactly one side is accountable, somebody is responsible (domain specification, section 4).
    """
    faults = {side: "is blank" for side, duties in (("sponsor", sponsor), ("cdmo", cdmo)) if not duties}
    accountable = [side for side, duties in (("sponsor", sponsor), ("cdmo", cdmo)) if Duty.ACCOUNTABLE in duties]
    row = []
    if len(accountable) != 1:
        row.append("exactly one side is accountable (A)")
    if Duty.RESPONSIBLE not in sponsor + cdmo:
        row.append("somebody is responsible (R)")
    return faults | ({"": "; ".join(row)} if row else {})
