from typing import Any

import pytest

from domain.audit.finding import (
    FindingStatus,
    ReportedFinding,
    Severity,
    grouping_faults,
    needs_effectiveness_check,
    needs_response,
    numbering_faults,
    refuse_unless_open,
)
from tests.domain.filling import faults, filled


@pytest.mark.parametrize(
    ("severity", "response", "effectiveness"),
    [
        (Severity.CRITICAL, True, True),
        (Severity.MAJOR, True, True),
        (Severity.OTHER, True, False),
        (Severity.RECOMMENDATION, False, False),
    ],
)
def test_duties_follow_from_severity(severity: Severity, *, response: bool, effectiveness: bool) -> None:
    assert needs_response(severity) is response
    assert needs_effectiveness_check(severity) is effectiveness


def test_critical_is_the_gravest() -> None:
    assert sorted(Severity, key=lambda severity: severity.rank) == ["CRITICAL", "MAJOR", "OTHER", "RECOMMENDATION"]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([], set()),
        ([1, 2, 3], set()),
        ([1, 1], {"findings.1.no"}),
        ([1, 3], {"findings.1.no"}),
        ([2, 1], {"findings.0.no", "findings.1.no"}),
    ],
)
def test_findings_are_numbered_from_one(numbers: list[int], expected: set[str]) -> None:
    assert set(numbering_faults([filled(ReportedFinding, no=no) for no in numbers])) == expected


SIX_OTHERS = [{"severity": "OTHER"} for _ in range(6)]


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([*SIX_OTHERS, {"groups": [1, 2, 3, 4, 5, 6]}], set()),
        ([*SIX_OTHERS, {"groups": [1, 2, 3]}, {"groups": [4, 5, 6]}], set()),
        ([*SIX_OTHERS, {"groups": [1, 2, 3]}, {"groups": [3, 4]}], {"findings.7.groups"}),
        ([*SIX_OTHERS, {"groups": [1]}], {"findings.6.groups"}),
        ([*SIX_OTHERS, {"groups": [1, 1]}], {"findings.6.groups"}),
        ([*SIX_OTHERS, {"groups": [1, 9]}], {"findings.6.groups"}),
        ([*SIX_OTHERS, {"groups": [1, 7]}], {"findings.6.groups"}),
        ([*SIX_OTHERS, {"groups": [1, 2], "severity": "CRITICAL"}], {"findings.6.groups"}),
        ([{"severity": "RECOMMENDATION"}, {"severity": "OTHER"}, {"groups": [1, 2]}], {"findings.2.groups"}),
    ],
)
def test_only_others_are_grouped_and_each_once(findings: list[dict[str, Any]], expected: set[str]) -> None:
    report = [filled(ReportedFinding, no=no, **finding) for no, finding in enumerate(findings, 1)]
    assert set(grouping_faults(report)) == expected


@pytest.mark.parametrize(
    ("no", "expected"), [(1, set()), (2, {"finding_no"}), (3, {"finding_no"})], ids=["open", "closed", "unknown"]
)
def test_a_finding_must_exist_and_be_open(no: int, expected: set[str]) -> None:
    statuses = {1: FindingStatus.ISSUED, 2: FindingStatus.CLOSED}
    assert faults(lambda: refuse_unless_open(no, statuses, [FindingStatus.ISSUED])) == expected
