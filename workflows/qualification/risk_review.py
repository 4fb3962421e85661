"""The review of the risk of a site and scope."""

from temporalio import workflow

from domain.core.case import CaseOrder
from domain.core.case_actions import COMMON_FORMS
from domain.qualification import duties
from domain.qualification.risk_forms import RiskAssessment, RiskDecision, TierLowering
from domain.qualification.risk_review import RISK_REVIEW_STEPS, RiskReviewRequest, RiskReviewStage
from workflows.core.case import Case
from workflows.core.tasks import Answered, Closing
from workflows.core.withdrawal import withdrawn_with_its_scope


@workflow.defn
class RiskReview:
    """SOP-08: score the risk of a site and scope again after something has changed it.

    ICH Q9(R1); domain specification, sections 4, 5 and 10.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.request = RiskReviewRequest.stored(order.request)
        self.case = Case(order, RISK_REVIEW_STEPS + COMMON_FORMS, stage=RiskReviewStage.ASSESSMENT)

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        withdrawn = Closing.at(RiskReviewStage.WITHDRAWN)
        self.case.meanwhile(withdrawn_with_its_scope(self.case, withdrawn), must_end=False)
        clock, requested_at = self.request.cause.clock, self.case.order.requested_at
        while True:
            assessment = await self.case.ask(RiskAssessment, clock=clock, since=requested_at, about=self.request.reason)
            if await self._is_approved(assessment):
                return Closing(RiskReviewStage.APPROVED, assessment.form.tier.value)

    async def _is_approved(self, assessment: Answered[RiskAssessment]) -> bool:
        """One person approves; a tier that is lowered needs a second one (S8)."""
        authors = assessment.by.persons
        decision = await self.case.ask(RiskDecision, barred=duties.barred_from_approving_risk(authors))
        if not (decision.form.approve and decision.effect["lowers"]):
            return decision.form.approve
        barred = duties.barred_from_lowering(authors, decision.by.persons)
        return (await self.case.ask(TierLowering, barred=barred)).form.confirm
