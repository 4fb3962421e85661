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
    return _outcome_of([finding.severity for finding in findings], conditional_from)


def _outcome_of(severities: Sequence[Severity], conditional_from: int) -> Recommendation:
    critical = sum(severity is Severity.CRITICAL for severity in severities)
    major = sum(severity is Severity.MAJOR for severity in severities)
    if critical:
        return Recommendation.UNACCEPTABLE
    if major >= conditional_from:
        return Recommendation.CONDITIONAL
    return Recommendation.ACCEPTABLE_WITH_CAPA if major else Recommendation.ACCEPTABLE


def outcome_by_now(
    recommended: Recommendation,
    *,
    reported: Sequence[Severity],
    standing: Sequence[Severity],
    conditional_from: int,
) -> Recommendation:
    """The outcome of an audit after disputes: by the severities that stand now, in place of those that were reported.

    What was recommended by exception to the default rule stays as long as the findings have not become graver.
    """
    before, now = _outcome_of(reported, conditional_from), _outcome_of(standing, conditional_from)
    if before is now:
        return recommended
    return now if recommended is before or recommended.milder_than(now) else recommended
