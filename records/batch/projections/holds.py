"""Reviews and lifts of holds, as functions of the journal. Holds themselves are placed in `batches`."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.holds.hold import HoldReview, LiftConfirmation, LiftProposal, LongHoldReview
from domain.core.events import Event
from records.batch.tables.decisions import HoldRow
from records.core.payloads import submitted
from records.core.projectors import follows


@follows(*HoldReview.action.event_types())
async def review_hold(session: AsyncSession, event: Event) -> None:
    """The next review counts from here."""
    (await session.get_one(HoldRow, submitted(event, HoldReview).hold_id)).reviewed_at = event.occurred_at


@follows(*LongHoldReview.action.event_types())
async def review_long_hold(session: AsyncSession, event: Event) -> None:
    """The head of quality has seen it."""
    (await session.get_one(HoldRow, submitted(event, LongHoldReview).hold_id)).long_reviewed_at = event.occurred_at


@follows(*LiftProposal.action.event_types())
async def propose_lift(session: AsyncSession, event: Event) -> None:
    """A second person is waited for."""
    hold = await session.get_one(HoldRow, submitted(event, LiftProposal).hold_id)
    hold.lift_proposed_by, hold.lift_proposed_at = event.actor.person, event.occurred_at
    hold.lift_version = int(str(event.payload["version"]))


@follows(*LiftConfirmation.action.event_types())
async def lift_hold(session: AsyncSession, event: Event) -> None:
    """Lifted, or as it was before the proposal."""
    form = submitted(event, LiftConfirmation)
    hold = await session.get_one(HoldRow, form.hold_id)
    if form.confirm:
        hold.lifted_at, hold.lifted_by = event.occurred_at, event.actor.person
    else:
        hold.lift_proposed_by = hold.lift_proposed_at = hold.lift_version = None
