"""Checks of how a delivery travelled."""

from domain.core.entry import OpenTask
from domain.delivery.facts import TransportBeyondConditions
from domain.delivery.transport import TransportAssessment, TransportRecord, refuse_unless_readable, suggested_record
from domain.delivery.transport_finding import Travelled, evaluated, is_within
from records.core.declared import Effect, checks, suggests
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.delivery.checks.receipt import goods_now, shipment_row
from records.delivery.shipping import locked_batch, ordered


@suggests(TransportRecord)
async def suggests_a_record(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """Which logger has to show what; never a value."""
    return suggested_record(ordered(case).conditions, (await shipment_row(writing, case)).loggers)


@checks(TransportRecord)
async def records_transport(writing: Writing, case: CaseRow, form: TransportRecord) -> Effect:
    """Readings are recomputed. Outside the limits, what is left of the batch is held (G12)."""
    row, order = await shipment_row(writing, case), ordered(case)
    assert row.dispatched_at is not None, "It was dispatched ..."
    assert row.received_at is not None, "... and received."
    refuse_unless_readable(form, order.conditions, row.loggers, now=writing.at)
    way = Travelled(row.dispatched_at, row.received_at, tuple(row.loggers))
    gap = (await writing.policy()).limits.logger_gap_max_minutes
    findings = evaluated(form, order.conditions, way, gap_max_minutes=gap)
    within = is_within(findings)
    if not within:
        batch = await locked_batch(writing, row.batch_id)
        await establish(writing, TransportBeyondConditions(batch_id=batch.batch_id, case_id=case.case_id))
    return {"within_limits": within, "findings": [each.model_dump(mode="json") for each in findings]}


@checks(TransportAssessment)
async def assesses(writing: Writing, case: CaseRow, form: TransportAssessment) -> Effect:
    """Says whether goods stay blocked; a hold on the batch is lifted elsewhere, or not."""
    goods = await goods_now(writing, await shipment_row(writing, case))
    return {"blocked": goods.model_copy(update={"spoilt": not form.acceptable}).blocked > 0}
