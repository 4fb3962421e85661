"""What the plans of recalls say of the batches that come from what is called back (specification, section 19)."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.facts.decisions import ReleaseTakenBack
from domain.release.recall import DescendantQuestion, RecallPlan
from domain.release.review_answers import Leaves, Standing
from records.core.tables.cases import RecordRow
from records.core.writing import Writing
from records.release.tables import ReleaseReviewRow

_IN_A_LINE = 200


class Recall(NamedTuple):
    """A review that has called a batch back somewhere: the markets that it has taken back, and its plan."""

    markets: frozenset[str]
    is_planned: bool
    answers: Mapping[str, DescendantQuestion]
    """What the plan says of each batch that comes from it, by id."""

    def clears(self, batch_id: str) -> str | None:
        """Why the defect is not in a batch that comes from it, as the plan says; `None` if it does not say so."""
        answer = self.answers.get(batch_id)
        return answer.reason if answer is not None and not answer.concerned else None


async def recalls_of(session: AsyncSession, batch_ids: Collection[str]) -> dict[str, list[Recall]]:
    """The recalls of these batches, by batch."""
    query = select(ReleaseReviewRow).where(col(ReleaseReviewRow.batch_id).in_(sorted(batch_ids)))
    rows = (await session.exec(query.order_by(col(ReleaseReviewRow.batch_id), col(ReleaseReviewRow.number)))).all()
    recalled = [row for row in rows if row.recalled]
    plans = await _plans(session, {row.batch_id for row in recalled}) if recalled else {}
    found: dict[str, list[Recall]] = {}
    for row in recalled:
        plan = plans.get((row.batch_id, row.number))
        answers = {each.batch_id: each for each in plan.descendants} if plan is not None else {}
        markets = frozenset((*row.recalled, *row.withdrawn))
        found.setdefault(row.batch_id, []).append(Recall(markets, row.recall_planned_at is not None, answers))
    return found


async def taken_back_of_origin(
    writing: Writing, batch_id: str, everywhere: frozenset[str], fact: ReleaseTakenBack
) -> Standing:
    """What the release of a batch that it comes from leaves, which was taken back.

    Where that one is recalled, its plan says whether the defect may be in this one.
    """
    policy = await writing.policy()
    gone = frozenset(each for each in everywhere if any(policy.is_one_market(market, each) for market in fact.markets))
    recalls = (await recalls_of(writing.session, (fact.batch_id,))).get(fact.batch_id, [])
    recall = next((each for each in recalls if each.markets.issuperset(fact.markets)), None)
    why, leaves = "that it comes from is taken back there", Leaves.TAKING_BACK
    if recall is not None and not recall.is_planned:
        why = "that it comes from is recalled, and the plan of that has to say whether this one is concerned"
        leaves = Leaves.NOT_YET
    elif recall is not None and (reason := recall.clears(batch_id)) is not None:
        why = f"that it comes from is recalled; by its plan this one is not concerned: {reason}"[:_IN_A_LINE]
        leaves = Leaves.ANYTHING
    return Standing(what=fact.number, why=why, leaves=leaves, markets=gone)


async def _plans(session: AsyncSession, batch_ids: Collection[str]) -> dict[tuple[str, int], RecallPlan]:
    query = select(RecordRow.case_id, RecordRow.form).where(
        col(RecordRow.case_id).in_(sorted(batch_ids)), col(RecordRow.action) == RecallPlan.action.name
    )
    plans = [(batch_id, RecallPlan.stored(form)) for batch_id, form in (await session.exec(query)).all()]
    return {(batch_id, plan.review): plan for batch_id, plan in plans}
