"""What an audit comes to: compliance, area by area, and what is recommended (domain specification, section 6)."""

from collections.abc import Sequence
from enum import StrEnum

from domain.audit.finding import ReportedFinding, Severity


class Recommendation(StrEnum):
    """The outcome of an audit, the mildest first."""

    ACCEPTABLE = "ACCEPTABLE"
    ACCEPTABLE_WITH_CAPA = "ACCEPTABLE_WITH_CAPA"
    CONDITIONAL = "CONDITIONAL"
    UNACCEPTABLE = "UNACCEPTABLE"

    def milder_than(self, other: "Recommendation") -> bool:
        order = list(Recommendation)
        return order.index(self) < order.index(other)


class Compliance(StrEnum):
    """How far a system of the site complies."""

    COMPLIANT = "COMPLIANT"
    PARTLY_COMPLIANT = "PARTLY_COMPLIANT"
    NOT_COMPLIANT = "NOT_COMPLIANT"
    NOT_ASSESSED = "NOT_ASSESSED"


def default_outcome(findings: Sequence[ReportedFinding], *, conditional_from: int) -> Recommendation:
    """The outcome by the default rule (section 6); CONDITIONAL from `conditional_from` major findings on."""
    critical = sum(finding.severity is Severity.CRITICAL for finding in findings)
    major = sum(finding.severity is Severity.MAJOR for finding in findings)
    if critical:
        return Recommendation.UNACCEPTABLE
    if major >= conditional_from:
        return Recommendation.CONDITIONAL
    return Recommendation.ACCEPTABLE_WITH_CAPA if major else Recommendation.ACCEPTABLE
