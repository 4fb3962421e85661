"""The audit report, its review and its approval (domain specification, section 6).

Its forms stand together, for each names the version of the report that was read.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field, JsonValue

from domain.audit.conduct import ClosingMeeting, RefusedAccess
from domain.audit.critical import CriticalFinding
from domain.audit.finding import ReportedFinding, Severity, grouping_faults, numbering_faults
from domain.audit.outcome import Compliance, Recommendation, default_outcome
from domain.audit.plan import AuditMode
from domain.core.attestations import Known
from domain.core.document import RecordVersion
from domain.core.forms import Action, Audience, Decision, Form, Meaning, Process, Value
from domain.core.names import name_key
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.standard import Standard
from domain.core.text import Names, ShortText, Text

_AS_BEFORE = Known("as in the version that was sent back")


class Contact(Value):
    """Who arranged the audit, with full contact details."""

    name: ShortText = Field(examples=["Tom Berg"])
    """Name."""
    organisation: ShortText = Field(examples=["Aurelia Pharma"])
    """Company."""
    address: Text = Field(examples=["Hafenstrasse 4, 20457 Hamburg, Germany"])
    """Postal address."""
    email: ShortText = Field(examples=["tom.berg@aurelia.example"])
    """E-mail address."""
    phone: ShortText = Field(examples=["+49 40 555 0100"])
    """Telephone number."""


class ReportSection(Value):
    """One chapter of a standard: what was seen and how far it is met."""

    standard: Annotated[Standard, Known("the standards of the plan")] = Field(examples=[Standard.EU_GMP_II_ICH_Q7])
    """The standard."""
    chapter: ShortText = Field(examples=["11 Laboratory controls"])
    """The chapter."""
    seen: Annotated[Text, _AS_BEFORE] = Field(examples=["Sample receipt, three analytical runs, stability programme."])
    """What was seen."""
    key_findings: Annotated[Text, _AS_BEFORE] = Field(examples=["See finding 1."])
    """Key findings, or that there are none."""
    compliance: Compliance = Field(examples=[Compliance.PARTLY_COMPLIANT])
    """How far the chapter is met."""


class RemovedPreliminary(Value):
    """Something critical that was told to the site and is no critical finding any more."""

    area: ShortText = Field(examples=["QC laboratory"])
    """Area in which it was told."""
    reason: Text = Field(examples=["The missing raw data were shown on the last day."])
    """Why it is not a critical finding."""


class AuditReport(Form):
    """Write the audit report."""

    action = Action(
        Process.AUDIT,
        "report",
        "Write the audit report",
        frozenset({Role.LEAD_AUDITOR}),
        meaning=Meaning.AUTHORED,
    )

    arranged_by: Annotated[Contact, _AS_BEFORE]
    """Who arranged the audit."""
    first_day: Annotated[date, Known("the days of the audit on record")] = Field(examples=["2027-04-01"])
    """First day of the audit."""
    last_day: Annotated[date, Known("the days of the audit on record")] = Field(examples=["2027-04-03"])
    """Last day of the audit."""
    hours_on_site: float = Field(ge=0, le=2000, examples=[22])
    """Hours that the team was on site."""
    duration_justification: Annotated[Text, _AS_BEFORE] = Field(
        examples=["Three days for one API building, as planned by risk."]
    )
    """Why this duration was enough for the scope."""
    short_duration_reason: Annotated[Text | None, _AS_BEFORE] = None
    """Required for a one-day audit of less than 8 h on site (default policy): why that was enough."""
    areas_not_covered: Names = ()
    """Planned areas that were not seen."""
    refused_access: Annotated[tuple[RefusedAccess, ...], Known("as told in the closing meeting")] = Field(
        default=(), max_length=50
    )
    """Access that was refused, with the explanation given."""
    sections: tuple[ReportSection, ...] = Field(min_length=1, max_length=200)
    """One section for each applicable chapter; every planned standard has at least one."""
    findings: Annotated[
        tuple[ReportedFinding, ...], Known("as told to the site, or as in the version that was sent back")
    ] = Field(default=(), max_length=200)
    """The findings, numbered 1, 2, 3, ..."""
    removed: Annotated[tuple[RemovedPreliminary, ...], _AS_BEFORE] = Field(default=(), max_length=50)
    """What was told as critical and is not a critical finding of this report."""
    summary: Annotated[Text, _AS_BEFORE] = Field(examples=["The site works under GMP; two major findings need CAPA."])
    """Conclusion in words."""
    recommendation: Recommendation = Field(examples=[Recommendation.ACCEPTABLE_WITH_CAPA])
    """The outcome. Stricter than the default rule is free; milder needs the head of QA."""
    reassessment_months: int = Field(ge=1, le=60, examples=[24])
    """Proposed time until the next audit, in months."""
    final_assessment: Annotated[Text | None, _AS_BEFORE] = None
    """Required when a third party audited: the authorisation holder's own written assessment."""


class ReportReview(Decision):
    """Review the report as a co-auditor of the team, whatever role that person has in other audits."""

    action = Action(
        Process.AUDIT,
        "review-report",
        "Review the audit report",
        frozenset({Role.CO_AUDITOR, Role.LEAD_AUDITOR, Role.THIRD_PARTY_AUDITOR}),
        clock="audit.report.review",
        meaning=Meaning.REVIEWED,
    )

    agree: bool = Field(examples=[True])
    """Whether the report is right as it is; if not, the lead writes a new version."""
    report: RecordVersion
    """The version that was read."""
    comments: Text = Field(examples=["Agrees with the evidence log."])
    """What was checked or is to be changed."""

    def approves(self) -> bool:
        return self.agree


