"""What the gate page shows of all that a batch comes from. Each question is asked once for the whole ancestry."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.holds.hold import LiftProposal
from domain.batch.holds.holds import HoldType
from domain.batch.supply_stage import SupplyStage
from domain.release.evidence import BatchEvidence
from domain.release.gate_page import LiftedHold, RelativeState, TakenOf
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.batch.tables.decisions import HoldRow
from records.batch.under_review import reviews_awaited
from records.core.tables.cases import RecordRow
from records.core.tables.master_data import PersonRow, SiteRow
from records.release.queries.gate_page import judgements_of_all, markets_of_all, results_of_all


async def relatives_shown(session: AsyncSession, evidence: BatchEvidence, at: datetime) -> tuple[RelativeState, ...]:
    """All that the batch comes from: where each stands in its markets, how long it lasts, what was found and judged."""
    ids = [each.batch_id for each in evidence.ancestors]
    if not ids:
        return ()
    query = (select(BatchRow, SiteRow).join(SiteRow, col(SiteRow.site_id) == col(BatchRow.site_id))).where(
        col(BatchRow.batch_id).in_(ids)
    )
    rows = {batch.batch_id: (batch, site) for batch, site in (await session.exec(query)).all()}
    awaited = {each: await reviews_awaited(session, each) for each, (row, _) in rows.items() if row.review_open}
    markets = await markets_of_all(session, {each: awaited.get(each, {}) for each in ids})
    taken = await taken_by(session, ids)
    results = await results_of_all(session, [batch for batch, _ in rows.values()], evidence.market, at)
    judged = await judgements_of_all(session, ids, evidence.market)
    return tuple(
        RelativeState(
            batch_id=each.batch_id,
            number=batch.number,
            product=batch.product,
            strength=batch.strength,
            site=f"{site.name} ({site.site_id})",
            stage=SupplyStage(each.supply_stage) if each.supply_stage is not None else None,
            quantity=batch.quantity,
            unit=batch.unit,
            yield_percent=batch.yield_percent,
            expiry_on=batch.expiry_on,
            retest_on=batch.retest_on,
            retested_until=batch.retested_until,
            taken=taken.get(each.batch_id, ()),
            markets=tuple(markets.get(each.batch_id, ())),
            analysis=results.get(each.batch_id, ()),
            judgements=judged.get(each.batch_id, ()),
        )
        for each in evidence.ancestors
        for batch, site in [rows[each.batch_id]]
    )


async def taken_by(session: AsyncSession, ids: Sequence[str]) -> dict[str, tuple[TakenOf, ...]]:
    """What was taken of other batches, by the batch that it was taken for."""
    query = (
        select(BatchParentRow, BatchRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchParentRow.parent_id))
        .where(col(BatchParentRow.batch_id).in_(ids))
        .order_by(col(BatchParentRow.batch_id), col(BatchParentRow.parent_id))
    )
    found: dict[str, tuple[TakenOf, ...]] = {}
    for row, parent in (await session.exec(query)).all():
        taken = TakenOf(batch_id=parent.batch_id, number=parent.number, quantity=row.quantity, unit=parent.unit)
        found[row.batch_id] = (*found.get(row.batch_id, ()), taken)
    return found


async def lifted_holds(session: AsyncSession, evidence: BatchEvidence) -> tuple[LiftedHold, ...]:
    """The holds that stood on the batch or on what it comes from, for the market, and what was assessed of each."""
    names = {each.batch_id: each.name for each in (evidence, *evidence.ancestors)}
    query = (
        select(HoldRow)
        .where(
            col(HoldRow.batch_id).in_(sorted(names)),
            col(HoldRow.lifted_at).is_not(None),
            or_(col(HoldRow.market).is_(None), col(HoldRow.market) == evidence.market),
        )
        .order_by(col(HoldRow.placed_at), col(HoldRow.hold_id))
    )
    rows = (await session.exec(query)).all()
    proposals = await _proposals(session, {row.batch_id for row in rows})
    people = await _people(session, {row.lifted_by for row in rows if row.lifted_by is not None})
    return tuple(_lifted(row, names[row.batch_id], proposals, people) for row in rows)


def _lifted(
    row: HoldRow, batch: str, proposals: Mapping[tuple[str, int], RecordRow], people: Mapping[str, str]
) -> LiftedHold:
    assert row.lifted_at is not None, "It was asked for those that are lifted."
    proposed = proposals.get((row.batch_id, row.lift_version)) if row.lift_version is not None else None
    form = LiftProposal.stored(proposed.form) if proposed is not None else None
    by = [proposed.by_name] if proposed is not None else []
    return LiftedHold(
        hold_id=row.hold_id,
        batch=batch,
        type=HoldType(row.type),
        reason=row.reason,
        market=row.market,
        placed_on=row.placed_at.date(),
        lifted_on=row.lifted_at.date(),
        lifted_by=" and ".join([*by, people.get(row.lifted_by or "", row.lifted_by or "the program")]),
        impact=form.impact if form is not None else None,
        evidence=tuple(each.document_id for each in form.evidence) if form is not None else (),
    )


async def _proposals(session: AsyncSession, ids: set[str]) -> dict[tuple[str, int], RecordRow]:
    query = select(RecordRow).where(
        col(RecordRow.case_id).in_(sorted(ids)), col(RecordRow.action) == LiftProposal.action.name
    )
    return {(row.case_id, row.version): row for row in (await session.exec(query)).all()}


async def _people(session: AsyncSession, ids: set[str]) -> dict[str, str]:
    query = select(PersonRow).where(col(PersonRow.person_id).in_(sorted(ids)))
    return {row.person_id: row.name for row in (await session.exec(query)).all()}
