"""The scope that a qualification is about."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.forms import Process
from records.tables import CaseRow, ScopeRow


async def scope_of(session: AsyncSession, case: CaseRow) -> ScopeRow:
    """The one scope of a qualification."""
    (scope_id,) = case.scope_ids
    return await session.get_one(ScopeRow, scope_id)


async def open_qualification(session: AsyncSession, scope_id: str) -> str | None:
    """The qualification of a scope that is open; there is one at most (section 4)."""
    query = select(CaseRow.case_id).where(
        col(CaseRow.process) == Process.QUALIFICATION.value,
        col(CaseRow.trigger) == scope_id,
        col(CaseRow.closed_at).is_(None),
    )
    return (await session.exec(query.limit(1))).first()
