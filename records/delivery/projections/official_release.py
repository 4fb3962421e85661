"""Official batch releases, as functions of the journal."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.delivery.official_release import OfficialReleaseCheck, OfficialReleaseEntry
from records.batch.settling import settle
from records.batch.tables.decisions import BatchMarketRow
from records.core.payloads import submitted
from records.core.projectors import follows
from records.delivery.official_release import counts
from records.delivery.tables import OfficialReleaseRow


@follows("official_release.enter")
async def keep_entry(session: AsyncSession, event: Event) -> None:
    """It waits for a second person."""
    form = submitted(event, OfficialReleaseEntry)
    session.add(
        OfficialReleaseRow(
            release_id=event.stream,
            **form.model_dump(mode="python", exclude={"document", "result"}),
            result=form.result.value,
            document=form.document.document_id,
            sha256=str(event.payload["sha256"]),
            entered_by=event.actor.person,
            entered_at=event.occurred_at,
        )
    )


@follows("official_release.check")
async def keep_check(session: AsyncSession, event: Event) -> None:
    """It counts, or was entered wrongly. Goods that have waited for it alone are free."""
    form, row = submitted(event, OfficialReleaseCheck), await session.get_one(OfficialReleaseRow, event.stream)
    row.agrees, row.decided_by, row.decided_at = form.agrees, event.actor.person, event.occurred_at
    row.decision = form.reason
    if not counts(row):
        return
    query = select(BatchMarketRow).where(
        col(BatchMarketRow.batch_id) == row.batch_id, col(BatchMarketRow.market) == row.market
    )
    for market in (await session.exec(query)).all():
        market.awaits_official_release = False
    await settle(session, row.batch_id)
