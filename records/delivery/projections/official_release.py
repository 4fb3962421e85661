"""Official batch releases, as functions of the journal."""

from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.core.names import name_key
from domain.delivery.official_release import (
    OfficialReleaseCheck,
    OfficialReleaseEntry,
    OfficialReleaseWithdrawal,
)
from records.batch.settling import settle
from records.batch.tables.decisions import BatchMarketRow
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.delivery.official_release import said_by
from records.delivery.tables import OfficialReleaseRow


@follows("official_release.enter")
async def keep_entry(session: AsyncSession, event: Event) -> None:
    """It waits for a second person. What does not comply stops goods before."""
    form = submitted(event, OfficialReleaseEntry)
    session.add(
        OfficialReleaseRow(
            release_id=event.stream,
            **form.model_dump(mode="python", exclude={"document", "result"}),
            number_key=name_key(form.number),
            result=form.result.value,
            document=form.document.document_id,
            sha256=str(event.payload["sha256"]),
            entered_by=event.actor.person,
            entered_at=event.occurred_at,
        )
    )
    await _let_wait(session, form.batch_id, _waits(event) or {})


@follows("official_release.check")
async def keep_check(session: AsyncSession, event: Event) -> None:
    """It counts, or was entered wrongly. Goods that have waited for it alone are free."""
    form, row = submitted(event, OfficialReleaseCheck), await session.get_one(OfficialReleaseRow, event.stream)
    row.agrees, row.decided_by, row.decided_at = form.agrees, event.actor.person, event.occurred_at
    row.decision = form.reason
    waits = _waits(event)
    if waits is None:  # of before it was kept: then one freed the goods of its own market
        waits = {row.market: False} if said_by(row).frees else {}
    await _let_wait(session, row.batch_id, waits)


@follows("official_release.withdraw")
async def keep_withdrawal(session: AsyncSession, event: Event) -> None:
    """It counts no more. Goods that were free by it alone lie in quarantine again."""
    row = await session.get_one(OfficialReleaseRow, event.stream)
    row.withdrawn_by, row.withdrawn_at = event.actor.person, event.occurred_at
    row.withdrawn_because = submitted(event, OfficialReleaseWithdrawal).reason
    await _let_wait(session, row.batch_id, _waits(event) or {})


def _waits(event: Event) -> dict[str, Any] | None:
    """Which markets wait from then on, and which do no more; `None` of events of before it was kept."""
    waits: dict[str, Any] | None = part(event, "effect").get("waits") if "effect" in event.payload else None
    return waits


async def _let_wait(session: AsyncSession, batch_id: str, waits: dict[str, Any]) -> None:
    """Goods of markets wait for an official batch release, or do so no more."""
    if not waits:
        return
    query = select(BatchMarketRow).where(
        col(BatchMarketRow.batch_id) == batch_id, col(BatchMarketRow.market).in_(waits)
    )
    for market in (await session.exec(query)).all():
        market.awaits_official_release = bool(waits[market.market])
    await settle(session, batch_id)
