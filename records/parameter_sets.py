"""Which parameters hold for a scope at an instant."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.parameters import ParameterContent
from records.tables import ParameterSetRow


async def effective_set(session: AsyncSession, scope_id: str, at: datetime) -> ParameterSetRow | None:
    """The parameter set of a scope that was effective at an instant; `None` if none was."""
    query = (
        select(ParameterSetRow)
        .where(col(ParameterSetRow.scope_id) == scope_id, col(ParameterSetRow.effective_at) <= at)
        .order_by(col(ParameterSetRow.effective_at).desc(), col(ParameterSetRow.set_id).desc())
    )
    return (await session.exec(query.limit(1))).first()


def content_of(row: ParameterSetRow) -> ParameterContent:
    """What a set says, as an earlier version of the program may have stored it."""
    return ParameterContent.model_validate(row.content, extra="ignore")
