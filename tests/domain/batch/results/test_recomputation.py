"""A whole certificate against a specification."""

from decimal import Decimal
from typing import Any

import pytest

from domain.batch.results.analysis_forms import (
    AnalysisResult,
    CertificateOfAnalysis,
    OwnReport,
    OwnTesting,
    refuse_unless_issued,
    refuse_unless_tested,
)
from domain.batch.results.own_testing import bears_out, differences
from domain.batch.results.recomputation import ByPerson, Recomputation, recomputed
from domain.batch.results.specification import ResultKind, SpecifiedTest
from domain.core.rounding import Rounding
from tests.domain.filling import faults, filled
from tests.records.seeded import START

RAW_DATA = {"document_id": "DOC-7", "sha256": "0" * 64}
IMPURITY = filled(SpecifiedTest, {"unit": "%", "upper": "0.15"})
ASSAY = filled(
    SpecifiedTest,
    {"name": "Assay", "method": "HPLC AM-018", "unit": "%", "lower": "98.0", "upper": "102.0", "replicates_min": 2},
)
TESTS = (IMPURITY, ASSAY)


def line(test: str, result: str, **more: Any) -> AnalysisResult:
    return AnalysisResult(test=test, result=result, **{"unit": "%", **more})


ALL = (line("Impurity I-3", "0.12"), line("ASSAY", "99.1"), line("assay ", "99.5"))


def found(*results: AnalysisResult) -> Recomputation:
    return recomputed(results, TESTS, Rounding.ROUND_TO_LIMIT)


def test_a_complete_certificate_is_clear() -> None:
    assert found(*ALL).is_clear()
    assert found(ALL[0], line("Assay", "99.1", replicate=1), line("Assay", "99.1", replicate=2)).is_clear()


@pytest.mark.parametrize(
    ("results", "where", "entry"),
    [
        (ALL[1:], "missing", "Impurity I-3"),
        (ALL[:2], "missing", "Assay: 1 of 2 individual results"),
        (
            (ALL[0], *[line("Assay", "99.1", replicate=2)] * 3),
            "missing",
            "Assay: 1 of 2 individual results; replicate 2 is given more than once",
        ),
        ((*ALL[:2], line("Assay", "99.3", is_mean=True)), "missing", "Assay: 1 of 2 individual results"),
        ((*ALL, line("Colour", "2")), "unknown", "Colour"),
        ((line("Impurity I-3", "0.27"), *ALL), "failed", "Impurity I-3: 0.27 % is above 0.15 %"),
        ((*ALL, line("Assay", "97.2")), "failed", "Assay: 97.2 % is below 98.0 %"),
        ((*ALL, line("Assay", "97.2", is_mean=True)), "failed", "Assay: 97.2 % is below 98.0 %"),
        ((*ALL, line("Assay", "about 99")), "unreadable", "Assay: about 99 % gives no number"),
        (
            (*ALL, line("Assay", "99.0", method="Titration AM-1")),
            "unreadable",
            "Assay: 99.0 % is by Titration AM-1, the registered method is HPLC AM-018",
        ),
        (
            (*ALL, line("Assay", "99.0", verdict="Fail")),
            "disagrees",
            "Assay: the certificate says Fail, recomputed it passes",
        ),
    ],
)
def test_what_stands_against_a_certificate_is_named(
    results: tuple[AnalysisResult, ...], where: str, entry: str
) -> None:
    recomputation = found(*results)
    assert getattr(recomputation, where) == (entry,)
    others = {"missing", "unknown", "failed", "unreadable", "disagrees"} - {where}
    assert [getattr(recomputation, other) for other in others] == [()] * 4


def test_a_replicate_that_is_given_twice_is_read_in_neither_line() -> None:
    recomputation = found(*ALL, line("Assay", "99.1", replicate=1), line("Assay", "99.9", replicate=1))
    assert recomputation.unreadable == (
        "Assay: 99.1 % is replicate 1, which is given as 99.1 and as 99.9",
        "Assay: 99.9 % is replicate 1, which is given as 99.1 and as 99.9",
    )


