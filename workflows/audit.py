"""The quality audit."""

import asyncio
from datetime import date

from temporalio import workflow

from domain import audit_duties as duties
from domain.audit import (
    AUDIT_FORMS,
    AuditStage,
    confirm_clock,
    notice_clock,
    plan_clock,
    report_clock,
    response_clock,
    team_clock,
)
from domain.audit_closure import AuditCancellation, AuditClosure, FullScopeDeclaration
from domain.audit_conduct import AuditOpening, ClosingMeeting, DailyWrapUp, EvidenceEntry, Preparation
from domain.audit_critical import (
    AbortDecision,
    AuditAbort,
    Containment,
    CriticalFinding,
    SuspensionDecision,
    refuse_unless_scoped,
)
from domain.audit_dates import AuditNotice, CounterDecision, DateAnswer, DateVerdict, Reschedule
from domain.audit_plan import AuditPlan, PlanDecision
from domain.audit_report import AuditReport, OutcomeException, ReportDecision, ReportReceipt, ReportReview
from domain.audit_request import AuditRequest, AuditType, ForCauseDecision
from domain.audit_team import (
    AuditorDeclaration,
    AuditorReplacement,
    AuditTeam,
    TeamMember,
    TeamRole,
    covers,
    declares_fit,
    leads_of,
    refuse_unless_in_team,
    remaining,
    replaced,
)
from domain.audit_waiver import AuditWaiver, WaiverDecision
from domain.case import CaseOrder, Subject
from domain.case_actions import COMMON_FORMS
from domain.document import RecordVersion
from domain.finding import needs_response
from domain.forms import Audience
from domain.people import Actor, Org
from domain.refusals import Code, Refused
from workflows.capas import Capas
from workflows.case import Case
from workflows.responses import Responses
from workflows.tasks import Answered, Closing

CANCELLED = Closing(AuditStage.CANCELLED, "CANCELLED")


