"""Whether batches may be used for a market, in the words of those who decide on them: one answer for all gates."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision, Relation
from domain.batch.gate.chain_facts import ReleaseFacts
from domain.batch.processing_purpose import ProcessingPurpose, may_become
from domain.batch.supply_stage import SupplyStage
from domain.policy.policy import Policy
from domain.policy.rejection_grounds import in_words
from records.batch.market_refusals import refusal_of
from records.batch.tables.decisions import BatchMarketRow
from records.release.family import Batch
from records.release.parts_released import Parts, parts_for
from records.release.parts_taken import taken_beyond
from records.release.recall_plans import Recall, recalls_of
from records.release.uses_at_risk import covered_uses


class Use(NamedTuple):
    """A batch is used in the manufacture of another one."""

    parent: Batch
    child: Batch
    relation: Relation


Used = tuple[str, str]
"""A use, by the ids of child and parent."""


async def releases_for(
    session: AsyncSession, policy: Policy, uses: Sequence[Use], market: str, stage: SupplyStage | None = None
) -> dict[Used, ReleaseFacts]:
    """For each use: whether the parent is released for it and for this market, by what, and since when.

    Asked once for all uses of a family, so an answer is a query over all parents, never one for each of them. What may
    say that a parent is released is gathered here and nowhere else: certificate, approval, release for further
    processing or confirmation, each as the decision for the market, and as far as its sites go. An arrangement to use
    a parent at risk counts from its approval on, at the site and up to the quantity that it names for all
    uses together. `stage` is that of the batch that is decided on: a release may be for other purposes.
    """
    codes = policy.codes_counting_in(market)
    parents = sorted({use.parent.batch_id for use in uses})
    decided = await _decisions(session, parents)
    gone = [batch_id for batch_id in parents if any(row.withdrawn_at is not None for row in decided[batch_id])]
    recalled = await recalls_of(session, gone) if gone else {}

    def rows_at(batch_id: str, site_id: str) -> list[BatchMarketRow]:
        return [row for row in decided[batch_id] if not row.for_sites or site_id in row.for_sites]

    own = [row for rows in decided.values() for row in _own(rows, codes)]
    parts = await parts_for(session, own, stage)

    at_risk = await covered_uses(session, parents, lambda *use: _by_market(rows_at(*use), codes, stage, parts).since)
    counts = {batch_id: row for batch_id in parents if (row := _that_counts(decided[batch_id], codes)) is not None}
    too_much = await taken_beyond(session, policy, counts, parts, stage)
    found: dict[Used, ReleaseFacts] = {}
    for use in uses:
        child, parent = use.child.batch_id, use.parent.batch_id
        rows = rows_at(parent, use.child.site_id)
        known = {"at_risk": at_risk.get((child, parent)), "beyond": too_much.get((child, parent))}
        facts = _by_market(rows, codes, stage, parts).model_copy(update=known)
        cleared = _cleared(rows, recalled.get(parent, []), child, codes)
        found[child, parent] = facts if cleared is None else _clear(facts, market, cleared)
    return found


def _clear(facts: ReleaseFacts, market: str, why: str) -> ReleaseFacts:
    said = f"its release for {market} was taken back; by the plan of its recall not concerned: {why}"
    return facts.model_copy(update={"cleared": True, "elsewhere": (said, *facts.elsewhere)})


def _cleared(rows: Sequence[BatchMarketRow], recalls: Sequence[Recall], child: str, codes: Sequence[str]) -> str | None:
    """Why what was taken back of the parent does not concern the child, if the plan of each recall says so."""
    gone = [row.market for row in _own(rows, codes) if row.withdrawn_at is not None]
    said = [next((each.clears(child) for each in recalls if of in each.markets), None) for of in gone]
    return "; ".join(dict.fromkeys(each for each in said if each is not None)) if said and None not in said else None


def _own(rows: Sequence[BatchMarketRow], codes: Sequence[str]) -> list[BatchMarketRow]:
    """The decisions that count for a market. One for the Union counts in each of its states."""
    return [row for row in rows if row.market in codes]


async def _decisions(session: AsyncSession, batch_ids: Sequence[str]) -> dict[str, list[BatchMarketRow]]:
    found: dict[str, list[BatchMarketRow]] = defaultdict(list)
    if batch_ids:
        query = select(BatchMarketRow).where(col(BatchMarketRow.batch_id).in_(batch_ids))
        for row in (await session.exec(query.order_by(col(BatchMarketRow.market)))).all():
            found[row.batch_id].append(row)
    return found


def _that_counts(rows: Sequence[BatchMarketRow], codes: Sequence[str]) -> BatchMarketRow | None:
    """The release for a market that stands, the oldest if there is one for the Union beside it."""
    standing = [row for row in _own(rows, codes) if row.decision == MarketDecision.RELEASE and not row.withdrawn_at]
    dated = [row for row in standing if row.decided_at is not None]
    return min(dated, key=lambda row: str(row.decided_at), default=None)


def _by_market(
    rows: Sequence[BatchMarketRow], codes: Sequence[str], stage: SupplyStage | None, parts: Parts
) -> ReleaseFacts:
    """What the decisions for markets say. Where not all parts are for this use, the first one that is counts."""
    own = _own(rows, codes)
    standing = [row for row in own if row.decision == MarketDecision.RELEASE and row.withdrawn_at is None]
    since = min((row.decided_at for row in standing if row.decided_at is not None), default=None)
    first = next((row for row in standing if row.decided_at == since), None)
    purposes = tuple(map(ProcessingPurpose, first.purposes or ())) if first is not None else ()
    usable = parts.get((first.batch_id, first.market)) if first is not None else None
    gone: list[datetime] = [row.withdrawn_at for row in own if row.withdrawn_at is not None]
    return ReleaseFacts(
        since=usable[0].at if usable else since,
        shown_by=usable[0].certificate_number if usable else _shown_by(first),
        purposes=purposes,
        is_for_this_use=may_become(purposes, stage),
        purpose_in_words=first.purpose if first is not None else None,
        is_for_named_sites=first is not None and bool(first.for_sites),
        taken_back_at=max(gone, default=None) if not standing else None,
        rejected=not standing and any(row.decision == MarketDecision.REJECT for row in own),
        elsewhere=tuple(said for row in rows if row not in own and (said := _against(row)) is not None),
    )


def _shown_by(row: BatchMarketRow | None) -> str:
    return (row.certificate_number or f"decision for {row.market}") if row is not None else ""


def _against(row: BatchMarketRow) -> str | None:
    """What a decision for another market says against a batch, with its grounds."""
    refusal = refusal_of(row)
    if refusal is None:
        return None
    why = f" ({in_words(refusal.grounds)})" if refusal.grounds else ""
    what = f"its release for {row.market} was taken back" if row.withdrawn_at else f"rejected for {row.market}"
    return f"{what}{why}"
