"""What the modes of lines ask of a batch, and which version of a specification asks for as much as another."""

from decimal import Decimal
from typing import Any

import pytest

from domain.batch.results.analysis_forms import AnalysisResult
from domain.batch.results.modes import Earlier, by_mode, most_before, never_replaced
from domain.batch.results.recomputation import Recomputation, recomputed
from domain.batch.results.specification import LineMode, ResultKind, SpecifiedTest, refuse_unless_specified
from domain.batch.results.versions import covers, is_tighter
from domain.core.rounding import Rounding
from tests.domain.filling import faults, filled

DATA = {"document_id": "DOC-7", "sha256": "0" * 64}
APPROVED = ({"market": "EU", "reference": "II/0042"},)
IMPURITY = filled(SpecifiedTest, {"unit": "%", "upper": "0.15"})


def sterility(mode: str = "PARAMETRIC", **more: Any) -> SpecifiedTest:
    known = {"name": "Sterility", "method": "Ph. Eur. 2.6.1", "kind": "TEXT", "unit": None, "expected": "Sterile"}
    return filled(SpecifiedTest, {**known, "mode": mode, "approvals": APPROVED, **more})


def solvent(**more: Any) -> SpecifiedTest:
    known = {"name": "Methanol", "method": "GC AM-3", "unit": "[ppm]", "upper": "3000", "mode": "PERIODIC"}
    return filled(SpecifiedTest, {**known, "within": 3, "approvals": APPROVED, **more})


def line(test: str, result: str, **more: Any) -> AnalysisResult:
    return AnalysisResult(test=test, result=result, **more)


def found(test: SpecifiedTest, *results: AnalysisResult) -> Recomputation:
    return recomputed(results, [test], Rounding.ROUND_TO_LIMIT)


def batch(number: str, *results: AnalysisResult) -> Earlier:
    return Earlier(number, results)


PASSED, FAILED = line("methanol", "120", unit="[ppm]"), line("Methanol", "3100", unit="[ppm]")


@pytest.mark.parametrize(
    ("earlier", "seen", "wrong"),
    [
        ([batch("B-9", PASSED)], "last tested on batch B-9, one before, which passed", ""),
        ([batch("B-9"), batch("B-8"), batch("B-7", PASSED)], "last tested on batch B-7, 3 before, which passed", ""),
        ([batch("B-9"), batch("B-8"), batch("B-7"), batch("B-6", PASSED)], "", "none of the last 3 batches was tested"),
        ([batch("B-9", FAILED), batch("B-8", PASSED)], "", "last tested on batch B-9, which did not pass"),
        ([batch("B-9", line("Methanol", "about 9"))], "", "last tested on batch B-9, which did not pass"),
        ([], "", "none of the last 3 batches was tested"),
    ],
)
def test_a_batch_without_a_result_rests_on_the_last_one_that_was_tested(
    earlier: list[Earlier], seen: str, wrong: str
) -> None:
    told = by_mode((), [solvent()], "EU", earlier, Rounding.ROUND_TO_LIMIT)
    assert (len(told.seen), len(told.wrong)) == (bool(seen), bool(wrong))
    assert (seen or wrong) in (*told.seen, *told.wrong)[0]


def test_a_batch_that_was_tested_itself_rests_on_none_and_needs_no_approval() -> None:
    tests = [solvent(), IMPURITY]
    assert by_mode([PASSED], tests, "US", [batch("B-9", FAILED)], Rounding.ROUND_TO_LIMIT) == ((), ())
    assert (most_before(tests, [PASSED]), most_before(tests, []), most_before([IMPURITY], [])) == (0, 3, 0)
    assert found(solvent(), FAILED).failed
    assert not found(solvent()).missing
    assert found(solvent(replicates_min=2), PASSED).missing == ("Methanol: 1 of 2 individual results",)


@pytest.mark.parametrize("test", [solvent(), sterility(), sterility("RTRT")])
def test_a_mode_that_the_market_has_not_approved_fails(test: SpecifiedTest) -> None:
    told = by_mode((), [test], "US", [batch("B-9", PASSED)], Rounding.ROUND_TO_LIMIT)
    assert told == ((), (f"{test.name}: {test.mode.words} is not registered in US",))


@pytest.mark.parametrize(
    ("results", "missing"),
    [
        ((), "Sterility: no data of parametric release"),
        (
            (line("Sterility", "Sterile"),),
            "Sterility: no data of parametric release; a test of the product does not replace them",
        ),
        ((line("Sterility", "Complies", process_data=DATA),), None),
    ],
)
def test_data_are_never_replaced_by_a_test_of_the_product(
    results: tuple[AnalysisResult, ...], missing: str | None
) -> None:
    assert found(sterility(), *results).missing == ((missing,) if missing else ())


