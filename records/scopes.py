"""The scope that a qualification is about."""

from sqlmodel.ext.asyncio.session import AsyncSession

from records.tables import CaseRow, ScopeRow


async def scope_of(session: AsyncSession, case: CaseRow) -> ScopeRow:
    """The one scope of a qualification."""
    (scope_id,) = case.scope_ids
    return await session.get_one(ScopeRow, scope_id)
