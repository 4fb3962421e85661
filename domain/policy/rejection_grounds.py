"""On what grounds a batch is rejected for a market, or its release taken back (domain specification, section 18)."""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import Field


class RejectionGrounds(StrEnum):
    """Why a market does not take a batch. The value is stored; `words` is what people read."""

    DATA_INTEGRITY = "DATA_INTEGRITY"
    """The data that the decision would rest on cannot be relied on."""
    SAFETY = "SAFETY"
    """The batch may harm patients."""
    STERILITY = "STERILITY"
    """Sterility, or its assurance, is in doubt."""
    IDENTITY = "IDENTITY"
    """Another substance, product, strength or label than it should be."""
    CONTAMINATION = "CONTAMINATION"
    """Foreign matter, cross-contamination or microbial contamination."""
    SPECIFICATION = "SPECIFICATION"
    """A registered specification is not met."""
    MANUFACTURE = "MANUFACTURE"
    """A departure from good manufacturing practice or from the registered process."""
    STORAGE = "STORAGE"
    """Storage or transport outside its conditions, or shelf life."""
    MARKET_REGISTRATION = "MARKET_REGISTRATION"
    """What is registered in that market alone: a site, a method, a limit, a pack."""
    COMMERCIAL = "COMMERCIAL"
    """Not wanted there: supply, price, remaining life. It says nothing of the goods."""
    OTHER = "OTHER"
    """None of these; the reason says what."""

    @property
    def words(self) -> str:
        """The field's words for it."""
        return _WORDS[self]


_WORDS = {
    RejectionGrounds.DATA_INTEGRITY: "data integrity",
    RejectionGrounds.SAFETY: "safety",
    RejectionGrounds.STERILITY: "sterility",
    RejectionGrounds.IDENTITY: "identity",
    RejectionGrounds.CONTAMINATION: "contamination",
    RejectionGrounds.SPECIFICATION: "specification not met",
    RejectionGrounds.MANUFACTURE: "departure from GMP",
    RejectionGrounds.STORAGE: "storage or transport",
    RejectionGrounds.MARKET_REGISTRATION: "registration in that market",
    RejectionGrounds.COMMERCIAL: "commercial reasons",
    RejectionGrounds.OTHER: "other grounds",
}
OF_THE_MARKET = frozenset({RejectionGrounds.MARKET_REGISTRATION, RejectionGrounds.COMMERCIAL})
"""Grounds that say nothing of the goods in another market."""
Grounds = Annotated[tuple[RejectionGrounds, ...], Field(max_length=len(RejectionGrounds))]
USUALLY_SUSPENDING = (RejectionGrounds.DATA_INTEGRITY, RejectionGrounds.SAFETY, RejectionGrounds.STERILITY)
"""Grounds that concern every market, whatever is registered there (policy limit `suspending_grounds`)."""


def in_words(grounds: Iterable[RejectionGrounds]) -> str:
    """The grounds as people read them; older rejections have stated none."""
    return ", ".join(each.words for each in grounds) or "grounds not stated"


def is_of_the_market(grounds: Collection[RejectionGrounds]) -> bool:
    """Whether the grounds say nothing of the goods elsewhere. Grounds that are not stated may say anything."""
    return bool(grounds) and OF_THE_MARKET.issuperset(grounds)
