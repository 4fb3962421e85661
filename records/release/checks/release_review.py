"""Checks of reviews of a release."""

from domain.batch.facts import LearnedOfBatch
from domain.batch.holds import BatchState
from domain.batch.market_refusal import Refusal, RefusedAs
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
    refuse_unless_entitled,
    refuse_unless_release_reviewed,
    refuse_unless_released,
    suggested_review,
)
from records.batch.market_refusals import take_back
from records.batch.tables.batches import BatchRow
from records.core.declared import Effect, checks, checks_event, suggests
from records.core.lookups import lookups_of
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.release.release_reviews import (
    open_demands,
    released_markets,
    released_products,
    reviews_of,
    watched_until,
)
from records.release.tables import ReleaseReviewRow

_IN_A_LINE = 200


@checks(LaterFinding)
async def demands(writing: Writing, case: CaseRow, form: LaterFinding) -> Effect:
    """The release is reviewed for it."""
    refuse_unless_released(await released_markets(writing.session, case.case_id))
    batch = await writing.session.get_one(BatchRow, case.case_id)
    why = f"{form.kind}: {form.description}"
    await establish(writing, LearnedOfBatch(batch_id=batch.batch_id, case_id=case.case_id, why=why))
    return {}


@suggests(ReleaseReview)
async def suggests_a_review(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """What waits to be reviewed, and the markets whose release stands."""
    waiting = await open_demands(writing.session, case.case_id)
    return suggested_review(
        await released_markets(writing.session, case.case_id), [demand.number for demand in waiting]
    )


@checks(ReleaseReview)
async def reviews(writing: Writing, case: CaseRow, form: ReleaseReview) -> Effect:
    """Everything that was learned is reviewed, for every market.

    What is not decided yet of a batch taken back is held, and what comes from it.
    """
    session = writing.session
    released = await released_markets(session, case.case_id)
    waiting = await open_demands(session, case.case_id)
    refuse_unless_released(released)
    refuse_unless_entitled(form, await released_products(session, case.case_id), writing.actor.roles)
    refuse_unless_release_reviewed(form, released=released, demands=[demand.number for demand in waiting])
    taken_back = form.markets(ReleaseOutcome.WITHDRAW) + form.markets(ReleaseOutcome.RECALL)
    if taken_back:
        batch = await session.get_one(BatchRow, case.case_id)
        await take_back(writing, batch, _refusals(writing, batch, form), in_review=True)
    return {"confirmed": [*form.markets(ReleaseOutcome.CONFIRM)], "taken_back": [*sorted(taken_back)]}


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
    waiting = await open_demands(writing.session, case.case_id)
    reviewed = await reviews_of(writing.session, case.case_id)
    alerts = tuple(_alert(row) for row in reviewed if row.field_alert and row.alert_assessed_at is None)
    recalls = tuple(_recalled(row) for row in reviewed if row.recalled and row.recall_closed_at is None)
    ends_at = watched_until(lookups, batch)
    evaluation = ReleaseEvaluation(
        demands=tuple(
            Demand(number=row.number, reason=row.reason[:_IN_A_LINE], cause=row.cause, at=row.demanded_at)
            for row in waiting
            if batch.released
        ),
        alerts=alerts,
        recalls=recalls,
        ends_at=ends_at,
        ends_as=ending(
            state=BatchState(batch.state),
            released=batch.released,
            was_recalled=any(row.recalled for row in reviewed),
            has_something_open=bool((waiting and batch.released) or alerts or recalls),
            ends_at=ends_at,
            now=writing.at,
        ),
    )
    return evaluation.model_dump(mode="json", exclude_defaults=True)


def _alert(row: ReleaseReviewRow) -> Alert:
    return Alert(review=row.number, since=row.reviewed_at, about=row.impact[:_IN_A_LINE])


def _recalled(row: ReleaseReviewRow) -> Recalled:
    planned = row.recall_planned_at is not None
    return Recalled(review=row.number, markets=tuple(row.recalled), since=row.reviewed_at, planned=planned)
