"""The supplier qualification."""

from datetime import datetime
from typing import TypeVar

from temporalio import workflow

from domain.audit.report import Recommendation
from domain.core.case import CaseOrder
from domain.core.case_actions import COMMON_FORMS
from domain.core.forms import Audience, Form
from domain.qualification import duties
from domain.qualification.document_forms import DocumentReview, DocumentSubmission
from domain.qualification.qualification import QUALIFICATION_FORMS, QualificationStage
from domain.qualification.questionnaire_forms import (
    OmissionDecision,
    OmissionVerdict,
    QuestionnaireDeclaration,
    QuestionnaireHandIn,
    QuestionnaireReview,
    QuestionnaireVerdict,
)
from domain.qualification.request import QualificationKind, Reopening, Withdrawal
from domain.qualification.risk_forms import RiskAssessment, RiskDecision, TierLowering
from domain.qualification.screening import Screening, ScreeningOverride
from domain.qualification.succession import SuccessionDecision
from workflows.agreement.agreement import Negotiation
from workflows.core.case import Case
from workflows.core.tasks import Answered, Closing
from workflows.qualification.assurance import Assurance
from workflows.qualification.decision import QualificationDecision
from workflows.qualification.owners import Owners

F = TypeVar("F", bound=Form)

REJECTED = Closing.at(QualificationStage.REJECTED)
WITHDRAWN = Closing.at(QualificationStage.WITHDRAWN)


