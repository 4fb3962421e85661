"""Checks of the fact that certification begins: the holds of every gate that has failed (section 8)."""

from domain.batch.facts import GateClosed
from domain.batch.gate_results import GateResult, HoldDemand, holds_demanded
from domain.release.gates import evaluate
from records.batch.batches import decisions_on
from records.batch.holds import open_holds
from records.batch.tables.batches import BatchRow, HoldRow
from records.core.declared import Effect, checks_event
from records.core.reactions import establish
from records.core.writing import Writing
from records.release.gate_evidence import evidence_of


@checks_event("batch.gates_evaluated")
async def evaluates_gates(writing: Writing, payload: Effect) -> Effect:
    """Look at the gates of every market that is open, and hold the batch for what has failed; nothing is lifted.

    The lists are read without their locks, which come before that of a batch: a suspension that is decided at the
    same time holds the batch itself. The effect is the verdict of each gate for every
    market that is open, and what is decided for the others.
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
    return {"open": verdicts, "decided": {market: decision for market, decision in decisions.items() if decision}}


async def _results(writing: Writing, batch: BatchRow, market: str) -> tuple[GateResult, ...]:
    evidence = await evidence_of(writing.session, writing.policies, batch, market, writing.at)
    return evaluate(evidence, {}, writing.at)


def _is_held(standing: list[HoldRow], demand: HoldDemand) -> bool:
    """One hold of a type is enough, whoever has placed it."""
    return any(each.type == demand.type.value and each.market in (None, demand.market) for each in standing)
