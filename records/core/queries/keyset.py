"""Pages of rows in the order of one column that is unique and indexed."""

from typing import TypeVar

from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from records.core.queries import pages

R = TypeVar("R", bound=SQLModel)


async def page(
    session: AsyncSession, query: SelectOfScalar[R], by: str, *, cursor: str | None, limit: int
) -> tuple[list[R], str | None]:
    """The next rows after the cursor, and the cursor of the page that follows. `by` names the column."""
    column = query.selected_columns[by]
    if cursor is not None:
        query = query.where(column > str(pages.decode(cursor)[0]))
    rows = list((await session.exec(query.order_by(column).limit(limit + 1))).all())
    following = pages.encode((getattr(rows[limit - 1], by),)) if len(rows) > limit else None
    return rows[:limit], following
