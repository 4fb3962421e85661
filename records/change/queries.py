"""A change at a site as it is shown in its case."""

from domain.change.decision import ChangeVerdict
from domain.change.views import ChangeSummary
from domain.core.forms import Process
from records.change.tables import ChangeRow
from records.core.queries.visibility import reads_everything
from records.core.shown import Reading, shows
from records.core.tables.cases import CaseRow


@shows(Process.CHANGE, "change")
async def change_of_case(reading: Reading, case: CaseRow) -> ChangeSummary | None:
    """The change that a case is about.

    The site learns the sponsor's tier with the first decision, not while it is prepared (S6).
    """
    row = await reading.session.get(ChangeRow, case.case_id)
    if row is None:
        return None
    decision = ChangeVerdict(row.decision) if row.decision else None
    told = reads_everything(reading.actor) or decision is not None
    return ChangeSummary.model_validate(
        {
            **row.model_dump(include=set(ChangeSummary.model_fields)),
            "sponsor_tier": row.sponsor_tier if told else None,
            "approved": decision is not None and decision.approves,
        }
    )
