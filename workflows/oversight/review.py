"""The quarterly review of a site."""

from temporalio import workflow

from domain.core.case import CaseOrder
from domain.core.case_actions import COMMON_FORMS
from domain.core.period import PeriodKind, last_day_of
from domain.oversight.review import REVIEW_FORMS, OversightReview, ReviewApproval, ReviewRequest, ReviewStage
from workflows.core.case import Case
from workflows.core.tasks import Answered, Closing
from workflows.core.withdrawal import withdrawn_with_its_scope


@workflow.defn
class QuarterlyReview:
    """SOP-14: review a quarter of a site and scope, and propose what follows from it.

    EU GMP Chapter 7; ICH Q10 2.7; domain specification, section 5.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        request = ReviewRequest.stored(order.request)
        self.quarter_ended = last_day_of(PeriodKind.QUARTER, request.first_day)
        self.case = Case(order, REVIEW_FORMS + COMMON_FORMS, stage=ReviewStage.REVIEW)

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        withdrawn = Closing.at(ReviewStage.WITHDRAWN)
        self.case.meanwhile(withdrawn_with_its_scope(self.case, withdrawn), must_end=False)
        while not await self._is_approved(await self._reviewed()):
            pass
        return Closing(ReviewStage.CLOSED, "JUDGED")

    # ------------------------------------------------------------------ 1 review

    async def _reviewed(self) -> Answered[OversightReview]:
        self.case.stage(ReviewStage.REVIEW)
        return await self.case.ask(OversightReview, since_day=self.quarter_ended)

    # ------------------------------------------------------------------ 2 approval

    async def _is_approved(self, review: Answered[OversightReview]) -> bool:
        self.case.stage(ReviewStage.APPROVAL)
        barred = dict.fromkeys(review.by.persons, "S1")
        approval = await self.case.ask(ReviewApproval, since_day=self.quarter_ended, barred=barred)
        return approval.form.approve
