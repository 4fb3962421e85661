"""Results as a maker's certificate prints them, beside registered limits and their own."""

import pytest

from domain.batch.results.specification import SpecifiedTest
from domain.core.rounding import Rounding
from domain.importation.batch_certificate import CertifiedResult
from domain.importation.certified_results import ComparedResults, compared

IMPURITY = SpecifiedTest.model_validate(
    {"name": "Impurity I-3", "method": "HPLC AM-017", "kind": "NUMERIC", "unit": "%", "upper": "0.15"}
)
PERIODIC = IMPURITY.model_copy(update={"name": "Residual solvents", "mode": "PERIODIC"})
COLOUR = SpecifiedTest.model_validate(
    {"name": "Appearance", "method": "AM-1", "kind": "TEXT", "expected": "White powder"}
)


def found(test: str, limit: str, result: str, *tests: SpecifiedTest) -> ComparedResults:
    return compared([CertifiedResult(test=test, limit=limit, result=result)], [tests], Rounding.ROUND_TO_LIMIT)


@pytest.mark.parametrize(
    ("limit", "result", "fault"),
    [
        ("\u2264 0.15 %", "0.12 %", None),
        ("NMT 0.15 %", "0.12", None),
        ("not more than 0.15", "0.12 %", None),
        ("\u2264 1500 [ppm]", "0.12 %", None),
        ("\u2264 0.15 %", "< 0.05 %", None),
        ("\u2264 0.15 %", "0.16 %", "is above 0.15 %"),
        ("\u2264 0.50 %", "0.16 %", "is above 0.15 %"),
        ("\u2264 0.10 %", "0.12 %", "is above 0.10 %"),
        ("\u2264 0.15 %", "Complies", "gives no number; give the result itself"),
        ("\u2264 0.15 %", "pending", "is no result"),
        ("\u2264 0.15 %", "-", "is no result"),
    ],
)
def test_a_number_is_compared_with_the_registered_limit_and_with_the_printed_one(
    limit: str, result: str, fault: str | None
) -> None:
    failing = (f"IMPURITY i-3: {result} {fault}",) if fault is not None else ()
    assert found("IMPURITY i-3", limit, result, IMPURITY) == ComparedResults(failing=failing)


@pytest.mark.parametrize(
    ("limit", "result", "fault"),
    [
        ("95.0 to 105.0 %", "99.2 %", None),
        ("95.0 - 105.0 %", "94.9 %", "is below 95.0 %"),
        ("95.0 % \u2013 105.0 %", "105.1 %", "is above 105.0 %"),
        ("> 5 mg", "5 mg", "is not above 5 mg"),
        ("NLT 80 %", "79 %", "is below 80 %"),
        ("7.0", "6.0", None),
        ("white", "off-white", None),
        ("white", "does not comply", "is not 'white'"),
        ("as registered", "not tested", "is no result"),
    ],
)
def test_what_is_in_no_specification_is_compared_with_its_printed_limit(
    limit: str, result: str, fault: str | None
) -> None:
    failing = (f"Assay: {result} {fault}",) if fault is not None else ()
    assert found("Assay", limit, result) == ComparedResults(failing=failing)


def test_words_are_for_a_person_unless_they_say_that_it_fails() -> None:
    assert found("Appearance", "white", "off-white", COLOUR) == ComparedResults()
    assert found("Appearance", "white", "fails", COLOUR).failing == ("Appearance: fails is not 'white'",)


def test_every_test_of_each_batch_is_reported() -> None:
    assert found("Appearance", "white", "white", IMPURITY, PERIODIC, COLOUR).missing == ("Impurity I-3",)


def test_one_valid_version_that_is_met_is_enough() -> None:
    tighter = IMPURITY.model_copy(update={"upper": IMPURITY.upper and IMPURITY.upper / 2})
    result = [CertifiedResult(test="Impurity I-3", limit="\u2264 0.15 %", result="0.12 %")]
    assert compared(result, [(tighter,), (IMPURITY,)], Rounding.AS_REPORTED) == ComparedResults()
    assert compared(result, [(tighter,)], Rounding.AS_REPORTED).failing
