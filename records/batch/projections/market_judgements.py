"""Judgements on what another market has decided, as functions of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.holds.market_judgement import SLOTS, MarketCoJudgement, MarketJudgement, Slot
from domain.core.events import Event
from records.batch.tables.decisions import HoldRow, MarketJudgementRow
from records.core.payloads import part, submitted
from records.core.projectors import follows


@follows(*MarketJudgement.action.event_types(), *MarketCoJudgement.action.event_types())
async def judge(session: AsyncSession, event: Event) -> None:
    """One of the two has judged; with the second yes the market is no longer stopped."""
    effect = part(event, "effect")
    slot = Slot(str(effect["slot"]))
    form = submitted(event, SLOTS[slot])
    signers = effect["signers"]
    assert isinstance(signers, list), "They are persons."
    row = MarketJudgementRow(
        hold_id=form.hold_id,
        slot=slot.value,
        batch_id=event.stream,
        market=form.market,
        version=int(str(event.payload["version"])),
        goes_on=form.goes_on,
        assessment=form.assessment,
        evidence=[each.document_id for each in form.evidence],
        persons=[*signers],
        by_name=event.actor.name,
        judged_at=event.occurred_at,
    )
    await session.merge(row)
    if effect["voids"]:
        (await session.get_one(MarketJudgementRow, (form.hold_id, Slot.QUALITY.value))).voided = True
    if effect["lifted"]:
        hold = await session.get_one(HoldRow, form.hold_id)
        hold.lifted_at, hold.lifted_by = event.occurred_at, event.actor.person
