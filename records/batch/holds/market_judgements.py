"""What two people have judged of a batch that another market has refused (section 18)."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.holds.holds import HoldType
from domain.batch.holds.market_judgement import OpenJudgement, Slot
from domain.batch.market_refusal import SeenRefusal
from records.batch.market_refusals import judged_for, refusals_of
from records.batch.tables.decisions import HoldRow, MarketJudgementRow


async def elsewhere_of(session: AsyncSession, batch_id: str, market: str) -> tuple[SeenRefusal, ...]:
    """What other markets have decided against a batch, and whether that is judged for this one."""
    found = []
    for refusal in await refusals_of(session, [batch_id]):
        if refusal.market != market:
            hold = await judged_for(session, refusal, batch_id, market)
            judged = await given_on(session, hold.hold_id) if hold is not None else ()
            found.append(SeenRefusal(refusal=refusal, judged=tuple(_words(row) for row in judged)))
    return tuple(found)


async def given_on(session: AsyncSession, hold_id: str) -> Sequence[MarketJudgementRow]:
    """The judgements that were given on a suspension and count, the decider's first."""
    query = select(MarketJudgementRow).where(
        col(MarketJudgementRow.hold_id) == hold_id, col(MarketJudgementRow.voided).is_(False)
    )
    return sorted((await session.exec(query)).all(), key=lambda row: [*Slot].index(Slot(row.slot)))


async def open_judgements(session: AsyncSession, hold: HoldRow) -> tuple[OpenJudgement, ...]:
    """The parts of the judgement that a suspension waits for; none of any other hold."""
    if hold.type != HoldType.OTHER_MARKET.value:
        return ()
    given = {Slot(row.slot): row for row in await given_on(session, hold.hold_id)}
    versions = await _versions(session, hold.hold_id)
    return tuple(
        OpenJudgement(
            slot=slot,
            version=versions.get(slot, 0),
            barred=tuple(given[Slot.DECIDER].persons) if slot is Slot.QUALITY and Slot.DECIDER in given else (),
        )
        for slot in Slot
        if slot not in given or not given[slot].goes_on
    )


async def _versions(session: AsyncSession, hold_id: str) -> dict[Slot, int]:
    query = select(MarketJudgementRow).where(col(MarketJudgementRow.hold_id) == hold_id)
    return {Slot(row.slot): row.version for row in (await session.exec(query)).all()}


def _words(row: MarketJudgementRow) -> str:
    verdict = "may go on" if row.goes_on else "stays stopped"
    return f"{row.by_name}, {row.judged_at:%Y-%m-%d}: {verdict} for {row.market}, on {', '.join(row.evidence)}"
