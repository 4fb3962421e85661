"""Series with limits: one point a batch, as control charts and capability indices need them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from domain.core.rounding import decimals_of, rounded
from domain.views.product_review.batches import Figure, OfBatch


class Point(OfBatch):
    """One batch in one series. A series is what has the same site, name and source."""

    made_on: date
    """Last day of manufacture, at the site."""
    kind: str
    """Of parameters CPP, KPP or NON; of tests CQA if the bound parameter set names it, else TEST; YIELD."""
    name: str
    value: Figure | None
    """The result, in `unit`; the mean of several. None where what was reported is no number, such as `< 0.05`."""
    lowest: Figure | None
    highest: Figure | None
    results: int
    """How many individual results it stands for. A reported mean is none."""
    unit: str | None
    low: Figure | None
    """Limits: of a parameter its proven acceptable range, of a test those of the specification, of a yield those of
    the registered process."""
    high: Figure | None
    limit: str
    """The limit in words, with what is inclusive: `≤ 0.15 %`."""
    alert_low: Figure | None = None
    """Of a parameter its normal operating range."""
    alert_high: Figure | None = None
    within: bool | None
    """Whether every individual result lies within the limits; none where it cannot be compared."""
    within_alert: bool | None = None
    reported: str
    """Exactly what was reported."""
    source: str
    """The parameter set, or the specification with its version."""
    markets: str = ""
    """Of a test the markets in which that version is registered."""


class Spread(NamedTuple):
    """What several individual results come to."""

    value: Decimal | None = None
    """Their mean, with one decimal more than they have."""
    lowest: Decimal | None = None
    highest: Decimal | None = None


def spread(values: Sequence[Decimal | None]) -> Spread:
    """Mean, lowest and highest, if all of them are numbers."""
    numbers = [each for each in values if each is not None]
    if not numbers or len(numbers) < len(values):
        return Spread()
    mean = numbers[0]
    if len(numbers) > 1:
        mean = rounded(sum(numbers, Decimal(0)) / len(numbers), max(map(decimals_of, numbers)) + 1)
    return Spread(mean, min(numbers), max(numbers))
