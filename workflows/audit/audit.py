"""The quality audit."""

import asyncio
from datetime import date

from pydantic import JsonValue
from temporalio import workflow

from domain.audit import duties
from domain.audit.audit import FORMS_OF_A_CASE, AuditStage, plan_clock, report_clock, response_clock
from domain.audit.closure import AuditCancellation, AuditClosure, FullScopeDeclaration
from domain.audit.conduct import AuditOpening, ClosingMeeting, DailyWrapUp, EvidenceEntry, Preparation
from domain.audit.critical import AbortDecision, AuditAbort, CriticalFinding
from domain.audit.dates import Reschedule
from domain.audit.finding import needs_response
from domain.audit.plan import AuditPlan, PlanDecision
from domain.audit.report import AuditReport, OutcomeException, ReportDecision, ReportReceipt, ReportReview
from domain.audit.request import AuditRequest, AuditType, ForCauseDecision
from domain.audit.waiver import AuditWaiver, WaiverDecision
from domain.core.case import CaseOrder, Subject
from domain.core.case_actions import COMMON_FORMS
from domain.core.forms import Audience
from domain.core.request_withdrawal import RequestWithdrawal
from workflows.audit.capas import Capas
from workflows.audit.critical import Criticals
from workflows.audit.dates import AuditDays
from workflows.audit.responses import Responses
from workflows.audit.team import Auditors
from workflows.core.case import Case
from workflows.core.tasks import Answered, Closing
from workflows.core.withdrawal import withdrawn_by_owner

CANCELLED = Closing.at(AuditStage.CANCELLED)


