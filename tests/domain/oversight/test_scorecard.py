"""A score says how a site did, and never says that it did well because nothing was seen."""

from decimal import Decimal

import pytest

from domain.asl.request import StatusReason
from domain.oversight.scorecard import (
    Figures,
    Rating,
    Tally,
    Trend,
    amber_in_a_row,
    consequences,
    rating_of,
    score_on,
    scorecard,
    trend_of,
)
from domain.policy.scorecard_scale import MetricKey, Scale
from tests.domain.shipped import LIMITS

GREEN, AMBER, RED, NO_DATA = Rating


def tally(numerator: int, denominator: int) -> Tally:
    return Tally(numerator=numerator, denominator=denominator)


# ---------------------------------------------------------------- one metric


@pytest.mark.parametrize(
    ("best", "worst", "value", "score"),
    [
        ("95", "60", "95", "100.00"),
        ("95", "60", "100", "100.00"),
        ("95", "60", "60", "0.00"),
        ("95", "60", "12", "0.00"),
        ("95", "60", "77.5", "50.00"),
        ("0", "5", "0", "100.00"),
        ("0", "5", "2.5", "50.00"),
        ("0", "5", "9", "0.00"),
        ("10", "40", "34", "20.00"),
        ("0", "3", "1", "66.67"),
        ("0", "8", "7.9996", "0.01"),  # 0.005 rounds up
    ],
)
def test_a_score_lies_on_the_line_between_the_two_points(best: str, worst: str, value: str, score: str) -> None:
    assert str(score_on(Scale(best=Decimal(best), worst=Decimal(worst)), Decimal(value))) == score


@pytest.mark.parametrize(
    ("key", "counted", "value", "score"),
    [
        (MetricKey.CAPAS_ON_TIME, tally(2, 3), "66.67", "19.06"),
        (MetricKey.CONFIRMED_OOS, tally(0, 4), "0.00", "100.00"),
        (MetricKey.SERIOUS_DEVIATIONS, tally(1, 4), "0.25", "75.00"),
        (MetricKey.RESPONSE_DAYS, tally(68, 2), "34.00", "20.00"),
        (MetricKey.CAPAS_ON_TIME, tally(0, 0), None, None),
        (MetricKey.DELIVERIES_ON_TIME, None, None, None),
    ],
)
def test_a_metric_shows_what_it_was_computed_from(
    key: MetricKey, counted: Tally | None, value: str | None, score: str | None
) -> None:
    card = scorecard(Figures(batches=4).model_copy(update={key.value: counted}), LIMITS)
    (metric,) = (metric for metric in card.metrics if metric.key is key)
    assert metric.model_dump(mode="json") == {
        "key": key.value,
        "value": value,
        "numerator": counted.numerator if counted else None,
        "denominator": counted.denominator if counted else None,
        "score": score,
        "weight": LIMITS.scorecard_weights[key],
    }


# ---------------------------------------------------------------- the score


def test_the_weights_of_what_was_not_measured_do_not_count() -> None:
    figures = Figures(batches=3, capas_on_time=tally(1, 1), response_days=tally(40, 1))
    assert str(scorecard(figures, LIMITS).score) == "75.00"  # 100 x 15 and 0 x 5
    more = figures.model_copy(update={"confirmed_oos": tally(0, 3)})
    assert str(scorecard(more, LIMITS).score) == "85.71"  # 3000 / 35 is 85.714...


def test_a_score_is_rounded_half_up_before_it_is_rated() -> None:
    weights = dict.fromkeys(LIMITS.scorecard_weights, 0) | {"capas_on_time": 50, "complaints": 50}
    scales = LIMITS.scorecard_scales | {
        "capas_on_time": Scale(best=Decimal(100), worst=Decimal(0)),
        "complaints": Scale(best=Decimal(0), worst=Decimal(10000)),
    }
    limits = LIMITS.model_copy(update={"scorecard_weights": weights, "scorecard_scales": scales})
    card = scorecard(Figures(batches=3, capas_on_time=tally(6999, 10000), complaints=tally(9000, 3)), limits)
    assert (str(card.score), card.rating) == ("70.00", AMBER)  # 69.995


