"""How often it was entered what the authority has done with a certificate."""

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.forms import Form
from records.core.tables.cases import RecordRow


async def times_entered(session: AsyncSession, certificate_id: str, form: Form | type[Form]) -> int:
    """How often a form was signed of a certificate; the next one is a version further."""
    query = select(func.count()).where(
        col(RecordRow.case_id) == certificate_id, col(RecordRow.action) == form.action.name
    )
    return int((await session.exec(query)).one())
