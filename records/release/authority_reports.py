"""What may have to be reported of a released batch, and what is still investigated about it."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import DeviationClass, DeviationState, OosState
from domain.batch.results.oos import OosKind, goes_on
from domain.policy.authority_report import AuthorityReport
from domain.release.rejection_correction import is_unfinished
from records.batch.results.failing import results_outside
from records.batch.tables.batches import BatchDeviationRow, ReviewDemandRow
from records.core.writing import Writing
from records.delivery.shipping import shipments_of


async def reports_of(writing: Writing, batch_id: str, released: Collection[str]) -> list[AuthorityReport]:
    """The reports of the policy that may be due of a batch, by its released markets and what was dispatched."""
    policy = await writing.policy()
    sent = {each.market for each in await shipments_of(writing.session, batch_id) if each.dispatched_at is not None}
    return [
        each
        for each in policy.authority_reports
        if each.applies(markets=frozenset(released), distributed=not sent.isdisjoint(each.markets))
    ]


async def under_way(session: AsyncSession, batch_id: str) -> dict[str, str | None]:
    """What of a batch is under investigation, each with the only market that it is about; `None`: all."""
    query = select(BatchDeviationRow).where(col(BatchDeviationRow.batch_id) == batch_id)
    deviations = (await session.exec(query.order_by(col(BatchDeviationRow.deviation_id)))).all()
    found: dict[str, str | None] = {
        row.oos_id: row.market
        for row in await results_outside(session, batch_id)
        if goes_on(OosKind(row.kind), OosState(row.state))
    }
    return found | {
        row.deviation_id: None
        for row in deviations
        if is_unfinished(DeviationClass(row.deviation_class), DeviationState(row.state))
    }


async def received_before(session: AsyncSession, batch_id: str) -> dict[datetime, datetime]:
    """When the first information was received that each review was about, by the instant of the review.

    The clocks of authorities start then.
    """
    query = select(ReviewDemandRow).where(
        col(ReviewDemandRow.batch_id) == batch_id, col(ReviewDemandRow.reviewed_at).is_not(None)
    )
    found: dict[datetime, datetime] = {}
    for row in (await session.exec(query)).all():
        assert row.reviewed_at is not None, "It was asked for."
        received = row.received_at or row.demanded_at
        found[row.reviewed_at] = min(received, found.get(row.reviewed_at, received))
    return found
