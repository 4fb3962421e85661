"""G12: what each batch of the family comes from, how it was used, and whether it might be."""

from collections.abc import Mapping, Sequence

from domain.batch.disposition import SiteVerdict
from domain.batch.gate.chain_facts import ParentFacts, ReleaseFacts
from domain.batch.making.shelf_life import ShelfLife
from domain.batch.supply_stage import SupplyStage
from records.batch.making.shelf_life import last_day_as_origin
from records.batch.tables.decisions import HoldRow
from records.release.gate_evidence.context import GateContext, Relative
from records.release.releases import Use, releases_for


async def parents_of(
    context: GateContext, holds: Mapping[str, Sequence[HoldRow]]
) -> dict[str, tuple[ParentFacts, ...]]:
    """The batches that each of the family comes from directly."""
    members = {each.batch_id: each for each in context.family}
    uses = [
        Use(
            parent=members[row.parent_id].batch,
            child=members[row.batch_id].batch,
            relation=row.relation,
            quantity=row.quantity,
        )
        for rows in context.parents.values()
        for row in rows
    ]
    releases = await releases_for(context.session, uses, context.market)
    found: dict[str, tuple[ParentFacts, ...]] = {}
    for use in uses:
        child, parent = use.child.batch_id, use.parent.batch_id
        facts = _parent(context, members[parent], use, releases[child, parent], holds.get(parent, ()))
        found[child] = (*found.get(child, ()), facts)
    return found


def _parent(
    context: GateContext, parent: Relative, use: Use, release: ReleaseFacts, holds: Sequence[HoldRow]
) -> ParentFacts:
    batch, used_at = parent.batch, use.child.started_at
    last_day = last_day_as_origin(batch, use.relation, (context.market,))
    life = ShelfLife(last_day=last_day, zone=parent.calendar.tz)
    return ParentFacts(
        batch_id=batch.batch_id,
        number=batch.number,
        relation=use.relation,
        used_at=used_at,
        used_over=used_at is not None and life.is_over(used_at),
        over_now=life.is_over(context.at),
        last_day=last_day,
        extended_for=batch.use_date_trial if last_day != batch.expiry_on else None,
        is_starting_material=parent.stage is SupplyStage.STARTING_MATERIAL,
        release=release,
        site_released_at=batch.site_decided_at if batch.site_decision == SiteVerdict.RELEASED.value else None,
        held_at_use=tuple(
            hold.hold_id
            for hold in holds
            if used_at is not None
            and hold.lifted_at is not None
            and hold.placed_at <= used_at < hold.lifted_at
            and hold.market in (None, context.market)
        ),
        is_rejected=batch.site_decision == SiteVerdict.REJECTED.value,
    )
