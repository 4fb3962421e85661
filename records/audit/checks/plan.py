"""Checks of the plan, the waiver and the team of an audit."""

from datetime import timedelta

from sqlmodel import col, select

from domain.audit.plan import AuditPlan, PlanDecision, refuse_unless_plannable, suggested_plan
from domain.audit.request import AuditRequest, AuditType
from domain.audit.team import (
    AuditorDeclaration,
    AuditorFacts,
    AuditorReplacement,
    AuditTeam,
    TeamNeeds,
    declares_fit,
    needs_of,
    refuse_unless_competent,
    replaced,
    suggested_team,
)
from domain.audit.waiver import AuditWaiver, WaiverDecision, refuse_unless_waivable
from domain.core.document import refuse_unless_current
from domain.core.entry import OpenTask
from domain.core.people import AuditorQualification, Role
from domain.site.site import is_api_for_eu
from records.audit.checks.team import team_of
from records.audit.checks.waivers import granted, waivers_before
from records.audit.tables.audits import AuditRow, FindingRow
from records.core.checks.decisions import suggests_current
from records.core.declared import Effect, checks, checks_event, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import PersonRow, ScopeRow
from records.core.writing import Writing


@suggests(AuditPlan)
async def suggests_days(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The first days that the notice period leaves free, on working days."""
    lookups = await lookups_of(writing, case)
    request = AuditRequest.stored(case.order["request"])
    for_cause = request.type is AuditType.FOR_CAUSE
    notice = lookups.limits.audit_notice_for_cause if for_cause else lookups.limits.audit_notice_scheduled
    first = lookups.calendar.next_open(lookups.after(notice) + timedelta(days=2))
    last = lookups.calendar.add_business_days(first, 2)
    products = [
        scope.product for scope_id in case.scope_ids if (scope := await writing.session.get(ScopeRow, scope_id))
    ]
    prior = await _prior_findings(lookups, request)
    return suggested_plan(first_day=first, last_day=last, products=tuple(sorted(set(products))), prior_findings=prior)


async def _prior_findings(lookups: Lookups, request: AuditRequest) -> tuple[str, ...]:
    if request.follows is None:
        return ()
    query = select(FindingRow.finding_id).where(col(FindingRow.case_id) == request.follows)
    return tuple((await lookups.session.exec(query.order_by(col(FindingRow.number)))).all())


@checks(AuditPlan)
async def can_be_planned(writing: Writing, case: CaseRow, form: AuditPlan) -> Effect:
    """Mode, days and standards fit the audit (sections 6 and 10)."""
    lookups = await lookups_of(writing, case)
    request = AuditRequest.stored(case.order["request"])
    before = select(AuditRow.case_id).where(
        col(AuditRow.site_id) == case.site_id, col(AuditRow.report_version).is_not(None)
    )
    latest = None
    if request.type is AuditType.FOR_CAUSE:
        latest = lookups.after(lookups.limits.audit_host_window, lookups.calendar.local_day(case.requested_at))
    refuse_unless_plannable(
        form,
        audit_type=request.type,
        tier=case.risk_tier or "CRITICAL",
        first_qualification=(await writing.session.exec(before.limit(1))).first() is None,
        today=lookups.today,
        latest_first_day=latest,
    )
    return {}


suggests_current(AuditPlan, "plan", PlanDecision)


@checks(PlanDecision)
async def decides_on_current_plan(writing: Writing, case: CaseRow, form: PlanDecision) -> Effect:
    lookups = await lookups_of(writing, case)
    refuse_unless_current(form.plan, await lookups.current(AuditPlan), "plan")
    return {}


@checks(AuditWaiver)
async def can_be_waived(writing: Writing, case: CaseRow, form: AuditWaiver) -> Effect:
    """Only on low risk, never twice in a row (section 10, policy key `waiver.max`)."""
    lookups = await lookups_of(writing, case)
    request = AuditRequest.stored(case.order["request"])
    refuse_unless_waivable(
        form,
        audit_type=request.type,
        tier=case.risk_tier or "CRITICAL",
        api_for_eu=is_api_for_eu(case.order["activities"], case.order["markets"]),
        waivers_before=await waivers_before(lookups, case.scope_ids),
        max_in_a_row=lookups.limits.waivers_in_a_row_max,
        today=lookups.today,
        latest_expiry=lookups.after(lookups.limits.waiver_max),
    )
    return {}


@checks(WaiverDecision)
async def informs_the_qp(writing: Writing, case: CaseRow, form: WaiverDecision) -> Effect:
    """The QP is told of a waiver (section 10)."""
    return await granted(writing, case, form, AuditWaiver)


@suggests(AuditTeam)
async def suggests_team(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    lookups = await lookups_of(writing, case)
    return suggested_team((await _auditors(lookups)).values(), await needs(lookups))


@checks(AuditTeam)
async def is_competent(writing: Writing, case: CaseRow, form: AuditTeam) -> Effect:
    """Role, qualification, language and independence of every auditor (sections 6 and 11, S13)."""
    lookups = await lookups_of(writing, case)
    refuse_unless_competent(form.members, await _auditors(lookups), await needs(lookups))
    return {}


@checks(AuditorReplacement)
async def replacement_is_competent(writing: Writing, case: CaseRow, form: AuditorReplacement) -> Effect:
    """The new auditor is as fit as the old one (section 10)."""
    lookups = await lookups_of(writing, case)
    after = replaced(await team_of(lookups), form)
    refuse_unless_competent(after, await _auditors(lookups), await needs(lookups))
    return {}


@checks_event("audit.auditor_replaced")
async def notifies_the_site(writing: Writing, payload: Effect) -> Effect:
    """The site is told who comes instead (section 10)."""
    case = await writing.case()
    incoming = await writing.session.get_one(PersonRow, str(payload["incoming"]))
    site = await candidates(writing.session, [Role.CDMO_QA], case.site_id, at=writing.at)
    text = f"{incoming.name} joins the audit team of {case.case_id}. The days of the audit stay as they are."
    await outbox.mail(writing.session, writing.recorded_at, site, subject=f"{case.case_id}: new auditor", text=text)
    return {}


@checks(AuditorDeclaration)
async def notifies_of_a_conflict(writing: Writing, case: CaseRow, form: AuditorDeclaration) -> Effect:
    """Supplier quality, who names the team, learns at once that somebody cannot take part (section 10)."""
    if not declares_fit(form):
        owners = await candidates(writing.session, [Role.SUPPLIER_QUALITY], case.site_id, at=writing.at)
        text = f"{writing.actor.name} declares a conflict of interest and cannot audit. Name somebody else."
        subject = f"{case.case_id}: auditor not independent"
        await outbox.mail(writing.session, writing.recorded_at, owners, subject=subject, text=text)
    return {}


async def needs(lookups: Lookups) -> TeamNeeds:
    """What the plan asks of the team; independence is counted back from the first day (S13)."""
    plan = await lookups.the(AuditPlan)
    audit = await lookups.session.get(AuditRow, lookups.case.case_id)
    first = (audit.first_day if audit else None) or plan.first_day
    last = (audit.last_day if audit else None) or plan.last_day
    since = lookups.before(lookups.limits.auditor_independence, first)
    return needs_of(plan, site_id=lookups.case.site_id, independent_since=since, first_day=first, last_day=last)


async def _auditors(lookups: Lookups) -> dict[str, AuditorFacts]:
    rows = (await lookups.session.exec(select(PersonRow).where(col(PersonRow.auditor).is_not(None)))).all()
    return {row.person_id: _facts_of(row) for row in rows}


def _facts_of(row: PersonRow) -> AuditorFacts:
    return AuditorFacts(
        person_id=row.person_id,
        roles=frozenset(Role(role) for role in row.roles),
        disabled=row.disabled,
        absent_until=row.absent_until,
        qualification=AuditorQualification.model_validate(row.auditor) if row.auditor else None,
    )
