"""The renewal of a certificate."""

from temporalio import workflow

from domain.core.case import CaseOrder
from domain.core.case_actions import COMMON_FORMS
from domain.oversight.renewal import (
    RENEWAL_FORMS,
    CertificateSubmission,
    CertificateVerification,
    RenewalOutcome,
    RenewalStage,
    RenewalWithdrawal,
)
from domain.qualification.duties import barred_from_accepting
from workflows.core.case import Case
from workflows.core.tasks import Answered, Closing
from workflows.core.withdrawal import withdrawn_with_its_scope


@workflow.defn
class CertificateRenewal:
    """SOP-06: get the successor of a certificate from the site and verify it before the old one ends.

    Domain specification, section 5, Certificates.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.case = Case(order, RENEWAL_FORMS + COMMON_FORMS, stage=RenewalStage.REQUESTED)
        self.newer: Answered[CertificateSubmission] | None = None
        """What was sent while something else was under review."""

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        withdrawn = Closing(RenewalStage.WITHDRAWN, RenewalOutcome.WITHDRAWN)
        self.case.offer(RenewalWithdrawal, ends=withdrawn)
        self.case.meanwhile(withdrawn_with_its_scope(self.case, withdrawn), must_end=False)
        submission = await self.case.ask(CertificateSubmission)  # 1
        while (verification := await self._judged(submission)) is None or not verification.form.accept:  # 2
            submission = await self._sent_again(verification)
        counts = verification.effect["counts_for"] is not None
        return Closing(RenewalStage.VERIFIED, RenewalOutcome.VERIFIED if counts else RenewalOutcome.SCOPE_PARTIAL)

    # ------------------------------------------------------------------ 1 the site's certificate

    async def _sent_again(
        self, verification: Answered[CertificateVerification] | None
    ) -> Answered[CertificateSubmission]:
        """What was sent while the last one was under review, or what the site sends because it was turned down."""
        wrong = ""
        if verification is not None:
            self.case.stage(RenewalStage.REQUESTED)
            wrong = (verification.form.reason or "")[:1000]
        asked = await self.case.ask_unless(self._is_replaced, self.case.ask(CertificateSubmission, about=wrong))
        submission = asked or self.newer
        assert submission is not None
        self.newer = None
        return submission

    # ------------------------------------------------------------------ 2 verification

    async def _judged(self, submission: Answered[CertificateSubmission]) -> Answered[CertificateVerification] | None:
        """The judgement on a certificate, or `None` if the site sends another one before."""
        self.case.stage(RenewalStage.VERIFICATION)
        self.case.offer(CertificateSubmission, self._replaces)
        barred = barred_from_accepting(submission.by.persons)
        judging = self.case.ask(CertificateVerification, barred=barred)
        verification = await self.case.ask_unless(self._is_replaced, judging)
        self.case.retract(CertificateSubmission)
        return verification

    def _replaces(self, submission: Answered[CertificateSubmission]) -> None:
        self.newer = submission

    def _is_replaced(self) -> bool:
        return self.newer is not None
