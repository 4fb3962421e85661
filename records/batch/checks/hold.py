"""Checks of holds: placing them by hand, reviewing them, and lifting them by two persons."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl.asl import stream_of
from domain.batch.facts.by_hand import StoppedByHand
from domain.batch.holds.hold import (
    LIFTERS,
    HoldPlacement,
    HoldReview,
    HoldsEvaluation,
    HoldVerdict,
    LiftConfirmation,
    LiftProposal,
    LongHoldReview,
    StandingHold,
    barred_from_confirming,
    refuse_unless_liftable,
    refuse_unless_owned,
    refuse_unless_placeable,
    refuse_while_caused,
)
from domain.batch.holds.holds import BatchState, HoldType
from domain.core.clocks import deadline
from domain.core.document import RecordVersion, refuse_unless_current
from domain.core.people import refuse_unless_permitted
from domain.core.refusals import Code, Refused
from records.batch.batches import scopes_used
from records.batch.holds.hold_causes import causes_of, is_of_an_authorisation, not_authorised
from records.batch.holds.holds import Cause, has_cause, open_holds, standing
from records.batch.holds.market_judgements import open_judgements
from records.batch.questions import LeftUnderException
from records.batch.results.comparing import uncompared_of
from records.batch.results.failing import opened_results
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import HoldRow
from records.core.declared import Effect, checks, checks_event, locks_above
from records.core.lookups import Lookups, lookups_of
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.questions import ask
from records.core.reactions import establish
from records.core.tables.cases import CaseRow, RecordRow
from records.core.tables.master_data import PersonRow
from records.core.writing import Writing

_IN_A_LINE = 200


@checks(HoldPlacement)
async def places(writing: Writing, case: CaseRow, form: HoldPlacement) -> Effect:
    """One hold for each market, or one for all. The same reason twice is refused."""
    batch = await writing.session.get_one(BatchRow, case.case_id)
    refuse_unless_placeable(form, state=BatchState(batch.state), markets=batch.markets)
    placed: list[str] = []
    for market in form.markets or (None,):
        await _refuse_same(
            writing.session, batch, Cause(form.hold_type, form.reason, case.case_id, market, by_hand=True)
        )
        stopped = StoppedByHand(
            batch_id=batch.batch_id, case_id=case.case_id, type=form.hold_type, reason=form.reason, market=market
        )
        (hold_id,) = (
            await establish(writing, stopped)
        ).holds  # a hold that was asked for is there, or nothing is written
        placed.append(hold_id)
    return {"placed": [*placed]}


async def _refuse_same(session: AsyncSession, batch: BatchRow, cause: Cause) -> None:
    query = select(HoldRow).where(col(HoldRow.batch_id) == batch.batch_id, has_cause(cause))
    if (known := (await session.exec(query.limit(1))).first()) is not None:
        raise Refused(
            Code.CONFLICT,
            f"{known.hold_id} holds the batch for this reason already.",
            fields={"reason": f"is that of {known.hold_id}"},
            when=known.placed_at.isoformat(),
        )


@locks_above(LiftProposal, LiftConfirmation)
async def lists_of(session: AsyncSession, batch_id: str) -> list[str]:
    """The entries of the list of all scopes that the batch uses: none of them is suspended meanwhile."""
    batch = await session.get(BatchRow, batch_id)
    return [stream_of(scope_id) for scope_id in await scopes_used(session, batch)] if batch else []


@checks(LiftProposal)
async def proposes(writing: Writing, case: CaseRow, form: LiftProposal) -> Effect:
    """By its owner, once its cause is gone (S15)."""
    hold = await standing(writing.session, case, form.hold_id)
    refuse_unless_liftable(HoldType(hold.type))
    if hold.lift_version is not None:
        message = "A proposal to lift it waits for a second person."
        raise Refused(Code.NOT_OPEN, message, rule="S15", fields={"hold_id": "is proposed to be lifted"})
    placer = await writing.session.get(PersonRow, hold.placed_by) if hold.by_hand else None
    refuse_unless_owned(
        HoldType(hold.type),
        placer=hold.placed_by if hold.by_hand else None,
        placer_left=placer is not None and placer.disabled,
        persons=writing.actor.persons,
        roles=writing.actor.roles,
    )
    refuse_while_caused(HoldType(hold.type), await causes_of(writing, hold))
    return {"proposers": [*sorted(writing.actor.persons)], "type": hold.type, "market": hold.market}


@checks(LiftConfirmation)
async def confirms(writing: Writing, case: CaseRow, form: LiftConfirmation) -> Effect:
    """By a second person, on the proposal that was read, and only if the cause has not come back."""
    lookups = await lookups_of(writing, case)
    hold = await standing(writing.session, case, form.hold_id)
    proposal = await _proposal(lookups, hold)
    if proposal is None:
        raise Refused(Code.NOT_OPEN, "Nobody proposes to lift this hold.", rule="S15")
    current = RecordVersion(version=proposal.version, sha256=proposal.sha256)
    refuse_unless_current(form.proposal, current, "proposal")
    barred = barred_from_confirming(proposal.effect["proposers"])
    refuse_unless_permitted(writing.actor, by=form.action.by, barred=barred)
    if form.confirm:
        refuse_while_caused(HoldType(hold.type), await causes_of(writing, hold))
    return {"lifted": form.confirm, "type": hold.type, "market": hold.market}


@checks(HoldReview)
async def reviews(writing: Writing, case: CaseRow, form: HoldReview) -> Effect:
    """A hold that could be lifted is brought before its owner."""
    hold = await standing(writing.session, case, form.hold_id)
    if form.verdict is HoldVerdict.LIFT:
        if hold.by_hand:
            owners = await candidates(writing.session, (), case.site_id, assignee=hold.placed_by, at=writing.at)
        else:
            owners = await candidates(writing.session, LIFTERS[HoldType(hold.type)], case.site_id, at=writing.at)
        subject = f"{case.case_id}: {hold.hold_id} could be lifted"
        text = f"{case.title}\n{form.finding}"
        await outbox.mail(writing.session, writing.recorded_at, owners, subject=subject, text=text)
    return {}


@checks(LongHoldReview)
async def reviews_as_head(writing: Writing, case: CaseRow, form: LongHoldReview) -> Effect:
    """The hold still stands."""
    await standing(writing.session, case, form.hold_id)
    return {}


@checks_event("batch.holds")
async def evaluates(writing: Writing, payload: Effect) -> Effect:
    """The holds that stand, and what each needs next (`domain.batch.holds.hold.HoldsEvaluation`)."""
    lookups = await lookups_of(writing, await writing.case())
    holds = [await _needs(lookups, hold) for hold in await open_holds(writing.session, lookups.case.case_id)]
    results = await opened_results(writing.session, lookups.case.case_id)
    batch = await writing.session.get_one(BatchRow, lookups.case.case_id)
    evaluated = HoldsEvaluation(
        holds=tuple(holds),
        results=results,
        uncompared=await uncompared_of(writing, batch),
    )
    return evaluated.model_dump(mode="json", exclude_defaults=True)


async def _needs(lookups: Lookups, hold: HoldRow) -> StandingHold:
    proposal = await _proposal(lookups, hold)
    long_at, supplied = await _long_at(lookups, hold) if hold.long_reviewed_at is None else None, None
    if long_at is not None:
        asked = LeftUnderException(hold.batch_id, hold.placed_at, hold.market)
        (supplied,) = await ask(lookups.writing, asked)
    return StandingHold(
        hold_id=hold.hold_id,
        type=HoldType(hold.type),
        reason=hold.reason[:_IN_A_LINE],
        market=hold.market,
        placed_at=hold.placed_at,
        reviewed_at=hold.reviewed_at,
        long_at=hold.placed_at if supplied is not None else long_at,
        supplied=supplied or "",
        proposal=RecordVersion(version=proposal.version, sha256=proposal.sha256) if proposal else None,
        proposers=tuple(proposal.effect["proposers"]) if proposal else (),
        judgements=await open_judgements(lookups.session, hold),
        is_over=is_of_an_authorisation(hold) and not await not_authorised(lookups.writing, hold),
    )


async def _long_at(lookups: Lookups, hold: HoldRow) -> datetime:
    """The morning of the day on which a hold has stood for long (policy key `hold.long`)."""
    policy, key = await lookups.writing.policy(), str(LongHoldReview.action.clock)
    rule = policy.clock(key)
    calendar = await lookups.writing.calendar_of(rule, lookups.case.site_id)
    due = deadline(
        key,
        rule,
        policy_version=policy.version,
        start_event_id=hold.hold_id,
        started_at=hold.placed_at,
        calendar=calendar,
    )
    return calendar.morning_of(calendar.local_day(due.due_at))


async def _proposal(lookups: Lookups, hold: HoldRow) -> RecordRow | None:
    if hold.lift_version is None:
        return None
    return await lookups.session.get_one(RecordRow, (hold.batch_id, LiftProposal.action.name, hold.lift_version))
