"""Checks of reviews of a release."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision
from domain.batch.facts.batch_fact import LearnedOfBatch
from domain.batch.facts.events import FoundAfterRelease
from domain.batch.holds.holds import BatchState
from domain.batch.market_refusal import Refusal, RefusedAs
from domain.batch.results.analysis_forms import Source
from domain.core.days import counted
from domain.core.entry import OpenTask
from domain.release.release_review import (
    Alert,
    Demand,
    LaterFinding,
    Recalled,
    ReleaseEvaluation,
    ReleaseOutcome,
    ReleaseReview,
    ending,
    refuse_unless_findable,
    refuse_unless_release_reviewed,
    refuse_unless_released,
    refuse_unless_reportable,
    refuse_while_unanswered,
    suggested_review,
)
from domain.release.review_answers import refuse_unless_left, refuse_unless_recall_is_answered
from domain.release.reviewed_first import refuse_before_what_it_comes_from
from domain.release.reviewers import refuse_unless_entitled, waits_for
from records.batch.checks.family import what_it_comes_from
from records.batch.market_refusals import take_back
from records.batch.results.compared import compared
from records.batch.results.failing import establish_failing
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, ReviewDemandRow
from records.batch.under_review import (
    open_demands,
    released_by,
    released_markets,
    settled,
    unanswered_in,
    waiting_markets,
)
from records.core.declared import Effect, checks, checks_event, locks_above, suggests
from records.core.lookups import lookups_of
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.release.authority_reports import received_before, reports_of, unanswered
from records.release.first_steps_gone import ends_losses, losses_of, refuse_on_what_goes_with_it
from records.release.queries.supplied import view_of
from records.release.release_reviews import reviews_of, watched_until
from records.release.review_facts import known_of
from records.release.reviewed_first import reviews_before
from records.release.supply_exceptions import supplies_of
from records.release.tables import ReleaseReviewRow

_IN_A_LINE = 200


@checks(LaterFinding)
async def demands(writing: Writing, case: CaseRow, form: LaterFinding) -> Effect:
    """The release is reviewed for it. A result that fails the registered specification is investigated."""
    refuse_unless_released(await released_markets(writing.session, case.case_id))
    refuse_unless_findable(form, now=writing.at)
    batch = await writing.session.get_one(BatchRow, case.case_id)
    why = f"{form.kind}: {form.description}"
    learned = FoundAfterRelease(
        batch_id=batch.batch_id, case_id=case.case_id, why=why, received_at=form.received_at or writing.at
    )
    await establish(writing, learned)
    if form.results:
        found = await compared(writing, batch, form.results)
        await establish_failing(writing, batch, form.results, found, found_in=Source.LATER, report=str(form.report))
    return {}


locks_above(LaterFinding)(what_it_comes_from)


@suggests(ReleaseReview)
async def suggests_a_review(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """What waits to be reviewed, and the markets that have not answered all of it."""
    waiting = await open_demands(writing.session, case.case_id)
    markets = waiting_markets(waiting, await released_markets(writing.session, case.case_id))
    return suggested_review(markets, [demand.number for demand in waiting])


@checks(ReleaseReview)
async def reviews(writing: Writing, case: CaseRow, form: ReleaseReview) -> Effect:
    """Everything that was learned is answered for the markets that are named, each by its decider.

    What is not decided yet of a batch taken back is held, and what comes from it.
    """
    session = writing.session
    rules = await released_by(session, case.case_id)
    waiting = await open_demands(session, case.case_id)
    released = tuple(rules)
    refuse_unless_released(released)
    refuse_unless_entitled(form, rules, writing.actor.roles)
    asked = {each.number: unanswered_in(each, released) for each in waiting}
    refuse_unless_release_reviewed(form, released=released, demands=asked)
    batch = await session.get_one(BatchRow, case.case_id)
    known = await known_of(writing, batch, released)
    refuse_unless_left(form, known.standing)
    await _refuse_before_its_origin(writing, batch, form)
    refuse_unless_recall_is_answered(form, known.questions)
    refuse_while_unanswered(form, [each.report for each in await unanswered(writing, case.case_id)])
    refuse_unless_reportable(form, [each.key for each in await reports_of(writing, case.case_id, released)])
    taken_back = sorted(form.markets(ReleaseOutcome.WITHDRAW) + form.markets(ReleaseOutcome.RECALL))
    if taken_back:
        lost_before = await losses_of(writing, batch.batch_id)
        await take_back(writing, batch, _refusals(writing, batch, form), in_review=True)
        await refuse_on_what_goes_with_it(writing, form, batch, lost_before)
        if not set(released).issubset(each.market for each in form.outcomes):
            await _show_to_the_others(writing, batch, form, taken_back)
    now = await open_demands(session, case.case_id)
    numbers = {*form.demands, *({each.number for each in now} - {each.number for each in waiting})}
    await ends_losses(writing, form, batch)
    named, left = {each.market for each in form.outcomes}, set(released) - set(taken_back)
    return {
        "confirmed": [*form.markets(ReleaseOutcome.CONFIRM)],
        "taken_back": [*taken_back],
        "demands": [*sorted(numbers)],
        "reviewed": [*settled(now, left, numbers=numbers, markets=named)],
    }


async def _refuse_before_its_origin(writing: Writing, batch: BatchRow, form: ReleaseReview) -> None:
    first = await reviews_before(writing.session, batch.batch_id, form.markets(ReleaseOutcome.CONFIRM))
    confirmed = {
        f"outcomes.{index}.outcome": first.get(each.market, ())
        for index, each in enumerate(form.outcomes)
        if each.outcome is ReleaseOutcome.CONFIRM
    }
    refuse_before_what_it_comes_from(confirmed)


async def _show_to_the_others(
    writing: Writing, batch: BatchRow, form: ReleaseReview, taken_back: Sequence[str]
) -> None:
    """That a market takes its release back is learned by the others, who answer it like the rest (section 18).

    The markets that this very review confirms have answered it.
    """
    why = f"The release for {', '.join(taken_back)} is taken back: {form.impact}"[:4000]
    await establish(writing, LearnedOfBatch(batch_id=batch.batch_id, case_id=batch.batch_id, why=why))


def _refusals(writing: Writing, batch: BatchRow, form: ReleaseReview) -> list[Refusal]:
    return [
        Refusal(
            batch_id=batch.batch_id,
            market=each.market,
            how=RefusedAs.RECALLED if each.outcome is ReleaseOutcome.RECALL else RefusedAs.WITHDRAWN,
            grounds=each.grounds,
            because=form.impact,
            by=writing.actor.person,
            at=writing.at,
        )
        for each in sorted(form.outcomes, key=lambda outcome: outcome.market)
        if each.outcome is not ReleaseOutcome.CONFIRM
    ]


@checks_event("batch.reviews_demanded")
async def evaluates(writing: Writing, payload: Effect) -> Effect:
    """What is to be done about a released batch (`domain.release.release_review.ReleaseEvaluation`)."""
    case = await writing.case()
    lookups = await lookups_of(writing, case)
    batch = await writing.session.get_one(BatchRow, case.case_id)
    rules = await released_by(writing.session, case.case_id)
    waiting = await open_demands(writing.session, case.case_id) if batch.is_out else ()
    reviewed = await reviews_of(writing.session, case.case_id)
    clocks = {each.key: each.clock for each in (await writing.policy()).authority_reports}
    since = await received_before(writing.session, reviewed)
    asked = tuple(each.alert() for each in await unanswered(writing, case.case_id))
    alerts = (*asked, *(alert for row in reviewed for alert in _alerts(row, clocks, since)))
    recalls = tuple(_recalled(row) for row in reviewed if row.recalled and row.recall_closed_at is None)
    ends_at = watched_until(lookups, batch)
    evaluation = ReleaseEvaluation(
        demands=tuple(
            Demand(
                number=row.number,
                reason=row.reason[:_IN_A_LINE],
                cause=row.cause,
                at=row.demanded_at,
                markets=unanswered_in(row, rules),
            )
            for row in waiting
        ),
        alerts=alerts,
        recalls=recalls,
        ends_at=ends_at,
        supplied=batch.supplied and not batch.released,
        ends_as=ending(
            state=BatchState(batch.state),
            released=batch.is_out,
            was_released=await _was_released(writing.session, batch.batch_id),
            was_recalled=any(row.recalled for row in reviewed),
            has_something_open=bool(waiting or alerts or recalls),
            ends_at=ends_at,
            now=writing.at,
        ),
        reports=await _due(writing, batch, waiting) if waiting else (),
        stands=await _stands(writing, batch) if waiting else (),
        waits=tuple(waits_for(market, rules[market]) for market in waiting_markets(waiting, rules)),
    )
    return evaluation.model_dump(mode="json", exclude_defaults=True)


async def _was_released(session: AsyncSession, batch_id: str) -> bool:
    """Whether any market has certified it, whatever became of that."""
    query = select(BatchMarketRow.market).where(
        col(BatchMarketRow.batch_id) == batch_id, col(BatchMarketRow.decision) == MarketDecision.RELEASE.value
    )
    return (await session.exec(query.limit(1))).first() is not None


def _alerts(row: ReleaseReviewRow, clocks: Mapping[str, str], received: Mapping[int, datetime]) -> Iterator[Alert]:
    """What is to be assessed after a review, from the receipt of the information that it was about."""
    since, about = received.get(row.number, row.reviewed_at), row.impact[:_IN_A_LINE]
    if row.field_alert and row.alert_assessed_at is None:
        yield Alert(review=row.number, since=since, about=about)
    for key, assessed_at in (row.reports or {}).items():
        if assessed_at is None and key in clocks:
            yield Alert(review=row.number, since=since, about=f"{key}: {about}", report=key, clock=clocks[key])


async def _due(writing: Writing, batch: BatchRow, waiting: Sequence[ReviewDemandRow]) -> tuple[str, ...]:
    """What may have to be reported to authorities, and by when, counted from the first information."""
    policy, since = await writing.policy(), min(row.received_at or row.demanded_at for row in waiting)
    lines = []
    for each in await reports_of(writing, batch.batch_id, await released_markets(writing.session, batch.batch_id)):
        calendar = writing.policies.office_calendar(each.days, writing.at)
        day = counted(calendar.local_day(since), policy.clock(each.clock).span, calendar)
        kinds = ", ".join(each.authorisations)
        lines.append(f"{each.title} ({kinds}; {each.key}): by {day} if {each.trigger[0].lower()}{each.trigger[1:]}")
    return tuple(lines)


async def _stands(writing: Writing, batch: BatchRow) -> tuple[str, ...]:
    """What stands about the batch, and what answers that leaves."""
    known = await known_of(writing, batch, await released_markets(writing.session, batch.batch_id))
    supplied = [row for row in await supplies_of(writing.session, batch.batch_id) if row.stands]
    return (
        *(view_of(row, batch).words() for row in supplied),
        *(each.in_words() for each in known.standing),
        *(each.in_words() for each in known.questions),
    )


def _recalled(row: ReleaseReviewRow) -> Recalled:
    planned = row.recall_planned_at is not None
    return Recalled(review=row.number, markets=tuple(row.recalled), since=row.reviewed_at, planned=planned)
