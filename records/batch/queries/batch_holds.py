"""The holds on one batch."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.holds.hold import KNOWN_TO_SITE
from domain.batch.holds.hold_view import BatchHoldView
from domain.batch.holds.holds import HoldType
from domain.core.people import Actor
from records.batch.holds.holds import fact_of, open_holds
from records.batch.tables.decisions import HoldRow
from records.core.queries.visibility import reads_everything


async def holds_of_batch(session: AsyncSession, actor: Actor, batch_id: str) -> tuple[BatchHoldView, ...]:
    """The holds that stand on a batch, the oldest first, as the actor sees them.

    A site sees that its batch is held, since when and for which market, and the kind of cause as far as it is told of
    it anyway (`KNOWN_TO_SITE`): that a batch is held for a finding or an event would tell what the sponsor weighs (S6).
    """
    inside = reads_everything(actor)
    return tuple(_shown(hold, inside=inside) for hold in await open_holds(session, batch_id))


def _shown(hold: HoldRow, *, inside: bool) -> BatchHoldView:
    type_ = HoldType(hold.type)
    return BatchHoldView(
        hold_id=hold.hold_id,
        type=type_ if inside or type_ in KNOWN_TO_SITE else None,
        market=hold.market,
        placed_at=hold.placed_at,
        reason=hold.reason if inside else None,
        placed_by=hold.placed_by if inside else None,
        placed_in=hold.placed_in if inside else None,
        inherited_from=hold.inherited_from if inside else None,
        fact=fact_of(hold) if inside else None,
        lift_proposed_by=hold.lift_proposed_by if inside else None,
    )
