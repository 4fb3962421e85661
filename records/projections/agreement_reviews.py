"""Reviews of quality agreements, as functions of the journal."""

from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.agreement_review import AgreementReviewApproval
from domain.events import Event
from records.projections.declared import follows
from records.projections.payloads import part, submitted
from records.tables import AgreementRow


@follows(*AgreementReviewApproval.action.event_types())
async def leave_unchanged(session: AsyncSession, event: Event) -> None:
    """The agreement stays as it is, and is reviewed again on a later day."""
    if not submitted(event, AgreementReviewApproval).approve:
        return
    effect = part(event, "effect")
    row = await session.get_one(AgreementRow, (effect["qta_id"], effect["version"]))
    row.review_due = date.fromisoformat(effect["review_due"])
