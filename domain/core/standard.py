"""The standards that a site is audited against."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field


class Standard(StrEnum):
    """A standard that a site is audited against."""

    EU_GMP_I = "EU_GMP_I"
    EU_GMP_II_ICH_Q7 = "EU_GMP_II_ICH_Q7"
    CFR_211 = "21CFR211"
    ANNEX_1 = "ANNEX_1"
    ANNEX_11 = "ANNEX_11"
    GDP = "GDP"
    ISO = "ISO"


Standards = Annotated[tuple[Standard, ...], Field(min_length=1, max_length=len(Standard))]
