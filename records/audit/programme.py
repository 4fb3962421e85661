"""What the audit programme of a year is drafted from: watched scopes, and people who may audit."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import and_
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl.asl import interval_months
from domain.audit.programme import Auditor, Draft, WatchedScope, draft
from domain.core.days import counted
from domain.core.people import Org, Role
from domain.policy.policy import Policy
from domain.site.site import Activity, RiskTier
from records.asl.tables.listing import AslRow
from records.asl.tables.oversight import OversightRow
from records.core.policies import Policies
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import PersonRow, ScopeRow

_AUDITS = {Role.LEAD_AUDITOR.value, Role.CO_AUDITOR.value}
_UNKNOWN = RiskTier.CRITICAL
"""The tier of a scope whose risk nobody has assessed."""


async def drafted(session: AsyncSession, policies: Policies, year: int, at: datetime) -> tuple[Draft, tuple[str, ...]]:
    """The draft of a year as the records are at an instant, and the watched scopes that have no day for an audit."""
    policy = await policies.in_force(session, at)
    watched: list[WatchedScope] = []
    undated: list[str] = []
    for oversight, scope, due in await _watched(session, at):
        if due is None:
            undated.append(scope.scope_id)
        else:
            calendar = await policies.calendar_of(session, scope.site_id, at)
            latest = counted(due, policy.limits.audit_interval_grace, calendar)
            watched.append(_to_audit(oversight, scope, due, latest, policy))
    return draft(watched, await auditors(session), policy.limits, year), tuple(undated)


async def _watched(session: AsyncSession, at: datetime) -> list[tuple[OversightRow, ScopeRow, date | None]]:
    """Every scope under oversight, with the day of its next audit: the oversight's own, or that of the list."""
    other = aliased(AslRow)
    newest = (
        select(func.max(other.number))
        .where(col(other.scope_id) == col(ScopeRow.scope_id), col(other.effective_from) <= at)
        .correlate(ScopeRow)
        .scalar_subquery()
    )
    query = (
        select(OversightRow, ScopeRow, AslRow)
        .join(CaseRow, and_(col(CaseRow.case_id) == col(OversightRow.case_id), col(CaseRow.closed_at).is_(None)))
        .join(ScopeRow, col(ScopeRow.scope_id) == col(OversightRow.scope_id))
        .outerjoin(AslRow, and_(col(AslRow.scope_id) == col(ScopeRow.scope_id), col(AslRow.number) == newest))
        .order_by(col(ScopeRow.scope_id))
    )
    rows = (await session.exec(query)).all()
    return [(oversight, scope, _due(oversight, listed)) for oversight, scope, listed in rows]


def _due(oversight: OversightRow, listed: AslRow | None) -> date | None:
    return oversight.next_audit_due or (listed.next_audit_due if listed is not None else None)


def _to_audit(oversight: OversightRow, scope: ScopeRow, due: date, latest: date, policy: Policy) -> WatchedScope:
    tier = RiskTier(scope.risk_tier) if scope.risk_tier else _UNKNOWN
    months = interval_months(tier, policy, [scope.activity], scope.markets)
    return WatchedScope(
        scope_id=scope.scope_id,
        site_id=scope.site_id,
        activity=Activity(scope.activity),
        standards=frozenset(each for market in scope.markets for each in policy.asks_of(market).audit_standards),
        tier=tier,
        due=due,
        latest=latest,
        interval_months=min(months, oversight.interval_months or months),
    )


async def auditors(session: AsyncSession) -> list[Auditor]:
    """People of the sponsor in an auditing role who are qualified for it."""
    query = select(PersonRow).where(col(PersonRow.org) == Org.SPONSOR.value, col(PersonRow.disabled).is_(False))
    return [_auditor(person) for person in _qualified((await session.exec(query)).all())]


def _qualified(people: Iterable[PersonRow]) -> Iterable[PersonRow]:
    return (person for person in people if person.auditor is not None and _AUDITS & set(person.roles))


def _auditor(person: PersonRow) -> Auditor:
    return Auditor.model_validate({"person_id": person.person_id, **person.auditor})
