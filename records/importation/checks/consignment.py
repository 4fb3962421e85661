"""Checks of consignments: of a dosage form on record or a bought lot, at a registered site, and not in the future."""

from datetime import datetime
from decimal import Decimal

from sqlmodel import col, select

from domain.batch.facts.events import ImportCorrected
from domain.core.forms import Form
from domain.core.refusals import Code, Refused, broken
from domain.core.repeats import refuse_repeated
from domain.importation.arrivals import Arrival, beyond_what_was_made, refuse_other_declaration
from domain.importation.consignment import (
    CONSIGNMENT,
    IMPORTER_PAPERS,
    RULE,
    ConsignmentCorrection,
    ConsignmentWithdrawal,
    CustomsClearance,
    ImportConsignment,
    ImportedBatch,
    SiteOfArrival,
    refuse_another_arrival,
    refuse_unless_arrived,
    refuse_unless_cleared,
    refuse_withdrawn,
)
from records.batch.genealogy import in_order, lock_families
from records.batch.tables.batches import BatchRow
from records.core.checks.changes import part, refuse_unless_allowed
from records.core.declared import Effect, checks_event
from records.core.documents.references import refuse_unless_kept
from records.core.reactions import establish
from records.core.tables.master_data import SiteRow
from records.core.writing import Writing
from records.importation.arrivals import arrivals_of, beside, goods_of
from records.importation.bought import concerned_by, lot_key_of
from records.importation.returns import refuse_unless_of_the_return, stage_of
from records.importation.tables import ImportConsignmentRow
from records.site.papers import lock_paper
from records.site.tables import CertificateRow


@checks_event("consignment.arrive")
async def arrives(writing: Writing, payload: Effect) -> Effect:
    """Under a number that is new."""
    await refuse_unless_allowed(writing, ImportConsignment)
    number, form = writing.entry.stream, ImportConsignment.stored(part(payload, "form"))
    await _refuse_unless_kept(writing, form)
    if not CONSIGNMENT.names(number) or (await writing.head(number)).number > 0:
        raise Refused(Code.CONFLICT, f"{number} is taken.", fields={"number": "is taken"})
    await _refuse_unless_arrived(writing, form)
    return {}


@checks_event("consignment.correct")
async def corrects(writing: Writing, payload: Effect) -> Effect:
    """What was released on it is reviewed; what is not decided on is judged by the gates as it is now."""
    await refuse_unless_allowed(writing, ConsignmentCorrection)
    form = ConsignmentCorrection.stored(part(payload, "form"))
    await _refuse_unless_kept(writing, form)
    row = await _standing(writing)
    refuse_another_arrival(form, row.batch_id, row.return_id, lot_key_of(row))
    await _refuse_unless_arrived(writing, form)
    await _looked_at_again(writing, row, f"is corrected: {form.reason}")
    return {}


@checks_event("consignment.clear")
async def clears(writing: Writing, payload: Effect) -> Effect:
    """Once; and again as a correction, with a reason."""
    await refuse_unless_allowed(writing, CustomsClearance)
    form = CustomsClearance.stored(part(payload, "form"))
    await _refuse_unless_kept(writing, form)
    row = await _standing(writing)
    calendar = await writing.policies.calendar_of(writing.session, row.to_site_id, writing.at)
    begun_at = await _begun_at(writing, row.batch_id) if row.batch_id is not None else None
    refuse_unless_cleared(
        form,
        was_cleared=row.cleared_on is not None,
        begun_on=calendar.local_day(begun_at) if begun_at is not None else None,
        arrived_on=calendar.local_day(row.arrived_at),
        today=calendar.local_day(writing.at),
    )
    refuse_other_declaration(form, await beside(writing.session, row))
    if form.correction_reason is not None:
        await _looked_at_again(writing, row, f"was cleared otherwise: {form.correction_reason}")
    return {}


