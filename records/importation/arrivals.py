"""What has arrived of batches, and what there was to arrive."""

from collections.abc import Collection, Iterable
from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import BatchStage, Relation, UseKind
from domain.delivery.shipment import ShipmentOrder
from domain.importation.arrivals import Arrival, Goods
from records.batch.tables.batches import BatchParentRow, BatchRow, BatchUseRow
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow, SiteRow
from records.delivery.shipping import decimal, leaving
from records.delivery.tables import ShipmentRow
from records.importation.tables import ImportConsignmentRow

_NONE = Decimal(0)


async def arrivals_of(session: AsyncSession, batch_id: str, *, but: str, again: bool = False) -> list[Arrival]:
    """The consignments of a batch that stand, without one of them, by their number.

    With `again` also those with which goods of a delivery came back: they had come before, and are not counted.
    """
    query = (
        select(ImportConsignmentRow, SiteRow.country)
        .join(SiteRow, col(SiteRow.site_id) == col(ImportConsignmentRow.to_site_id))
        .where(
            col(ImportConsignmentRow.batch_id) == batch_id,
            col(ImportConsignmentRow.withdrawn_at).is_(None),
            col(ImportConsignmentRow.number) != but,
        )
        .order_by(col(ImportConsignmentRow.number))
    )
    if not again:
        query = query.where(col(ImportConsignmentRow.return_id).is_(None))
    return [arrival(row, country) for row, country in (await session.exec(query)).all()]


async def beside(session: AsyncSession, row: ImportConsignmentRow) -> list[Arrival]:
    """The other consignments of the same batch or lot that stand, those with which goods came back among them."""
    if row.batch_id is not None:
        return await arrivals_of(session, row.batch_id, but=row.number, again=True)
    query = (
        select(ImportConsignmentRow, SiteRow.country)
        .join(SiteRow, col(SiteRow.site_id) == col(ImportConsignmentRow.to_site_id))
        .where(
            col(ImportConsignmentRow.lot_key) == row.lot_key,
            col(ImportConsignmentRow.lot_issuer) == row.lot_issuer,
            col(ImportConsignmentRow.withdrawn_at).is_(None),
            col(ImportConsignmentRow.number) != row.number,
        )
        .order_by(col(ImportConsignmentRow.number))
    )
    return [arrival(each, country) for each, country in (await session.exec(query)).all()]


def arrival(row: ImportConsignmentRow, country: str | None) -> Arrival:
    """A consignment, as it was entered or corrected last, at a site in a country."""
    return Arrival(
        number=row.number,
        from_country=row.from_country,
        to_country=country or "",
        quantity=Decimal(row.quantity),
        customs_reference=row.customs_reference,
        customs_documents=frozenset(each["document_id"] for each in row.customs_documents),
    )


async def goods_of(session: AsyncSession, batch: BatchRow) -> Goods:
    """What was made of a batch, what of it was used where it was made, and what left with deliveries."""
    made_in = await _made_in(session, batch)
    used = await _used(session, batch.batch_id)
    return Goods(
        made=decimal(batch.quantity),
        used_there={country: taken for country, taken in used.items() if country in made_in},
        sent=await _sent(session, batch.batch_id),
    )


async def _made_in(session: AsyncSession, batch: BatchRow) -> set[str | None]:
    steps = select(BatchUseRow.reference).where(
        col(BatchUseRow.batch_id) == batch.batch_id, col(BatchUseRow.kind) == UseKind.SCOPE.value
    )
    scopes = {batch.scope_id, *(await session.exec(steps)).all()}
    query = (
        select(SiteRow.country)
        .join(ScopeRow, col(ScopeRow.site_id) == col(SiteRow.site_id))
        .where(col(ScopeRow.scope_id).in_(sorted(scopes)))
    )
    return set((await session.exec(query)).all())


async def _used(session: AsyncSession, batch_id: str) -> dict[str, Decimal]:
    """What went into other batches, by the country of the site that makes them; called off ones took nothing."""
    query = (
        select(BatchParentRow.quantity, SiteRow.country)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchParentRow.batch_id))
        .join(CaseRow, col(CaseRow.case_id) == col(BatchParentRow.batch_id))
        .join(SiteRow, col(SiteRow.site_id) == col(BatchRow.site_id))
        .where(
            col(BatchParentRow.parent_id) == batch_id,
            col(BatchParentRow.relation) != Relation.CORRECTION.value,
            col(BatchRow.started_at).is_not(None),
            col(CaseRow.stage) != BatchStage.CANCELLED.value,
        )
    )
    return _added((await session.exec(query)).all())


async def _sent(session: AsyncSession, batch_id: str) -> dict[str, Decimal]:
    """What left with deliveries, by the country of the registered site that they went to."""
    query = (
        select(ShipmentRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(ShipmentRow.case_id))
        .where(col(ShipmentRow.batch_id) == batch_id, col(ShipmentRow.dispatched_at).is_not(None))
    )
    left = [
        (f"{leaving(row):f}", ShipmentOrder.stored(case.order["request"]).to_site_id)
        for row, case in (await session.exec(query)).all()
    ]
    countries = await _countries(session, {site_id for _, site_id in left if site_id is not None})
    return _added((quantity, countries.get(site_id or "")) for quantity, site_id in left)


async def _countries(session: AsyncSession, site_ids: Collection[str]) -> dict[str, str | None]:
    query = select(SiteRow.site_id, SiteRow.country).where(col(SiteRow.site_id).in_(sorted(site_ids)))
    return dict((await session.exec(query)).all())


def _added(parts: Iterable[tuple[str | None, str | None]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for quantity, country in parts:
        if quantity is not None and country is not None:
            found[country] = found.get(country, _NONE) + Decimal(quantity)
    return found
