"""How long the audits of a scope lie apart, and which audit is the next (domain specification, section 5)."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl.asl import interval_months
from domain.audit.audit import AuditStage
from domain.audit.interval import audit_due
from domain.audit.request import AuditType
from domain.audit.waiver import may_be_waived
from domain.core.forms import LAST_DAY
from domain.policy.policy import Policy
from domain.site.site import RiskTier
from records.asl.tables.listing import AslRow
from records.audit.tables.audits import AuditRow
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow


def months_between_audits(scope: ScopeRow, statement: AslRow, policy: Policy) -> int:
    """The interval in force: by tier, policy and regulation, and as a decision has shortened it."""
    markets = {*scope.markets, *statement.markets}  # what was approved counts, and what is made by now
    months = interval_months(scope.risk_tier or RiskTier.CRITICAL, policy, [scope.activity], markets)
    decided = statement.audit_interval_months
    return min(months, decided) if decided is not None else months


async def next_audit(
    session: AsyncSession, scope: ScopeRow, statement: AslRow, policy: Policy, *, months: int | None = None
) -> date | None:
    """The day by which the next full-scope audit of the scope must have taken place.

    With so many months between, by default those that are in force. A waiver that was granted moves it to its own end,
    unless the risk has become one that may not be waived.
    """
    return next_of([audit for _, audit in await _audits(session, scope)], scope, statement, policy, months=months)


def next_of(
    audits: Sequence[AuditRow], scope: ScopeRow, statement: AslRow, policy: Policy, *, months: int | None = None
) -> date | None:
    """The same, of the audits of the scope that are known already."""
    days = [statement.last_audit_day, *(audit.last_day for audit in audits if audit.full_scope)]
    api_for_eu = policy.declares_substances([scope.activity], {*scope.markets, *statement.markets})
    counts = may_be_waived(scope.risk_tier or RiskTier.CRITICAL, api_for_eu=api_for_eu)
    waived = [statement.waived_until, *(audit.waived_until for audit in audits)] if counts else []
    return audit_due(
        max(filter(None, days), default=None),
        months or months_between_audits(scope, statement, policy),
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


async def _audits(session: AsyncSession, scope: ScopeRow) -> Sequence[tuple[CaseRow, AuditRow]]:
    """The audits of a scope, the oldest first."""
    query = (
        select(CaseRow, AuditRow)
        .join(AuditRow, col(AuditRow.case_id) == col(CaseRow.case_id))
        .where(col(AuditRow.site_id) == scope.site_id)
        .order_by(col(CaseRow.number))
    )
    return [(case, audit) for case, audit in (await session.exec(query)).all() if scope.scope_id in case.scope_ids]
