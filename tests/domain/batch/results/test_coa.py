"""One result against the limits of its test."""

from typing import Any

import pytest

from domain.batch.results.coa import Verdict, claimed, judged
from domain.batch.results.specification import ResultKind, SpecifiedTest
from domain.core.rounding import Rounding

P, F, U = Verdict.PASS, Verdict.FAIL, Verdict.UNREADABLE


def spec(**limits: Any) -> SpecifiedTest:
    return SpecifiedTest(name="Impurity I-3", method="AM-017", kind=ResultKind.NUMERIC, **{"unit": "%", **limits})


IMPURITY = spec(upper="0.15")
STRICT = spec(upper="0.15", upper_inclusive=False)
ASSAY = spec(lower="98.0", upper="102.0")
FROM_ZERO = spec(lower="0", upper="0.15")
ABOVE_98 = spec(lower="98.0", lower_inclusive=False)


@pytest.mark.parametrize(
    ("test", "result", "verdict"),
    [
        (IMPURITY, "0.12", P),
        (IMPURITY, "0,12", P),
        (IMPURITY, "0.15", P),
        (IMPURITY, "0.154", P),
        (IMPURITY, "0.155", F),
        (IMPURITY, "0.16", F),
        (IMPURITY, "0.27", F),
        (STRICT, "0.15", F),
        (STRICT, "0.154", F),
        (STRICT, "0.14", P),
        (IMPURITY, "0.2", F),
        (IMPURITY, "0.1", P),
        (spec(upper="0.12"), "0.1", U),
        (ASSAY, "98", U),
        (ASSAY, "99", P),
        (ASSAY, "97", F),
        (ASSAY, "97.95", P),
        (ASSAY, "97.94", F),
        (ASSAY, "102.04", P),
        (ABOVE_98, "98.0", F),
        (ABOVE_98, "98.1", P),
        (IMPURITY, "< 0.05", P),
        (IMPURITY, "< 0.15", P),
        (STRICT, "< 0.15", P),
        (STRICT, "≤ 0.15", U),
        (IMPURITY, "≤ 0.15", P),
        (IMPURITY, "< 0.2", U),
        (IMPURITY, "> 0.15", F),
        (IMPURITY, "> 0.05", U),
        (IMPURITY, "≥ 0.15", U),
        (STRICT, "≥ 0.15", F),
        (ABOVE_98, "> 98", P),
        (ABOVE_98, "≥ 98.0", U),
        (ABOVE_98, "< 98.0", F),
        (ASSAY, "> 98.0", U),
        (ASSAY, "> 102.0", F),
        (IMPURITY, "ND", P),
        (FROM_ZERO, "ND", P),
        (FROM_ZERO, "< 0.05", P),
        (FROM_ZERO, "≤ 0.15", P),
        (FROM_ZERO, "< 0.2", U),
        (FROM_ZERO, "< 0", F),
        (spec(lower="0"), "< 0.05", P),
        (spec(lower="0", lower_inclusive=False, upper="0.15"), "< 0.05", U),
        (spec(lower="-1", upper="0.15"), "< 0.05", U),
        (spec(upper="0.15", reporting_threshold="0.05"), "n.d.", P),
        (spec(upper="0.03", reporting_threshold="0.05"), "n.d.", U),
        (ASSAY, "ND", U),
        (spec(lower="98.0", reporting_threshold="0.05"), "ND", F),
        (IMPURITY, "Conforms", U),
        (IMPURITY, "Does not comply", F),
        (IMPURITY, "White powder", U),
        (IMPURITY, "NaN", U),
        (IMPURITY, "-0.1", P),
    ],
)
def test_a_result_is_compared_with_its_limits(test: SpecifiedTest, result: str, verdict: Verdict) -> None:
    found = judged(result, "%", test, Rounding.ROUND_TO_LIMIT)
    assert found.verdict is verdict, found.reason
    assert found.verdict is P or found.reason


def test_every_digit_counts_if_the_policy_says_so() -> None:
    for result, verdict in (("0.15", P), ("0.154", F), ("0.149", P)):
        assert judged(result, "%", IMPURITY, Rounding.AS_REPORTED).verdict is verdict


def test_a_result_with_too_few_decimals_passes_with_a_note() -> None:
    assert (
        judged("0.1", "%", IMPURITY, Rounding.ROUND_TO_LIMIT).reason
        == "is reported with 1 of the 2 decimals of the limit"
    )
    assert judged("0.10", "%", IMPURITY, Rounding.ROUND_TO_LIMIT).reason == ""
    assert judged("0.100", "%", spec(upper="0.15", decimals=3), Rounding.ROUND_TO_LIMIT).reason == ""


