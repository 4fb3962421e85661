"""The scope that a case is about, and the cases of a scope that are open."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.forms import Process
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow


async def scope_of(session: AsyncSession, case: CaseRow) -> ScopeRow:
    """The one scope of a case."""
    (scope_id,) = case.scope_ids
    return await session.get_one(ScopeRow, scope_id)


async def open_case_for(session: AsyncSession, process: Process, trigger: str) -> str | None:
    """The open case of a process that has this trigger; there is one at most."""
    query = select(CaseRow.case_id).where(
        col(CaseRow.process) == process.value, col(CaseRow.trigger) == trigger, col(CaseRow.closed_at).is_(None)
    )
    return (await session.exec(query.limit(1))).first()


async def open_qualification(session: AsyncSession, scope_id: str) -> str | None:
    """The qualification of a scope that is open; there is one at most (section 4)."""
    return await open_case_for(session, Process.QUALIFICATION, scope_id)
