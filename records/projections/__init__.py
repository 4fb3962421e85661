"""Projections are functions of the journal: applied as events are written, and again by a rebuild."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.events import Event
from records.projections import (
    agreement_reviews,
    agreements,
    analysis,
    asl,
    audit_programme,
    audits,
    batch_correction,
    batch_disposition,
    batch_events,
    batch_holds,
    batches,
    capas,
    cases,
    certification,
    changes,
    documents,
    exchanges,
    gate_exceptions,
    inspections,
    master_data,
    oversight,
    parameters,
    qualifications,
    questionnaires,
    registers,
    release_reviews,
    renewals,
    required_documents,
    risk,
    scorecards,
    shipments,
    site_events,
    specifications,
    status,
    tasks,
    webhooks,
)
from records.projections.declared import PROJECTORS

__all__ = [
    "agreement_reviews",
    "agreements",
    "analysis",
    "apply",
    "asl",
    "audit_programme",
    "audits",
    "batch_correction",
    "batch_disposition",
    "batch_events",
    "batch_holds",
    "batches",
    "capas",
    "cases",
    "certification",
    "changes",
    "documents",
    "exchanges",
    "gate_exceptions",
    "inspections",
    "master_data",
    "oversight",
    "parameters",
    "qualifications",
    "questionnaires",
    "registers",
    "release_reviews",
    "renewals",
    "required_documents",
    "risk",
    "scorecards",
    "shipments",
    "site_events",
    "specifications",
    "status",
    "tasks",
    "webhooks",
]


async def apply(session: AsyncSession, event: Event) -> None:
    """Update the projections for one event. The same events in the same order give the same rows."""
    if "." in event.type and "form" in event.payload:
        await cases.keep_record(session, event)
    for projector in PROJECTORS.get(event.type, ()):
        await projector(session, event)