@workflow.defn
class QualityAudit:
    """SOP-07: plan, announce, conduct and report an audit of a site, and follow its findings to closure.

    EU GMP Chapters 5 and 7; ICH Q7 16; domain specification, section 6.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.case = Case(order, FORMS_OF_A_CASE + COMMON_FORMS, stage=AuditStage.REQUESTED)
        self.capas = Capas(self.case)
        self.criticals = Criticals(self.case)
        self.responses: Responses | None = None
        self.request = AuditRequest.stored(order.request)
        self.auditors = Auditors(self.case, self.request.type)
        self.days = AuditDays(self.case, self.request.type, self.auditors)
        self.abort: AuditAbort | None = None
        self.aborted_on: date = date.max
        self.begun = False
        self.closure: AuditClosure | None = None

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        self.case.offer(AuditCancellation, ends=CANCELLED)
        self.case.meanwhile(self._cancelled_with_its_owner(), must_end=False)
        if self.request.type is AuditType.FOR_CAUSE and not await self._is_accepted():  # 1
            return Closing.at(AuditStage.DECLINED)
        plan = await self._approved_plan()  # 2
        await self.auditors.assign(plan.form.languages)  # 3
        await self.days.agree()  # 4
        if not self.days.access_is_refused:
            await self._prepared()  # 5
            await self._conducted()  # 6
        report = await self._issued_report()  # 7
        await self._accepted_responses(report)  # 8
        await self._followed_up()  # 9
        await self.case.settled()
        amended = self.responses.outcome if self.responses is not None else None
        return Closing(AuditStage.CLOSED, amended or report.form.recommendation.value)

    # ------------------------------------------------------------------ 1 for cause

    async def _is_accepted(self) -> bool:
        self.case.offer(RequestWithdrawal, self._request_withdrawn)
        requester = duties.barred_from_deciding_for_cause(self.case.order.requested_by.persons)
        decision = await self.case.ask(ForCauseDecision, since=self.case.order.requested_at, barred=requester)
        self.case.retract(RequestWithdrawal)
        return decision.form.accept

    def _request_withdrawn(self, withdrawal: Answered[RequestWithdrawal]) -> None:
        if not withdrawal.effect["left"]:
            self.case.end(CANCELLED)

    # ------------------------------------------------------------------ 2 plan

    async def _approved_plan(self) -> Answered[AuditPlan]:
        self.case.stage(AuditStage.PLANNED)
        self.case.offer(AuditWaiver, self._waived)
        while True:
            plan = await self.case.ask(AuditPlan, clock=plan_clock(self.request.type))
            decision = await self.case.ask(PlanDecision, barred=duties.barred_from_approving_plan(plan.by.persons))
            if decision.form.approve:
                self.case.retract(AuditWaiver)
                self.days.plan(plan.form)
                return plan

    async def _waived(self, waiver: Answered[AuditWaiver]) -> None:
        barred = duties.barred_from_deciding_waiver(waiver.by.persons)
        decision = await self.case.ask_unless(
            lambda: self.days.are_planned, self.case.ask(WaiverDecision, barred=barred)
        )
        if decision is not None and decision.form.grant:
            self.case.end(Closing.at(AuditStage.WAIVED))

    # ------------------------------------------------------------------ 5 preparation

    async def _prepared(self) -> None:
        self.case.stage(AuditStage.PREPARING)
        self.days.may_be_moved()
        await self.case.ask_unless(
            lambda: self.days.access_is_refused, self.case.ask(Preparation, to=self.auditors.lead)
        )

    # ------------------------------------------------------------------ 6 conduct

    async def _conducted(self) -> None:
        await self._opened()
        if self.days.access_is_refused:
            self.case.stage(AuditStage.ABORTED)
            return
        self.case.stage(AuditStage.IN_PROGRESS)
        self.case.offer(EvidenceEntry, check=self.auditors.refuse_others)
        self.case.offer(DailyWrapUp, check=self.auditors.refuse_others)
        self.case.offer(CriticalFinding, self.criticals.told_on_site, check=self.auditors.refuse_others)
        self.case.offer(AuditAbort, self._aborted, check=self.auditors.refuse_others)
        meeting = await self.case.ask_unless(
            lambda: self.abort is not None, self.case.ask(ClosingMeeting, to=self.auditors.lead)
        )
        self.case.retract(EvidenceEntry, DailyWrapUp, CriticalFinding, AuditAbort)
        last_day = meeting.form.last_day if meeting else self.aborted_on
        self.days.set(min(self.days.first, last_day), last_day)
        self.case.stage(AuditStage.CLOSING_MEETING if meeting else AuditStage.ABORTED)

    async def _opened(self) -> None:
        days = f"{self.days.first} to {self.days.last}"
        opening = self.case.ask(AuditOpening, to=self.auditors.lead, about=days, check=self.days.refuse_while_moving)
        await self.case.ask_unless(lambda: self.days.access_is_refused, opening)
        self.case.retract(Reschedule, AuditCancellation)
        self.begun = True

    async def _aborted(self, abort: Answered[AuditAbort]) -> None:
        reporters = duties.barred_from_deciding_suspension(abort.by.persons)
        decision = await self.case.ask(AbortDecision, barred=reporters, about=abort.form.reason)
        if decision.form.confirm:
            self.abort, self.aborted_on = abort.form, date.fromisoformat(str(decision.effect["last_day"]))

    # ------------------------------------------------------------------ 7 report

    async def _issued_report(self) -> Answered[AuditReport]:
        self.case.retract(AuditCancellation, Reschedule)
        if not self.was_aborted:
            self.case.offer(FullScopeDeclaration)
        while True:
            self.case.stage(AuditStage.REPORT_DRAFT)
            clock = report_clock(self.request.type)
            since_day = None if self.days.access_is_refused else self.days.last
            report = await self.case.ask(AuditReport, clock=clock, since_day=since_day, to=self.auditors.lead)
            self.case.stage(AuditStage.REPORT_REVIEW)
            if await self._is_approved(report):
                break
        self.auditors.release()
        self.case.record(
            "audit.issued",
            {"version": report.version, "sha256": report.sha256, "aborted": self.was_aborted},
            Audience.SHARED,
        )
        self.case.stage(AuditStage.REPORT_ISSUED)
        self.case.meanwhile(self._received(report), must_end=False)
        for finding in report.form.findings:
            self.criticals.told_in_writing(finding, workflow.now())
        await self.case.send_to_owner(
            Subject.REPORTED, recommendation=report.form.recommendation.value, lead=self.auditors.lead
        )
        return report

    @property
    def was_aborted(self) -> bool:
        return self.abort is not None or self.days.access_is_refused

    async def _is_approved(self, report: Answered[AuditReport]) -> bool:
        version: dict[str, JsonValue] = {"report": report.as_read}
        authors, team = report.by.persons, self.auditors.ever
        reviews = await asyncio.gather(
            *(self.case.ask(ReportReview, to=person, prefill=version) for person in self.auditors.co_auditors)
        )
        if not all(review.form.agree for review in reviews):
            return False
        if report.effect.get("milder"):
            barred = duties.barred_from_excepting_outcome(team, authors)
            exception = await self.case.ask(OutcomeException, barred=barred, prefill=version)
            if not exception.form.allow:
                return False
        barred = duties.barred_from_approving_report(team, authors)
        decision = await self.case.ask(ReportDecision, barred=barred, prefill=version)
        return decision.form.approve

    async def _received(self, report: Answered[AuditReport]) -> None:
        await self.case.ask(ReportReceipt, prefill={"report": report.as_read})

    # ------------------------------------------------------------------ 8 responses

    async def _accepted_responses(self, report: Answered[AuditReport]) -> None:
        findings = {finding.no: finding for finding in report.form.findings if needs_response(finding.severity)}
        responses = Responses(self.case, self.capas, self.criticals, findings, self.auditors.ever, self.auditors.lead)
        self.responses = responses
        self.case.meanwhile(self._accepted_plans(responses), must_end=False)
        self.case.stage(AuditStage.RESPONSE_DUE)
        await responses.follow(response_clock(self.request.type))
        self.case.stage(AuditStage.CAPA_MONITORING)

    async def _accepted_plans(self, responses: Responses) -> None:
        """Sent to the owner when every plan is accepted and every critical CAPA is verified."""
        await self.case.until(lambda: self.capas.are_planned(responses.owed, verified=responses.critical))
        await self.case.send_to_owner(Subject.CAPAS_ACCEPTED)

    # ------------------------------------------------------------------ 9 follow-up and closure

    async def _followed_up(self) -> None:
        barred = duties.barred_from_closing(self.auditors.ever)
        self.case.offer(AuditClosure, self._closed_early, barred=barred)
        await self.case.settled()
        await self.case.until(lambda: self.closure is not None or self.capas.all_verified())
        if self.closure is None:
            self.case.retract(AuditClosure)
            await self.case.ask(AuditClosure, barred=barred)

    def _closed_early(self, closure: Answered[AuditClosure]) -> None:
        """On verified commitments, before the last CAPA of an OTHER finding is verified."""
        self.case.retract(AuditClosure)
        self.closure = closure.form

    # ------------------------------------------------------------------ its owner

    async def _cancelled_with_its_owner(self) -> None:
        await withdrawn_by_owner(self.case)
        if not self.begun:
            self.case.end(CANCELLED)
