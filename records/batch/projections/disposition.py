"""What is decided on a batch on its way to certification, as a function of the journal."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision
from domain.batch.deviations.working_again import ReworkApproval
from domain.batch.disposition import BatchCancellation, Redirection, RejectionAnswer, SiteDisposition, Way
from domain.batch.holds.holds import BatchState
from domain.batch.making.package import BatchPackage, Completeness
from domain.batch.market_refusal import RefusedAs
from domain.core.events import Event
from domain.policy.rejection_grounds import Grounds
from records.batch.settling import settle, state_grounds
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.payloads import part, submitted
from records.core.projectors import follows


@follows(*SiteDisposition.action.event_types())
async def dispose_for_site(session: AsyncSession, event: Event) -> None:
    """The site's own disposition; after a dispute there is another one."""
    row = await session.get_one(BatchRow, event.stream)
    row.site_decision = submitted(event, SiteDisposition).verdict.value
    row.site_decided_at = event.occurred_at
    row.package_due_at = datetime.fromisoformat(str(part(event, "effect")["package_due_at"]))


@follows(*BatchPackage.action.event_types())
async def receive_package(session: AsyncSession, event: Event) -> None:
    """The first package counts for being in time."""
    row = await session.get_one(BatchRow, event.stream)
    if row.package_received_at is None:
        row.package_received_at = event.occurred_at


@follows(*Completeness.action.event_types())
async def check_package(session: AsyncSession, event: Event) -> None:
    """A package that goes back is counted."""
    if not submitted(event, Completeness).complete:
        (await session.get_one(BatchRow, event.stream)).package_returns += 1


@follows(*RejectionAnswer.action.event_types())
async def answer_rejection(session: AsyncSession, event: Event) -> None:
    """Both sides reject: the end of the batch."""
    if submitted(event, RejectionAnswer).concur:
        await reject_open_markets(session, event)


@follows(*Redirection.action.event_types())
async def redirect(session: AsyncSession, event: Event) -> None:
    """A package that goes back is counted; all other ways end the batch for what is not decided yet."""
    form = submitted(event, Redirection)
    if form.way is Way.RETURN_FOR_CORRECTION:
        (await session.get_one(BatchRow, event.stream)).package_returns += 1
    else:
        await reject_open_markets(session, event, form.grounds, form.reason)


@follows(*BatchCancellation.action.event_types())
async def cancel_batch(session: AsyncSession, event: Event) -> None:
    """Nothing was made."""
    (await session.get_one(BatchRow, event.stream)).state = BatchState.CLOSED.value


@follows(*ReworkApproval.action.event_types())
async def decline_rework(session: AsyncSession, event: Event) -> None:
    """What may not be worked again is not made."""
    if not submitted(event, ReworkApproval).approve:
        (await session.get_one(BatchRow, event.stream)).state = BatchState.CLOSED.value


async def reject_open_markets(session: AsyncSession, event: Event, grounds: Grounds = (), because: str = "") -> None:
    """Every market without a decision is rejected; the goods are blocked unless a part of them is released."""
    query = select(BatchMarketRow).where(
        col(BatchMarketRow.batch_id) == event.stream, col(BatchMarketRow.decision).is_(None)
    )
    for market in (await session.exec(query)).all():
        market.decision, market.decided_by = MarketDecision.REJECT.value, event.actor.person
        market.decided_at, market.event_number = event.occurred_at, event.number
        if grounds:
            state_grounds(market, RefusedAs.REJECTED, grounds, because, event.occurred_at)
    await settle(session, event.stream)
