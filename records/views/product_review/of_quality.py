"""What went wrong with batches of a product, and what was learned of them later."""

from decimal import Decimal

from sqlmodel import col, select

from domain.batch.batch import DeviationClass, DeviationState, OosState
from domain.batch.deviations.deviation import DeviationClosure
from domain.batch.results.oos import LaboratoryCause, OosKind
from domain.core.names import name_key
from domain.views.product_review.batches import Departure, Learned, OutsideResult, Retested, ReturnedGoods
from records.batch.tables.batches import BatchRow, RetestRow
from records.batch.tables.decisions import ReviewDemandRow
from records.batch.tables.process import BatchDeviationRow, OosRow
from records.core.tables.cases import RecordRow
from records.delivery.tables import ReturnRow
from records.views.product_review.frame import Frame
from records.views.product_review.of_batches import of

_CONFIRMED = {OosState.CONFIRMED: True, OosState.INVALIDATED: False, OosState.DISCOUNTED: False}


async def results_outside(frame: Frame) -> list[OutsideResult]:
    """Results outside, that were obtained in the period."""
    query = (
        select(OosRow, BatchRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(OosRow.batch_id))
        .where(frame.of_product(), frame.spans(col(OosRow.detected_at)))
        .order_by(col(OosRow.detected_at), col(OosRow.batch_id), col(OosRow.oos_id))
    )
    return [
        OutsideResult(
            **of(batch),
            oos_id=row.oos_id,
            kind=OosKind(row.kind),
            test=row.test,
            result=row.result,
            unit=row.unit,
            limit=row.limit,
            market=row.market,
            state=OosState(row.state),
            confirmed=_CONFIRMED.get(OosState(row.state)),
            cause=LaboratoryCause(row.cause) if row.cause is not None else None,
            conclusion=row.conclusion,
            detected_on=frame.day(row.detected_at, batch.site_id),
        )
        for row, batch in (await frame.session.exec(query)).all()
        if frame.holds(row.detected_at, batch.site_id)
    ]


async def departures(frame: Frame) -> list[Departure]:
    """Deviations that were detected in the period, with the cause that their investigation has found last."""
    query = (
        select(BatchDeviationRow, BatchRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchDeviationRow.batch_id))
        .where(frame.of_product(), frame.spans(col(BatchDeviationRow.detected_at)))
        .order_by(
            col(BatchDeviationRow.detected_at), col(BatchDeviationRow.batch_id), col(BatchDeviationRow.deviation_id)
        )
    )
    causes = await _causes(frame)
    return [
        Departure(
            **of(batch),
            deviation_id=row.deviation_id,
            deviation_class=DeviationClass(row.deviation_class),
            state=DeviationState(row.state),
            parameter=row.parameter,
            cause=causes.get((row.batch_id, name_key(row.deviation_id))),
            description=row.description,
            impact=row.impact,
            detected_on=frame.day(row.detected_at, batch.site_id),
            closed_on=frame.some_day(row.closed_at, batch.site_id),
        )
        for row, batch in (await frame.session.exec(query)).all()
        if frame.holds(row.detected_at, batch.site_id)
    ]


async def _causes(frame: Frame) -> dict[tuple[str, str], str]:
    """Root causes by batch and deviation. One is closed after it is detected, perhaps after the period."""
    query = (
        select(RecordRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(RecordRow.case_id))
        .where(
            frame.of_product(),
            col(RecordRow.action) == DeviationClosure.action.name,
            col(RecordRow.at) >= frame.begins,
        )
        .order_by(col(RecordRow.case_id), col(RecordRow.version))
    )
    return {
        (row.case_id, name_key(str(row.form["deviation_id"]))): str(row.form["root_cause"])
        for row in (await frame.session.exec(query)).all()
    }


async def retests(frame: Frame) -> list[Retested]:
    """Retests of the period."""
    query = (
        select(RetestRow, BatchRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(RetestRow.batch_id))
        .where(frame.of_product(), col(RetestRow.tested_on) >= frame.first, col(RetestRow.tested_on) <= frame.last)
        .order_by(col(RetestRow.tested_on), col(RetestRow.batch_id))
    )
    return [
        Retested(**of(batch), tested_on=row.tested_on, passed=row.passed, until=row.until, certificate=row.certificate)
        for row, batch in (await frame.session.exec(query)).all()
    ]


async def learned(frame: Frame) -> list[Learned]:
    """What was learned after a release."""
    query = (
        select(ReviewDemandRow, BatchRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(ReviewDemandRow.batch_id))
        .where(frame.of_product(), frame.spans(col(ReviewDemandRow.demanded_at)))
        .order_by(col(ReviewDemandRow.demanded_at), col(ReviewDemandRow.batch_id), col(ReviewDemandRow.number))
    )
    return [
        Learned(
            **of(batch),
            learned_on=frame.day(row.demanded_at, batch.site_id),
            reason=row.reason,
            case_id=row.cause,
            reviewed_on=frame.some_day(row.reviewed_at, batch.site_id),
        )
        for row, batch in (await frame.session.exec(query)).all()
        if frame.holds(row.demanded_at, batch.site_id)
    ]


async def returned(frame: Frame) -> list[ReturnedGoods]:
    """Goods that came back."""
    query = (
        select(ReturnRow, BatchRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(ReturnRow.batch_id))
        .where(frame.of_product(), frame.spans(col(ReturnRow.received_at)))
        .order_by(col(ReturnRow.received_at), col(ReturnRow.case_id))
    )
    return [
        ReturnedGoods(
            **of(batch),
            return_id=row.case_id,
            shipment_id=row.shipment_id,
            market=row.market,
            quantity=Decimal(row.quantity),
            unit=batch.unit,
            received_on=frame.day(row.received_at, batch.site_id),
            usable=row.usable,
            destroyed=Decimal(row.destroyed_quantity),
        )
        for row, batch in (await frame.session.exec(query)).all()
        if frame.holds(row.received_at, batch.site_id)
    ]
