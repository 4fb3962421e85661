"""Batches that were made, and what was decided on them."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import and_, or_
from sqlmodel import col, select

from domain.batch.batch import MarketDecision
from domain.batch.disposition import SiteVerdict
from domain.batch.gate.gate import Gate
from domain.views.product_review.batches import (
    MadeBatch,
    MadeUnderChange,
    Recalled,
    Refusal,
    ReleasedPart,
    SuppliedUnderException,
    TakenBack,
)
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.batch.tables.process import BatchChangeRow
from records.release.queries.supplied import learned_after
from records.release.tables import ReleaseReviewRow, SupplyExceptionRow, TrancheRow
from records.views.product_review.frame import Frame, figure, listed

_Decided = Sequence[tuple[BatchMarketRow, BatchRow]]


def of(batch: BatchRow) -> dict[str, str]:
    """What every record of a batch begins with."""
    return {"batch_id": batch.batch_id, "number": batch.number, "site_id": batch.site_id}


async def batches_made(frame: Frame) -> list[BatchRow]:
    """The batches of the period, in the order in which they were made."""
    order = (col(BatchRow.made_on), col(BatchRow.number), col(BatchRow.batch_id))
    return list((await frame.session.exec(select(BatchRow).where(frame.made()).order_by(*order))).all())


def shown(row: BatchRow) -> MadeBatch:
    """One of them."""
    known = row.model_dump(include=set(MadeBatch.model_fields) - {"markets", "quantity"})
    return MadeBatch(
        **known,
        stage=row.supply_stage,
        quantity=figure(row.quantity),
        markets=listed(row.markets),
        stability_study=row.stability,
    )


async def decisions(frame: Frame) -> _Decided:
    """What was decided for markets in the period, or taken back in it."""
    query = (
        select(BatchMarketRow, BatchRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchMarketRow.batch_id))
        .where(
            frame.of_product(),
            or_(frame.spans(col(BatchMarketRow.decided_at)), frame.spans(col(BatchMarketRow.withdrawn_at))),
        )
        .order_by(col(BatchMarketRow.decided_at), col(BatchMarketRow.batch_id), col(BatchMarketRow.market))
    )
    return list((await frame.session.exec(query)).all())


async def released_parts(frame: Frame, decided: _Decided) -> list[ReleasedPart]:
    """First decisions and further parts, each with its own quantity: the row of a market has the sum."""
    query = (
        select(TrancheRow, BatchRow, BatchMarketRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(TrancheRow.batch_id))
        .join(
            BatchMarketRow,
            and_(
                col(BatchMarketRow.batch_id) == col(TrancheRow.batch_id),
                col(BatchMarketRow.market) == col(TrancheRow.market),
            ),
        )
        .where(frame.of_product())
        .order_by(col(TrancheRow.batch_id), col(TrancheRow.market), col(TrancheRow.event_number))
    )
    parts: dict[tuple[str, str], list[TrancheRow]] = defaultdict(list)
    found: list[ReleasedPart] = []
    for tranche, batch, market in (await frame.session.exec(query)).all():
        of_market = parts[batch.batch_id, market.market]
        of_market.append(tranche)
        if frame.holds(tranche.decided_at, batch.site_id):
            found.append(_further(frame, tranche, batch, market, part=len(of_market) + 1))
    firsts = [
        _first(frame, row, batch, parts[row.batch_id, row.market])
        for row, batch in decided
        if row.decision == MarketDecision.RELEASE.value and frame.holds(row.decided_at, batch.site_id)
    ]
    return sorted([*firsts, *found], key=lambda each: (each.released_on, each.batch_id, each.market, each.part))


def _first(frame: Frame, row: BatchMarketRow, batch: BatchRow, later: Sequence[TrancheRow]) -> ReleasedPart:
    whole = figure(row.quantity or batch.quantity)
    quantity = whole - sum((Decimal(each.quantity) for each in later), Decimal(0)) if whole is not None else None
    assert row.decided_at is not None
    return ReleasedPart(
        **of(batch),
        market=row.market,
        rule=row.rule,
        part=1,
        quantity=quantity,
        unit=batch.unit,
        certificate=row.certificate_number,
        released_on=frame.day(row.decided_at, batch.site_id),
        is_taken_back=row.withdrawn_at is not None,
    )


def _further(frame: Frame, row: TrancheRow, batch: BatchRow, market: BatchMarketRow, *, part: int) -> ReleasedPart:
    return ReleasedPart(
        **of(batch),
        market=row.market,
        rule=row.rule,
        part=part,
        quantity=Decimal(row.quantity),
        unit=batch.unit,
        certificate=row.certificate_number,
        released_on=frame.day(row.decided_at, batch.site_id),
        is_taken_back=market.withdrawn_at is not None,
    )


async def refusals(frame: Frame, decided: _Decided) -> list[Refusal]:
    """What markets and sites have rejected in the period."""
    query = select(BatchRow).where(
        frame.of_product(),
        col(BatchRow.site_decision) == SiteVerdict.REJECTED.value,
        frame.spans(col(BatchRow.site_decided_at)),
    )
    by_site = [(None, batch, batch.site_decided_at, (), None) for batch in (await frame.session.exec(query)).all()]
    by_market = [
        (row.market, batch, row.decided_at, row.grounds or (), row.refused_because)
        for row, batch in decided
        if row.decision == MarketDecision.REJECT.value
    ]
    found = [
        Refusal(
            **of(batch), market=market, refused_on=frame.day(at, batch.site_id), grounds=listed(grounds), reason=why
        )
        for market, batch, at, grounds, why in (*by_site, *by_market)
        if at is not None and frame.holds(at, batch.site_id)
    ]
    return sorted(found, key=lambda each: (each.refused_on, each.batch_id, each.market or ""))


def taken_back(frame: Frame, decided: _Decided) -> list[TakenBack]:
    """Releases that were withdrawn or recalled in the period."""
    return [
        TakenBack(
            **of(batch),
            market=row.market,
            how=row.refused_as,
            taken_back_on=frame.day(row.withdrawn_at, batch.site_id),
            grounds=listed(row.grounds or ()),
            reason=row.refused_because,
        )
        for row, batch in decided
        if row.withdrawn_at is not None and frame.holds(row.withdrawn_at, batch.site_id)
    ]


async def supplied(frame: Frame) -> list[SuppliedUnderException]:
    """Supplies under exception that were signed in the period."""
    query = (
        select(SupplyExceptionRow, BatchRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(SupplyExceptionRow.batch_id))
        .where(frame.of_product(), frame.spans(col(SupplyExceptionRow.granted_at)))
        .order_by(col(SupplyExceptionRow.granted_at), col(SupplyExceptionRow.number))
    )
    return [
        SuppliedUnderException(
            **of(batch),
            supply=str(row.number),
            market=row.market,
            basis=row.basis,
            authority=row.authority,
            permission=row.permission,
            until=row.until,
            gates=listed(gate for gate in Gate if gate.value in row.gates),
            quantity=Decimal(row.quantity),
            unit=batch.unit,
            granted_on=frame.day(row.granted_at, batch.site_id),
            stopped_on=frame.some_day(row.withdrawn_at, batch.site_id),
            learned_later="; ".join(await learned_after(frame.session, row)),
            taken_back_as=row.taken_back_as,
            taken_back_on=frame.some_day(row.taken_back_at, batch.site_id),
        )
        for row, batch in (await frame.session.exec(query)).all()
        if row.granted_at is not None and frame.holds(row.granted_at, batch.site_id)
    ]


async def recalls(frame: Frame) -> list[Recalled]:
    """Reviews of releases in the period that took any back."""
    query = (
        select(ReleaseReviewRow, BatchRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(ReleaseReviewRow.batch_id))
        .where(frame.of_product(), frame.spans(col(ReleaseReviewRow.reviewed_at)))
        .order_by(col(ReleaseReviewRow.reviewed_at), col(ReleaseReviewRow.batch_id))
    )
    return [
        Recalled(
            **of(batch),
            review=row.number,
            decided_on=frame.day(row.reviewed_at, batch.site_id),
            recalled=listed(row.recalled),
            withdrawn=listed(row.withdrawn),
            impact=row.impact,
            recall_class=row.recall_class,
            distributed=figure(row.distributed),
            recovered=figure(row.recovered),
            unaccounted=figure(row.unaccounted),
            closed_on=frame.some_day(row.recall_closed_at, batch.site_id),
        )
        for row, batch in (await frame.session.exec(query)).all()
        if (row.recalled or row.withdrawn) and frame.holds(row.reviewed_at, batch.site_id)
    ]


async def made_under_changes(frame: Frame) -> list[MadeUnderChange]:
    """The changes that batches of the period name."""
    query = (
        select(BatchChangeRow, BatchRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchChangeRow.batch_id))
        .where(frame.made())
        .order_by(col(BatchChangeRow.change_id), col(BatchChangeRow.batch_id))
    )
    return [
        MadeUnderChange(**of(batch), change_id=row.change_id, case_id=row.case_id, description=row.description)
        for row, batch in (await frame.session.exec(query)).all()
    ]