@pytest.mark.parametrize(
    ("score", "rating"),
    [("100", GREEN), ("85.00", GREEN), ("84.99", AMBER), ("70.00", AMBER), ("69.99", RED), ("0", RED), (None, NO_DATA)],
)
def test_a_rating_follows_the_limits_of_the_policy(score: str | None, rating: Rating) -> None:
    assert rating_of(Decimal(score) if score else None, LIMITS) is rating


@pytest.mark.parametrize(("batches", "rating"), [(0, NO_DATA), (2, NO_DATA), (3, GREEN)])
def test_a_period_with_two_batches_is_not_rated_however_well_it_went(batches: int, rating: Rating) -> None:
    card = scorecard(Figures(batches=batches, capas_on_time=tally(5, 5)), LIMITS)
    assert card.rating is rating
    assert (card.score is None) is (rating is NO_DATA)


def test_a_period_in_which_nothing_was_measured_is_not_rated() -> None:
    card = scorecard(Figures(batches=9), LIMITS)
    assert (card.score, card.rating) == (None, NO_DATA)


# ---------------------------------------------------------------- quarters


@pytest.mark.parametrize(
    ("score", "before", "trend"),
    [
        ("80", "75", Trend.IMPROVING),
        ("80", "75.01", Trend.STABLE),
        ("80", "84.99", Trend.STABLE),
        ("80", "85", Trend.WORSENING),
        ("80", None, Trend.UNKNOWN),
        (None, "80", Trend.UNKNOWN),
    ],
)
def test_a_trend_needs_five_points_and_two_scores(score: str | None, before: str | None, trend: Trend) -> None:
    assert trend_of(Decimal(score) if score else None, Decimal(before) if before else None, LIMITS) is trend


@pytest.mark.parametrize(
    ("ratings", "row"),
    [
        ((), 0),
        ((AMBER,), 1),
        ((AMBER, AMBER, GREEN, AMBER), 2),
        ((AMBER, NO_DATA, AMBER), 2),
        ((AMBER, NO_DATA, GREEN, AMBER), 1),
        ((AMBER, RED, AMBER), 1),
        ((GREEN, AMBER, AMBER), 0),
        ((NO_DATA, AMBER), 1),
    ],
)
def test_a_quarter_without_enough_data_neither_breaks_a_row_nor_counts(ratings: tuple[Rating, ...], row: int) -> None:
    assert amber_in_a_row(ratings) == row


@pytest.mark.parametrize(
    ("rating", "earlier", "repeats", "late", "reasons"),
    [
        (GREEN, (AMBER, AMBER), (), (), ()),
        (RED, (), (), (), (StatusReason.SCORE_RED,)),
        (AMBER, (GREEN, AMBER), (), (), ()),
        (AMBER, (AMBER,), (), (), (StatusReason.SCORE_AMBER,)),
        (AMBER, (NO_DATA, AMBER), (), (), (StatusReason.SCORE_AMBER,)),
        (NO_DATA, (AMBER, AMBER), (), (), ()),
        (NO_DATA, (), ("FND-1-2",), (), (StatusReason.REPEAT_MAJOR,)),
        (GREEN, (), (), ("CAPA-3",), (StatusReason.CAPA_LATE,)),
        (
            RED,
            (AMBER,),
            ("FND-1-2",),
            ("CAPA-3",),
            (StatusReason.SCORE_RED, StatusReason.REPEAT_MAJOR, StatusReason.CAPA_LATE),
        ),
    ],
)
def test_what_leads_to_a_proposal_of_probation(
    rating: Rating,
    earlier: tuple[Rating, ...],
    repeats: tuple[str, ...],
    late: tuple[str, ...],
    reasons: tuple[StatusReason, ...],
) -> None:
    assert consequences(rating, earlier, LIMITS, repeat_majors=repeats, late_capas=late) == reasons
