"""What assures the sponsor of a site: an audit, a waiver of it, or a bought report."""

from collections.abc import Mapping

from pydantic import JsonValue

from domain.audit.alternatives import (
    QualificationWaiver,
    QualificationWaiverDecision,
    RecommendationAgreement,
    ThirdPartyDecision,
    ThirdPartyReport,
)
from domain.audit.outcome import Recommendation
from domain.audit.request import AuditRequest, AuditType
from domain.core.case import Subject
from domain.core.forms import Process
from domain.qualification import duties
from domain.qualification.qualification import QualificationStage
from workflows.core.case import Case
from workflows.core.tasks import Answered


class Assurance:
    """SOP-03, 6 and 7: the audit of the site and its CAPA plan, or what takes their place, and the QP's agreement."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._audit = ""
        self._waived = False
        self._bought: ThirdPartyReport | None = None
        self._considered = 0
        self.leads: tuple[str, ...] = ()
        """Lead auditors, who do not sign the decision (S2)."""
        self.authors: set[str] = set()
        """Who has asked for a waiver or submitted a bought report: they do not sign it either (S3)."""

    async def follow(self) -> Recommendation | None:
        """Until an audit with its CAPA plan, a bought report or a waiver carries the decision.

        Returns the recommendation, UNACCEPTABLE also if the qualified person does not agree with a better one, and
        `None` for a waiver, which recommends nothing.
        """
        self._case.stage(QualificationStage.AUDIT)
        self._case.offer(QualificationWaiver, self._asked_to_waive)
        self._case.offer(ThirdPartyReport, self._offered_report)
        report = await self._reported()
        self._case.retract(QualificationWaiver, ThirdPartyReport)
        if self._waived:
            return None
        recommendation = self._bought.recommendation if self._bought else Recommendation(str(report["recommendation"]))
        if not await self._is_agreed(recommendation):
            return Recommendation.UNACCEPTABLE
        if self._bought is None and recommendation is not Recommendation.UNACCEPTABLE:
            self._case.stage(QualificationStage.CAPA_PLAN)
            await self._case.until(
                lambda: self._is_over or self._case.received(self._audit, Subject.CAPAS_ACCEPTED) is not None
            )
        return recommendation

    # ------------------------------------------------------------------ audit

    async def _reported(self) -> Mapping[str, JsonValue]:
        """What the audit has reported; empty if something took its place. A cancelled audit is requested anew."""
        order = self._case.order
        while not self._is_replaced:
            request = AuditRequest(type=AuditType.QUALIFICATION, site_id=order.site_id, scope_ids=order.scope_ids)
            (self._audit,) = await self._case.start(Process.AUDIT, request)
            await self._case.until(lambda: self._is_replaced or self._report is not None or self._is_over)
            if (report := self._report) is not None and not self._is_replaced:
                self.leads = (str(report["lead"]),)
                return report
        await self.withdraw()
        return {}

    async def withdraw(self) -> None:
        """The audit is not needed any more; it is cancelled unless it has begun on site."""
        if self._audit and not self._is_over:
            await self._case.send(self._audit, Subject.WITHDRAWN, {})

    @property
    def _is_replaced(self) -> bool:
        return self._waived or self._bought is not None

    @property
    def _report(self) -> Mapping[str, JsonValue] | None:
        return self._case.received(self._audit, Subject.REPORTED)

    @property
    def _is_over(self) -> bool:
        return self._case.received(self._audit, Subject.OUTCOME) is not None

    # ------------------------------------------------------------------ alternatives

    async def _asked_to_waive(self, waiver: Answered[QualificationWaiver]) -> None:
        self._considering(+1)
        self.authors |= waiver.by.persons
        barred = duties.barred_from_granting_waiver(waiver.by.persons)
        decision = await self._case.ask_unless(
            lambda: self._report is not None, self._case.ask(QualificationWaiverDecision, barred=barred)
        )
        self._waived = self._waived or (decision is not None and decision.form.grant)
        self._considering(-1)

    async def _offered_report(self, report: Answered[ThirdPartyReport]) -> None:
        self._considering(+1)
        self.authors |= report.by.persons
        barred = duties.barred_from_accepting(report.by.persons)
        decision = await self._case.ask_unless(
            lambda: self._report is not None, self._case.ask(ThirdPartyDecision, barred=barred)
        )
        if decision is not None and decision.form.accept:
            self._bought = report.form
        self._considering(-1)

    def _considering(self, change: int) -> None:
        self._considered += change
        stage = QualificationStage.AUDIT_WAIVER_REVIEW if self._considered else QualificationStage.AUDIT
        if self._report is None:
            self._case.stage(stage)

    # ------------------------------------------------------------------ the qualified person

    async def _is_agreed(self, recommendation: Recommendation) -> bool:
        source = self._case.case_id if self._bought else self._audit
        agreement = await self._case.ask(
            RecommendationAgreement,
            barred=duties.barred_from_agreeing(self.leads),
            prefill={"recommendation": recommendation.value, "source": source},
            about=f"{source} recommends {recommendation}",
        )
        return agreement.form.agree
