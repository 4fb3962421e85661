"""What follows on the list itself: that something has stopped there stands until the next statement."""

from collections.abc import Sequence

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl.asl import AslStatus, SuspensionScope
from domain.asl.facts import ScopeSuspended, StatusStated
from records.asl.tables.listing import AslRow
from records.core.reactions import Consequences, establish, finds, reacts, revoke_about
from records.core.writing import Writing


@reacts(StatusStated, order=20)
async def keeps_what_has_stopped(writing: Writing, fact: StatusStated) -> Consequences:
    """What was stopped before is so no more; a status that stops stands until the next statement."""
    before = await writing.session.get_one(AslRow, (fact.scope_id, fact.before)) if fact.before else None
    if fact.status.stops or (before is not None and AslStatus(before.status).stops):
        await revoke_about(writing, ScopeSuspended, fact.scope_id)
    if not fact.status.stops:
        return Consequences()
    stopped = ScopeSuspended(
        scope_id=fact.scope_id,
        site_id=fact.site_id,
        case_id=fact.case_id,
        status=fact.status,
        reach=fact.suspension_scope,
        reason=fact.reason,
    )
    return await establish(writing, stopped)


def stopped_by(row: AslRow) -> ScopeSuspended:
    """What a statement says has stopped."""
    return ScopeSuspended(
        scope_id=row.scope_id,
        site_id=row.site_id,
        case_id=row.decided_in,
        status=AslStatus(row.status),
        reach=SuspensionScope(row.suspension_scope) if row.suspension_scope else None,
        reason=row.reason,
    )


@finds(ScopeSuspended)
async def have_stopped(session: AsyncSession, *_: object) -> Sequence[ScopeSuspended]:
    """The scopes whose last statement stops something."""
    newest = select(AslRow.scope_id, func.max(AslRow.number).label("number")).group_by(col(AslRow.scope_id)).subquery()
    query = (
        select(AslRow)
        .join(newest, (newest.c.scope_id == AslRow.scope_id) & (newest.c.number == AslRow.number))
        .where(col(AslRow.status).in_([status.value for status in AslStatus if status.stops]))
        .order_by(col(AslRow.scope_id))
    )
    return [stopped_by(row) for row in (await session.exec(query)).all()]
