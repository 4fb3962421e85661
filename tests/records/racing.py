"""What protects against certifications, pair by pair: who is recorded first is asked of the journal alone."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import SQLModel, col, select

from domain.asl.asl import AslStatus
from domain.batch.holds.holds import BatchState
from domain.core.entry import Written
from domain.core.forms import Process
from domain.core.refusals import Code, Refused
from records.batch.tables.analysis import AnalysisReportRow, AnalysisRow
from records.batch.tables.batches import BatchRow, BatchUseRow
from records.batch.tables.decisions import BatchMarketRow, HoldRow
from records.batch.tables.process import ParameterResultRow
from records.core.tables.cases import CaseRow, RecordRow
from records.core.tables.journal import EventRow, StreamRow
from tests.records.certifying import reviewed
from tests.records.deciding import a_status_case
from tests.records.qualifying import Qualifying, stands
from tests.records.seeded import START, Seeded

_KEPT: tuple[tuple[type[SQLModel], str], ...] = (
    (CaseRow, "case_id"),
    (BatchRow, "batch_id"),
    (BatchMarketRow, "batch_id"),
    (BatchUseRow, "batch_id"),
    (ParameterResultRow, "batch_id"),
    (AnalysisReportRow, "batch_id"),
    (AnalysisRow, "batch_id"),
    (RecordRow, "case_id"),
    (EventRow, "stream"),
    (StreamRow, "stream"),
)
"""What is known of a batch, and by which column."""
_STEP = 0.002
"""Seconds by which the loser of a pair begins earlier in the next one, doubled while it loses again."""

_FURTHER = 15
"""Pairs after which the lead is longer than any write takes."""


class Ending(StrEnum):
    """How a pair ended. Nothing else may happen."""

    CERTIFIED_FIRST = "certified first: it stands, and is reviewed again"
    SUSPENDED_FIRST = "suspended first: refused, and held"
    WRONG = "both or neither"


async def raced(seeded: Seeded, pairs: int) -> Counter[Ending]:
    """Run so many pairs on the seeded scope."""
    pattern = await pattern_of(seeded)

    async def pair(number: int, lead: float) -> Ending:
        batch = await another(pattern, number)
        suspension = await a_status_case(await _approved_again(seeded), "SUSPENSION")
        suspend = await suspension.prepares("hana", "suspend", await suspension.asks("suspend"))
        answer = await certified_against(batch, suspension.writes(suspend[0], by=suspend[1]), lead)
        ending = await _ending(batch, suspension, answer)
        await suspension.closes("SUSPENDED")
        await closed(batch)
        return ending

    return await in_both_orders(pair, pairs)


async def in_both_orders(pair: Callable[[int, float], Awaitable[Ending]], pairs: int) -> Counter[Ending]:
    """Run so many pairs, one after the other; each is given by how many seconds the certification begins earlier.

    Further ones follow until each side has been first once: the lead that the loser gets grows until it suffices.
    """
    endings: Counter[Ending] = Counter()
    lead, step, before = 0.0, _STEP, Ending.WRONG
    for number in range(pairs + _FURTHER):
        if number >= pairs and len(endings) > 1:
            break
        ending = await pair(number, lead)
        endings[ending] += 1
        step, before = 2 * step if ending is before else _STEP, ending
        lead += step if ending is Ending.SUSPENDED_FIRST else -step
    return endings


async def certified_against(
    batch: Qualifying, protects: Awaitable[object], lead: float, **given: Any
) -> Written | Refused:
    """A batch is certified while what protects happens; both begin at the same time, but for the lead."""
    certify = await batch.prepares("quentin", "certify", await batch.asks("certify", market="EU"), **given)

    async def certified() -> Written | Refused:
        await asyncio.sleep(max(0.0, -lead))
        try:
            return await batch.writes(certify[0], by=certify[1])
        except Refused as refused:
            return refused

    async def protected() -> None:
        await asyncio.sleep(max(0.0, lead))
        await protects

    answer, _ = await asyncio.gather(certified(), protected())
    return answer


async def _ending(batch: Qualifying, suspension: Qualifying, answer: Written | Refused) -> Ending:
    seeded = batch.seeded
    async with seeded.database.reading() as session:
        market = await session.get_one(BatchMarketRow, (batch.case_id, "EU"))
        holds = (await session.exec(select(HoldRow).where(col(HoldRow.batch_id) == batch.case_id))).all()
        order = (await session.exec(select(EventRow.type, EventRow.position).where(
            col(EventRow.type).in_(["batch.certify", "batch.review_demanded"]), col(EventRow.stream) == batch.case_id
        ))).all()  # fmt: skip
        stated = (await session.exec(
            select(EventRow.position).where(col(EventRow.type) == "asl.changed").order_by(col(EventRow.position).desc())
        )).first()  # fmt: skip
    positions = dict(order)
    was_suspended = (await suspension.row()).case_id in {hold.placed_in for hold in holds}
    if isinstance(answer, Written):
        first = int(positions.get("batch.certify") or 0) < int(stated or 0)
        reviewed_again = "batch.review_demanded" in positions
        stands_well = market.decision == "RELEASE" and first and reviewed_again and not holds
        return Ending.CERTIFIED_FIRST if stands_well else Ending.WRONG
    closed = answer.refusal.code is Code.GATE_CLOSED and "G1" in answer.refusal.fields
    held_only = market.decision is None and was_suspended and not positions
    return Ending.SUSPENDED_FIRST if closed and held_only else Ending.WRONG


async def pattern_of(seeded: Seeded) -> Qualifying:
    """A batch that waits to be certified, and is put away."""
    pattern = await reviewed(seeded, markets=["EU"])
    await closed(pattern)
    return pattern


async def another(pattern: Qualifying, number: int) -> Qualifying:
    """A batch that is known as the pattern is, under an id of its own."""
    batch_id = f"BAT-{9000 + number}"
    async with pattern.seeded.database.writing() as session:
        for table, column in _KEPT:
            query = select(table).where(getattr(table, column) == pattern.case_id)
            for row in (await session.exec(query)).all():
                kept = row.model_dump(exclude={"position"})
                session.add(table(**{**kept, column: batch_id}))
        await session.flush()
        (await session.get_one(BatchRow, batch_id)).state = BatchState.OPEN.value
    return Qualifying(pattern.seeded, batch_id, pattern.at, Process.BATCH)


async def _approved_again(seeded: Seeded) -> Seeded:
    due = (START.date() + timedelta(days=300)).isoformat()
    await stands(seeded, AslStatus.APPROVED, markets=["EU", "US"], next_audit_due=due)
    return seeded


async def closed(batch: Qualifying) -> None:
    """The next pair has nothing to do with this one."""
    async with batch.seeded.database.writing() as session:
        (await session.get_one(BatchRow, batch.case_id)).state = BatchState.CLOSED.value