@workflow.defn
class SupplierQualification:
    """SOP-03: from the request for a site and scope to its row on the approved supplier list.

    EU GMP Chapters 5 and 7; ICH Q10 2.7; domain specification, section 4.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.case = Case(order, QUALIFICATION_FORMS + COMMON_FORMS, stage=QualificationStage.REQUESTED)
        self.kind = QualificationKind(order.kind)
        self.goes_on = False
        self.sent = 0
        """Version of the documents sent last."""
        self.assessed = 0
        """Version of the risk assessment submitted last."""
        self.assurance = Assurance(self.case)
        self.negotiation = Negotiation(self.case)
        self.owners = Owners(self.assurance, self.negotiation)
        self.decision = QualificationDecision(self.case, self.assurance, self.owners)

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        self.case.offer(Withdrawal, self._withdrawn)
        if not await self._is_opened():  # 1
            return REJECTED
        if not await self._is_cleared():  # 2
            return REJECTED
        if self.kind is not QualificationKind.OWNERSHIP_CHANGE:
            await self._questioned()  # 3
        await self._documented()  # 4
        await self._rated()  # 5
        await self._assured_and_agreed()  # 6, 7, 8
        return await self.decision.follow()  # 9, 10

    # ------------------------------------------------------------------ 1 opening

    async def _is_opened(self) -> bool:
        """A disqualified scope is reopened, and a status carried over to a new owner, by the head of quality."""
        barred = duties.barred_from_opening(self.case.order.requested_by.persons)
        if self.case.order.reopens:
            reopening = await self.case.ask(Reopening, barred=barred)
            if not reopening.form.reopen:
                return False
        if self.kind is QualificationKind.OWNERSHIP_CHANGE:
            succession = await self.case.ask(SuccessionDecision, barred=barred)
            if not succession.form.carry_over:
                return False
            self.decision.limit(succession.effect.get("until"))
        return True

    # ------------------------------------------------------------------ 2 screening

    async def _is_cleared(self) -> bool:
        self.case.stage(QualificationStage.SCREENING)
        screening = await self.owners.own(self.case.ask(Screening))
        hits = screening.effect["blocked_by"]
        if not hits:
            return True
        assert isinstance(hits, list)
        override = await self.case.ask(
            ScreeningOverride,
            barred=duties.barred_from_overriding(screening.by.persons),
            about=", ".join(map(str, hits)),
        )
        return override.form.override

    # ------------------------------------------------------------------ 3 questionnaire

    async def _questioned(self) -> None:
        self.case.stage(QualificationStage.QUESTIONNAIRE)
        self.case.record("questionnaire.sent", {}, Audience.SHARED)
        clock = "sq.response"
        while await self._is_declared(clock):
            review = await self.owners.own(self.case.ask(QuestionnaireReview))
            if review.form.verdict is QuestionnaireVerdict.ACCEPT:
                return
            if review.form.verdict is QuestionnaireVerdict.REFER:
                await self._decide_without(review.form.comments)
                return
            clock = "clarify.response"

    async def _is_declared(self, clock: str) -> bool:
        """Whether the site hands its answers in and its head of quality declares them."""
        sent = workflow.now()
        while True:
            if await self._from_site(QuestionnaireHandIn, clock, sent) is None:
                return False
            declaration = await self._from_site(QuestionnaireDeclaration, "clarify.response")
            if declaration is None or declaration.form.declare:
                return declaration is not None

    async def _from_site(
        self, form: type[F], clock: str | None = None, since: datetime | None = None
    ) -> Answered[F] | None:
        """The site's answer, or `None` if the head of quality decides to go on without it (section 10)."""

        async def decide_without() -> None:
            await self._decide_without(f"No answer from the site: {form.action.title}")

        self.goes_on = False
        return await self.case.ask_unless(
            lambda: self.goes_on, self.case.ask(form, clock=clock, since=since, after_last_escalation=decide_without)
        )

    async def _decide_without(self, about: str) -> None:
        decision = await self.case.ask(
            OmissionDecision, barred=duties.barred_from_omitting(self.owners.persons), about=about[:1000]
        )
        if decision.form.verdict is OmissionVerdict.GO_ON:
            self.goes_on = True
        else:
            self.case.end(REJECTED if decision.form.verdict is OmissionVerdict.REJECT else WITHDRAWN)
            await self.case.until(lambda: False)  # nothing more is asked of anybody

    # ------------------------------------------------------------------ 4 documents

    async def _documented(self) -> None:
        self.case.stage(QualificationStage.DOCUMENT_REVIEW)
        while await self._from_site(DocumentSubmission) is not None:
            review = await self.owners.own(self.case.ask(DocumentReview))
            if review.effect["complete"]:
                break
        self.case.offer(DocumentSubmission, self._documents_renewed)

    async def _documents_renewed(self, submission: Answered[DocumentSubmission]) -> None:
        """A certificate may end while the case is open; the site sends the next one. The last one sent is reviewed."""
        self.sent = submission.version
        review = await self.case.ask_unless(lambda: self.sent > submission.version, self.case.ask(DocumentReview))
        if review is not None:
            self.owners.persons |= review.by.persons

    # ------------------------------------------------------------------ 5 risk

    async def _rated(self) -> None:
        self.case.stage(QualificationStage.RISK_ASSESSMENT)
        while not await self._is_approved(await self.owners.own(self.case.ask(RiskAssessment))):
            pass
        self.case.offer(RiskAssessment, self._rated_again)

    async def _rated_again(self, assessment: Answered[RiskAssessment]) -> None:
        self.owners.persons |= assessment.by.persons
        await self._is_approved(assessment)

    async def _is_approved(self, assessment: Answered[RiskAssessment]) -> bool:
        """One person approves; a tier that is lowered needs a second one (S8). A newer assessment takes its place."""
        self.assessed = assessment.version

        def replaced() -> bool:
            return self.assessed > assessment.version

        authors = assessment.by.persons
        barred = duties.barred_from_approving_risk(authors)
        decision = await self.case.ask_unless(replaced, self.case.ask(RiskDecision, barred=barred))
        if decision is None or not (decision.form.approve and decision.effect["lowers"]):
            return decision is not None and decision.form.approve
        barred = duties.barred_from_lowering(authors, decision.by.persons)
        lowering = await self.case.ask_unless(replaced, self.case.ask(TierLowering, barred=barred))
        return lowering is not None and lowering.form.confirm

    # ------------------------------------------------------------------ 6 audit, 7 CAPA plan, 8 agreement

    async def _assured_and_agreed(self) -> None:
        """The agreement is negotiated while the site is audited; a site that failed its audit needs none."""
        negotiation = self.case.meanwhile(self.negotiation.follow(), must_end=False)
        if self.kind is not QualificationKind.OWNERSHIP_CHANGE:
            recommendation = await self.assurance.follow()
            if recommendation is Recommendation.UNACCEPTABLE:
                negotiation.cancel()
                return
        self.case.stage(QualificationStage.QTA)
        await self.case.until(lambda: self.negotiation.effective)

    # ------------------------------------------------------------------ withdrawal

    async def _withdrawn(self, withdrawal: Answered[Withdrawal]) -> None:
        await self.assurance.withdraw()
        self.case.end(WITHDRAWN)
