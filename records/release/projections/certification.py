"""Decisions on batches by market, as functions of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision
from domain.batch.market_refusal import RefusedAs
from domain.core.events import Event
from domain.release.certification import DecisionForMarket, MarketRelease, ProductDecision, QcuApproval, QpCertification
from domain.release.further_processing import PartialConfirmation, ProcessingRelease, ReleaseWithdrawal
from records.batch.settling import settle, stand_anew, state_grounds
from records.batch.tables.decisions import BatchMarketRow
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.release.projections.authorised import keep_what_it_stands_on
from records.release.projections.release_reviews import close_demands, numbers_in


@follows(*QpCertification.action.event_types())
async def certify(session: AsyncSession, event: Event) -> None:
    """A qualified person has decided."""
    await _decide(session, event, submitted(event, QpCertification))


@follows(*QcuApproval.action.event_types())
async def approve(session: AsyncSession, event: Event) -> None:
    """The quality unit has decided."""
    await _decide(session, event, submitted(event, QcuApproval))


@follows(*MarketRelease.action.event_types())
async def release_to_market(session: AsyncSession, event: Event) -> None:
    """The person whom the market names has decided."""
    await _decide(session, event, submitted(event, MarketRelease))


@follows(*ProcessingRelease.action.event_types())
async def release(session: AsyncSession, event: Event) -> None:
    """Released for further processing, for sites or a purpose; or rejected."""
    form = submitted(event, ProcessingRelease)
    row = await session.get_one(BatchMarketRow, (event.stream, form.market))
    row.for_sites, row.purpose = [*form.sites] or None, form.purpose
    row.purposes = [each.value for each in form.purposes] or None
    await _decide(session, event, form)


@follows(*PartialConfirmation.action.event_types())
async def confirm(session: AsyncSession, event: Event) -> None:
    """A qualified person of the site has decided."""
    await _decide(session, event, submitted(event, PartialConfirmation))


@follows(*ReleaseWithdrawal.action.event_types())
async def withdraw(session: AsyncSession, event: Event) -> None:
    """A release for further processing, or a confirmation, is taken back."""
    form = submitted(event, ReleaseWithdrawal)
    for market in form.markets:
        row = await session.get_one(BatchMarketRow, (event.stream, market))
        row.withdrawn_at = event.occurred_at
        if form.grounds:
            state_grounds(row, RefusedAs.WITHDRAWN, form.grounds, form.reason, event.occurred_at)
    await stand_anew(session, event.stream)
    if (reviewed := part(event, "effect").get("reviewed")) is not None:
        await close_demands(session, event, numbers_in(reviewed), event.stream)


async def _decide(session: AsyncSession, event: Event, form: DecisionForMarket) -> None:
    effect = part(event, "effect")
    row = await session.get_one(BatchMarketRow, (event.stream, form.market))
    row.decision, row.decided_by, row.decided_at = form.decision.value, event.actor.person, event.occurred_at
    row.event_number = event.number
    if form.decision is MarketDecision.RELEASE:
        row.quantity = str(form.quantity)
        row.awaits_official_release = bool(effect.get("awaits_official_release"))
        if isinstance(form, ProductDecision) and form.trial is not None:
            row.trial, row.trial_phase = form.trial.number, form.trial.phase
        row.certificate_number = str(effect["certificate_number"])
        row.register_name, row.register_number = str(effect["register"]), int(str(effect["register_number"]))
        keep_what_it_stands_on(session, event, event.stream, form.market)
    elif form.grounds:
        state_grounds(row, RefusedAs.REJECTED, form.grounds, str(form.reason), event.occurred_at)
    await settle(session, event.stream)
