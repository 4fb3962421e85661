"""Checks of the quarterly review of a site and scope."""

from sqlmodel import col, select

from domain.asl.asl import stream_of
from domain.asl.request import StatusKind, StatusRequest, fits
from domain.core.days import add_months
from domain.core.document import refuse_unless_current
from domain.core.entry import OpenTask
from domain.core.forms import Process
from domain.core.people import SYSTEM, Org
from domain.core.period import PeriodKind, last_day_of, quarter_name, refuse_unless_over
from domain.core.refusals import Code, Refused, broken
from domain.oversight.review import OversightReview, ReviewApproval, ReviewRequest
from domain.oversight.review_rules import Shown, narrative, refuse_author, refuse_unless_reviewed, suggested_review
from domain.oversight.scorecard import trend_of
from records.asl.statements import locked_statement, status_of
from records.core.checks.decisions import suggests_current
from records.core.declared import Effect, Requested, checks, opens, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.opening import open_case
from records.core.queries.events import event_of
from records.core.scopes import scope_of
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import PersonRow
from records.core.writing import Writing
from records.oversight.quarter import Quarter, quarter_figures, review_of, review_trigger
from records.oversight.scorecards import judged_before, ratings_of, score_of
from records.oversight.watching import oversight_case
from records.site.scopes import site_and_scopes


@opens(ReviewRequest)
async def opens_a_review(writing: Writing, form: ReviewRequest) -> Requested:
    """A watched scope, a quarter that is over, and one review for both, also when it is closed."""
    requested = await site_and_scopes(writing, form.site_id, (form.scope_id,))
    calendar = await writing.policies.calendar_of(writing.session, form.site_id, writing.at)
    refuse_unless_over(PeriodKind.QUARTER, form.first_day, calendar.local_day(writing.at))
    if await oversight_case(writing.session, form.scope_id) is None:
        raise broken("section 5, oversight review", "Nobody watches this scope.", scope_id="is not watched")
    await writing.head(stream_of(form.scope_id))
    name, trigger = quarter_name(form.first_day), review_trigger(form.scope_id, form.first_day)
    if (known := await review_of(writing.session, form.site_id, form.scope_id, form.first_day)) is not None:
        if known.closed_at is not None and writing.requester != SYSTEM:
            message = f"{name} was reviewed in {known.case_id}."
            raise Refused(Code.CONFLICT, message, when=known.closed_at.isoformat())
        return Requested(merged_into=known.case_id)
    title = f"Review of {form.site_id} ({', '.join(sorted(requested.activities))}) in {name}"
    return requested.model_copy(update={"title": title, "kind": name, "trigger": trigger})


@suggests(OversightReview)
async def suggests_review(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The figures of the quarter as they are now, and their trend."""
    lookups, quarter = await lookups_of(writing, case), await _quarter(writing, case)
    figures = await quarter_figures(lookups, quarter)
    before = await judged_before(lookups.session, quarter.scope.scope_id, quarter.first_day)
    last = [row for row in before if row.first_day == add_months(quarter.first_day, -3)]
    trend = trend_of(figures.score, score_of(next(iter(last), None)), lookups.limits)
    return suggested_review(quarter_name(quarter.first_day), figures, trend)


@checks(OversightReview)
async def is_reviewed(writing: Writing, case: CaseRow, form: OversightReview) -> Effect:
    """What was shown with the task is what is signed; rating and consequences by the rules (section 5)."""
    lookups, quarter = await lookups_of(writing, case), await _quarter(writing, case)
    if writing.task is None:
        raise Refused(Code.NOT_OPEN, "The review is not asked for.")
    colleagues = select(PersonRow.person_id).where(
        col(PersonRow.person_id).in_(form.attendees), col(PersonRow.org) == Org.SPONSOR.value
    )
    refuse_unless_reviewed(
        form,
        Shown.model_validate(writing.task.prefill),
        ratings_of(await judged_before(lookups.session, quarter.scope.scope_id, quarter.first_day)),
        lookups.limits,
        today=lookups.today,
        colleagues=(await lookups.session.exec(colleagues)).all(),
    )
    return {"overridden": form.rating is not form.figures.rating}


suggests_current(OversightReview, "review", ReviewApproval)


@checks(ReviewApproval)
async def approves_the_review(writing: Writing, case: CaseRow, form: ReviewApproval) -> Effect:
    """The current version, by another person (S1). What follows is proposed at once, and decided by others."""
    lookups = await lookups_of(writing, case)
    refuse_unless_current(form.review, await lookups.current(OversightReview), "review")
    written = (await lookups.rows(OversightReview))[0]
    refuse_author(writing.actor.persons, (await event_of(lookups.session, case.case_id, written.number)).actor.persons)
    return {"proposed": await _proposed(lookups) if form.approve else None}


async def _proposed(lookups: Lookups) -> str | None:
    """The case in which probation is proposed, if the review asks for it and the status is one that it can follow."""
    review, (scope_id,) = await lookups.the(OversightReview), lookups.case.scope_ids
    status = status_of(await locked_statement(lookups.writing, scope_id))
    if not review.consequences or not fits(StatusKind.PROBATION, status):
        return None
    proposal = StatusRequest(
        kind=StatusKind.PROBATION,
        site_id=lookups.case.site_id,
        scope_id=scope_id,
        reason_code=review.consequences[0],
        narrative=narrative(lookups.case.case_id, review),
        source=lookups.case.case_id,
    )
    return await open_case(lookups.writing, Process.STATUS, proposal)


async def _quarter(writing: Writing, case: CaseRow) -> Quarter:
    request = ReviewRequest.stored(case.order["request"])
    last_day = last_day_of(PeriodKind.QUARTER, request.first_day)
    return Quarter(await scope_of(writing.session, case), request.first_day, last_day)
