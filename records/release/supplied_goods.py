"""What has left under an exception: what was known as it was signed, and who is told of a hold after that."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision
from records.batch.questions import LeftUnderException
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.questions import answers
from records.core.reactions import after_entry
from records.core.writing import Writing
from records.delivery.tables import ShipmentRow
from records.release.tables import SupplyExceptionRow

_Gone = Sequence[tuple[SupplyExceptionRow, ShipmentRow]]


@answers(LeftUnderException)
async def answers_what_had_left(writing: Writing, asked: LeftUnderException) -> str | None:
    """Each delivery with the entry that it went under, the oldest first."""
    found = await _gone(writing.session, [asked.batch_id])
    lines = [
        f"{shipment.dispatched_quantity} under {supply.number} to {shipment.destination} ({shipment.case_id})"
        for supply, shipment in found
        if asked.market in (None, supply.market)
        and shipment.dispatched_at is not None
        and shipment.dispatched_at <= asked.by
    ]
    return f"not certified, {'; '.join(lines)}" if lines else None


@after_entry(order=4)
async def tells_who_has_signed(writing: Writing) -> None:
    """A batch is held of which goods have left under an exception: whoever proposed or signed that is told."""
    held = {event.stream: event for event in writing.events if event.type == "batch.held"}
    for supply, shipment in await _gone(writing.session, sorted(held)) if held else ():
        hold, batch = held[supply.batch_id].payload, await writing.session.get_one(BatchRow, supply.batch_id)
        if hold.get("market") not in (None, supply.market):
            continue
        subject = f"{batch.number} ({batch.batch_id}) is held: goods went out under {supply.number}"
        text = f"{hold['reason']}\n{shipment.case_id}: {shipment.dispatched_quantity} {batch.unit}, not certified"
        people = [
            person
            for each in supply.signers
            for person in await candidates(writing.session, (), batch.site_id, assignee=str(each), at=writing.at)
        ]
        await outbox.mail(writing.session, writing.recorded_at, people, subject=subject, text=text)


async def known_as_supplied(session: AsyncSession, batch_id: str) -> dict[str, datetime]:
    """By market that has certified nothing: until when what was known was weighed by those who let goods go there."""
    query = (
        select(SupplyExceptionRow)
        .join(
            BatchMarketRow,
            (col(BatchMarketRow.batch_id) == col(SupplyExceptionRow.batch_id))
            & (col(BatchMarketRow.market) == col(SupplyExceptionRow.market)),
        )
        .where(
            col(SupplyExceptionRow.batch_id) == batch_id,
            col(SupplyExceptionRow.stands),
            col(BatchMarketRow.decision).is_distinct_from(MarketDecision.RELEASE.value),
        )
        .order_by(col(SupplyExceptionRow.granted_at))
    )
    return {row.market: row.granted_at for row in (await session.exec(query)).all() if row.granted_at is not None}


async def _gone(session: AsyncSession, batch_ids: Sequence[str]) -> _Gone:
    """What has left of batches under exceptions."""
    query = (
        select(SupplyExceptionRow, ShipmentRow)
        .join(
            ShipmentRow,
            (col(ShipmentRow.supply_exception) == col(SupplyExceptionRow.number))
            & (col(ShipmentRow.batch_id) == col(SupplyExceptionRow.batch_id)),
        )
        .where(col(SupplyExceptionRow.batch_id).in_(batch_ids), col(ShipmentRow.dispatched_at).is_not(None))
        .order_by(col(ShipmentRow.dispatched_at), col(ShipmentRow.case_id))
    )
    return (await session.exec(query)).all()
