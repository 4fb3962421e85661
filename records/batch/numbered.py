"""What a batch has under a number of the site, however that is written (section 22)."""

from collections.abc import Callable
from typing import TypeVar

from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.names import name_key
from records.batch.tables.process import BatchChangeRow, BatchDeviationRow, OosRow

R = TypeVar("R", bound=SQLModel)


async def deviation_of(session: AsyncSession, batch_id: str, number: str) -> BatchDeviationRow | None:
    """A deviation of the batch; `None` if it has none of that number."""
    return await _numbered(session, BatchDeviationRow, batch_id, number, lambda row: row.deviation_id)


async def result_of(session: AsyncSession, batch_id: str, number: str) -> OosRow | None:
    """A result of the batch outside its specification or trend; `None` if it has none of that number."""
    return await _numbered(session, OosRow, batch_id, number, lambda row: row.oos_id)


async def change_of(session: AsyncSession, batch_id: str, number: str) -> BatchChangeRow | None:
    """A change that the batch was made under; `None` if it has none of that number."""
    return await _numbered(session, BatchChangeRow, batch_id, number, lambda row: row.change_id)


async def _numbered(
    session: AsyncSession, table: type[R], batch_id: str, number: str, number_of: Callable[[R], str]
) -> R | None:
    """Nearly always it is written as before, and its key finds it without a search."""
    row = await session.get(table, (batch_id, number))
    if row is not None:
        return row
    query = select(table).where(col(table.batch_id) == batch_id)  # type: ignore[attr-defined]
    wanted = name_key(number)
    return next((each for each in (await session.exec(query)).all() if name_key(number_of(each)) == wanted), None)
