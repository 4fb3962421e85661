"""What a review says of periods, of what recurs, and of several results of one batch."""

from datetime import date
from decimal import Decimal

import pytest

from domain.batch.batch import DeviationClass, DeviationState, OosState
from domain.batch.results.coa import measured
from domain.batch.results.oos import OosKind
from domain.batch.results.specification import SpecifiedTest
from domain.core.refusals import Refused
from domain.views.product_review.batches import Departure, OutsideResult
from domain.views.product_review.period import refuse_unless_reviewable
from domain.views.product_review.recurring import Common, recurring
from domain.views.product_review.series import Spread, spread
from tests.domain.filling import filled

DAY = date(2025, 1, 13)
IMPURITY = filled(SpecifiedTest, {"unit": "%", "upper": "0.15"})


def departure(number: str, parameter: str | None, cause: str | None, batch: str = "BAT-1") -> Departure:
    return Departure(
        batch_id=batch,
        number=batch,
        site_id="VM-02",
        deviation_id=number,
        deviation_class=DeviationClass.MAJOR,
        state=DeviationState.CLOSED,
        parameter=parameter,
        cause=cause,
        description="It ran hot.",
        impact=None,
        detected_on=DAY,
        closed_on=DAY,
    )


def outside(number: str, test: str) -> OutsideResult:
    known = {
        "batch_id": number,
        "number": number,
        "site_id": "VM-02",
        "result": "0.2",
        "unit": "%",
        "limit": "≤ 0.15 %",
    }
    return OutsideResult(
        **known,
        oos_id=number,
        kind=OosKind.OOS,
        test=test,
        market=None,
        state=OosState.LABORATORY,
        confirmed=None,
        cause=None,
        conclusion=None,
        detected_on=DAY,
    )


def test_what_has_the_same_parameter_cause_or_test_recurs_however_it_is_written() -> None:
    found = recurring(
        [
            departure("DEV-1", "Coupling temperature", "The valve stuck open."),
            departure("DEV-2", "coupling  TEMPERATURE", "the valve stuck  open", batch="BAT-2"),
            departure("DEV-3", "Stirring speed", "Another cause."),
            departure("DEV-4", None, None),
        ],
        [outside("OOS-1", "Impurity I-3"), outside("OOS-2", "impurity i 3"), outside("OOS-3", "Assay")],
    )
    assert [(each.kind, each.common, each.what, each.ids) for each in found] == [
        ("DEVIATION", Common.CAUSE, "The valve stuck open.", "DEV-1, DEV-2"),
        ("DEVIATION", Common.PARAMETER, "Coupling temperature", "DEV-1, DEV-2"),
        ("OOS", Common.TEST, "Impurity I-3", "OOS-1, OOS-2"),
    ]
    assert {(each.times, each.batches, each.classes) for each in found} == {(2, 2, "MAJOR"), (2, 2, "OOS")}


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2025, 1, 2), date(2025, 1, 1)), (date(2024, 2, 29), date(2027, 2, 28)), (DAY, date(2028, 1, 13))],
)
def test_a_period_that_runs_backwards_or_too_long_is_refused(first: date, last: date) -> None:
    with pytest.raises(Refused) as caught:
        refuse_unless_reviewable(first, last)
    assert list(caught.value.refusal.fields) == ["to"]


@pytest.mark.parametrize("last", [DAY, date(2028, 1, 12)])
def test_a_day_and_three_years_are_periods(last: date) -> None:
    refuse_unless_reviewable(DAY, last)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["0.12"], Spread(Decimal("0.12"), Decimal("0.12"), Decimal("0.12"))),
        (["0.12", "0.13", "0.13"], Spread(Decimal("0.127"), Decimal("0.12"), Decimal("0.13"))),
        (["0.12", None], Spread()),
        ([], Spread()),
    ],
)
def test_several_results_of_a_batch_are_one_point_with_its_spread(values: list[str | None], found: Spread) -> None:
    assert spread([Decimal(each) if each is not None else None for each in values]) == found


@pytest.mark.parametrize(
    ("result", "unit", "found"),
    [
        ("0,12", "%", Decimal("0.12")),
        ("1.2 mg/g", None, Decimal("0.12")),
        ("< 0.05", "%", None),
        ("not detected", None, None),
        ("0.12", None, None),
        ("0.12", "kg", None),
    ],
)
def test_only_a_plain_number_in_a_known_unit_is_a_value(result: str, unit: str | None, found: Decimal | None) -> None:
    assert measured(result, unit, IMPURITY) == found


def test_a_text_has_no_value() -> None:
    assert measured("5", "1", filled(SpecifiedTest, {"kind": "TEXT", "unit": None, "expected": "White"})) is None