def test_a_test_of_the_product_beside_failing_data_changes_nothing() -> None:
    told = found(sterility(), line("Sterility", "Does not comply", process_data=DATA), line("Sterility", "Sterile"))
    assert told.failed == ("Sterility: Does not comply is not 'sterile'",)
    assert told.lines[1] is not None
    assert told.lines[1].reason == "is a test of the product, which is no parametric release"


@pytest.mark.parametrize(
    ("mode", "result", "clear"),
    [
        (LineMode.EVERY_BATCH, "Complies", False),
        (LineMode.LIMIT_TEST, "Complies", True),
        (LineMode.LIMIT_TEST, "< 0.15 %", True),
        (LineMode.LIMIT_TEST, "0.2 %", False),
        (LineMode.LIMIT_TEST, "Does not comply", False),
    ],
)
def test_complies_is_the_result_of_a_limit_test_alone(mode: LineMode, result: str, clear: bool) -> None:  # noqa: FBT001
    assert found(IMPURITY.model_copy(update={"mode": mode}), line("Impurity I-3", result)).is_clear() is clear


@pytest.mark.parametrize(
    ("test", "fault"),
    [
        (solvent(within=None), "tests.0.within"),
        (sterility(within=3), "tests.0.within"),
        (sterility(approvals=()), "tests.0.approvals"),
        (sterility("EVERY_BATCH"), "tests.0.approvals"),
        (sterility("LIMIT_TEST"), "tests.0.approvals"),
        (sterility(approvals=APPROVED * 2), "tests.0.approvals"),
    ],
)
def test_a_mode_is_specified_with_what_it_rests_on(test: SpecifiedTest, fault: str) -> None:
    assert faults(lambda: refuse_unless_specified([test])) == {fault}


def test_lines_of_older_specifications_are_for_every_batch() -> None:
    old = SpecifiedTest.model_validate(
        {"name": "Assay", "method": "HPLC", "kind": "NUMERIC", "unit": "%", "lower": "98"}
    )
    assert (old.mode, old.within, old.approvals) == (LineMode.EVERY_BATCH, None, ())


@pytest.mark.parametrize(
    ("changes", "is_covered"),
    [
        ({}, True),
        ({"upper": Decimal("0.10")}, True),
        ({"upper_inclusive": False}, True),
        ({"lower": Decimal(0)}, True),
        ({"replicates_min": 3}, True),
        ({"name": "impurity i 3"}, True),
        ({"upper": Decimal("0.16")}, False),
        ({"upper": None, "lower": Decimal("0.1")}, False),
        ({"unit": "[ppm]"}, False),
        ({"method": "HPLC AM-018"}, False),
        ({"name": "Impurity I-4"}, False),
        ({"kind": ResultKind.TEXT, "expected": "Conforms"}, False),
        ({"mode": LineMode.LIMIT_TEST}, False),
    ],
)
def test_a_version_covers_another_one_if_every_line_is_at_least_as_tight(
    changes: dict[str, Any],
    is_covered: bool,  # noqa: FBT001
) -> None:
    assert covers([IMPURITY.model_copy(update=changes), solvent()], [IMPURITY]) is is_covered


def test_a_version_that_asks_for_the_same_is_not_tighter() -> None:
    less = IMPURITY.model_copy(update={"upper": Decimal("0.10")})
    assert is_tighter([less], [IMPURITY])
    assert is_tighter([IMPURITY, solvent()], [IMPURITY])
    assert not is_tighter([IMPURITY], [IMPURITY])
    assert not is_tighter([IMPURITY], [less])


def test_testing_every_batch_or_more_often_covers_periodic_testing() -> None:
    assert covers([solvent(mode="EVERY_BATCH", within=None, approvals=())], [solvent()])
    assert covers([solvent(within=2)], [solvent()])
    assert not covers([solvent(within=4)], [solvent()])
    assert not covers([solvent()], [solvent(mode="EVERY_BATCH", within=None, approvals=())])


def test_a_failing_line_of_data_is_outweighed_by_no_test_of_the_product() -> None:
    assert never_replaced("sterility", [IMPURITY, sterility()]) == (
        "a test of the product never replaces parametric release that has failed"
    )
    assert never_replaced("Impurity I-3", [IMPURITY, sterility()]) is None
