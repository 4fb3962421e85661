"""Confirmations of parts of the manufacture, as functions of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.release.part_confirmation import PartConfirmationWithdrawal, PartManufactureConfirmation
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.release.tables import PartConfirmationRow


@follows("part_confirmation.confirm")
async def keep_part_confirmation(session: AsyncSession, event: Event) -> None:
    """What is confirmed, along which article, under which licence."""
    form, effect = submitted(event, PartManufactureConfirmation), part(event, "effect")
    assert event.signature is not None, "A confirmation is signed."
    session.add(
        PartConfirmationRow(
            number=event.stream,
            **form.model_dump(exclude={"authorisation"}),
            site_id=effect["site_id"],
            article=effect["article"],
            under=effect["under"],
            confirmed_by=event.actor.person,
            by_name=event.signature.printed_name,
            confirmed_at=event.occurred_at,
        )
    )


@follows("part_confirmation.withdraw")
async def keep_part_withdrawal(session: AsyncSession, event: Event) -> None:
    """It counts no more."""
    row = await session.get_one(PartConfirmationRow, event.stream)
    row.withdrawn_by, row.withdrawn_at = event.actor.person, event.occurred_at
    row.withdrawn_because = submitted(event, PartConfirmationWithdrawal).reason
