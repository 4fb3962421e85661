"""A change at a site as it is shown in its case."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.change.decision import ChangeVerdict
from domain.change.views import ChangeSummary
from domain.core.people import Actor
from records.change.tables import ChangeRow
from records.core.queries.visibility import reads_everything


async def change_of_case(session: AsyncSession, actor: Actor, case_id: str) -> ChangeSummary | None:
    """The change that a case is about; `None` for cases of other processes.

    The site learns the sponsor's tier with the first decision, not while it is prepared (S6).
    """
    row = await session.get(ChangeRow, case_id)
    if row is None:
        return None
    decision = ChangeVerdict(row.decision) if row.decision else None
    told = reads_everything(actor) or decision is not None
    return ChangeSummary.model_validate(
        {
            **row.model_dump(include=set(ChangeSummary.model_fields)),
            "sponsor_tier": row.sponsor_tier if told else None,
            "approved": decision is not None and decision.approves,
        }
    )
