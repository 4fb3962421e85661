"""The decision on a status."""

import asyncio
from datetime import date, datetime

from temporalio import workflow

from domain.asl.asl import AslStatus
from domain.asl.request import StatusKind, StatusRequest
from domain.core.case import CaseOrder
from domain.core.case_actions import COMMON_FORMS
from domain.core.request_withdrawal import RequestWithdrawal
from domain.release.field_alert import FieldAlertAssessment
from domain.status.decision import FORMS_OF_A_CASE, StatusStage, barred_from_deciding
from domain.status.ending import DisqualificationConsent, DisqualificationDecision, RetirementDecision, SupplyContinuity
from domain.status.probation import ProbationConfirmation, ProbationDecision
from domain.status.suspension import SuspensionImpact, SuspensionOrder
from workflows.core.case import Case
from workflows.core.tasks import Answered, Closing
from workflows.status.restriction import Restriction


@workflow.defn
class StatusDecision:
    """SOP-06: decide on a suspension, probation, disqualification or retirement, and on the way back.

    EU GMP Chapters 1 and 7; domain specification, section 5.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.request = StatusRequest.stored(order.request)
        first = StatusStage.SUSPENDED if self.request.in_force else StatusStage.PROPOSED
        self.case = Case(order, FORMS_OF_A_CASE + COMMON_FORMS, stage=first)
        self.restriction = Restriction(self.case)
        self.proposers = order.requested_by.persons
        self.replaced = False

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        """What another case decides on the scope takes the place of this one. Released batches are assessed anyway."""
        self.case.meanwhile(self._compared(), must_end=False)
        decided = asyncio.create_task(self._decided())
        await self.case.until(lambda: decided.done() or self.replaced)
        closing = decided.result() if decided.done() else Closing.at(StatusStage.REPLACED)
        decided.cancel()
        await self.case.settled()
        return closing

    async def _decided(self) -> Closing:
        if not self.request.in_force:
            self.case.offer(RequestWithdrawal, self._withdrawn)
        match self.request.kind:
            case StatusKind.SUSPENSION:
                return await self._suspension()  # 1 to 5
            case StatusKind.PROBATION:
                return await self._probation()  # 6
            case StatusKind.DISQUALIFICATION:
                return await self._disqualification()  # 7
            case StatusKind.RETIREMENT:
                return await self._retirement()  # 8

    def _withdrawn(self, withdrawal: Answered[RequestWithdrawal]) -> None:
        if not withdrawal.effect["left"]:
            self.case.end(Closing.at(StatusStage.WITHDRAWN))

    # ------------------------------------------------------------------ 1 suspension, 2 its impact

    async def _suspension(self) -> Closing:
        known_at, review_on = self.case.order.requested_at, None
        if not self.request.in_force:
            order = await self.case.ask(SuspensionOrder, barred=barred_from_deciding(self.proposers))
            if not order.form.suspend:
                return Closing.at(StatusStage.DECLINED)
            self.case.retract(RequestWithdrawal)
            known_at, review_on = order.at, date.fromisoformat(str(order.effect["review_on"]))
        self.case.stage(StatusStage.SUSPENDED)
        self.case.meanwhile(self._assessed(known_at))
        await self.restriction.follow(AslStatus.SUSPENDED, review_on)
        return Closing.at(StatusStage.REINSTATED)

    async def _assessed(self, known_at: datetime) -> None:
        """Released batches at once; a field alert within three working days of what was known then."""
        impact = await self.case.ask(SuspensionImpact, since=known_at)
        if impact.form.consider_field_alert:
            await self.case.ask(FieldAlertAssessment, since=known_at, about=impact.form.conclusion)

    # ------------------------------------------------------------------ 6 probation

    async def _probation(self) -> Closing:
        while True:
            decision = await self.case.ask(ProbationDecision, barred=barred_from_deciding(self.proposers))
            if not decision.form.put:
                return Closing.at(StatusStage.DECLINED)
            barred = barred_from_deciding(decision.by.persons)
            confirmation = await self.case.ask(ProbationConfirmation, barred=barred)
            if confirmation.form.confirm:
                self.case.retract(RequestWithdrawal)
                await self.restriction.follow(AslStatus.PROBATION, decision.form.review_on)
                return Closing.at(StatusStage.REINSTATED)

    # ------------------------------------------------------------------ 7 disqualification

    async def _disqualification(self) -> Closing:
        """Of a site that an authority has closed the supply is planned at once, beside the decision."""
        supply = self.case.meanwhile(self._supplied(), must_end=False) if self.request.closes_the_site else None
        while True:
            decision = await self.case.ask(DisqualificationDecision, barred=barred_from_deciding(self.proposers))
            if not decision.form.disqualify:
                break
            barred = barred_from_deciding(decision.by.persons)
            consent = await self.case.ask(DisqualificationConsent, barred=barred, about=decision.form.rationale)
            if consent.form.consent:
                self.case.retract(RequestWithdrawal)
                self.case.stage(StatusStage.SUPPLY)
                await (supply or self._supplied())
                return Closing.at(StatusStage.DISQUALIFIED)
        if supply is not None:
            supply.cancel()
        return Closing.at(StatusStage.DECLINED)

    async def _supplied(self) -> None:
        await self.case.ask(SupplyContinuity)

    # ------------------------------------------------------------------ 8 retirement

    async def _retirement(self) -> Closing:
        decision = await self.case.ask(RetirementDecision, barred=barred_from_deciding(self.proposers))
        return Closing.at(StatusStage.RETIRED if decision.form.retire else StatusStage.DECLINED)

    # ------------------------------------------------------------------ other cases

    async def _compared(self) -> None:
        """With each statement of another case, and when one that was made ahead takes effect."""
        while True:
            changes = self.case.changes()
            compared = await self.case.establish("status.compared")
            self.replaced = bool(compared["replaced"])
            if self.replaced:
                return
            ahead = compared["again_at"]
            again_at = datetime.fromisoformat(ahead) if isinstance(ahead, str) else None
            await self.case.sleep(changes, again_at, "A status stated ahead")