class OutcomeException(Decision):
    """Allow an outcome milder than the default rule gives."""

    action = Action(
        Process.AUDIT,
        "except-outcome",
        "Decide on a milder outcome",
        frozenset({Role.HEAD_QA}),
        clock="audit.outcome_exception",
        meaning=Meaning.APPROVED,
    )

    allow: bool = Field(examples=[True])
    """Whether the milder outcome stands."""
    report: RecordVersion
    """The version that was read."""
    reason: Text = Field(examples=["The critical finding was contained and closed before the report."])
    """Why."""

    def approves(self) -> bool:
        return self.allow


class ReportDecision(Decision):
    """Approve the report, which issues it to the site, or send it back."""

    action = Action(
        Process.AUDIT,
        "approve-report",
        "Approve the audit report",
        frozenset({Role.QA_APPROVER}),
        clock="audit.report.approve",
        meaning=Meaning.APPROVED,
    )

    approve: bool = Field(examples=[True])
    """Whether the report is approved."""
    report: RecordVersion
    """The version that was read."""
    reason: Text = Field(examples=["Complete; severities fit the evidence."])
    """Why."""

    def approves(self) -> bool:
        return self.approve


class ReportReceipt(Form):
    """Confirm that the site has received the issued report."""

    action = Action(
        Process.AUDIT,
        "acknowledge-report",
        "Acknowledge the audit report",
        frozenset({Role.CDMO_QA}),
        clock="audit.report.receipt",
        meaning=Meaning.ACKNOWLEDGED,
        audience=Audience.SHARED,
    )

    report: RecordVersion
    """The version that was received."""


def needs_outcome_exception(report: AuditReport, *, conditional_from: int) -> bool:
    """Whether the recommendation is milder than the default rule and needs the head of QA (section 6)."""
    return report.recommendation.milder_than(default_outcome(report.findings, conditional_from=conditional_from))


def _critical_faults(report: AuditReport, told_critical: Sequence[str]) -> dict[str, str]:
    """What was told as critical stays a critical finding or is explained."""
    kept = {name_key(finding.area) for finding in report.findings if finding.severity is Severity.CRITICAL}
    explained = {name_key(removed.area) for removed in report.removed}
    missing = [area for area in told_critical if name_key(area) not in kept | explained]
    return {"removed": f"say why {', '.join(missing)} is not a critical finding"} if missing else {}


def refuse_unless_reportable(
    report: AuditReport,
    *,
    mode: AuditMode,
    standards: Sequence[Standard],
    last_day: date,
    told_critical: Sequence[str],
    aborted: bool,
    third_party: bool,
    one_day_min_hours: float,
) -> None:
    """Raise `Refused` with every fault of a report (section 6; EMA expectations on audit reports).

    `told_critical` are the areas from `critical_areas()`. `last_day` is the one the audit was closed or aborted on.
    `one_day_min_hours` is a policy value (8).
    """
    faults = numbering_faults(report.findings) | grouping_faults(report.findings)
    faults |= _critical_faults(report, told_critical)
    if report.last_day < report.first_day:
        faults["last_day"] = "is before the first day"
    elif report.last_day != last_day:
        faults["last_day"] = f"the audit ended on {last_day}"
    short = report.first_day == report.last_day and report.hours_on_site < one_day_min_hours
    if mode in (AuditMode.ON_SITE, AuditMode.HYBRID) and short and report.short_duration_reason is None:
        faults["short_duration_reason"] = f"is required for a one-day audit under {one_day_min_hours:g} h on site"
    if missing := set(standards) - {section.standard for section in report.sections}:
        faults["sections"] = f"has no section on {', '.join(sorted(missing))}"
    if aborted and not any(finding.severity is Severity.CRITICAL for finding in report.findings):
        faults["findings"] = "an aborted audit counts as a critical finding"
    if third_party and report.final_assessment is None:
        faults["final_assessment"] = "is required when a third party audited"
    if faults:
        raise broken("audit.report", "The report is not complete.", **faults)


def suggested_report(
    *,
    standards: Sequence[Standard],
    first_day: date,
    last_day: date,
    closing: ClosingMeeting | None,
    criticals: Sequence[CriticalFinding] = (),
    aborted_in: str | None = None,
) -> dict[str, JsonValue]:
    """Prefill of a report: what the closing meeting already said. The outcome is left to the lead auditor.

    Without a closing meeting the critical findings told to the site stand for it. `aborted_in` is the area in which
    the audit was aborted; it opens a candidate for a critical finding.
    """
    told = (
        [(finding.severity, finding.area, finding.summary) for finding in closing.preliminary_findings]
        if closing
        else [(Severity.CRITICAL, critical.area, critical.description) for critical in criticals]
    )
    if aborted_in is not None:
        told.insert(0, (Severity.CRITICAL, aborted_in, "The audit was aborted."))
    counted = [
        ReportedFinding(no=no, severity=severity, area=area, clause="-", requirement="-", evidence=evidence)
        for no, (severity, area, evidence) in enumerate(told, start=1)
    ]
    form: dict[str, JsonValue] = {
        "first_day": first_day.isoformat(),
        "last_day": last_day.isoformat(),
        "sections": [{"standard": standard} for standard in standards],
        "findings": [
            {"no": finding.no, "severity": finding.severity, "area": finding.area, "evidence": finding.evidence}
            for finding in counted
        ],
    }
    if closing:
        form["areas_not_covered"] = list(closing.areas_not_covered)
        form["refused_access"] = [access.model_dump(mode="json") for access in closing.refused_access]
    return form
