"""Where goods may go that are no product yet (domain specification, section 17)."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.making.stage_of_origin import PACKS
from domain.core.names import name_key
from domain.delivery.shipment import ShipmentOrder, refuse_other_area, refuse_other_destination
from domain.policy.market_rule import DecisionRule
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing


async def refuse_unless_inside(writing: Writing, order: ShipmentOrder, country: str | None) -> None:
    """Raise `Refused` if product for a market that knows imports is to go to a registered site outside its area."""
    row = await writing.session.get(BatchMarketRow, (order.batch_id, order.market))
    rule = (await writing.policy()).market_rule(order.market)
    if rule is not None and row is not None and DecisionRule(row.rule).is_of_a_product:
        refuse_other_area(country, order.market, rule.import_area)


async def refuse_unless_of_the_next_step(session: AsyncSession, batch: BatchRow, order: ShipmentOrder) -> None:
    """Raise `Refused` if goods that are no product for the market are to go elsewhere than to a site that may use them.

    Those are the sites that the release for further processing names; if it names a purpose alone, any registered one.
    What a qualified person has confirmed goes to a site that packs the product.
    """
    row = await session.get(BatchMarketRow, (batch.batch_id, order.market))
    if row is None or DecisionRule(row.rule).is_of_a_product:
        return
    named = [*row.for_sites] if row.for_sites else None
    if DecisionRule(row.rule) is DecisionRule.CONFIRMATION:
        named = await _that_pack(session, batch.product)
    refuse_other_destination(order.to_site_id, named)


async def _that_pack(session: AsyncSession, product: str) -> list[str]:
    """The sites that have a scope of the product by which it is packed."""
    query = select(ScopeRow.site_id, ScopeRow.product).where(col(ScopeRow.activity).in_(sorted(PACKS)))
    found = (await session.exec(query)).all()
    return sorted({site_id for site_id, packed in found if name_key(packed) == name_key(product)})
