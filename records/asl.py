"""Reading the approved supplier list where a transaction needs it."""

from datetime import UTC, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl import AslStatus, Statement, SuspensionScope, in_force
from records.tables import AslRow


async def statements(session: AsyncSession, scope_id: str) -> list[Statement]:
    """All that was ever stated of a scope, in the order of recording."""
    query = select(AslRow).where(col(AslRow.scope_id) == scope_id).order_by(col(AslRow.number))
    return [_statement(row) for row in (await session.exec(query)).all()]


async def current_status(session: AsyncSession, scope_id: str, at: datetime) -> Statement | None:
    """The statement in force at an instant by all that is recorded; `None` if nothing was stated of that time.

    Whoever decides by it holds the lock on the head of `domain.asl.stream_of(scope_id)`.
    """
    return in_force(await statements(session, scope_id), as_of=at, known_at=_EVERYTHING)


_EVERYTHING = datetime.max.replace(tzinfo=UTC)


def _statement(row: AslRow) -> Statement:
    return Statement(
        number=row.number,
        status=AslStatus(row.status),
        suspension_scope=SuspensionScope(row.suspension_scope) if row.suspension_scope else None,
        effective_from=row.effective_from,
        recorded_at=row.recorded_at,
    )
