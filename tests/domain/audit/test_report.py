from datetime import date
from typing import Any

import pytest

from domain.audit.conduct import ClosingMeeting
from domain.audit.finding import ReportedFinding
from domain.audit.outcome import Recommendation, default_outcome
from domain.audit.plan import AuditMode
from domain.audit.report import AuditReport, needs_outcome_exception, refuse_unless_reportable, suggested_report
from domain.core.standard import Standard
from tests.domain.filling import faults, filled

FACTS: dict[str, Any] = {
    "mode": AuditMode.ON_SITE,
    "standards": [Standard.EU_GMP_II_ICH_Q7],
    "last_day": date(2027, 4, 3),
    "told_critical": (),
    "aborted": False,
    "third_party": False,
    "one_day_min_hours": 8,
}
ONE_DAY = {"first_day": "2027-04-03"}


def findings(critical: int = 0, major: int = 0, other: int = 0) -> list[ReportedFinding]:
    severities = ["CRITICAL"] * critical + ["MAJOR"] * major + ["OTHER"] * other
    return [filled(ReportedFinding, no=no, severity=severity) for no, severity in enumerate(severities, 1)]


def written(found: list[ReportedFinding]) -> list[dict[str, Any]]:
    return [finding.model_dump(mode="json") for finding in found]


@pytest.mark.parametrize(
    ("given", "facts", "expected"),
    [
        ({}, {}, set()),
        ({"last_day": "2027-04-02"}, {}, {"last_day"}),
        ({"first_day": "2027-04-04"}, {}, {"last_day"}),
        ({**ONE_DAY, "hours_on_site": 7.5}, {}, {"short_duration_reason"}),
        ({**ONE_DAY, "hours_on_site": 8}, {}, set()),
        ({**ONE_DAY, "hours_on_site": 7.5, "short_duration_reason": "Warehouse only."}, {}, set()),
        ({**ONE_DAY, "hours_on_site": 7.5}, {"mode": AuditMode.HYBRID}, {"short_duration_reason"}),
        ({**ONE_DAY, "hours_on_site": 0}, {"mode": AuditMode.PAPER}, set()),
        ({"hours_on_site": 7.5}, {}, set()),
        ({}, {"standards": [Standard.EU_GMP_II_ICH_Q7, Standard.GDP]}, {"sections"}),
        ({}, {"told_critical": ["QC laboratory"]}, {"removed"}),
        ({"removed": [{"area": "qc laboratory", "reason": "Shown."}]}, {"told_critical": ["QC laboratory"]}, set()),
        ({"findings": written(findings(critical=1))}, {"told_critical": ["qc  laboratory"]}, set()),
        ({"findings": written(findings(major=1))}, {"told_critical": ["QC laboratory"]}, {"removed"}),
        ({"findings": written(findings(critical=1))}, {"told_critical": ["QC laboratory", "Hall 3"]}, {"removed"}),
        ({"findings": written(findings(major=1))}, {"aborted": True}, {"findings"}),
        ({"findings": written(findings(critical=1))}, {"aborted": True}, set()),
        ({}, {"third_party": True}, {"final_assessment"}),
        ({"final_assessment": "We agree with the auditing body."}, {"third_party": True}, set()),
        ({"findings": [{"no": 2}]}, {}, {"findings.0.no"}),
        ({"findings": [{"no": 1, "groups": [2, 3]}]}, {}, {"findings.0.groups"}),
    ],
)
def test_a_report_holds_what_authorities_expect(
    given: dict[str, Any], facts: dict[str, Any], expected: set[str]
) -> None:
    report = filled(AuditReport, **given)
    assert faults(lambda: refuse_unless_reportable(report, **{**FACTS, **facts})) == expected


@pytest.mark.parametrize(
    ("critical", "major", "other", "outcome"),
    [
        (0, 0, 0, "ACCEPTABLE"),
        (0, 0, 9, "ACCEPTABLE"),
        (0, 1, 0, "ACCEPTABLE_WITH_CAPA"),
        (0, 5, 9, "ACCEPTABLE_WITH_CAPA"),
        (0, 6, 0, "CONDITIONAL"),
        (1, 0, 0, "UNACCEPTABLE"),
        (1, 6, 0, "UNACCEPTABLE"),
    ],
)
def test_the_default_outcome_follows_from_the_findings(critical: int, major: int, other: int, outcome: str) -> None:
    assert default_outcome(findings(critical, major, other), conditional_from=6) == outcome


@pytest.mark.parametrize("recommendation", list(Recommendation))
def test_stricter_is_free_and_milder_needs_the_head_of_qa(recommendation: Recommendation) -> None:
    report = filled(AuditReport, findings=written(findings(major=6)), recommendation=recommendation)
    milder = recommendation in (Recommendation.ACCEPTABLE, Recommendation.ACCEPTABLE_WITH_CAPA)
    assert needs_outcome_exception(report, conditional_from=6) is milder


@pytest.mark.parametrize("aborted_in", [None, "Warehouse B"])
def test_the_prefilled_report_is_complete(aborted_in: str | None) -> None:
    meeting = None
    if aborted_in is None:
        told = {
            "preliminary_findings": [{"severity": "MAJOR"}, {"severity": "OTHER"}],
            "areas_not_covered": ["Hall 3"],
            "refused_access": [{"area": "Hall 3"}],
        }
        meeting = filled(ClosingMeeting, told)
    standards = [Standard.EU_GMP_II_ICH_Q7, Standard.ANNEX_11]
    report = filled(
        AuditReport,
        suggested_report(
            standards=standards,
            first_day=date(2027, 4, 1),
            last_day=date(2027, 4, 3),
            closing=meeting,
            aborted_in=aborted_in,
        ),
        recommendation="ACCEPTABLE_WITH_CAPA" if aborted_in is None else "UNACCEPTABLE",
    )
    refuse_unless_reportable(report, **{**FACTS, "standards": standards, "aborted": aborted_in is not None})
    assert not needs_outcome_exception(report, conditional_from=6)
    expected = ["MAJOR", "OTHER"] if aborted_in is None else ["CRITICAL"]
    assert [finding.severity for finding in report.findings] == expected
    assert report.areas_not_covered == (("Hall 3",) if aborted_in is None else ())
