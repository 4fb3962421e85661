"""An inspection by an authority as it is shown in its case."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.people import Actor
from domain.inspection.inspection_views import InspectionSummary
from records.core.queries.visibility import reads_everything
from records.inspection.tables.inspections import InspectionRow


async def inspection_of_case(session: AsyncSession, actor: Actor, case_id: str) -> InspectionSummary | None:
    """The inspection that a case is about; `None` for other cases. The site sees no judgement of it (S6)."""
    row = await session.get(InspectionRow, case_id)
    if row is None:
        return None
    shown = InspectionSummary.model_validate(row, from_attributes=True)
    hidden = {} if reads_everything(actor) else dict.fromkeys(("for_cause", "site_closed", "opened"))
    return shown.model_copy(update=hidden)
