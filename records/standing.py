"""What the records know of a line of the approved supplier list when its oversight, or a reader, looks."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl import AslStatus, interval_months
from domain.audit_request import AuditType
from domain.audit_waiver import waiver_holds
from domain.clocks import Calendar
from domain.forms import Process
from domain.oversight import Flag
from domain.oversight_schedule import Standing, audit_due
from domain.policy import Policy
from domain.site import RiskTier, is_api_for_eu
from records.agreements import watched_agreement
from records.tables import AslRow, AuditRow, CaseRow, OversightRow, PolicyRow, ScopeRow
from records.watched_certificates import watched_certificates


async def standing_of(
    session: AsyncSession,
    watch: OversightRow,
    scope: ScopeRow,
    statement: AslRow,
    policy: Policy,
    calendar: Calendar,
    now: datetime,
) -> Standing:
    """What is known of the line now. The day of the next audit is counted anew from tier, audits and policy."""
    today = calendar.local_day(now)
    case = await session.get_one(CaseRow, watch.case_id)
    return Standing(
        status=AslStatus(statement.status),
        watched_since=case.requested_at,
        audit_due=await next_audit(session, scope, statement, months_between_audits(scope, statement, policy), today),
        requal_due=statement.next_requal_due,
        certificates=await watched_certificates(session, scope, policy, today),
        agreement=await watched_agreement(session, scope.scope_id, today),
        policy_changes=await _policy_changes(session, now),
        status_begins=await status_ahead(session, scope.scope_id, now),
    )


def months_between_audits(scope: ScopeRow, statement: AslRow, policy: Policy) -> int:
    """The interval in force: by tier, policy and regulation, and as a decision has shortened it."""
    months = interval_months(scope.risk_tier or RiskTier.CRITICAL, policy.limits, [scope.activity], scope.markets)
    decided = statement.audit_interval_months
    return min(months, decided) if decided is not None else months


async def next_audit(
    session: AsyncSession, scope: ScopeRow, statement: AslRow, months: int, today: date
) -> date | None:
    """The day by which the next full-scope audit of the scope must have taken place, with so many months between."""
    audits = [audit for _, audit in await _audits(session, scope)]
    days = [audit.last_day for audit in audits if audit.full_scope and audit.last_day is not None]
    if statement.last_audit_day is not None:
        days.append(statement.last_audit_day)
    last_day = max(days, default=None)
    api_for_eu = is_api_for_eu([scope.activity], scope.markets)
    tier = scope.risk_tier or RiskTier.CRITICAL
    waived = [
        audit.waived_until
        for audit in audits
        if audit.waived_until is not None
        and waiver_holds(audit.waived_until, today=today, tier=tier, api_for_eu=api_for_eu)
    ]
    return audit_due(
        last_day,
        months,
        waived_until=max(waived, default=None),
        stated=statement.next_audit_due,
    )


async def open_audit(session: AsyncSession, scope: ScopeRow) -> str | None:
    """The audit that will restart the interval of the scope: planned or under way, not reported yet."""
    for case, audit in reversed(await _audits(session, scope)):
        restarts = audit.type in (AuditType.SCHEDULED.value, AuditType.QUALIFICATION.value)
        if restarts and case.closed_at is None and audit.report_version is None:
            return case.case_id
    return None


async def _audits(session: AsyncSession, scope: ScopeRow) -> Sequence[tuple[CaseRow, AuditRow]]:
    """The audits of a scope, the oldest first."""
    query = (
        select(CaseRow, AuditRow)
        .join(AuditRow, col(AuditRow.case_id) == col(CaseRow.case_id))
        .where(col(AuditRow.site_id) == scope.site_id)
        .order_by(col(CaseRow.number))
    )
    return [(case, audit) for case, audit in (await session.exec(query)).all() if scope.scope_id in case.scope_ids]


REGULATORY = frozenset({"INSPECTION_OUTCOME", "WARNING_LETTER", "NON_COMPLIANCE_STATEMENT", "IMPORT_ALERT", "RECALL"})
"""Kinds of events by which an authority acts."""


async def flags_of_cases(session: AsyncSession, scope: ScopeRow) -> set[Flag]:
    """The flags that open cases of the scope set: a for-cause audit, an act of an authority, a change."""
    query = select(CaseRow).where(col(CaseRow.site_id) == scope.site_id, col(CaseRow.closed_at).is_(None))
    cases = [row for row in (await session.exec(query)).all() if not row.scope_ids or scope.scope_id in row.scope_ids]
    found: set[Flag] = set()
    for case in cases:
        if case.process == Process.AUDIT.value and case.kind == AuditType.FOR_CAUSE.value:
            found.add(Flag.FOR_CAUSE_OPEN)
        elif case.process == Process.CHANGE.value:
            found.add(Flag.CHANGE_PENDING)
        elif case.process == Process.INSPECTION.value or await _is_regulatory(session, case):
            found.add(Flag.REG_ACTION)
    return found


async def _is_regulatory(session: AsyncSession, case: CaseRow) -> bool:
    """An event by which an authority acts, until it is triaged, and what follows from it, until that is over."""
    event = case
    if case.process != Process.EVENT.value:
        owner = await session.get(CaseRow, case.owner) if case.owner else None
        if owner is None or owner.process != Process.EVENT.value:
            return False
        event = owner
    return event.kind in REGULATORY


async def status_ahead(session: AsyncSession, scope_id: str, now: datetime) -> datetime | None:
    """When a status that was stated ahead takes effect, the soonest; `None` if none was."""
    query = select(AslRow.effective_from).where(col(AslRow.scope_id) == scope_id, col(AslRow.effective_from) > now)
    return (await session.exec(query.order_by(col(AslRow.effective_from)).limit(1))).first()


async def _policy_changes(session: AsyncSession, now: datetime) -> tuple[datetime, ...]:
    query = select(PolicyRow.effective_from).where(col(PolicyRow.effective_from) > now)
    return tuple((await session.exec(query.order_by(col(PolicyRow.effective_from)))).all())