@workflow.defn
class QualityAudit:
    """SOP-07: plan, announce, conduct and report an audit of a site, and follow its findings to closure.

    EU GMP Chapters 5 and 7; ICH Q7 16; domain specification, section 6.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.case = Case(order, AUDIT_FORMS + COMMON_FORMS, stage=AuditStage.REQUESTED)
        self.capas = Capas(self.case)
        self.request = AuditRequest.stored(order.request)
        self.team: tuple[TeamMember, ...] = ()
        self.auditors: list[str] = []
        self.first_day: date = date.max
        self.last_day: date = date.max
        self.moving = False
        self.abort: AuditAbort | None = None
        self.aborted_on: date = date.max
        self.refused_access = False
        self.begun = False
        self.issued = False
        self.closure: AuditClosure | None = None

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        self.case.offer(AuditCancellation, ends=CANCELLED)
        self.case.meanwhile(self._cancelled_with_its_owner(), must_end=False)
        if self.request.type is AuditType.FOR_CAUSE and not await self._is_accepted():  # 1
            return Closing(AuditStage.DECLINED, "DECLINED")
        plan = await self._approved_plan()  # 2
        await self._declared_team(plan)  # 3
        await self._agreed_days()  # 4
        if not self.refused_access:
            await self._prepared()  # 5
            await self._conducted()  # 6
        report = await self._issued_report()  # 7
        await self._accepted_responses(report)  # 8
        await self._followed_up()  # 9
        await self.case.settled()
        return Closing(AuditStage.CLOSED, report.form.recommendation.value)

    # ------------------------------------------------------------------ 1 for cause

    async def _is_accepted(self) -> bool:
        requester = duties.barred_from_deciding_for_cause(self.case.order.requested_by.persons)
        decision = await self.case.ask(ForCauseDecision, since=self.case.order.requested_at, barred=requester)
        return decision.form.accept

    # ------------------------------------------------------------------ 2 plan

    async def _approved_plan(self) -> Answered[AuditPlan]:
        self.case.stage(AuditStage.PLANNED)
        self.case.offer(AuditWaiver, self._waived)
        while True:
            plan = await self.case.ask(AuditPlan, clock=plan_clock(self.request.type))
            decision = await self.case.ask(PlanDecision, barred=duties.barred_from_approving_plan(plan.by.persons))
            if decision.form.approve:
                self.case.retract(AuditWaiver)
                self.first_day, self.last_day = plan.form.first_day, plan.form.last_day
                return plan

    async def _waived(self, waiver: Answered[AuditWaiver]) -> None:
        barred = duties.barred_from_deciding_waiver(waiver.by.persons)
        decision = await self.case.ask_unless(
            lambda: self.first_day < date.max, self.case.ask(WaiverDecision, barred=barred)
        )
        if decision is not None and decision.form.grant:
            self.case.end(Closing(AuditStage.WAIVED, "WAIVED"))

    # ------------------------------------------------------------------ 3 team

    async def _declared_team(self, plan: Answered[AuditPlan]) -> None:
        while not covers(self.team, plan.form.languages):
            named = await self.case.ask(AuditTeam, clock=team_clock(self.request.type))
            self.team = named.form.members
            self.auditors += [member.person_id for member in self.team]
            self.case.stage(AuditStage.TEAM_ASSIGNED)
            declared = await asyncio.gather(*(self._declaration(member) for member in self.team))
            self.team = remaining(self.team, {answer.by.person: answer.form for answer in declared})
        self.case.offer(AuditorReplacement, self._replaced)

    async def _declaration(self, member: TeamMember) -> Answered[AuditorDeclaration]:
        return await self.case.ask(AuditorDeclaration, to=member.person_id)

    async def _replaced(self, replacement: Answered[AuditorReplacement]) -> None:
        """The new auditor takes over once independence is declared; otherwise the team stays as it is."""
        form = replacement.form
        declared = await self.case.ask_unless(
            lambda: self.issued or form.outgoing not in {member.person_id for member in self.team},
            self._declaration(form.incoming),
        )
        if declared is None or not declares_fit(declared.form):
            return
        self.team = replaced(self.team, form)
        self.auditors.append(form.incoming.person_id)
        self.case.hand_over(form.outgoing, form.incoming.person_id, form.reason)
        self.case.record("audit.auditor_replaced", {"outgoing": form.outgoing, "incoming": form.incoming.person_id})

    @property
    def lead(self) -> str:
        """The lead auditor, who answers for the audit."""
        return min(leads_of(self.team))

    # ------------------------------------------------------------------ 4 days

    async def _agreed_days(self) -> None:
        while True:
            self.case.stage(AuditStage.NOTICED)
            notice = await self.case.ask(AuditNotice, clock=notice_clock(self.request.type), to=self.lead)
            if await self._agrees_site(notice.form.first_day, notice.form.last_day) or self.refused_access:
                break
        self.case.stage(AuditStage.ABORTED if self.refused_access else AuditStage.CONFIRMED)

    async def _agrees_site(self, first_day: date, last_day: date) -> bool:
        """Whether a date is accepted by both: the announced one, or the one the site proposes instead."""
        about = f"{first_day} to {last_day}"
        answer = await self.case.ask(DateAnswer, clock=confirm_clock(self.request.type), about=about)
        if answer.form.verdict is DateVerdict.REFUSE_ACCESS:
            await self._access_refused()
            return False
        if answer.form.verdict is DateVerdict.COUNTER_PROPOSE:
            first_day, last_day = answer.form.first_day or first_day, answer.form.last_day or last_day
            decision = await self.case.ask(CounterDecision, about=f"The site proposes {first_day} to {last_day}")
            if not decision.form.accept:
                return False
        self._date(first_day, last_day)
        return True

    def _date(self, first_day: date, last_day: date) -> None:
        self.first_day, self.last_day = first_day, last_day
        self.case.record(
            "audit.dated", {"first_day": first_day.isoformat(), "last_day": last_day.isoformat()}, Audience.SHARED
        )

    async def _access_refused(self) -> None:
        self.refused_access = True
        await self.case.ask(SuspensionDecision, check=_is_scoped, about="The site refuses access to the audit")

    async def _rescheduled(self, wish: Answered[Reschedule]) -> None:
        before = self.case.at_stage
        first_day, last_day = wish.form.first_day, wish.form.last_day
        self.moving = True
        self.case.stage(AuditStage.RESCHEDULED)
        self.case.stage(AuditStage.NOTICED)
        if wish.by.org is Org.CDMO:
            about = f"The site asks to move the audit to {first_day} to {last_day}"
            decision = await self.case.ask(CounterDecision, about=about)
            if decision.form.accept:
                self._date(first_day, last_day)
        else:
            await self._agrees_site(first_day, last_day)
        if not self.refused_access:
            self.case.stage(before)
        self.moving = False

    # ------------------------------------------------------------------ 5 preparation

    async def _prepared(self) -> None:
        self.case.stage(AuditStage.PREPARING)
        self.case.offer(Reschedule, self._rescheduled, check=self._is_not_moving)
        await self.case.ask_unless(lambda: self.refused_access, self.case.ask(Preparation, to=self.lead))

    def _is_not_moving(self, form: object, actor: Actor) -> None:
        if self.moving:
            raise Refused(Code.CONFLICT, "The days of the audit are being agreed again.", rule="audit.reschedule")

    # ------------------------------------------------------------------ 6 conduct

    async def _conducted(self) -> None:
        await self.case.ask_unless(
            lambda: self.refused_access,
            self.case.ask(
                AuditOpening, to=self.lead, about=f"{self.first_day} to {self.last_day}", check=self._is_not_moving
            ),
        )
        self.case.retract(Reschedule, AuditCancellation)
        self.begun = True
        if self.refused_access:
            self.case.stage(AuditStage.ABORTED)
            return
        self.case.stage(AuditStage.IN_PROGRESS)
        self.case.offer(EvidenceEntry, check=self._is_in_team)
        self.case.offer(DailyWrapUp, check=self._is_in_team)
        self.case.offer(CriticalFinding, self._critical_finding, check=self._is_in_team)
        self.case.offer(AuditAbort, self._aborted, check=self._is_in_team)
        meeting = await self.case.ask_unless(
            lambda: self.abort is not None, self.case.ask(ClosingMeeting, to=self.lead)
        )
        self.case.retract(EvidenceEntry, DailyWrapUp, CriticalFinding, AuditAbort)
        last_day = meeting.form.last_day if meeting else self.aborted_on
        self._date(min(self.first_day, last_day), last_day)
        self.case.stage(AuditStage.CLOSING_MEETING if meeting else AuditStage.ABORTED)

    def _is_in_team(self, form: object, actor: Actor) -> None:
        refuse_unless_in_team(self.team, actor)

    async def _critical_finding(self, finding: Answered[CriticalFinding]) -> None:
        critical = finding.form
        reporters = duties.barred_from_deciding_suspension(finding.by.persons)
        await asyncio.gather(
            self.case.ask(
                SuspensionDecision,
                since=critical.told_at,
                barred=reporters,
                check=_is_scoped,
                about=critical.description,
            ),
            self.case.ask(Containment, since=critical.told_at, about=critical.description),
        )

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
            since_day = None if self.refused_access else self.last_day
            report = await self.case.ask(AuditReport, clock=clock, since_day=since_day, to=self.lead)
            self.case.stage(AuditStage.REPORT_REVIEW)
            if await self._is_approved(report):
                break
        self.issued = True
        self.case.retract(AuditorReplacement)
        self.case.record(
            "audit.issued",
            {"version": report.version, "sha256": report.sha256, "aborted": self.was_aborted},
            Audience.SHARED,
        )
        self.case.stage(AuditStage.REPORT_ISSUED)
        self.case.meanwhile(self._received(report), must_end=False)
        await self.case.send_to_owner(Subject.REPORTED, recommendation=report.form.recommendation.value, lead=self.lead)
        return report

    @property
    def was_aborted(self) -> bool:
        return self.abort is not None or self.refused_access

    async def _is_approved(self, report: Answered[AuditReport]) -> bool:
        version = {"report": RecordVersion(version=report.version, sha256=report.sha256).model_dump(mode="json")}
        authors, team = report.by.persons, self.auditors
        reviewers = [member.person_id for member in self.team if member.role is TeamRole.CO]
        reviews = await asyncio.gather(
            *(self.case.ask(ReportReview, to=person, prefill=version) for person in reviewers)
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
        version = {"report": RecordVersion(version=report.version, sha256=report.sha256).model_dump(mode="json")}
        await self.case.ask(ReportReceipt, prefill=version)

    # ------------------------------------------------------------------ 8 responses

    async def _accepted_responses(self, report: Answered[AuditReport]) -> None:
        findings = {finding.no: finding for finding in report.form.findings if needs_response(finding.severity)}
        responses = Responses(self.case, self.capas, findings, self.auditors, self.lead)
        self.case.meanwhile(self._accepted_plans(responses), must_end=False)
        self.case.stage(AuditStage.RESPONSE_DUE)
        await responses.follow(response_clock(self.request.type))
        self.case.stage(AuditStage.CAPA_MONITORING)

    async def _accepted_plans(self, responses: Responses) -> None:
        """Whoever owns the audit is told when every plan is accepted and every critical CAPA is verified."""
        await self.case.until(lambda: self.capas.are_planned(responses.owed, verified=responses.critical))
        await self.case.send_to_owner(Subject.CAPAS_ACCEPTED)

    # ------------------------------------------------------------------ 9 follow-up and closure

    async def _followed_up(self) -> None:
        barred = duties.barred_from_closing(self.auditors)
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
        owner = self.case.order.owner
        await self.case.until(lambda: owner is not None and self.case.received(owner, Subject.WITHDRAWN) is not None)
        if not self.begun:
            self.case.end(CANCELLED)


def _is_scoped(decision: SuspensionDecision, actor: Actor) -> None:
    refuse_unless_scoped(decision)
