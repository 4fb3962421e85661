"""Checks of a recall."""

from decimal import Decimal

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.refusals import Code, Refused
from domain.release.recall import RecallClosure, RecallPlan, refuse_unless_plannable, refuse_unless_reconciled
from records.core.declared import Effect, checks
from records.core.lookups import lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.delivery.shipping import leaving, shipments_of, taken_away
from records.release.tables import ReleaseReviewRow


@checks(RecallPlan)
async def plans(writing: Writing, case: CaseRow, form: RecallPlan) -> Effect:
    """The recall that a review has decided on, and that has no plan yet."""
    lookups = await lookups_of(writing, case)
    review = await _recall(writing.session, case, form.review)
    if review.recall_planned_at is not None:
        raise Refused(Code.NOT_OPEN, "This recall is planned.", fields={"review": "has a plan"})
    refuse_unless_plannable(form, review=review.number, markets=tuple(review.recalled), today=lookups.today)
    return {}


@checks(RecallClosure)
async def closes(writing: Writing, case: CaseRow, form: RecallClosure) -> Effect:
    """Quantities fit, of a recall that is planned and not closed."""
    review = await _recall(writing.session, case, form.review)
    if review.recall_planned_at is None or review.recall_closed_at is not None:
        raise Refused(Code.NOT_OPEN, "This recall is not under way.", fields={"review": "is not under way"})
    shipped = [each for each in await shipments_of(writing.session, case.case_id) if each.market in review.recalled]
    dispatched = sum((leaving(each) - taken_away(each) for each in shipped if each.dispatched_at), Decimal(0))
    refuse_unless_reconciled(form, review=review.number, dispatched=dispatched)
    return {}


async def _recall(session: AsyncSession, case: CaseRow, number: int) -> ReleaseReviewRow:
    review = await session.get(ReleaseReviewRow, (case.case_id, number))
    if review is None or not review.recalled:
        raise Refused(Code.NOT_OPEN, "There is no such recall.", fields={"review": "has decided on no recall"})
    return review
