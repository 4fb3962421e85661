"""The last days of batches, as the records know them, and what the standing clock finds of them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import PhysicalStatus, Relation
from domain.batch.making.shelf_life import Origin, ShelfLife, ends_after, uses_as_it_is
from domain.batch.supply_stage import SupplyStage
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.core.dates import Arising, arises
from records.core.policies import Policies
from records.core.writing import Writing

_AHEAD = timedelta(days=2)
"""No time zone is farther from UTC than this, and a last day ends with the midnight after it."""


async def shelf_life_of(
    session: AsyncSession, policies: Policies, batch: BatchRow, at: datetime, market: str | None = None
) -> ShelfLife:
    """Until when a batch may be used, in the time zone of the site, where its goods lie.

    For a market that the authority has extended it for, until the day of the extension.
    """
    return life_for(batch, market, (await policies.calendar_of(session, batch.site_id, at)).tz)


def life_for(batch: BatchRow, market: str | None, zone: str) -> ShelfLife:
    """The same in a time zone in which the goods lie."""
    return ShelfLife(last_day=last_day_for(batch, market), zone=zone, retest_by=retest_day_of(batch))


def last_day_for(batch: BatchRow, market: str | None) -> date | None:
    """The last day of use of a batch, for a market or as what another batch is made from."""
    return batch.extended_to if market in batch.extended_markets else batch.expiry_on


class Extended(Protocol):
    """A batch whose use date may have been extended for what is relabelled of it."""

    @property
    def expiry_on(self) -> date | None: ...
    @property
    def use_date_to(self) -> date | None: ...
    @property
    def use_date_markets(self) -> Sequence[str]: ...


def last_day_as_origin(origin: Extended, relation: Relation, markets: Collection[str]) -> date | None:
    """The last day on which another batch, for these markets, may be made of one like this, and to which it lasts.

    What is relabelled under the plan of a trial lasts as that says (section 17).
    """
    relabelled = relation is Relation.RELABEL and origin.use_date_to is not None
    return origin.use_date_to if relabelled and set(markets) <= set(origin.use_date_markets) else origin.expiry_on


def retest_day_of(batch: BatchRow) -> date | None:
    """The day by which it is to be tested again: that of the batch, or the end of the window of a passing retest."""
    return max(filter(None, (batch.retest_on, batch.retested_until)), default=None) if batch.retest_on else None


async def origins_of(session: AsyncSession, batch_id: str) -> list[tuple[BatchParentRow, BatchRow]]:
    """The batches that one comes from, with how."""
    query = (
        select(BatchParentRow, BatchRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchParentRow.parent_id))
        .where(col(BatchParentRow.batch_id) == batch_id)
        .order_by(col(BatchParentRow.parent_id))
    )
    return [(parent, batch) for parent, batch in (await session.exec(query)).all()]


def dates_of(origins: Iterable[tuple[BatchParentRow, BatchRow]], markets: Collection[str]) -> list[Origin]:
    """What limits the dates of a batch for these markets that comes from them."""
    return [
        Origin(
            number=batch.number,
            relation=Relation(parent.relation),
            stage=SupplyStage(batch.supply_stage) if batch.supply_stage is not None else None,
            expiry_on=last_day_as_origin(batch, Relation(parent.relation), markets),
            retest_on=batch.retest_on,
        )
        for parent, batch in origins
    ]


async def life_as_origin(writing: Writing, origin: BatchRow, relation: Relation, markets: Collection[str]) -> ShelfLife:
    """Until when another batch, for these markets, may be made of one like this."""
    life = await shelf_life_of(writing.session, writing.policies, origin, writing.at)
    return life.model_copy(update={"last_day": last_day_as_origin(origin, relation, markets)})


async def refuse_origins_past_their_day(writing: Writing, batch_id: str, used_at: datetime, field: str) -> None:
    """Raise `Refused` if a batch that is used as it is was past its last day when it was used."""
    markets = (await writing.session.get_one(BatchRow, batch_id)).markets
    for parent, batch in await origins_of(writing.session, batch_id):
        if uses_as_it_is(Relation(parent.relation)):
            life = await life_as_origin(writing, batch, Relation(parent.relation), markets)
            if words := life.stopped_by(used_at):
                raise life.refusal(f"{batch.number}, which it comes from: {words}", field)


# ---------------------------------------------------------------------- what the clock finds


@arises(order=10)
async def last_days(session: AsyncSession, policies: Policies, until: datetime) -> list[Arising]:
    """Batches whose last day of use ends by then."""
    query = select(BatchRow).where(
        col(BatchRow.expired_at).is_(None),
        col(BatchRow.expiry_on) <= (until + _AHEAD).date(),
        col(BatchRow.physical_status) != PhysicalStatus.DESTROYED.value,
    )
    found = []
    for batch in (await session.exec(query.order_by(col(BatchRow.expiry_on)))).all():
        life = await shelf_life_of(session, policies, batch, until)
        if life.is_over(until) and life.last_day is not None:
            at, day = ends_after(life.last_day, life.zone), life.last_day.isoformat()
            found.append(Arising(at, batch.batch_id, "batch.expired", {"last_day": day, "zone": life.zone}, day))
    return found


@arises(order=20)
async def retest_days(session: AsyncSession, policies: Policies, until: datetime) -> list[Arising]:
    """Batches whose day of retest ends by then."""
    query = select(BatchRow).where(
        col(BatchRow.retest_due_at).is_(None),
        col(BatchRow.retest_on) <= (until + _AHEAD).date(),
        col(BatchRow.physical_status) != PhysicalStatus.DESTROYED.value,
    )
    found = []
    for batch in (await session.exec(query.order_by(col(BatchRow.retest_on)))).all():
        due = retest_day_of(batch)
        assert due is not None, "It was asked for."
        zone = (await policies.calendar_of(session, batch.site_id, until)).tz
        at, day = ends_after(due, zone), due.isoformat()
        if at <= until:
            found.append(Arising(at, batch.batch_id, "batch.retest_due", {"retest_on": day, "zone": zone}, day))
    return found


@arises(order=50)
async def extensions(session: AsyncSession, policies: Policies, until: datetime) -> list[Arising]:
    """Batches whose extension by the authority ends by then."""
    query = select(BatchRow).where(col(BatchRow.extended_to) <= (until + _AHEAD).date())
    found = []
    for batch in (await session.exec(query.order_by(col(BatchRow.extended_to)))).all():
        if not batch.extended_markets or batch.extended_to is None:
            continue
        zone = (await policies.calendar_of(session, batch.site_id, until)).tz
        at, day = ends_after(batch.extended_to, zone), batch.extended_to.isoformat()
        if at <= until:
            found.append(Arising(at, batch.batch_id, "batch.extension_ended", {"last_day": day, "zone": zone}, day))
    return found
