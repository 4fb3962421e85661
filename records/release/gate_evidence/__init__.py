"""Gathers what the gates look at, for a batch and a market at an instant. What follows is decided in `domain/`.

The same look serves the gate report, the entry to certification and the signature itself.
"""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import DecisionRule
from domain.batch.shelf_life import ShelfLife
from domain.release.evidence import BatchEvidence
from records.batch.analysis import analysis_facts
from records.batch.holds import taken_back
from records.batch.tables.batches import BatchMarketRow, BatchRow
from records.core.policies import Policies
from records.delivery.transport import transport_facts
from records.release.gate_evidence.assurance import audits_of, certificates_of, critical_at
from records.release.gate_evidence.changes import changes_of
from records.release.gate_evidence.context import GateContext
from records.release.gate_evidence.decision import disposition_of, events_about, holds_on, reviews_of
from records.release.gate_evidence.making import deviations_of, materials_of, oos_of, parents_of, process_of
from records.release.gate_evidence.standing import agreements_of, statuses_of
from records.release.gate_exceptions import exceptions_of
from records.release.rules import rule_needed


async def evidence_of(
    session: AsyncSession, policies: Policies, batch: BatchRow, market: str, at: datetime
) -> BatchEvidence:
    """The evidence for the decision on a batch for a market at an instant, before anybody decides."""
    context = await GateContext.at_batch(session, policies, batch, market, at)
    return BatchEvidence(
        batch_id=batch.batch_id,
        number=batch.number,
        market=market,
        today=context.today,
        first_day=batch.started_on,
        last_day=batch.made_on if batch.started_on is not None else None,
        scopes=await statuses_of(context),
        agreements=await agreements_of(context),
        certificates=await certificates_of(context),
        audits=await audits_of(context),
        critical=await critical_at(context),
        process=await process_of(context),
        deviations=await deviations_of(context),
        oos=await oos_of(context),
        analysis=await analysis_facts(session, batch, market, at, context.policy.limits),
        changes=await changes_of(context),
        reviews=await reviews_of(context),
        disposition=await disposition_of(context),
        materials=await materials_of(context),
        parents=await parents_of(context),
        shelf_life=ShelfLife(last_day=batch.expiry_on, zone=context.calendar.tz),
        transports=await transport_facts(session, batch.batch_id),
        events=await events_about(context),
        holds=await holds_on(context),
        is_reviewed_again=batch.review_open,
        taken_back=await taken_back(session, batch.batch_id),
        exceptions=await exceptions_of(session, batch.batch_id),
        needs=await _rule_by_stage(session, batch.batch_id, market),
    )


async def _rule_by_stage(session: AsyncSession, batch_id: str, market: str) -> DecisionRule | None:
    row = await session.get(BatchMarketRow, (batch_id, market))
    return rule_needed(row) if row is not None else None
