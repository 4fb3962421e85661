"""What is asked about batches of those who know where goods have gone, and what is authorised."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.authorisation.authorisation import RegisteredSpecification
from records.core.questions import Question, asked


@asked(of_one=True)
@dataclass(frozen=True)
class LeftOf(Question[Decimal]):
    """What is left of a batch: made, or planned until then, less what has gone. Its stream is locked."""

    batch_id: str


@asked(of_one=True)
@dataclass(frozen=True)
class LeftUnderException(Question[str | None]):
    """What had left of a batch under an exception by an instant, in words; `None` if nothing."""

    batch_id: str
    by: datetime
    market: str | None = None
    """Of this market alone."""


@asked(of_one=True)
@dataclass(frozen=True)
class StandsOn(Question[list[tuple[str, str]]]):
    """Which batches, and which markets of each, stand on an authorisation: open or released there, in their order."""

    authorisation_id: str
    may_come_to: bool = False
    """Also those that stand on another one, as long as nobody locks them."""


@asked(of_one=True)
@dataclass(frozen=True)
class NothingInForce(Question[str | None]):
    """Why no authorisation is in force for a market of a batch, in words; `None` if one is, or none is on record."""

    batch_id: str
    market: str


SpecifiedByMarket = Mapping[str, Sequence[Sequence[RegisteredSpecification]]]
"""By market the versions of specifications that each authorisation in force there names."""


@asked(of_one=True)
@dataclass(frozen=True)
class SpecifiedIn(Question[SpecifiedByMarket]):
    """What is registered for a batch in each of its markets that decides on it as a product."""

    batch_id: str
