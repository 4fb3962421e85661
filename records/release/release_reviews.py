"""What the records know of a release: its markets, what waits to be reviewed, and when its oversight ends."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from pydantic import JsonValue
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.holds.holds import BatchState
from domain.core.people import Role
from records.batch.genealogy import in_order
from records.batch.holds.holds import makes_a_part
from records.batch.notifying import notify_batch
from records.batch.tables.batches import BatchRow
from records.batch.under_review import open_demands, released_by, settled, unanswered_in
from records.core.lookups import Lookups
from records.core.writing import Writing
from records.release.tables import ReleaseReviewRow


async def reviews_of(session: AsyncSession, batch_id: str) -> Sequence[ReleaseReviewRow]:
    """All reviews of a release, the oldest first."""
    query = select(ReleaseReviewRow).where(col(ReleaseReviewRow.batch_id) == batch_id)
    return (await session.exec(query.order_by(col(ReleaseReviewRow.number)))).all()


async def released_batches(session: AsyncSession, scope_id: str) -> list[BatchRow]:
    """The batches that a scope made a part of which left for any market and are within their shelf life."""
    left = or_(col(BatchRow.released), col(BatchRow.supplied))
    query = select(BatchRow).where(makes_a_part(scope_id), left, col(BatchRow.state) != BatchState.CLOSED.value)
    return sorted((await session.exec(query)).all(), key=lambda row: in_order(row.batch_id))


async def for_others_to_confirm(
    session: AsyncSession, batches: Iterable[BatchRow], roles: Collection[Role]
) -> list[str]:
    """Those of the batches of which nobody with these roles confirms the release in any market."""
    found = []
    for batch in batches:
        released = await released_by(session, batch.batch_id)
        if released and all(reviewers.isdisjoint(roles) for reviewers in released.values()):
            found.append(batch.batch_id)
    return found


async def confirm_release(writing: Writing, batch_ids: Iterable[str], cause: str) -> None:
    """A decider confirms releases by a conclusion in the case that has demanded their review, in the own markets.

    The other markets answer in the case of the batch.
    """
    for batch_id in sorted(batch_ids, key=in_order):
        await writing.head(batch_id)
        released = await released_by(writing.session, batch_id)
        own = [market for market, reviewers in released.items() if not reviewers.isdisjoint(writing.actor.roles)]
        waiting = await open_demands(writing.session, batch_id)
        demands = [
            row.number
            for row in waiting
            if row.cause == cause and not set(own).isdisjoint(unanswered_in(row, released))
        ]
        if demands:
            batch = await writing.session.get_one(BatchRow, batch_id)
            payload: dict[str, JsonValue] = {"cause": cause, "demands": [*demands], "site_id": batch.site_id}
            payload["markets"] = [*own]
            payload["reviewed"] = [*settled(waiting, released, numbers=demands, markets=own)]
            await writing.append("batch.release_confirmed", payload, stream=batch_id)
            await notify_batch(writing, batch_id)


def watched_until(lookups: Lookups, batch: BatchRow) -> datetime | None:
    """End of the last day on which a batch is watched; `None` where nothing is known of its shelf life.

    Retention of its records is another matter: nothing is deleted then (policy keys `retention_after_...`).
    """
    if batch.expiry_on is not None:
        last = max(filter(None, (batch.expiry_on, batch.extended_to)))
        return lookups.calendar.end_of(lookups.after(lookups.limits.batch_watch_after_expiry, last))
    if batch.retest_on is not None:
        return lookups.calendar.end_of(lookups.after(lookups.limits.batch_watch_after_retest, batch.retest_on))
    return None
