"""Supplies under exception as the records know them, and what stops goods that go under one."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.gate.gate import Gate
from domain.batch.gate.reasons import KeptReason
from domain.delivery.leaving import Permitted
from domain.release.supply_exception import Consignee
from domain.release.supply_findings import Findings, covered_holds, findings, new_since
from records.batch.tables.batches import BatchRow
from records.core.questions import answers
from records.core.writing import Writing
from records.delivery.questions import SuppliedUnder
from records.release.gate_evidence import evidence_of
from records.release.seen_gates import unsigned
from records.release.tables import SupplyExceptionRow


def known_by_gate(row: SupplyExceptionRow) -> dict[Gate, tuple[KeptReason, ...]]:
    """What the gates had found as a supply was proposed, in their order."""
    gates: Mapping[str, Iterable[object]] = row.gates
    return {gate: tuple(map(KeptReason.model_validate, gates[gate.value])) for gate in Gate if gate.value in gates}


async def found_now(
    writing: Writing, batch: BatchRow, market: str, named: Iterable[Gate]
) -> tuple[Findings, tuple[KeptReason, ...]]:
    """What the gates find now, for a permission that speaks of some of them, and the holds that it covers."""
    evidence = await evidence_of(writing.session, writing.policies, batch, market, writing.at)
    covered = covered_holds(evidence, frozenset(named))
    return findings(unsigned(evidence), covered, writing.at), covered


async def new_findings(
    writing: Writing, batch: BatchRow, row: SupplyExceptionRow, as_of: datetime | None = None
) -> dict[Gate, str]:
    """What the gates find now and was not known as the supply was proposed; `as_of` leaves out what came later."""
    evidence = await evidence_of(writing.session, writing.policies, batch, row.market, writing.at)
    return new_since(known_by_gate(row), unsigned(evidence), writing.at, as_of)


async def supplies_of(session: AsyncSession, batch_id: str, market: str | None = None) -> list[SupplyExceptionRow]:
    """The supplies of a batch that were signed by all three, the oldest first."""
    query = select(SupplyExceptionRow).where(
        col(SupplyExceptionRow.batch_id) == batch_id, col(SupplyExceptionRow.number).is_not(None)
    )
    if market is not None:
        query = query.where(col(SupplyExceptionRow.market) == market)
    return list((await session.exec(query.order_by(col(SupplyExceptionRow.granted_at)))).all())


@answers(SuppliedUnder)
async def answers_what_is_permitted(writing: Writing, asked: SuppliedUnder) -> Permitted | None:
    """By its number. What the gates find is looked at for goods that are to leave, have left, or have come."""
    query = select(SupplyExceptionRow).where(
        col(SupplyExceptionRow.batch_id) == asked.batch_id,
        col(SupplyExceptionRow.number) == asked.number,
        col(SupplyExceptionRow.market) == asked.market,
    )
    row = (await writing.session.exec(query.execution_options(populate_existing=True))).first()
    if row is None:
        return None
    new: dict[Gate, str] = {}
    if asked.by_the_gates:
        new = await new_findings(writing, await writing.session.get_one(BatchRow, row.batch_id), row, asked.as_of)
    places = (Consignee.model_validate(each).destination for each in row.consignees)
    stopped = row.withdrawn_at is not None and (asked.as_of is None or row.withdrawn_at <= asked.as_of)
    return Permitted(
        number=asked.number,
        quantity=Decimal(row.quantity),
        until=row.until,
        places=frozenset(each.key for each in places),
        withdrawn=stopped,
        found=tuple(f"{gate}: {words}" for gate, words in new.items()),
    )
