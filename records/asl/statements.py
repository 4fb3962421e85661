"""Statements on the approved supplier list: reading the one in force, and writing a new one."""

from collections.abc import Iterable
from datetime import date, datetime
from types import EllipsisType
from typing import TypeVar

from pydantic import JsonValue
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl.asl import AslStatus, SuspensionScope, stream_of
from domain.asl.facts import StatusLeftToPeople, StatusStated
from domain.asl.request import StatusReason
from records.asl.announcing import notify_site
from records.asl.tables.listing import AslRow
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow, SiteRow
from records.core.writing import Writing

V = TypeVar("V", date, int)


async def statement_in_force(session: AsyncSession, scope_id: str, at: datetime) -> AslRow | None:
    """What holds for a scope at an instant, as far as is known now (`domain.asl.asl.in_force`); else `None`."""
    query = (
        select(AslRow)
        .where(col(AslRow.scope_id) == scope_id, col(AslRow.effective_from) <= at)
        .order_by(col(AslRow.number).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def locked_statement(writing: Writing, scope_id: str) -> AslRow | None:
    """The statement in force now, with the scope's row of the list locked until the transaction ends."""
    await writing.head(stream_of(scope_id))
    return await statement_in_force(writing.session, scope_id, writing.at)


async def was_stated(session: AsyncSession, scope_id: str) -> bool:
    """Whether anything was ever stated of a scope, even if it holds only later."""
    return (
        await session.exec(select(AslRow.number).where(col(AslRow.scope_id) == scope_id).limit(1))
    ).first() is not None


async def status_ahead(session: AsyncSession, scope_id: str, now: datetime) -> datetime | None:
    """When a status that was stated ahead takes effect, the soonest; `None` if none was."""
    query = select(AslRow.effective_from).where(col(AslRow.scope_id) == scope_id, col(AslRow.effective_from) > now)
    return (await session.exec(query.order_by(col(AslRow.effective_from)).limit(1))).first()


def reach_of(row: AslRow | None) -> SuspensionScope | None:
    """How far the suspension reaches that a statement gives; `None` if it gives none."""
    return SuspensionScope(row.suspension_scope) if row is not None and row.suspension_scope else None


def status_of(row: AslRow | None) -> AslStatus | None:
    """The status that a statement gives; `None` if there is none."""
    return AslStatus(row.status) if row is not None else None


async def state(
    writing: Writing,
    case: CaseRow,
    status: AslStatus,
    *,
    reason_code: str,
    reason: str,
    decided_by: Iterable[str] = (),
    effective_from: datetime | None = None,
    suspension_scope: SuspensionScope | None = None,
    valid_to: date | None = None,
    next_requal_due: date | None = None,
    next_audit_due: date | None = None,
    last_audit_day: date | None = None,
    waived_until: date | EllipsisType | None = ...,
    audit_interval_months: int | EllipsisType | None = ...,
    oversight_model: str | None = None,
    markets: Iterable[str] | None = None,
    scope_id: str | None = None,
    site_is_told: bool = False,
) -> list[str]:
    """State the status of the scope that a case is about, in the transaction of the decision itself.

    `scope_id` is needed where a case is about several. Returns the ids of the batches that are held by it.
    `effective_from` is the instant from which it holds, by default now. Dates that are not given stay what they were.
    `markets` are those that the decision is taken for, by default those of the statement before: what is sold elsewhere
    later is covered only by a decision that looked at it. The first statement is on the markets of the scope.
    `audit_interval_months` shortens the interval of tier and policy, or with `None` ends a shortening. `waived_until`
    is the end of the waiver that the decision rests on, or `None` if it rests on none.

    The site is mailed a status that is another one, unless the caller tells it (`site_is_told`).

    A status that stops release holds every open batch of the scope at once (section 10); one that is active is watched
    from then on. Cases about the status that this one leaves nothing to do are told.
    """
    if scope_id is None:
        (scope_id,) = case.scope_ids
    before = await locked_statement(writing, scope_id)
    dates: dict[str, JsonValue] = {
        "next_requal_due": _text(next_requal_due or (before.next_requal_due if before else None)),
        "next_audit_due": _text(next_audit_due or (before.next_audit_due if before else None)),
        "last_audit_day": _text(last_audit_day or (before.last_audit_day if before else None)),
        "waived_until": _text(_kept(before.waived_until if before else None, waived_until)),
        "audit_interval_months": _kept(before.audit_interval_months if before else None, audit_interval_months),
        "oversight_model": oversight_model or (before.oversight_model if before else None),
    }
    payload: dict[str, JsonValue] = {
        "scope_id": scope_id,
        "site_id": case.site_id,
        "supplier_id": (await writing.session.get_one(SiteRow, case.site_id)).supplier_id,
        "status": status.value,
        "suspension_scope": suspension_scope.value if suspension_scope else None,
        "effective_from": (effective_from or writing.at).isoformat(),
        "reason_code": reason_code,
        "reason": reason,
        "decided_in": case.case_id,
        "decided_by": [*sorted(decided_by)],
        "markets": await _markets(writing, scope_id, before, markets),
        "valid_to": _text(valid_to),
        **dates,
    }
    number = await writing.append("asl.changed", payload, stream=stream_of(scope_id))
    if not site_is_told and (status, suspension_scope) != (status_of(before), reach_of(before)):
        since = effective_from or writing.at
        await notify_site(writing, case.site_id, scope_id, status, suspension_scope, since)
    stated = StatusStated(
        scope_id=scope_id,
        number=number,
        before=before.number if before else None,
        site_id=case.site_id,
        case_id=case.case_id,
        status=status,
        suspension_scope=suspension_scope,
        reason=reason,
    )
    return [*(await establish(writing, stated)).held]


async def restate(
    writing: Writing,
    before: AslRow,
    *,
    next_audit_due: date | None,
    note: str,
    audit_interval_months: int | EllipsisType | None = ...,
) -> None:
    """State the same status again with another day of the next audit. Who decided on the status stays on record."""
    payload: dict[str, JsonValue] = {
        "scope_id": before.scope_id,
        "site_id": before.site_id,
        "supplier_id": before.supplier_id,
        "status": before.status,
        "suspension_scope": before.suspension_scope,
        "effective_from": writing.at.isoformat(),
        "reason_code": before.reason_code,
        "reason": before.reason,
        "decided_in": before.decided_in,
        "decided_by": [*before.decided_by],
        "markets": [*before.markets],
        "valid_to": _text(before.valid_to),
        "next_requal_due": _text(before.next_requal_due),
        "next_audit_due": _text(next_audit_due),
        "last_audit_day": _text(before.last_audit_day),
        "waived_until": _text(before.waived_until),
        "audit_interval_months": _kept(before.audit_interval_months, audit_interval_months),
        "oversight_model": before.oversight_model,
        "note": note,
    }
    await writing.append("asl.changed", payload, stream=stream_of(before.scope_id))


async def end_status(
    writing: Writing, case: CaseRow, reason: str, decided_by: Iterable[str], *, site_is_told: bool = False
) -> None:
    """What a rejection means for a site that is in use: no new orders and no release until another decision.

    It gets a status case, in which released batches are assessed. Of a site that is not in use nothing is stated.
    """
    before = await locked_statement(writing, case.scope_ids[0])
    status = status_of(before)
    if status is not None and status.is_active:
        await state(
            writing,
            case,
            AslStatus.SUSPENDED,
            suspension_scope=SuspensionScope.NEW_ORDERS_AND_RELEASE,
            reason_code=StatusReason.QUALIFICATION_REJECTED.value,
            reason=reason,
            decided_by=decided_by,
            site_is_told=site_is_told,
        )
        rejected = StatusReason.QUALIFICATION_REJECTED
        await establish(writing, left_to_people(case, rejected, reason))


def left_to_people(
    case: CaseRow,
    reason: StatusReason,
    why: str,
    *,
    scope_id: str | None = None,
    reach: SuspensionScope = SuspensionScope.NEW_ORDERS_AND_RELEASE,
) -> StatusLeftToPeople:
    """A case has stated a status by which new orders have stopped; `scope_id` where it is about several scopes."""
    if scope_id is None:
        (scope_id,) = case.scope_ids
    return StatusLeftToPeople(
        case_id=case.case_id, site_id=case.site_id, scope_id=scope_id, reason_code=reason, why=why, reach=reach
    )


async def _markets(
    writing: Writing, scope_id: str, before: AslRow | None, given: Iterable[str] | None
) -> list[JsonValue]:
    if given is not None:
        return [*sorted(given)]
    if before is not None and before.markets:
        return [*before.markets]
    return [*(await writing.session.get_one(ScopeRow, scope_id)).markets]


def _kept(before: V | None, given: V | EllipsisType | None) -> V | None:
    """What is given, or what it was."""
    return before if isinstance(given, EllipsisType) else given


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
