"""Consignments, as functions of the journal."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.importation.consignment import (
    BoughtLot,
    ConsignmentCorrection,
    ConsignmentWithdrawal,
    CustomsClearance,
    ImportConsignment,
)
from records.core.payloads import submitted
from records.core.projectors import follows
from records.importation.tables import ImportConsignmentRow


@follows("consignment.arrive")
async def keep_arrival(session: AsyncSession, event: Event) -> None:
    """It has arrived."""
    row = ImportConsignmentRow(number=event.stream, **_arrival(submitted(event, ImportConsignment), event))
    session.add(row)


@follows("consignment.correct")
async def keep_correction(session: AsyncSession, event: Event) -> None:
    """It has arrived otherwise."""
    row = await session.get_one(ImportConsignmentRow, event.stream)
    form = submitted(event, ConsignmentCorrection)
    for name, value in _arrival(form, event).items():
        setattr(row, name, value)
    row.corrected_because = form.reason


def _arrival(form: ImportConsignment, event: Event) -> dict[str, Any]:
    assert event.signature is not None, "An arrival is signed."
    return {
        **form.model_dump(exclude={"documents", "quantity", "reason", "lot"}),
        **_lot(form.lot),
        "quantity": f"{form.quantity:f}",
        "documents": [each.model_dump(mode="json") for each in form.documents],
        "entered_by": event.actor.person,
        "by_name": event.signature.printed_name,
        "entered_at": event.occurred_at,
    }


def _lot(lot: BoughtLot | None) -> dict[str, Any]:
    if lot is None:
        return {"lot": None, "lot_key": None, "lot_issuer": None}
    key, issuer = lot.key
    return {"lot": lot.model_dump(mode="json"), "lot_key": key, "lot_issuer": issuer}


@follows("consignment.clear")
async def keep_clearance(session: AsyncSession, event: Event) -> None:
    """Customs have cleared it."""
    row, form = await session.get_one(ImportConsignmentRow, event.stream), submitted(event, CustomsClearance)
    row.customs_reference, row.cleared_on, row.cleared_by = form.reference, form.cleared_on, event.actor.person
    row.customs_documents = [each.model_dump(mode="json") for each in form.documents]
    row.cleared_with = [*form.cleared_with]
    row.customs_corrected_because = form.correction_reason


@follows("consignment.withdraw")
async def keep_withdrawal(session: AsyncSession, event: Event) -> None:
    """It does not count any more."""
    row = await session.get_one(ImportConsignmentRow, event.stream)
    row.withdrawn_by, row.withdrawn_at = event.actor.person, event.occurred_at
    row.withdrawn_because = submitted(event, ConsignmentWithdrawal).reason
