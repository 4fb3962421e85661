"""Goods of a delivery that come back from another country: the consignment with which they are imported anew."""

from collections.abc import Collection
from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.supply_stage import SupplyStage, inferred_stage
from domain.core.refusals import broken
from domain.importation.consigned import import_faults
from domain.importation.consignment import RULE, ImportConsignment
from domain.importation.reimport import (
    CameBack,
    OrderedElsewhere,
    came_from_outside,
    lying_outside,
    refuse_unless_imported,
)
from domain.site.site import Activity, ProductStage
from records.batch.tables.batches import BatchRow
from records.core.questions import answers
from records.core.tables.master_data import ScopeRow, SiteRow
from records.core.writing import Writing
from records.delivery.questions import LiesOutside, SetsFree
from records.delivery.shipping import leaving, left_of_return, returns_of, shipments_of
from records.delivery.tables import ReturnRow
from records.importation.consigned import consignment_of
from records.importation.tables import ImportConsignmentRow
from records.site.tables import CertificateRow


@answers(SetsFree)
async def is_imported_first(writing: Writing, asked: SetsFree) -> None:
    """What comes back from outside the area of its market is an import of its own, if it is a dosage form.

    As much has arrived inside as came back, under an authorisation that covers import, and customs cleared it.
    """
    returned = await writing.session.get_one(ReturnRow, asked.return_id)
    rule = (await writing.policy()).market_rule(returned.market)
    if rule is None or not rule.import_area or not await _is_dosage_form(writing.session, returned.batch_id):
        return
    good, faults = await _imported(writing.session, asked.return_id, rule.import_area)
    if good < Decimal(returned.quantity):
        faults.append(f"of {returned.quantity} that came back the import of {good:f} is recorded")
        refuse_unless_imported(origin=asked.origin, area=rule.import_area, missing=faults)


@answers(LiesOutside)
async def is_imported_before_it_goes_inside(writing: Writing, asked: LiesOutside) -> Decimal:
    """What came back from outside the area of a market, of whatever market it was, is a new import there."""
    session, policy = writing.session, await writing.policy()
    rule = policy.market_rule(asked.market)
    if rule is None or not rule.import_area or not await _is_dosage_form(session, asked.batch_id):
        return Decimal(0)

    def area_of(market: str) -> Collection[str]:
        found = policy.market_rule(market)
        return found.import_area if found is not None else ()

    back = [
        CameBack(left_of_return(each), (await _imported(session, each.case_id, rule.import_area))[0], each.assessed_at)
        for each in await returns_of(session, asked.batch_id)
        if each.usable and each.assessed_at is not None
        if came_from_outside(each.from_country, area_of(each.market), rule.import_area)
    ]
    elsewhere = [
        OrderedElsewhere(leaving(each), each.ordered_at)
        for each in (await shipments_of(session, asked.batch_id) if back else ())
        if set(area_of(each.market)).isdisjoint(rule.import_area)
    ]
    return lying_outside(back, elsewhere)


async def _imported(session: AsyncSession, return_id: str, area: Collection[str]) -> tuple[Decimal, list[str]]:
    """How much of a return has arrived in an area as it must, and what is wrong with the rest of its consignments."""
    good, faults = Decimal(0), list[str]()
    for row, site, paper in await _of_return(session, return_id):
        said = [*import_faults(consignment_of(row, site, paper), area)]
        faults += [f"consignment {row.number} {each}" for each in said]
        good += Decimal(0) if said else Decimal(row.quantity)
    return good, faults


async def _is_dosage_form(session: AsyncSession, batch_id: str) -> bool:
    stage = await stage_of(session, await session.get_one(BatchRow, batch_id))
    return stage is not None and stage.is_dosage_form


async def stage_of(session: AsyncSession, row: BatchRow) -> SupplyStage | None:
    """What a batch is in the supply chain, as it was stated, or else as its scope says."""
    if row.supply_stage is not None:
        return SupplyStage(row.supply_stage)
    scope = await session.get_one(ScopeRow, row.scope_id)
    return inferred_stage(Activity(scope.activity), ProductStage(scope.stage))


async def refuse_unless_of_the_return(writing: Writing, form: ImportConsignment) -> None:
    """Raise `Refused` field by field unless a consignment is of goods that came back so, and of no more than these."""
    session = writing.session
    row = await session.get(ReturnRow, form.return_id, populate_existing=True)
    if row is None or row.batch_id != form.batch_id:
        raise broken(RULE, "It is of no such return.", return_id=f"is no return of {form.batch_id}")
    faults: dict[str, str] = {}
    if row.from_country is not None and row.from_country != form.from_country:
        faults["from_country"] = f"is {row.from_country} at {form.return_id}"
    others = [each for each, *_ in await _of_return(session, row.case_id) if each.number != writing.entry.stream]
    arrived = sum((Decimal(each.quantity) for each in others), form.quantity)
    if arrived > Decimal(row.quantity):
        faults["quantity"] = f"makes {arrived:f} in all, of {row.quantity} that came back with {form.return_id}"
    if faults:
        raise broken(RULE, "It is not of what came back.", **faults)


async def _of_return(
    session: AsyncSession, return_id: str
) -> list[tuple[ImportConsignmentRow, SiteRow, CertificateRow | None]]:
    query = (
        select(ImportConsignmentRow, SiteRow, CertificateRow)
        .join(SiteRow, col(SiteRow.site_id) == col(ImportConsignmentRow.to_site_id))
        .outerjoin(CertificateRow, col(CertificateRow.certificate_id) == col(ImportConsignmentRow.authorisation_id))
        .where(col(ImportConsignmentRow.return_id) == return_id, col(ImportConsignmentRow.withdrawn_at).is_(None))
        .order_by(col(ImportConsignmentRow.number))
    )
    return [(row, site, paper) for row, site, paper in (await session.exec(query)).all()]
