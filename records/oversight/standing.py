"""What the records know of an entry of the approved supplier list when it is evaluated, or shown."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl.asl import AslStatus
from domain.asl.flags import Flag
from domain.audit.request import AuditType
from domain.core.days import Calendar
from domain.core.forms import Process
from domain.event.site_event import AUTHORITY_ACTS
from domain.oversight.schedule import Standing
from domain.policy.policy import Policy
from records.agreement.in_force import watched_agreement
from records.asl.statements import status_ahead
from records.asl.tables.listing import AslRow
from records.asl.tables.oversight import OversightRow
from records.asl.watched_certificates import watched_certificates
from records.audit.intervals import next_audit
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import PolicyRow, ScopeRow


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
        audit_due=await next_audit(session, scope, statement, policy),
        requal_due=statement.next_requal_due if begins is None else None,
        certificates=await watched_certificates(session, scope, policy, today),
        agreement=await watched_agreement(session, scope.scope_id, today),
        policy_changes=await _policy_changes(session, now),
        status_begins=begins,
    )


async def was_requested(session: AsyncSession, process: Process, scope: ScopeRow, since: datetime) -> bool:
    """Whether such a case was requested for the scope since then, even if people have ended it."""
    query = select(CaseRow).where(
        col(CaseRow.site_id) == scope.site_id,
        col(CaseRow.process) == process.value,
        col(CaseRow.requested_at) >= since,
    )
    return any(scope.scope_id in row.scope_ids for row in (await session.exec(query)).all())


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


async def _policy_changes(session: AsyncSession, now: datetime) -> tuple[datetime, ...]:
    query = select(PolicyRow.effective_from).where(col(PolicyRow.effective_from) > now)
    return tuple((await session.exec(query.order_by(col(PolicyRow.effective_from)))).all())
