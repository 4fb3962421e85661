"""What the batches of a scope say in its scorecard: right first time, deviations, packages, deliveries."""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from domain.batch.batch import DeviationClass, OosState
from domain.batch.relations import WORKED_AGAIN
from domain.core.names import name_key
from domain.oversight.event_counts import OfBatches
from domain.oversight.punctuality import Due, on_time
from domain.oversight.scorecard import Tally
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.batch.tables.process import BatchDeviationRow, OosRow
from records.delivery.tables import ShipmentRow

_SERIOUS = (DeviationClass.CRITICAL.value, DeviationClass.MAJOR.value)


async def right_first_time(session: AsyncSession, scope_id: str, first_day: date, last_day: date) -> Tally:
    """Batches made in the period without a deviation, without being worked again, and whose package was not returned.

    Only batches whose manufacture is recorded here count: of the others it is not known how they were made. A batch
    that is worked again is not right, and neither is the one that comes from it.
    """
    query = select(BatchRow).where(
        col(BatchRow.scope_id) == scope_id,
        col(BatchRow.made_on) >= first_day,
        col(BatchRow.made_on) <= last_day,
        col(BatchRow.started_at).is_not(None),
    )
    made = (await session.exec(query)).all()
    wrong = await _worked_again(session) | set(await _with_deviations(session, scope_id))
    right = [row for row in made if row.batch_id not in wrong and row.package_returns == 0]
    return Tally(numerator=len(right), denominator=len(made))


async def deviations_on_time(
    session: AsyncSession, scope_id: str, first_day: date, last_day: date, tz: tzinfo
) -> Tally:
    """Deviations of batches that were closed by their due day, of those due in the period."""
    query = _deviations_of(scope_id).where(col(BatchDeviationRow.due_at).is_not(None))
    rows = (await session.exec(query)).all()
    dues = [_due(f"{row.batch_id} {row.deviation_id}", row.due_at, row.closed_at, tz) for row in rows if row.due_at]
    return on_time(dues, first_day, last_day)


async def packages_on_time(session: AsyncSession, scope_id: str, first_day: date, last_day: date, tz: tzinfo) -> Tally:
    """Packages that came by their due day, of those due in the period; a corrected one does not count anew."""
    query = select(BatchRow).where(col(BatchRow.scope_id) == scope_id, col(BatchRow.package_due_at).is_not(None))
    rows = (await session.exec(query)).all()
    dues = [_due(row.batch_id, row.package_due_at, row.package_received_at, tz) for row in rows if row.package_due_at]
    return on_time(dues, first_day, last_day)


async def deliveries_on_time(session: AsyncSession, scope_id: str, first_day: date, last_day: date) -> Tally:
    """Deliveries that arrived by the agreed day, of those agreed for the period; those called off do not count.

    A receipt of nothing is no arrival.
    """
    query = (
        select(ShipmentRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(ShipmentRow.batch_id))
        .where(
            col(BatchRow.scope_id) == scope_id,
            col(ShipmentRow.deliver_by) >= first_day,
            col(ShipmentRow.deliver_by) <= last_day,
            col(ShipmentRow.cancelled_at).is_(None),
        )
    )
    rows = (await session.exec(query)).all()
    dues = [Due(id=row.case_id, due_on=row.deliver_by, done_on=_arrived_on(row)) for row in rows]
    return on_time(dues, first_day, last_day)


async def recorded_of_batches(session: AsyncSession, scope_id: str, begins: datetime, ends: datetime) -> OfBatches:
    """Deviations and OOS results of the scope's batches, and which of them count between two instants.

    A deviation counts when it is reported, an OOS result when it is confirmed.
    """
    deviations = (await session.exec(_deviations_of(scope_id))).all()
    query = (
        select(OosRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(OosRow.batch_id))
        .where(col(BatchRow.scope_id) == scope_id, col(OosRow.kind) == "OOS")
    )
    oos = (await session.exec(query)).all()
    first_reported: dict[str, datetime] = {}
    for row in deviations:
        key = name_key(row.deviation_id)
        first_reported[key] = min(row.reported_at, first_reported.get(key, row.reported_at))
    return OfBatches(
        known_deviations=frozenset(first_reported),
        serious_deviations=frozenset(
            key
            for row in deviations
            if row.deviation_class in _SERIOUS and begins <= first_reported[key := name_key(row.deviation_id)] < ends
        ),
        known_oos=frozenset(name_key(row.oos_id) for row in oos),
        confirmed_oos=frozenset(
            name_key(row.oos_id)
            for row in oos
            if row.state == OosState.CONFIRMED.value and row.decided_at and begins <= row.decided_at < ends
        ),
    )


async def _worked_again(session: AsyncSession) -> set[str]:
    query = select(BatchParentRow).where(col(BatchParentRow.relation).in_(sorted(WORKED_AGAIN)))
    return {name for row in (await session.exec(query)).all() for name in (row.batch_id, row.parent_id)}


async def _with_deviations(session: AsyncSession, scope_id: str) -> Sequence[str]:
    return [row.batch_id for row in (await session.exec(_deviations_of(scope_id))).all()]


def _deviations_of(scope_id: str) -> SelectOfScalar[BatchDeviationRow]:
    return (
        select(BatchDeviationRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchDeviationRow.batch_id))
        .where(col(BatchRow.scope_id) == scope_id)
    )


def _arrived_on(row: ShipmentRow) -> date | None:
    return row.received_on if Decimal(row.received_quantity or 0) > 0 else None


def _due(id_: str, due_at: datetime, done_at: datetime | None, tz: tzinfo) -> Due:
    done_on = done_at.astimezone(tz).date() if done_at is not None else None
    return Due(id=id_, due_on=due_at.astimezone(tz).date(), done_on=done_on)
