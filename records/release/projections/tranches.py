"""Further parts of batches that are released, as functions of the journal."""

from decimal import Decimal

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.processing_purpose import ProcessingPurpose, together
from domain.core.events import Event
from domain.release.certification import DecisionForMarket
from domain.release.tranche import (
    FurtherApproval,
    FurtherCertification,
    FurtherConfirmation,
    FurtherMarketRelease,
    FurtherProcessing,
)
from records.batch.tables.decisions import BatchMarketRow
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.release.projections.authorised import keep_what_it_stands_on
from records.release.tables import TrancheRow


@follows(*FurtherCertification.action.event_types())
async def certify_further(session: AsyncSession, event: Event) -> None:
    """A qualified person has certified a further part."""
    await _add(session, event, submitted(event, FurtherCertification))


@follows(*FurtherApproval.action.event_types())
async def approve_further(session: AsyncSession, event: Event) -> None:
    """The quality unit has approved a further part."""
    await _add(session, event, submitted(event, FurtherApproval))


@follows(*FurtherMarketRelease.action.event_types())
async def release_further_to_market(session: AsyncSession, event: Event) -> None:
    """The person whom the market names has released a further part."""
    await _add(session, event, submitted(event, FurtherMarketRelease))


@follows(*FurtherProcessing.action.event_types())
async def release_further(session: AsyncSession, event: Event) -> None:
    """The quality unit has released a further part for processing, for purposes of its own."""
    form = submitted(event, FurtherProcessing)
    market = await session.get_one(BatchMarketRow, (event.stream, form.market))
    first = tuple(map(ProcessingPurpose, market.purposes or ()))
    market.purposes = [each.value for each in together(first, form.purposes)] or None
    await _add(session, event, form)


@follows(*FurtherConfirmation.action.event_types())
async def confirm_further(session: AsyncSession, event: Event) -> None:
    """A qualified person of the site has confirmed a further part."""
    await _add(session, event, submitted(event, FurtherConfirmation))


async def _add(session: AsyncSession, event: Event, form: DecisionForMarket) -> None:
    effect, market = part(event, "effect"), await session.get_one(BatchMarketRow, (event.stream, form.market))
    market.quantity = str(Decimal(market.quantity or 0) + (form.quantity or 0))
    keep_what_it_stands_on(session, event, event.stream, form.market)
    session.add(
        TrancheRow(
            batch_id=event.stream,
            event_number=event.number,
            market=form.market,
            rule=str(effect["rule"]),
            quantity=str(form.quantity),
            certificate_number=str(effect["certificate_number"]),
            register_name=str(effect["register"]),
            register_number=int(str(effect["register_number"])),
            decided_by=event.actor.person,
            decided_at=event.occurred_at,
        )
    )
