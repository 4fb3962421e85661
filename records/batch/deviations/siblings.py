"""Finding the batches that share something with a batch (21 CFR 211.192)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision, PhysicalStatus, UseKind
from domain.batch.deviations.siblings import Shared, SharedThing, Sibling, by_urgency, period_around
from domain.batch.holds.holds import BatchState
from domain.core.days import Calendar, counted
from domain.core.names import party_key
from domain.policy.limits import Limits
from records.batch.tables.batches import BatchParentRow, BatchRow, BatchUseRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.policies import Policies
from records.core.tables.cases import CaseRow

_KINDS = {
    UseKind.EQUIPMENT.value: Shared.EQUIPMENT,
    UseKind.MATERIAL.value: Shared.MATERIAL,
    UseKind.ANALYST.value: Shared.ANALYST,
}
MOST = 1000
"""Siblings that are looked at; the list says if there are more."""

Found = dict[str, set[tuple[Shared, str]]]


async def siblings_of(session: AsyncSession, batch_id: str, at: datetime) -> list[Sibling]:
    """All batches that share equipment, a lot, an analyst, parameters or the period with one.

    Those that may be distributed come first, then those that share most. Up to `MOST` for each kind of thing. `at` says
    which policy is in force (`limits.sibling_period`).
    """
    batch, policies = await session.get_one(BatchRow, batch_id), Policies()
    limits = (await policies.in_force(session, at)).limits
    calendar = await policies.calendar_of(session, batch.site_id, at)
    found: Found = defaultdict(set)
    await _by_use(session, batch, found)
    await _by_genealogy(session, batch, found)
    await _by_batch(session, batch, limits, calendar, found)
    return by_urgency(await _shown(session, found))


async def _by_use(session: AsyncSession, batch: BatchRow, found: Found) -> None:
    own, other = aliased(BatchUseRow), aliased(BatchUseRow)
    query = (
        select(other, own.detail)
        .join(own, and_(col(own.kind) == col(other.kind), col(own.key) == col(other.key)))
        .where(
            col(own.batch_id) == batch.batch_id,
            col(other.batch_id) != batch.batch_id,
            col(other.kind).in_(sorted(_KINDS)),
        )
    )
    for row, detail in (await session.exec(query.order_by(col(other.batch_id).desc()).limit(MOST))).all():
        found[row.batch_id].add((_shared(row, detail), row.reference))


def _shared(use: BatchUseRow, own_detail: str) -> Shared:
    """The identity of a lot is its issuer, its material and its number; without the issuer it is only alike."""
    if use.kind == UseKind.MATERIAL.value and party_key(use.detail) != party_key(own_detail):
        return Shared.SAME_LOT_NUMBER
    return _KINDS[use.kind]


async def _by_genealogy(session: AsyncSession, batch: BatchRow, found: Found) -> None:
    mine = or_(col(BatchParentRow.batch_id) == batch.batch_id, col(BatchParentRow.parent_id) == batch.batch_id)
    for row in (await session.exec(select(BatchParentRow).where(mine).limit(MOST))).all():
        relative = row.parent_id if row.batch_id == batch.batch_id else row.batch_id
        found[relative].add((Shared.GENEALOGY, row.relation))
    own, other = aliased(BatchParentRow), aliased(BatchParentRow)
    same_parent = (
        select(other.batch_id, other.parent_id)
        .join(own, col(own.parent_id) == col(other.parent_id))
        .where(col(own.batch_id) == batch.batch_id, col(other.batch_id) != batch.batch_id)
    )
    for sibling_id, parent_id in (await session.exec(same_parent.limit(MOST))).all():
        found[sibling_id].add((Shared.PARENT, parent_id))


async def _by_batch(session: AsyncSession, batch: BatchRow, limits: Limits, calendar: Calendar, found: Found) -> None:
    """Of the same parameters, or made at the site at about the same time."""
    end = batch.made_on or batch.started_on
    days = (counted(end, limits.sibling_period, calendar) - end).days if end else 0
    period = period_around(batch.started_on, batch.made_on, days)
    same = [col(BatchRow.parameter_set_id) == batch.parameter_set_id] if batch.parameter_set_id else []
    if period is not None:
        first, last = (func.coalesce(*pair) for pair in _DAYS)
        same.append(and_(col(BatchRow.site_id) == batch.site_id, first <= period[1], last >= period[0]))
    if not same:
        return
    query = select(BatchRow).where(or_(*same), col(BatchRow.batch_id) != batch.batch_id)
    for row in (await session.exec(query.order_by(col(BatchRow.batch_id).desc()).limit(MOST))).all():
        if batch.parameter_set_id is not None and row.parameter_set_id == batch.parameter_set_id:
            found[row.batch_id].add((Shared.PARAMETER_SET, batch.parameter_set_id))
        made = period_around(row.started_on, row.made_on, 0)
        overlaps = period is not None and made is not None and made[0] <= period[1] and made[1] >= period[0]
        if overlaps and row.site_id == batch.site_id:
            found[row.batch_id].add((Shared.PERIOD, batch.site_id))


_DAYS = (
    (col(BatchRow.started_on), col(BatchRow.made_on)),
    (col(BatchRow.made_on), col(BatchRow.started_on)),
)
"""First and last day of manufacture, as far as they are known."""


async def _shown(session: AsyncSession, found: Found) -> list[Sibling]:
    ids = sorted(found)
    query = (
        select(BatchRow, CaseRow)
        .outerjoin(CaseRow, col(CaseRow.case_id) == col(BatchRow.batch_id))
        .where(col(BatchRow.batch_id).in_(ids))
    )
    rows = (await session.exec(query)).all()
    released = await _released(session, ids)
    return [_sibling(row, case, released, found[row.batch_id]) for row, case in rows]


async def _released(session: AsyncSession, ids: Iterable[str]) -> Mapping[str, list[str]]:
    query = select(BatchMarketRow).where(
        col(BatchMarketRow.batch_id).in_(ids),
        col(BatchMarketRow.decision) == MarketDecision.RELEASE.value,
        col(BatchMarketRow.withdrawn_at).is_(None),
    )
    markets: dict[str, list[str]] = defaultdict(list)
    for row in (await session.exec(query.order_by(col(BatchMarketRow.market)))).all():
        markets[row.batch_id].append(row.market)
    return markets


def _sibling(
    row: BatchRow, case: CaseRow | None, released: Mapping[str, list[str]], shared: set[tuple[Shared, str]]
) -> Sibling:
    return Sibling(
        batch_id=row.batch_id,
        number=row.number,
        site_id=row.site_id,
        scope_id=row.scope_id,
        state=BatchState(row.state),
        stage=case.stage if case is not None else None,
        physical_status=PhysicalStatus(row.physical_status),
        made_on=row.made_on,
        expiry_on=row.expiry_on,
        released_in=tuple(released.get(row.batch_id, ())),
        shared=tuple(SharedThing(kind=kind, reference=reference) for kind, reference in sorted(shared)),
    )
