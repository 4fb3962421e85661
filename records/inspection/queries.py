"""An inspection by an authority as it is shown in its case."""

from domain.core.forms import Process
from domain.inspection.views import InspectionSummary
from records.core.queries.visibility import reads_everything
from records.core.shown import Reading, shows
from records.core.tables.cases import CaseRow
from records.inspection.tables import InspectionRow


@shows(Process.INSPECTION, "inspection")
async def inspection_of_case(reading: Reading, case: CaseRow) -> InspectionSummary | None:
    """The inspection that a case is about. The site sees no judgement of it (S6)."""
    row = await reading.session.get(InspectionRow, case.case_id)
    if row is None:
        return None
    shown = InspectionSummary.model_validate(row, from_attributes=True)
    hidden = {} if reads_everything(reading.actor) else dict.fromkeys(("for_cause", "site_closed", "opened"))
    return shown.model_copy(update=hidden)
