"""Checks of the audit report, its reviews and its approval."""

from domain.audit.conduct import ClosingMeeting, critical_areas
from domain.audit.critical import AbortDecision, AuditAbort, CriticalFinding
from domain.audit.dates import DateAnswer, DateVerdict
from domain.audit.plan import AuditPlan
from domain.audit.report import (
    AuditReport,
    OutcomeException,
    ReportDecision,
    ReportReceipt,
    ReportReview,
    needs_outcome_exception,
    refuse_unless_reportable,
    suggested_report,
)
from domain.core.document import refuse_unless_current
from domain.core.entry import OpenTask
from records.audit.standing import conclude, establish_graded
from records.audit.tables.audits import AuditRow
from records.core.declared import Effect, checks, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


async def _aborted_in(lookups: Lookups) -> str | None:
    """The area in which the audit was aborted, if it was."""
    decision = await lookups.latest(AbortDecision)
    if decision is not None and decision.confirm:
        return (await lookups.the(AuditAbort)).area
    answer = await lookups.latest(DateAnswer)
    refused = answer is not None and answer.verdict is DateVerdict.REFUSE_ACCESS
    return "Access to the site" if refused else None


@suggests(AuditReport)
async def suggests_report(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The last version if the report was sent back; else what the closing meeting said."""
    lookups = await lookups_of(writing, case)
    earlier = await lookups.latest(AuditReport)
    if earlier is not None:
        return earlier.model_dump(mode="json")
    audit = await writing.session.get_one(AuditRow, case.case_id)
    return suggested_report(
        standards=(await lookups.the(AuditPlan)).standards,
        first_day=min(audit.first_day or lookups.today, audit.last_day or lookups.today),
        last_day=audit.last_day or lookups.today,
        closing=await lookups.latest(ClosingMeeting),
        criticals=await lookups.all(CriticalFinding),
        aborted_in=await _aborted_in(lookups),
    )


@checks(AuditReport)
async def can_be_reported(writing: Writing, case: CaseRow, form: AuditReport) -> Effect:
    """The report is complete (section 6); says whether its outcome is milder than the default rule."""
    lookups = await lookups_of(writing, case)
    plan = await lookups.the(AuditPlan)
    audit = await writing.session.get_one(AuditRow, case.case_id)
    refuse_unless_reportable(
        form,
        mode=plan.mode,
        standards=plan.standards,
        last_day=audit.last_day or lookups.today,
        told_critical=critical_areas(await lookups.latest(ClosingMeeting), await lookups.all(CriticalFinding)),
        aborted=await _aborted_in(lookups) is not None,
        third_party=plan.third_party is not None,
        one_day_min_hours=lookups.limits.audit_one_day_hours_min,
    )
    await establish_graded(writing, case, form)
    return {"milder": needs_outcome_exception(form, conditional_from=lookups.limits.majors_for_conditional)}


async def _is_current(writing: Writing, case: CaseRow, form: ReportReview | OutcomeException | ReportReceipt) -> Effect:
    """Who decides has read the current version (S1)."""
    lookups = await lookups_of(writing, case)
    refuse_unless_current(form.report, await lookups.current(AuditReport), "report")
    return {}


checks(ReportReview)(_is_current)
checks(OutcomeException)(_is_current)


@checks(ReportDecision)
async def decides_on_the_report(writing: Writing, case: CaseRow, form: ReportDecision) -> Effect:
    """The same; with the approval its outcome stands."""
    lookups = await lookups_of(writing, case)
    versions = await lookups.rows(AuditReport)
    refuse_unless_current(form.report, lookups.version_of(versions, AuditReport), "report")
    if form.approve:
        await conclude(writing, case, versions)
    return {}


checks(ReportReceipt)(_is_current)
