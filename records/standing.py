"""What the records know of a line of the approved supplier list when its oversight, or a reader, looks."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl import AslStatus, interval_months
from domain.audit import AuditStage
from domain.audit_request import AuditType
from domain.audit_waiver import may_be_waived
from domain.clocks import Calendar
from domain.forms import LAST_DAY, Process
from domain.oversight import Flag
from domain.oversight_schedule import Standing, audit_due
from domain.policy import Policy
from domain.site import RiskTier, is_api_for_eu
from domain.site_event import AUTHORITY_ACTS
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
    """What is known of the line now. The day of the next audit is counted anew from tier, audits and policy.

    While a status that was stated ahead is waited for, nothing is said of the requalification: it has been decided.
    """
    today = calendar.local_day(now)
    case = await session.get_one(CaseRow, watch.case_id)
    begins = await status_ahead(session, scope.scope_id, now)
    return Standing(
        status=AslStatus(statement.status),
        watched_since=case.requested_at,
        audit_due=await next_audit(session, scope, statement, months_between_audits(scope, statement, policy)),
        requal_due=statement.next_requal_due if begins is None else None,
        certificates=await watched_certificates(session, scope, policy, today),
        agreement=await watched_agreement(session, scope.scope_id, today),
        policy_changes=await _policy_changes(session, now),
        status_begins=begins,
    )


def months_between_audits(scope: ScopeRow, statement: AslRow, policy: Policy) -> int:
    """The interval in force: by tier, policy and regulation, and as a decision has shortened it."""
    markets = {*scope.markets, *statement.markets}  # what was approved counts, and what is made by now
    months = interval_months(scope.risk_tier or RiskTier.CRITICAL, policy.limits, [scope.activity], markets)
    decided = statement.audit_interval_months
    return min(months, decided) if decided is not None else months


async def next_audit(session: AsyncSession, scope: ScopeRow, statement: AslRow, months: int) -> date | None:
    """The day by which the next full-scope audit of the scope must have taken place, with so many months between.

    A waiver that was granted moves it to its own end, unless the risk has become one that may not be waived.
    """
    audits = [audit for _, audit in await _audits(session, scope)]
    days = [statement.last_audit_day, *(audit.last_day for audit in audits if audit.full_scope)]
    api_for_eu = is_api_for_eu([scope.activity], {*scope.markets, *statement.markets})
    counts = may_be_waived(scope.risk_tier or RiskTier.CRITICAL, api_for_eu=api_for_eu)
    waived = [statement.waived_until, *(audit.waived_until for audit in audits)] if counts else []
    return audit_due(
        max(filter(None, days), default=None),
        months,
        waived_until=max(filter(None, waived), default=None),
        stated=statement.next_audit_due,
    )


async def open_audit(session: AsyncSession, scope: ScopeRow) -> str | None:
    """The audit that will restart the interval of the scope; one that was remote may still be declared full scope."""
    for case, audit in reversed(await _audits(session, scope)):
        if _restarts(audit) and case.closed_at is None and not audit.full_scope:
            return case.case_id
    return None


async def cancelled_audit(session: AsyncSession, scope: ScopeRow, since: date, due: date) -> str | None:
    """The audit that people have cancelled although it was to take place by then: it is not planned again by itself."""
    for case, audit in reversed(await _audits(session, scope)):
        held_by = date.fromisoformat(case.order["request"].get("due_on") or LAST_DAY.isoformat())
        if _restarts(audit) and case.outcome == AuditStage.CANCELLED.value and since <= held_by <= due:
            return case.case_id
    return None


def _restarts(audit: AuditRow) -> bool:
    return audit.type in (AuditType.SCHEDULED.value, AuditType.QUALIFICATION.value)


async def was_requested(session: AsyncSession, process: Process, scope: ScopeRow, since: datetime) -> bool:
    """Whether such a case was requested for the scope since then, even if people have ended it."""
    query = select(CaseRow).where(
        col(CaseRow.site_id) == scope.site_id,
        col(CaseRow.process) == process.value,
        col(CaseRow.requested_at) >= since,
    )
    return any(scope.scope_id in row.scope_ids for row in (await session.exec(query)).all())


async def _audits(session: AsyncSession, scope: ScopeRow) -> Sequence[tuple[CaseRow, AuditRow]]:
    """The audits of a scope, the oldest first."""
    query = (
        select(CaseRow, AuditRow)
        .join(AuditRow, col(AuditRow.case_id) == col(CaseRow.case_id))
        .where(col(AuditRow.site_id) == scope.site_id)
        .order_by(col(CaseRow.number))
    )
    return [(case, audit) for case, audit in (await session.exec(query)).all() if scope.scope_id in case.scope_ids]


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
    """An event by which an authority acts, until it is triaged; what follows from it or an inspection, until over."""
    event = case
    if case.process != Process.EVENT.value:
        owner = await session.get(CaseRow, case.owner) if case.owner else None
        if owner is None or owner.process not in (Process.EVENT.value, Process.INSPECTION.value):
            return False
        event = owner
    return event.process == Process.INSPECTION.value or event.kind in AUTHORITY_ACTS


async def status_ahead(session: AsyncSession, scope_id: str, now: datetime) -> datetime | None:
    """When a status that was stated ahead takes effect, the soonest; `None` if none was."""
    query = select(AslRow.effective_from).where(col(AslRow.scope_id) == scope_id, col(AslRow.effective_from) > now)
    return (await session.exec(query.order_by(col(AslRow.effective_from)).limit(1))).first()


async def _policy_changes(session: AsyncSession, now: datetime) -> tuple[datetime, ...]:
    query = select(PolicyRow.effective_from).where(col(PolicyRow.effective_from) > now)
    return tuple((await session.exec(query.order_by(col(PolicyRow.effective_from)))).all())
