"""The approved supplier list as it is, as it was, and as it was known (section 5). Sponsor all, a CDMO its own (S6)."""

from datetime import date, datetime

from pydantic import AwareDatetime, Field
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from domain.asl.asl import AslStatus, SuspensionScope
from domain.core.people import Actor, Org
from domain.core.refusals import Code, Refused
from domain.core.view import View
from records.asl.tables.listing import AslRow
from records.core.queries import pages
from records.core.queries.visibility import reads_everything
from records.core.tables.master_data import ScopeRow

_NOT_FOR_A_SITE = ("reason_code", "reason", "decided_in", "decided_by", "next_requal_due", "next_audit_due")
"""A site sees its status and from when, not why nor what is planned: that is the sponsor's own (S6)."""


class AslStatement(View):
    """What was stated of one site and scope."""

    scope_id: str
    number: int
    """Number of the statement, counted from 1 for each scope."""
    site_id: str
    supplier_id: str
    status: AslStatus
    suspension_scope: SuspensionScope | None
    effective_from: AwareDatetime
    recorded_at: AwareDatetime
    reason_code: str | None
    """For the sponsor's people only, like the reason."""
    reason: str | None
    decided_in: str | None
    """The case that decided it, for the sponsor's people only."""
    decided_by: tuple[str, ...] | None
    """Person ids of the signers, for the sponsor's people only; none where the program acted by rule."""
    valid_to: date | None
    next_requal_due: date | None
    """For the sponsor's people only, like the next audit: a site learns of an audit when it is announced."""
    next_audit_due: date | None
    oversight_model: str | None
    markets: tuple[str, ...]
    """The markets that the decision was taken for; not those that the scope got later."""


class AslEntry(AslStatement):
    """An entry of the list: the statement in force, with what it is about."""

    activity: str
    product: str
    dosage_form: str | None
    url: str
    """The history of the entry."""


class AslList(View):
    """A page of the approved supplier list."""

    as_of: AwareDatetime
    """The instant the list speaks of."""
    known_at: AwareDatetime | None = None
    """What was recorded later is left out; absent if everything known now counts."""
    items: tuple[AslEntry, ...]
    next: str | None = Field(default=None)
    """Cursor of the next page; absent on the last one."""


class AslHistory(View):
    """All statements on one scope, the newest first."""

    items: tuple[AslStatement, ...]
    next: str | None = Field(default=None)


async def approved_suppliers(
    session: AsyncSession,
    actor: Actor,
    *,
    as_of: datetime,
    known_at: datetime | None,
    site: str | None = None,
    supplier: str | None = None,
    status: AslStatus | None = None,
    cursor: str | None = None,
    limit: int,
) -> AslList:
    """The list at an instant, as it was known at another; by scope id. One statement.

    For each scope the statement recorded last counts, among those effective and known by then
    (`domain.asl.asl.in_force`).
    """
    query = _in_force(as_of, known_at)
    if not reads_everything(actor):
        query = query.where(col(AslRow.site_id).in_(sorted(actor.sites)))
    for column, wanted in (
        (AslRow.site_id, site),
        (AslRow.supplier_id, supplier),
        (AslRow.status, status.value if status else None),
    ):
        if wanted is not None:
            query = query.where(col(column) == wanted)
    if cursor is not None:
        query = query.where(col(AslRow.scope_id) > str(pages.decode(cursor)[0]))
    rows = (await session.exec(query.order_by(col(AslRow.scope_id)).limit(limit + 1))).all()
    return AslList(
        as_of=as_of,
        known_at=known_at,
        items=tuple(_entry(row, scope, actor) for row, scope in rows[:limit]),
        next=pages.encode((rows[limit - 1][0].scope_id,)) if len(rows) > limit else None,
    )


def _in_force(as_of: datetime, known_at: datetime | None) -> Select[AslRow, ScopeRow]:
    newest = aliased(AslRow)
    applies = [newest.scope_id == ScopeRow.scope_id, newest.effective_from <= as_of]
    if known_at is not None:
        applies.append(newest.recorded_at <= known_at)
    number = select(func.max(newest.number)).where(*applies).correlate(ScopeRow).scalar_subquery()
    return (
        select(AslRow, ScopeRow)
        .join(ScopeRow, col(ScopeRow.scope_id) == col(AslRow.scope_id))
        .where(col(AslRow.number) == number)
    )


async def asl_history(
    session: AsyncSession, actor: Actor, scope_id: str, *, cursor: str | None, limit: int
) -> AslHistory:
    """The statements on a scope. Raises `Refused(NOT_FOUND)`."""
    scope = await session.get(ScopeRow, scope_id)
    if scope is None or not (reads_everything(actor) or scope.site_id in actor.sites):
        raise Refused(Code.NOT_FOUND, "There is no such scope.", rule="S6")
    query = select(AslRow).where(col(AslRow.scope_id) == scope_id)
    if cursor is not None:
        query = query.where(col(AslRow.number) < pages.number(cursor))
    rows = (await session.exec(query.order_by(col(AslRow.number).desc()).limit(limit + 1))).all()
    return AslHistory(
        items=tuple(_statement(row, actor) for row in rows[:limit]),
        next=pages.encode((rows[limit - 1].number,)) if len(rows) > limit else None,
    )


def _statement(row: AslRow, actor: Actor) -> AslStatement:
    shown = AslStatement.model_validate(row, from_attributes=True)
    return shown.model_copy(update=dict.fromkeys(_NOT_FOR_A_SITE)) if actor.org is Org.CDMO else shown


def _entry(row: AslRow, scope: ScopeRow, actor: Actor) -> AslEntry:
    return AslEntry(
        **dict(_statement(row, actor)),
        activity=scope.activity,
        product=scope.product,
        dosage_form=scope.dosage_form,
        url=f"/v1/asl/{scope.scope_id}",
    )
