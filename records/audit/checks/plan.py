"""Checks of the plan of an audit."""

from datetime import timedelta

from sqlmodel import col, select

from domain.audit.plan import AuditPlan, PlanDecision, refuse_unless_plannable, suggested_plan
from domain.audit.request import AuditRequest, AuditType
from domain.core.document import refuse_unless_current
from domain.core.entry import OpenTask
from records.audit.tables.audits import AuditRow, FindingRow
from records.core.checks.decisions import suggests_current
from records.core.declared import Effect, checks, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
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
