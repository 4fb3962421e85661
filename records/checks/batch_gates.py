"""Checks of the fact that certification begins: the holds of every gate that has failed (section 8)."""

from typing import TYPE_CHECKING

from sqlmodel import col, select

from domain.gate_results import GateResult, HoldDemand, holds_demanded
from domain.gates import evaluate
from records.checks.declared import Effect, checks_fact
from records.gate_evidence import evidence_of
from records.holds import open_holds, place_hold
from records.tables import BatchMarketRow, BatchRow, HoldRow

if TYPE_CHECKING:
    from records.writing import Writing


@checks_fact("batch.gates_evaluated")
async def evaluates_gates(writing: "Writing", payload: Effect) -> Effect:
    """Look at the gates of every market that is open, and hold the batch for what has failed; nothing is lifted.

    The lists are read without their locks, which come before that of a batch: a suspension that is decided at the
    same time holds the batch itself. The effect is the verdict of each gate by market.
    """
    batch = await writing.session.get_one(BatchRow, writing.entry.stream, populate_existing=True)
    by_market = {market: await _results(writing, batch, market) for market in await _open_markets(writing, batch)}
    standing = await open_holds(writing.session, batch.batch_id)
    for demand in holds_demanded(by_market):
        if not _is_held(standing, demand):
            await place_hold(writing, batch, demand.type, demand.reason, placed_in=batch.batch_id, market=demand.market)
    return {market: {each.gate.value: each.verdict.value for each in results} for market, results in by_market.items()}


async def _results(writing: "Writing", batch: BatchRow, market: str) -> tuple[GateResult, ...]:
    evidence = await evidence_of(writing.session, writing.policies, batch, market, writing.at)
    return evaluate(evidence, {}, writing.at)


async def _open_markets(writing: "Writing", batch: BatchRow) -> list[str]:
    query = select(BatchMarketRow.market).where(
        col(BatchMarketRow.batch_id) == batch.batch_id, col(BatchMarketRow.decision).is_(None)
    )
    return list((await writing.session.exec(query.order_by(col(BatchMarketRow.market)))).all())


def _is_held(standing: list[HoldRow], demand: HoldDemand) -> bool:
    """One hold of a type is enough, whoever has placed it."""
    return any(each.type == demand.type.value and each.market in (None, demand.market) for each in standing)