@checks_event("consignment.withdraw")
async def withdraws(writing: Writing, payload: Effect) -> Effect:
    """Once. What was released on it is reviewed."""
    await refuse_unless_allowed(writing, ConsignmentWithdrawal)
    form = ConsignmentWithdrawal.stored(part(payload, "form"))
    row = await _standing(writing)
    await _looked_at_again(writing, row, f"is taken back: {form.reason}")
    return {}


async def _refuse_unless_kept(writing: Writing, form: Form) -> None:
    refuse_repeated(form)
    await refuse_unless_kept(writing.session, form, writing.actor, writing.at)


async def _standing(writing: Writing) -> ImportConsignmentRow:
    """The consignment as it is now, unless it was taken back."""
    number = writing.entry.stream
    await writing.head(number)
    row = await writing.session.get(ImportConsignmentRow, number, populate_existing=True)
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such consignment.")
    refuse_withdrawn(row.withdrawn_by, row.withdrawn_at.isoformat() if row.withdrawn_at is not None else None)
    return row


async def _begun_at(writing: Writing, batch_id: str) -> datetime | None:
    await writing.head(batch_id)
    return (await writing.session.get_one(BatchRow, batch_id, populate_existing=True)).started_at


async def _looked_at_again(writing: Writing, row: ImportConsignmentRow, what: str) -> None:
    """Of the batch, or of every batch that was made with the lot."""
    number = writing.entry.stream
    why = f"The import {number} {what}"[:4000]
    concerned = await concerned_by(writing.session, [row])
    await lock_families(writing, concerned)
    for batch_id in sorted(concerned, key=in_order):
        await establish(writing, ImportCorrected(batch_id=batch_id, case_id=number, why=why))


async def _refuse_unless_arrived(writing: Writing, form: ImportConsignment) -> None:
    """The authorisation is locked against its stop, then the batch, so that what is entered at once is added up."""
    session = writing.session
    paper = await session.get(CertificateRow, form.authorisation_id) if form.authorisation_id is not None else None
    if paper is not None:
        await lock_paper(writing, paper)
    sender = await session.get(SiteRow, form.from_site_id) if form.from_site_id is not None else None
    known = await session.get(BatchRow, form.batch_id) if form.batch_id is not None else None
    if known is not None:
        await writing.head(known.batch_id)
        await session.refresh(known)
    site = await _site(writing, form.to_site_id)
    refuse_unless_arrived(
        form,
        await _batch(writing, known),
        site,
        sender.country or "" if sender is not None else None,
        writing.at,
    )
    if form.return_id is not None:
        await refuse_unless_of_the_return(writing, form)
    elif known is not None and site is not None:  # what is unknown was refused
        await _refuse_beyond_what_was_made(writing, form, known, site.country or "")


async def _refuse_beyond_what_was_made(
    writing: Writing, form: ImportConsignment, batch: BatchRow, country: str
) -> None:
    session, number = writing.session, writing.entry.stream
    own = Arrival(number, form.from_country, country, form.quantity)
    arrivals = [*await arrivals_of(session, batch.batch_id, but=number), own]
    if (fault := beyond_what_was_made(arrivals, await goods_of(session, batch))) is not None:
        raise broken(RULE, "More cannot have arrived than there was.", quantity=fault)


async def _batch(writing: Writing, row: BatchRow | None) -> ImportedBatch | None:
    if row is None:
        return None
    return ImportedBatch(
        stage=await stage_of(writing.session, row),
        started_at=row.started_at,
        quantity=Decimal(row.quantity) if row.quantity is not None else None,
    )


async def _site(writing: Writing, site_id: str) -> SiteOfArrival | None:
    row = await writing.session.get(SiteRow, site_id)
    if row is None:
        return None
    query = select(CertificateRow.certificate_id).where(
        col(CertificateRow.site_id) == site_id, col(CertificateRow.type).in_(sorted(IMPORTER_PAPERS))
    )
    return SiteOfArrival(country=row.country, papers=frozenset((await writing.session.exec(query)).all()))