@pytest.mark.parametrize(
    ("result", "unit", "limit_in", "verdict"),
    [
        ("1.5 mg/g", None, "%", P),
        ("1.6 mg/g", None, "%", F),
        ("0.12", "mg/g", "%", P),
        ("0.12", "% w/w", "%", P),
        ("0.12 %", "%", "%", P),
        ("0.12 %", "mg/g", "%", U),
        ("0.12", None, "%", U),
        ("0.12", "", "%", U),
        ("0.0012", "-", "%", U),
        ("0.0012", "–", "%", U),
        ("0.0012", "N/A", "%", U),
        ("0.0012", "1", "%", P),
        ("0", "12", "%", U),
        ("0.12", "-", "1", P),
        ("0.12", "n/a", "[pH]", P),
        ("0.12", "kg", "%", U),
        ("0.12", "dozens", "%", U),
        ("0.12", None, "1", P),
        ("0.12", None, "[pH]", P),
        ("0.12 IU/mg", None, "%", U),
    ],
)
def test_units_are_converted_or_the_result_is_not_compared(
    result: str, unit: str | None, limit_in: str, verdict: Verdict
) -> None:
    found = judged(result, unit, spec(unit=limit_in, upper="0.15"), Rounding.ROUND_TO_LIMIT)
    assert found.verdict is verdict, found.reason


@pytest.mark.parametrize(
    ("result", "unit", "limits", "verdict"),
    [
        ("1", "mg/g", {"upper": "0.10"}, U),
        ("1.0", "mg/g", {"upper": "0.10"}, P),
        ("1", "mg/g", {"upper": "0.15"}, P),
        ("1000", "mg/kg", {"upper": "0.10"}, P),
        ("0.98", "1", {"lower": "98.0"}, U),
        ("0.99", "1", {"lower": "98.0"}, P),
        ("0.980", "1", {"lower": "98.0"}, P),
        ("0.9796", "1", {"lower": "98.0"}, P),
        ("0.9794", "1", {"lower": "98.0"}, F),
        ("1", "g/g", {"lower": "98.0", "upper": "102.0"}, U),
        ("1.000", "g/g", {"lower": "98.0", "upper": "102.0"}, P),
        ("0", "g/g", {"upper": "0.10"}, U),
        ("25", "Cel", {"unit": "K", "upper": "298.15"}, U),
        ("25.00", "Cel", {"unit": "K", "upper": "298.15"}, P),
        ("77.0", "[degF]", {"unit": "Cel", "upper": "25.0"}, P),
    ],
)
def test_too_few_digits_are_seen_in_any_unit(result: str, unit: str, limits: dict[str, str], verdict: Verdict) -> None:
    found = judged(result, unit, spec(**limits), Rounding.ROUND_TO_LIMIT)
    assert found.verdict is verdict, found.reason


def test_the_step_of_a_result_in_another_unit_is_told_in_that_of_the_limit() -> None:
    reasons = [judged("1", "mg/g", spec(upper=upper), Rounding.ROUND_TO_LIMIT).reason for upper in ("0.15", "0.10")]
    told = "is reported in steps of 0.1 %; the limit has 2 decimals"
    assert reasons == [told, f"{told}, too few to compare with it"]
    assert judged("1.5", "mg/g", IMPURITY, Rounding.ROUND_TO_LIMIT).reason == ""


@pytest.mark.parametrize(
    ("expected", "result", "verdict"),
    [
        ("Conforms", "complies", P),
        ("White powder", "White  powder.", P),
        ("White powder", "Conforms", P),
        ("White powder", "Yellow powder", U),
        ("White powder", "Does not conform", F),
        ("Absent", "Present", F),
        ("Not detected", "n.d.", U),
        ("2 white tablets", "2 white tablets", P),
    ],
)
def test_a_text_is_what_is_expected_or_says_that_it_conforms(expected: str, result: str, verdict: Verdict) -> None:
    test = SpecifiedTest(name="Appearance", method="Visual", kind=ResultKind.TEXT, expected=expected)
    assert judged(result, None, test, Rounding.ROUND_TO_LIMIT).verdict is verdict


def test_a_claim_is_understood_or_is_none() -> None:
    assert [claimed(text) for text in ("Pass", "OOS", "not ok", "see report", "n.d.", None)] == [
        P,
        F,
        F,
        None,
        None,
        None,
    ]
