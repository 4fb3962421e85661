"""The scorecard of a site and scope, and what follows from it (domain specification, section 5)."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from domain.asl.request import StatusReason
from domain.core.forms import Value
from domain.policy.limits import Limits
from domain.policy.scorecard_scale import MetricKey, Scale

_CENT = Decimal("0.01")
_FULL = Decimal(100)


class Rating(StrEnum):
    """What a score comes to."""

    GREEN = "GREEN"
    AMBER = "AMBER"
    RED = "RED"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class Trend(StrEnum):
    """How a score compares with that of the period before."""

    IMPROVING = "IMPROVING"
    STABLE = "STABLE"
    WORSENING = "WORSENING"
    UNKNOWN = "UNKNOWN"


class Tally(BaseModel):
    """So many of so many: the parts of a ratio, a rate per batch or a mean."""

    model_config = ConfigDict(frozen=True)

    numerator: int = Field(ge=0)
    denominator: int = Field(ge=0)


class Figures(BaseModel):
    """What was counted in a period, by metric. `None`: no process records it; a denominator of 0: there was nothing."""

    model_config = ConfigDict(frozen=True)

    batches: int = Field(default=0, ge=0)
    """Batches made in the period."""
    right_first_time: Tally | None = None
    """Batches without a deviation, rework or correction of their record, of all batches."""
    confirmed_oos: Tally | None = None
    """Confirmed results outside specification, per batch."""
    serious_deviations: Tally | None = None
    """Critical and major deviations, per batch."""
    deviations_on_time: Tally | None = None
    """Deviations closed by their due day, of those due."""
    capas_on_time: Tally | None = None
    """CAPAs implemented by their due day, of those due."""
    changes_on_time: Tally | None = None
    """Changes notified in time, of those notified."""
    packages_on_time: Tally | None = None
    """Release packages received by their due day, of those due."""
    complaints: Tally | None = None
    """Complaints, per batch."""
    response_days: Tally | None = None
    """Calendar days that answers of the site took, per answer."""
    deliveries_on_time: Tally | None = None
    """Deliveries received by the agreed day, of those due."""

    def tally(self, key: MetricKey) -> Tally | None:
        """What was counted for a metric."""
        tally: Tally | None = getattr(self, key.value)
        return tally


class Metric(Value):
    """One line of the scorecard."""

    key: MetricKey
    """What was measured."""
    value: Decimal | None = Field(examples=["100.00"])
    """In %, per batch or in days, with two decimals; null if nothing was to be measured."""
    numerator: int | None = Field(examples=[3])
    """So many ..."""
    denominator: int | None = Field(examples=[3])
    """... of so many; null if no process records it."""
    score: Decimal | None = Field(examples=["100.00"])
    """0 to 100 with two decimals; null without a value."""
    weight: int = Field(ge=0, le=100, examples=[15])
    """Weight in % by the policy in force."""


Metrics = tuple[Metric, ...]


class Scorecard(BaseModel):
    """What a period comes to."""

    model_config = ConfigDict(frozen=True)

    batches: int
    metrics: Metrics
    score: Decimal | None
    """0 to 100 with two decimals; `None` if the rating is INSUFFICIENT_DATA."""
    rating: Rating


def scorecard(figures: Figures, limits: Limits) -> Scorecard:
    """Metrics, score and rating of what was counted, each number computed from the numbers shown before it.

    The score is the weighted mean of the metrics that have a score; the weights of the others do not count. Fewer
    batches than `scorecard_batches_min`, or nothing measured at all, is INSUFFICIENT_DATA and never a good score.
    """
    metrics = tuple(_measured(key, figures.tally(key), limits) for key in MetricKey)
    score = _weighted_mean(metrics) if figures.batches >= limits.scorecard_batches_min else None
    return Scorecard(batches=figures.batches, metrics=metrics, score=score, rating=rating_of(score, limits))


def rating_of(score: Decimal | None, limits: Limits) -> Rating:
    """The rating of a score (policy keys `scorecard_green_from`, `scorecard_amber_from`)."""
    if score is None:
        return Rating.INSUFFICIENT_DATA
    if score >= limits.scorecard_green_from:
        return Rating.GREEN
    return Rating.AMBER if score >= limits.scorecard_amber_from else Rating.RED


def score_on(scale: Scale, value: Decimal) -> Decimal:
    """0 to 100 with two decimals, half up: 100 at the best value and beyond, 0 at the worst and beyond."""
    share = (value - scale.worst) / (scale.best - scale.worst)
    return _rounded(min(max(share, Decimal(0)), Decimal(1)) * _FULL)


def trend_of(score: Decimal | None, before: Decimal | None, limits: Limits) -> Trend:
    """How a score compares with the one before (policy key `scorecard_trend_points`)."""
    if score is None or before is None:
        return Trend.UNKNOWN
    if score - before >= limits.scorecard_trend_points:
        return Trend.IMPROVING
    return Trend.WORSENING if before - score >= limits.scorecard_trend_points else Trend.STABLE


def amber_in_a_row(ratings: Iterable[Rating]) -> int:
    """How many quarters in a row are AMBER, the newest first. INSUFFICIENT_DATA neither breaks a row nor counts."""
    row = 0
    for rating in ratings:
        if rating is Rating.AMBER:
            row += 1
        elif rating is not Rating.INSUFFICIENT_DATA:
            break
    return row


def consequences(
    rating: Rating,
    earlier: Sequence[Rating],
    limits: Limits,
    *,
    repeat_majors: Sequence[str] = (),
    late_capas: Sequence[str] = (),
) -> tuple[StatusReason, ...]:
    """Why the quarter leads to a proposal of PROBATION, the gravest reason first; none if it does not (section 5).

    `earlier` are the ratings of the quarters before, the newest first; `repeat_majors` findings of the quarter that
    repeat earlier ones and are MAJOR at least; `late_capas` those late by more than `capa_late_to_probation`. A
    quarter without enough data adds nothing to a row, so it proposes nothing because of one.
    """
    reasons: list[StatusReason] = []
    if rating is Rating.RED:
        reasons.append(StatusReason.SCORE_RED)
    in_a_row = amber_in_a_row((rating, *earlier))
    if rating is Rating.AMBER and in_a_row >= limits.amber_quarters_to_probation:
        reasons.append(StatusReason.SCORE_AMBER)
    if repeat_majors:
        reasons.append(StatusReason.REPEAT_MAJOR)
    if late_capas:
        reasons.append(StatusReason.CAPA_LATE)
    return tuple(reasons)


def _measured(key: MetricKey, tally: Tally | None, limits: Limits) -> Metric:
    value = None
    if tally is not None and tally.denominator:
        ratio = Decimal(tally.numerator) / tally.denominator
        value = _rounded(ratio * _FULL if key.is_percentage else ratio)
    return Metric(
        key=key,
        value=value,
        numerator=tally.numerator if tally else None,
        denominator=tally.denominator if tally else None,
        score=score_on(limits.scorecard_scales[key], value) if value is not None else None,
        weight=limits.scorecard_weights[key],
    )


def _weighted_mean(metrics: Metrics) -> Decimal | None:
    scored = [(metric.score, metric.weight) for metric in metrics if metric.score is not None]
    weights = sum(weight for _, weight in scored)
    if weights == 0:
        return None
    return _rounded(sum((score * weight for score, weight in scored), Decimal(0)) / weights)


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(_CENT, ROUND_HALF_UP)