class Read(AnalysisResult):
    """A line of which persons have said something."""

    said: tuple[ByPerson, ...] = ()

    @property
    def compared(self) -> tuple[ByPerson, ...]:
        return self.said


ABOUT = ByPerson("≤ 0.15 %", "gives no number", True, "Nora Lindholm", "The curve says 0.1.", "DOC-1")


@pytest.mark.parametrize(
    ("said", "failed", "unreadable"),
    [
        ((), 0, 1),
        ((ABOUT,), 0, 0),
        ((ABOUT, ABOUT._replace(meets=False)), 1, 0),
        ((ABOUT._replace(limit="≤ 0.10 %"),), 0, 1),
        ((ABOUT._replace(doubt="names no unit"),), 0, 1),
    ],
)
def test_what_cannot_be_compared_counts_as_a_person_has_said_last(
    said: tuple[ByPerson, ...], failed: int, unreadable: int
) -> None:
    read = Read(test="Impurity I-3", result="about 0.1", unit="%", said=said)
    recomputation = found(read, *ALL[1:])
    assert (len(recomputation.failed), len(recomputation.unreadable)) == (failed, unreadable)


def test_what_a_person_says_is_not_asked_where_the_program_can_compare() -> None:
    assert found(Read(test="Impurity I-3", result="0.27", unit="%", said=(ABOUT,)), *ALL[1:]).failed


def test_the_certificate_does_not_say_otherwise_than_the_person() -> None:
    read = Read(test="Impurity I-3", result="about 0.1", unit="%", verdict="Fail", said=(ABOUT,))
    assert found(read, *ALL[1:]).disagrees


def test_a_claim_of_conformity_beside_a_failing_result_is_named_twice() -> None:
    recomputation = found(line("Impurity I-3", "0.155", verdict="Pass"), *ALL[1:])
    assert (len(recomputation.failed), len(recomputation.disagrees)) == (1, 1)


def test_a_line_that_is_not_specified_fails_where_the_certificate_says_so() -> None:
    recomputation = found(
        *ALL, line("Residue on ignition", "5.0", verdict="Fails"), line("Colour", "2", verdict="Pass")
    )
    assert recomputation.failed == ("Residue on ignition: 5.0 is not specified, and the certificate says Fails",)
    assert recomputation.unknown == ("Residue on ignition", "Colour")


def test_a_method_may_be_printed_shorter_or_with_its_version() -> None:
    assert found(line("Impurity I-3", "0.1", method="AM-017"), *ALL[1:]).is_clear()
    assert found(line("Impurity I-3", "0.1", method="hplc am-017 v3"), *ALL[1:]).is_clear()


PERCENT = Decimal(5)


@pytest.mark.parametrize(
    ("test", "own", "certificate", "differs"),
    [
        (ASSAY, "99.0", "99.9", ""),
        (ASSAY, "92.2", "100.0", "Assay: 92.2 and 100.0 on the certificate are 7.8 % apart"),
        (IMPURITY, "0.05", "0.06", ""),
        (IMPURITY, "0.02", "0.14", "Impurity I-3: 0.02 and 0.14 on the certificate are 80.0 % apart"),
        (IMPURITY, "< 0.05", "0.14", ""),
        (IMPURITY, "nonsense", "0.14", ""),
        (IMPURITY, "0.14 kg", "0.14", ""),
    ],
)
def test_own_results_confirm_those_of_the_site(test: SpecifiedTest, own: str, certificate: str, differs: str) -> None:
    apart = differences([line(test.name, own)], [line(test.name, certificate)], TESTS, PERCENT)
    assert apart == ((differs,) if differs else ())


def test_the_results_that_lie_furthest_apart_count() -> None:
    theirs = [line("Assay", "99.8"), line("Assay", "92.0"), line("Assay", "101.0")]
    assert len(differences([line("Assay", "99.9")], theirs, TESTS, PERCENT)) == 1


