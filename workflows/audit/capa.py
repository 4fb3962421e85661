"""The corrective and preventive action."""

from datetime import datetime

from temporalio import workflow

from domain.audit.capa import (
    CAPA_FORMS,
    CapaCancellation,
    CapaImplementation,
    CapaPlan,
    CapaPlanDecision,
    CapaRequest,
    CapaStatus,
    CapaVerification,
    EffectivenessCheck,
    barred_from_verifying,
    due_clock,
    plan_clock,
    renewed,
)
from domain.audit.corrective_plan import CorrectivePlan
from domain.core.case import CaseOrder, Subject
from domain.core.case_actions import COMMON_FORMS
from domain.core.forms import Process
from workflows.core.case import Case
from workflows.core.tasks import Answered, Closing
from workflows.core.withdrawal import withdrawn_by_owner


@workflow.defn
class CorrectiveAction:
    """SOP-09: plan, implement and verify a corrective action, and see whether it works.

    EU GMP Chapter 1, ICH Q10 3.2.2; domain specification, section 6.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.request = CapaRequest.stored(order.request)
        first = CapaStatus.ACCEPTED if self.request.plan else CapaStatus.PROPOSED
        self.case = Case(order, CAPA_FORMS + COMMON_FORMS, stage=first)

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        self.case.offer(CapaCancellation, ends=Closing.at(CapaStatus.CANCELLED))
        self.case.meanwhile(self._cancelled_with_its_finding(), must_end=False)
        plan = self.request.plan or await self._accepted_plan()  # 1
        implemented = await self._verified_implementation(plan)  # 2
        self.case.retract(CapaCancellation)
        window_ends = implemented.effect.get("window_ends")
        if not isinstance(window_ends, str):
            return Closing.at(CapaStatus.VERIFIED)
        await self.case.send_to_owner(Subject.VERIFIED)
        return await self._effectiveness(implemented, datetime.fromisoformat(window_ends))  # 3

    # ------------------------------------------------------------------ 1 plan

    async def _accepted_plan(self) -> CorrectivePlan:
        while True:
            plan = await self.case.ask(CapaPlan, clock=plan_clock(self.request.origin), about=self.request.finding)
            decision = await self.case.ask(CapaPlanDecision, barred=dict.fromkeys(plan.by.persons, "S1"))
            if decision.form.accept:
                self.case.stage(CapaStatus.ACCEPTED)
                return plan.form.plan
            self.case.stage(CapaStatus.REWORK)

    # ------------------------------------------------------------------ 2 implementation

    async def _verified_implementation(self, plan: CorrectivePlan) -> Answered[CapaImplementation]:
        clock, accepted_at = due_clock(self.request.severity), workflow.now()
        while True:
            self.case.stage(CapaStatus.IN_PROGRESS)
            implemented = await self.case.ask(
                CapaImplementation, clock=clock, since=accepted_at, due_on=plan.due, about=self.request.finding
            )
            self.case.stage(CapaStatus.IMPLEMENTED)
            barred = barred_from_verifying(plan.owner, *implemented.by.persons)
            verification = await self.case.ask(CapaVerification, barred=barred, about=implemented.form.done)
            if verification.form.verified:
                self.case.stage(CapaStatus.VERIFIED)
                return implemented

    # ------------------------------------------------------------------ 3 effectiveness

    async def _effectiveness(self, implemented: Answered[CapaImplementation], window_ends: datetime) -> Closing:
        self.case.stage(CapaStatus.EFFECTIVENESS_PENDING)
        await self.case.until(lambda: False, by=window_ends, why="Effectiveness window")
        barred = barred_from_verifying(self.request.owner, *implemented.by.persons)
        check = await self.case.ask(EffectivenessCheck, barred=barred, about=self.request.finding)
        if check.form.approves():
            return Closing.at(CapaStatus.EFFECTIVE)
        (successor,) = await self.case.start(Process.CAPA, renewed(self.request, self.case.case_id))
        await self.case.send_to_owner(Subject.RENEWED, by=successor)
        return Closing.at(CapaStatus.INEFFECTIVE)

    # ------------------------------------------------------------------ its owner

    async def _cancelled_with_its_finding(self) -> None:
        await withdrawn_by_owner(self.case)
        self.case.end(Closing.at(CapaStatus.CANCELLED))
