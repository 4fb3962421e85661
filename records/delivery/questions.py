"""What is asked about the goods of a batch of those who may still need them, or know what was excused."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from domain.authorisation.registered import Registered
from domain.delivery.leaving import Permitted
from records.core.questions import Question, asked


@asked()
@dataclass(frozen=True)
class SetsFree(Question[None]):
    """Goods that came back are to go into stock again. Who knows why they must not refuses; the batch is locked."""

    return_id: str
    origin: str | None
    """The country that they came from, as far as it is known."""


@asked(of_one=True)
@dataclass(frozen=True)
class LiesOutside(Question[Decimal]):
    """How much of what came back and may be used is imported before it goes to a market. The batch is locked."""

    batch_id: str
    market: str


@asked()
@dataclass(frozen=True)
class NeededBy(Question[list[str]]):
    """What names a batch so that nothing of it may be destroyed, in words. Its stream is locked."""

    batch_id: str


@asked(of_one=True)
@dataclass(frozen=True)
class SuppliedUnder(Question[Permitted | None]):
    """What the authority permits of a batch that is not released; `None` without such an entry. The batch is locked."""

    batch_id: str
    market: str
    number: str
    by_the_gates: bool
    """Whether the gates are looked at anew: what they find by now stops the goods."""
    as_of: datetime | None = None
    """Leaves out that it was stopped since, and what the gates have found since."""


@asked()
@dataclass(frozen=True)
class ExcusedThere(Question[bool]):
    """Whether the authority of a market has agreed to a batch although nothing is authorised there any more."""

    batch_id: str
    market: str
    stopped: tuple[Registered, ...]
    """What the batch may stand on: none of it is in force."""
    day: date
