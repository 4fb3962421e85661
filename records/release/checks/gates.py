"""Checks of the fact that certification begins: the holds of every gate that has failed (section 8)."""

from pydantic import JsonValue
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.facts.by_hand import GateClosed
from domain.batch.gate.results import GateResult, HoldDemand, holds_demanded
from domain.release.gates import evaluate
from records.batch.batches import decisions_on
from records.batch.holds.holds import open_holds
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, HoldRow
from records.core.declared import Effect, checks_event
from records.core.reactions import establish
from records.core.writing import Writing
from records.release.gate_evidence import evidence_of


@checks_event("batch.gates_evaluated")
async def evaluates_gates(writing: Writing, payload: Effect) -> Effect:
    """Look at the gates of every market that is open, and hold the batch for what has failed; nothing is lifted.

    The lists are read without their locks, which come before that of a batch: a suspension that is decided at the
    same time holds the batch itself. The effect is the verdict of each gate for every market that is open, what is
    decided for the others, and the rule of each market.
    """
    batch = await writing.session.get_one(BatchRow, writing.entry.stream, populate_existing=True)
    decisions = await decisions_on(writing.session, batch.batch_id)
    undecided = [market for market, decision in decisions.items() if decision is None]
    by_market = {market: await _results(writing, batch, market) for market in undecided}
    standing = await open_holds(writing.session, batch.batch_id)
    for demand in holds_demanded(by_market):
        if not _is_held(standing, demand):
            fact = GateClosed(
                batch_id=batch.batch_id,
                case_id=batch.batch_id,
                type=demand.type,
                reason=demand.reason,
                market=demand.market,
            )
            await establish(writing, fact)
    verdicts: Effect = {
        market: {each.gate.value: each.verdict.value for each in found} for market, found in by_market.items()
    }
    return {
        "open": verdicts,
        "decided": {market: decision for market, decision in decisions.items() if decision},
        "rules": await _rules(writing.session, batch.batch_id),
    }


async def _rules(session: AsyncSession, batch_id: str) -> dict[str, JsonValue]:
    """Under which rule each market is decided."""
    query = select(BatchMarketRow).where(col(BatchMarketRow.batch_id) == batch_id).order_by(col(BatchMarketRow.market))
    rows = (await session.exec(query)).all()
    return {row.market: row.rule for row in rows}


async def _results(writing: Writing, batch: BatchRow, market: str) -> tuple[GateResult, ...]:
    evidence = await evidence_of(writing.session, writing.policies, batch, market, writing.at)
    return evaluate(evidence, {}, writing.at)


def _is_held(standing: list[HoldRow], demand: HoldDemand) -> bool:
    """One hold of a type is enough, whoever has placed it."""
    return any(each.type == demand.type.value and each.market in (None, demand.market) for each in standing)
