"""What may become of what is released for a purpose."""

import pytest

from domain.batch.processing_purpose import ProcessingPurpose as P
from domain.batch.processing_purpose import may_become, together
from domain.batch.supply_stage import SupplyStage as S


@pytest.mark.parametrize(
    ("purposes", "stage", "expected"),
    [
        ((), S.FINISHED, True),
        ((P.FURTHER_PROCESSING,), S.FINISHED, True),
        ((P.TESTING, P.FURTHER_PROCESSING), S.FINISHED, True),
        ((P.CLINICAL_SUPPLY,), S.FINISHED, False),
        ((P.CLINICAL_SUPPLY,), S.CLINICAL_SUPPLY, True),
        ((P.CLINICAL_SUPPLY,), S.BULK, True),
        ((P.CLINICAL_SUPPLY, P.TESTING), S.API, True),
        ((P.DEVELOPMENT,), S.BULK, False),
        ((P.STABILITY_SAMPLES,), S.API, False),
        ((P.TESTING, P.STABILITY_SAMPLES), S.CLINICAL_SUPPLY, False),
    ],
)
def test_what_is_released_for_something_else_is_no_product(
    purposes: tuple[P, ...], stage: S, *, expected: bool
) -> None:
    assert may_become(purposes, stage) is expected


@pytest.mark.parametrize(
    ("first", "further", "expected"),
    [
        ((), (), ()),
        ((P.TESTING,), (P.TESTING,), (P.TESTING,)),
        ((P.STABILITY_SAMPLES,), (P.FURTHER_PROCESSING,), (P.STABILITY_SAMPLES, P.FURTHER_PROCESSING)),
        ((), (P.TESTING,), (P.FURTHER_PROCESSING, P.TESTING)),
        ((P.TESTING,), (), (P.TESTING, P.FURTHER_PROCESSING)),
    ],
)
def test_parts_are_released_for_the_purposes_of_each(
    first: tuple[P, ...], further: tuple[P, ...], expected: tuple[P, ...]
) -> None:
    assert together(first, further) == expected
