"""Gathers what the gates look at, for a batch and a market at an instant. What follows is decided in `domain/`.

The same look serves the gate report, the entry to certification and the signature itself.
"""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.release.evidence import BatchEvidence
from records.batch.analysis import analysis_facts
from records.batch.holds import taken_back
from records.batch.tables.batches import BatchRow
from records.core.policies import Policies
from records.delivery.transport import transport_facts
from records.release.gate_evidence.assurance import audits_of, certificates_of, critical_at
from records.release.gate_evidence.changes import changes_of
from records.release.gate_evidence.decision import disposition_of, events_about, holds_on, reviews_of
from records.release.gate_evidence.look import Look
from records.release.gate_evidence.making import deviations_of, materials_of, oos_of, parents_of, process_of
from records.release.gate_evidence.standing import agreements_of, statuses_of
from records.release.gate_exceptions import exceptions_of


async def evidence_of(
    session: AsyncSession, policies: Policies, batch: BatchRow, market: str, at: datetime
) -> BatchEvidence:
    """The evidence for the decision on a batch for a market at an instant, before anybody decides."""
    look = await Look.at_batch(session, policies, batch, market, at)
    return BatchEvidence(
        batch_id=batch.batch_id,
        number=batch.number,
        market=market,
        today=look.today,
        first_day=batch.started_on,
        last_day=batch.made_on if batch.started_on is not None else None,
        scopes=await statuses_of(look),
        agreements=await agreements_of(look),
        certificates=await certificates_of(look),
        audits=await audits_of(look),
        critical=await critical_at(look),
        process=await process_of(look),
        deviations=await deviations_of(look),
        oos=await oos_of(look),
        analysis=await analysis_facts(session, batch, market, at, look.policy.limits),
        changes=await changes_of(look),
        reviews=await reviews_of(look),
        disposition=await disposition_of(look),
        materials=await materials_of(look),
        parents=await parents_of(look),
        transports=await transport_facts(session, batch.batch_id),
        events=await events_about(look),
        holds=await holds_on(look),
        is_reviewed_again=batch.review_open,
        taken_back=await taken_back(session, batch.batch_id),
        exceptions=await exceptions_of(session, batch.batch_id),
    )
