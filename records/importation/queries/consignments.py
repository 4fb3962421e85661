"""Consignments as the sponsor's people and inspectors read them."""

from datetime import date
from decimal import Decimal

from pydantic import AwareDatetime
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.document import DocumentReference
from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from domain.core.view import View
from domain.importation.consignment import BoughtLot
from records.core.queries import pages
from records.core.queries.visibility import reads_everything
from records.importation.tables import ImportConsignmentRow
from records.site.queries.sites import refuse_unknown_place


class ConsignmentView(View):
    """A consignment of a batch, or of a lot that was bought. Gates G9 and G13 say of a batch what it counts for."""

    number: str
    batch_id: str | None
    """Null of a lot that was bought."""
    lot: BoughtLot | None
    """The lot that was bought; null of a batch."""
    from_country: str
    from_site_id: str | None
    return_id: str | None
    """The return with which goods of a delivery came back, if it is one of those."""
    to_site_id: str
    authorisation_id: str | None
    """The authorisation of the importing site, by its certificate."""
    arrived_at: AwareDatetime
    quantity: Decimal
    documents: tuple[DocumentReference, ...]
    entered_by: str
    """Person id, like `cleared_by` and `withdrawn_by`."""
    by_name: str
    entered_at: AwareDatetime
    corrected_because: str | None
    """Why what was entered before was wrong; the earlier values are in the journal."""
    customs_reference: str | None
    cleared_on: date | None
    cleared_by: str | None
    customs_documents: tuple[DocumentReference, ...]
    cleared_with: tuple[str, ...]
    """Other consignments of the batch that the same declaration or notice has cleared."""
    customs_corrected_because: str | None
    withdrawn_by: str | None
    withdrawn_at: AwareDatetime | None
    withdrawn_because: str | None


class ConsignmentList(View):
    """A page of consignments."""

    items: tuple[ConsignmentView, ...]
    next: str | None = None


def refuse_outsiders(actor: Actor) -> None:
    """Raise `Refused` for everybody but the sponsor's people and inspectors: imports are the sponsor's own (S6)."""
    if not reads_everything(actor):
        raise Refused(Code.WRONG_ORGANISATION, "Imports are the sponsor's own.", rule="S6")


async def consignments(
    session: AsyncSession, *, batch: str | None, site: str | None, cursor: str | None, limit: int
) -> ConsignmentList:
    """Consignments by number. Raises `Refused(NOT_FOUND)` for a site that there is not."""
    await refuse_unknown_place(session, site=site)
    query = select(ImportConsignmentRow)
    for column, value in ((ImportConsignmentRow.batch_id, batch), (ImportConsignmentRow.to_site_id, site)):
        if value is not None:
            query = query.where(col(column) == value)
    if cursor is not None:
        query = query.where(col(ImportConsignmentRow.number) > str(pages.decode(cursor)[0]))
    rows = (await session.exec(query.order_by(col(ImportConsignmentRow.number)).limit(limit + 1))).all()
    shown = rows[:limit]
    return ConsignmentList(
        items=tuple(_shown(row) for row in shown),
        next=pages.encode((shown[-1].number,)) if len(rows) > limit else None,
    )


async def one_consignment(session: AsyncSession, number: str) -> ConsignmentView:
    """One consignment. Raises `Refused(NOT_FOUND)`."""
    row = await session.get(ImportConsignmentRow, number)
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such consignment.")
    return _shown(row)


def _shown(row: ImportConsignmentRow) -> ConsignmentView:
    return ConsignmentView.model_validate(row.model_dump())
