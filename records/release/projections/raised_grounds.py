"""Grounds that were raised, as functions of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.market_refusal import RefusedAs
from domain.core.events import Event
from domain.policy.rejection_grounds import RejectionGrounds
from domain.release.raised_grounds import GroundsRaised
from records.batch.settling import state_grounds
from records.batch.tables.decisions import BatchMarketRow
from records.core.payloads import part, submitted
from records.core.projectors import follows


@follows("grounds.raise")
async def raise_grounds(session: AsyncSession, event: Event) -> None:
    """All grounds from now on, and who says so."""
    form, effect = submitted(event, GroundsRaised), part(event, "effect")
    grounds = effect["grounds"]
    assert isinstance(grounds, list), "They are grounds."
    row = await session.get_one(BatchMarketRow, (str(event.payload["batch_id"]), form.market))
    known = [RejectionGrounds(str(each)) for each in grounds]
    state_grounds(row, RefusedAs(str(effect["how"])), known, form.reason, event.occurred_at)
