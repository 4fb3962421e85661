"""Checks of a recall. Its figures come from the records: shipments, returns, destructions."""

from decimal import Decimal

from pydantic import JsonValue
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import BatchStage
from domain.batch.facts.events import OriginRecalled
from domain.core.entry import OpenTask
from domain.core.refusals import Code, Refused
from domain.release.recall import (
    RecallClosure,
    RecallFigures,
    RecallPlan,
    refuse_unless_plannable,
    refuse_unless_reconciled,
)
from records.batch.genealogy import lock_families
from records.batch.notifying import notify_batch
from records.batch.tables.batches import BatchRow
from records.core.declared import Effect, checks, suggests
from records.core.lookups import lookups_of
from records.core.questions import answers
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.delivery.questions import NeededBy
from records.delivery.shipping import decimal, returns_of, shipments_of
from records.release.release_reviews import reviews_of
from records.release.tables import ReleaseReviewRow

_NONE = Decimal(0)


@suggests(RecallPlan)
async def suggests_a_plan(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The batches that come from it. Whether they are called back as well is left open."""
    family = await _descendants(writing, case.case_id)
    return {"descendants": [{"batch_id": batch_id} for batch_id in family]} if family else {}


@checks(RecallPlan)
async def plans(writing: Writing, case: CaseRow, form: RecallPlan) -> Effect:
    """The recall that a review has decided on, and that has no plan yet.

    What comes from the batch and is concerned is reviewed for a recall of its own, if it is released. The review of
    what is not concerned is asked again: it may confirm that release now.
    """
    lookups = await lookups_of(writing, case)
    review = await _recall(writing.session, case, form.review)
    if review.recall_planned_at is not None:
        raise Refused(Code.NOT_OPEN, "This recall is planned.", fields={"review": "has a plan"})
    refuse_unless_plannable(
        form,
        review=review.number,
        markets=tuple(review.recalled),
        latest_day=lookups.latest_day,
        descendants=await _descendants(writing, case.case_id),
    )
    for each in form.descendants:
        child = await writing.session.get_one(BatchRow, each.batch_id, populate_existing=True)
        if each.concerned and child.is_out:
            why = f"{case.case_id} is recalled, from which it comes: {each.reason}"
            await establish(writing, OriginRecalled(batch_id=child.batch_id, case_id=case.case_id, why=why))
        elif child.is_out:
            await notify_batch(writing, child.batch_id)
    return {}


@suggests(RecallClosure)
async def suggests_the_figures(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """What the records know of the goods."""
    number = line.prefill.get("review")
    if not isinstance(number, int):
        return {}
    known = await recall_figures(writing.session, await _recall(writing.session, case, number))
    figures: dict[str, JsonValue] = {"distributed": str(known.dispatched), "recovered": str(known.recovered)}
    return {**figures, "figures_seen": known.in_words()}


@checks(RecallClosure)
async def closes(writing: Writing, case: CaseRow, form: RecallClosure) -> Effect:
    """Quantities are those of the records or explained, of a recall that is planned and not closed."""
    review = await _recall(writing.session, case, form.review)
    if review.recall_planned_at is None or review.recall_closed_at is not None:
        raise Refused(Code.NOT_OPEN, "This recall is not under way.", fields={"review": "is not under way"})
    known = await recall_figures(writing.session, review)
    refuse_unless_reconciled(form, review=review.number, known=known)
    return {"records": known.model_dump(mode="json")}


async def recall_figures(session: AsyncSession, review: ReleaseReviewRow) -> RecallFigures:
    """What left for the recalled markets, arrived there, came back and was destroyed."""
    batch = await session.get_one(BatchRow, review.batch_id)
    shipped = [
        each
        for each in await shipments_of(session, batch.batch_id)
        if each.market in review.recalled and each.dispatched_at is not None
    ]
    back = [each for each in await returns_of(session, batch.batch_id) if each.market in review.recalled]
    return RecallFigures(
        unit=batch.unit or "",
        dispatched=sum((decimal(each.dispatched_quantity) or _NONE for each in shipped), _NONE),
        received=sum((decimal(each.received_quantity) or _NONE for each in shipped), _NONE),
        recovered=sum((Decimal(each.disposed_quantity) + Decimal(each.removed_quantity) for each in shipped), _NONE),
        destroyed=sum((Decimal(each.destroyed_quantity) for each in shipped), _NONE)
        + sum((Decimal(each.destroyed_quantity) for each in back), _NONE),
        waits_for=await _not_over(session, review),
    )


async def _not_over(session: AsyncSession, review: ReleaseReviewRow) -> tuple[str, ...]:
    """The deliveries to the recalled markets of which it is not known yet what becomes of the goods."""
    shipments = [
        each.case_id for each in await shipments_of(session, review.batch_id) if each.market in review.recalled
    ]
    query = select(CaseRow.case_id, CaseRow.stage).where(
        col(CaseRow.case_id).in_(shipments), col(CaseRow.closed_at).is_(None)
    )
    rows = (await session.exec(query.order_by(col(CaseRow.number)))).all()
    return tuple(f"{case_id} ({stage.replace('_', ' ').lower()})" for case_id, stage in rows)


@answers(NeededBy, order=20)
async def reviews_need_it(writing: Writing, asked: NeededBy) -> list[str]:
    """A review that waits, and a recall that is not planned yet: its plan says what becomes of what comes back."""
    batch = await writing.session.get_one(BatchRow, asked.batch_id)
    reviews = await reviews_of(writing.session, batch.batch_id)
    unplanned = [row.number for row in reviews if row.recalled and row.recall_planned_at is None]
    waiting = ["a review of the release is open"] if batch.review_open else []
    return [*waiting, *(f"recall {number} is not planned" for number in unplanned)]


async def _descendants(writing: Writing, batch_id: str) -> list[str]:
    """What comes from a batch over all steps and was not called off. All are locked."""
    family = [each for each in await lock_families(writing, (batch_id,)) if each != batch_id]
    query = select(CaseRow.case_id).where(
        col(CaseRow.case_id).in_(family), col(CaseRow.stage) != BatchStage.CANCELLED.value
    )
    known = set((await writing.session.exec(query)).all())
    return [each for each in family if each in known]


async def _recall(session: AsyncSession, case: CaseRow, number: int) -> ReleaseReviewRow:
    review = await session.get(ReleaseReviewRow, (case.case_id, number))
    if review is None or not review.recalled:
        raise Refused(Code.NOT_OPEN, "There is no such recall.", fields={"review": "has decided on no recall"})
    return review
