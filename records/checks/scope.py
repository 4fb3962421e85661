"""The scope that a qualification is about."""

from sqlmodel.ext.asyncio.session import AsyncSession

from records.tables import CaseRow, QualificationRow, ScopeRow


async def scope_of(session: AsyncSession, case: CaseRow) -> ScopeRow:
    """The one scope of a qualification."""
    qualification = await session.get_one(QualificationRow, case.case_id)
    return await session.get_one(ScopeRow, qualification.scope_id)
