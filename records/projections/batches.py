"""Batches and their holds, as functions of the journal."""

from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.events import Event
from domain.holds import BatchState
from records.projections.declared import follows
from records.projections.payloads import part
from records.tables import BatchRow, HoldRow


@follows("batch.registered")
async def register_batch(session: AsyncSession, event: Event) -> None:
    """A batch is known."""
    record = part(event, "record")
    made_on = record.get("made_on")
    session.add(
        BatchRow(
            batch_id=event.stream,
            number=str(record["number"]),
            site_id=str(record["site_id"]),
            scope_id=str(record["scope_id"]),
            state=str(record.get("state", BatchState.OPEN.value)),
            made_on=date.fromisoformat(made_on) if isinstance(made_on, str) else None,
        )
    )


@follows("batch.held")
async def hold_batch(session: AsyncSession, event: Event) -> None:
    """A hold is placed."""
    session.add(
        HoldRow(
            hold_id=str(event.payload["hold_id"]),
            batch_id=event.stream,
            type=str(event.payload["type"]),
            reason=str(event.payload["reason"]),
            placed_by=event.actor.person,
            placed_in=str(event.payload["placed_in"]),
            placed_at=event.occurred_at,
        )
    )
