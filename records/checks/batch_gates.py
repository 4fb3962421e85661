"""Checks of the fact that certification begins: the holds of every gate that has failed (section 8)."""

from domain.batch_facts import GateClosed
from domain.gate_results import GateResult, HoldDemand, holds_demanded
from domain.gates import evaluate
from records.batches import decisions_on
from records.checks.declared import Effect, checks_fact
from records.gate_evidence import evidence_of
from records.holds import open_holds
from records.reactions import establish
from records.tables import BatchRow, HoldRow
from records.writing import Writing


@checks_fact("batch.gates_evaluated")
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