@pytest.mark.parametrize(
    ("own", "certificate", "expected"),
    [
        (ALL, ALL, True),
        (ALL, ALL[:1], True),
        (ALL[1:], ALL[:1], False),
        (ALL, (), False),
        ((), ALL, False),
        ((line("Assay", "about 99"),), ALL, False),
        ((line("Assay", "97.2"),), ALL, False),
        ((line("Colour", "2"),), (line("Colour", "2"),), False),
        ((line("Impurity I-3", "0.02"),), ALL, False),
    ],
)
def test_own_testing_confirms_what_it_is_compared_with(
    own: tuple[AnalysisResult, ...], certificate: tuple[AnalysisResult, ...], *, expected: bool
) -> None:
    differs = differences(own, certificate, TESTS, PERCENT)
    assert bears_out(own, certificate, [found(*own)], differs) is expected


@pytest.mark.parametrize(
    ("changes", "numbers", "expected"),
    [
        ({}, (), set()),
        ({"issued_on": "2025-01-14"}, (), {"issued_on"}),
        ({"correction_of": "COA-0"}, (), {"correction_of"}),
        ({}, ("COA-0",), {"correction_of", "correction_reason"}),
        ({"correction_of": "COA-0", "correction_reason": "A slip."}, ("COA-0", "COA-1"), {"correction_of"}),
        ({"correction_of": "COA-0", "correction_reason": "A slip."}, ("COA-0",), set()),
        ({"number": "COA-0", "correction_of": "COA-0", "correction_reason": "A slip."}, ("COA-0",), {"number"}),
    ],
)
def test_a_certificate_is_the_first_or_corrects_the_last(
    changes: dict[str, Any], numbers: tuple[str, ...], expected: set[str]
) -> None:
    form = filled(CertificateOfAnalysis, {}, **changes)
    assert faults(lambda: refuse_unless_issued(form, numbers, latest_day=START.date(), now=START)) == expected


def test_nothing_is_measured_in_the_future() -> None:
    results = [line("Assay", "99", measured_at="2030-01-01T00:00:00Z").model_dump(mode="json")]
    form = filled(CertificateOfAnalysis, {"results": results})
    assert faults(lambda: refuse_unless_issued(form, (), latest_day=START.date(), now=START)) == {
        "results.0.measured_at"
    }


def test_own_testing_shows_the_identity() -> None:
    identity = SpecifiedTest(name="Identity", method="IR", kind=ResultKind.TEXT, expected="Conforms", identity=True)
    form = filled(OwnTesting, {})
    assert faults(lambda: refuse_unless_tested(form, TESTS, latest_day=START.date(), now=START)) == set()
    assert faults(lambda: refuse_unless_tested(form, (identity,), latest_day=START.date(), now=START)) == {"results"}
    late = filled(OwnTesting, {}, tested_on="2025-01-14")
    assert faults(lambda: refuse_unless_tested(late, TESTS, latest_day=START.date(), now=START)) == {"tested_on"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, set()),
        ({"report": "qc 25-112"}, {"report"}),
        ({"correction_of": "QC-25-999"}, {"correction_of"}),
        ({"correction_of": "QC-0"}, {"correction_of"}),
        ({"correction_reason": None}, {"correction_reason"}),
        ({"cause": None}, {"cause", "raw_data"}),
        ({"cause": "INSTRUMENT"}, {"raw_data"}),
        ({"cause": "INSTRUMENT", "raw_data": None}, set()),
        ({"results": [line("Water", "0.1").model_dump(mode="json")]}, {"results"}),
        ({"correction_of": None}, {"correction_reason", "cause", "raw_data"}),
    ],
)
def test_own_testing_is_corrected_openly(given: dict[str, Any], expected: set[str]) -> None:
    said = {"correction_of": "QC-25-112", "correction_reason": "1.2 was typed for 0.12.", "cause": "TRANSCRIPTION"}
    form = filled(OwnTesting, {"report": "QC-25-113", **said, "raw_data": RAW_DATA, **given})
    earlier = [OwnReport("QC-25-112", frozenset({"Impurity I-3"})), OwnReport("QC-0", frozenset(), superseded=True)]
    today = START.date()
    assert faults(lambda: refuse_unless_tested(form, (), latest_day=today, now=START, earlier=earlier)) == expected
