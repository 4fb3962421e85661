"""The review of a quality agreement."""

from temporalio import workflow

from domain.agreement.forms import NEGOTIATION_FORMS
from domain.agreement.review import (
    AGREEMENT_REVIEW_FORMS,
    AgreementReview,
    AgreementReviewApproval,
    AgreementReviewStage,
    AgreementReviewVerdict,
    AgreementReviewWithdrawal,
    barred_from_approving,
)
from domain.core.case import CaseOrder
from domain.core.case_actions import COMMON_FORMS
from workflows.agreement.agreement import Negotiation
from workflows.core.case import Case
from workflows.core.tasks import Answered, Closing
from workflows.core.withdrawal import withdrawn_with_its_scope


@workflow.defn
class QualityAgreementReview:
    """SOP-04, review: see whether a quality agreement in force is still suitable, and amend it if it is not.

    EU GMP Chapter 7; domain specification, section 9, `qta.review`.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        forms = AGREEMENT_REVIEW_FORMS + NEGOTIATION_FORMS + COMMON_FORMS
        self.case = Case(order, forms, stage=AgreementReviewStage.REQUESTED)
        self.negotiation = Negotiation(self.case)

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        withdrawn = Closing.at(AgreementReviewStage.WITHDRAWN)
        self.case.offer(AgreementReviewWithdrawal, ends=withdrawn)
        self.case.meanwhile(withdrawn_with_its_scope(self.case, withdrawn), must_end=False)
        while True:
            review = await self.case.ask(AgreementReview)  # 1
            if review.form.verdict is AgreementReviewVerdict.AMEND:
                self.case.stage(AgreementReviewStage.NEGOTIATION)
                await self.negotiation.follow()  # 3
                return Closing.at(AgreementReviewStage.RENEWED)
            if await self._is_approved(review):  # 2
                return Closing.at(AgreementReviewStage.UNCHANGED)
            self.case.stage(AgreementReviewStage.REQUESTED)

    # ------------------------------------------------------------------ 2 approval

    async def _is_approved(self, review: Answered[AgreementReview]) -> bool:
        """Nothing is signed by the site when the agreement stays as it is, so a second person signs for the sponsor."""
        self.case.stage(AgreementReviewStage.APPROVAL)
        barred = barred_from_approving(review.by.persons)
        approval = await self.case.ask(AgreementReviewApproval, barred=barred, about=review.form.rationale)
        return approval.form.approve
