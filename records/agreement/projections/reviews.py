"""Reviews of quality agreements, as functions of the journal."""

from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.agreement.review import AgreementReviewApproval
from domain.core.events import Event
from records.agreement.tables import AgreementRow
from records.core.payloads import part, submitted
from records.core.projectors import follows


@follows(*AgreementReviewApproval.action.event_types())
async def leave_unchanged(session: AsyncSession, event: Event) -> None:
    """The agreement stays as it is, and is reviewed again on a later day."""
    if not submitted(event, AgreementReviewApproval).approve:
        return
    effect = part(event, "effect")
    row = await session.get_one(AgreementRow, (effect["qta_id"], effect["version"]))
    row.review_due = date.fromisoformat(effect["review_due"])
