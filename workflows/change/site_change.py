"""The control of a change that a site announces."""

import asyncio

from temporalio import workflow

from domain.change.decision import (
    CHANGE_FORMS,
    ChangeClassification,
    ChangeDecision,
    ChangeRegulatoryAssessment,
    ChangeTechnicalAssessment,
    ChangeVerdict,
    is_consulted_by_regulatory,
    is_consulted_by_technical,
)
from domain.change.site_change import (
    ChangeImplementation,
    ChangeNotification,
    ChangeStage,
    ChangeSupplement,
    ChangeWithdrawal,
)
from domain.core.case import CaseOrder
from domain.core.case_actions import COMMON_FORMS
from workflows.core.case import Case
from workflows.core.tasks import Answered, Closing


@workflow.defn
class SiteChange:
    """SOP-10: classify, assess and decide on a change at a site before its first use.

    EU GMP Chapter 7; ICH Q7 chapter 13; domain specification, section 5, Change notification.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.request = ChangeNotification.stored(order.request)
        self.case = Case(order, CHANGE_FORMS + COMMON_FORMS, stage=ChangeStage.SUBMITTED)
        self.since = order.requested_at
        """The sponsor's clock counts from what the site has sent last."""
        self.authors: set[str] = set()

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        self.case.offer(ChangeWithdrawal, ends=Closing.at(ChangeStage.WITHDRAWN))
        await self._assessed(await self._classified())  # 1, 2
        if not await self._is_approved():  # 3
            return Closing.at(ChangeStage.REJECTED)
        await self._used()  # 4
        return Closing.at(ChangeStage.IMPLEMENTED)

    # ------------------------------------------------------------------ 1 tier

    async def _classified(self) -> ChangeClassification:
        classification = await self.case.ask(ChangeClassification, since=self.since, about=self.request.description)
        self.authors |= classification.by.persons
        return classification.form

    # ------------------------------------------------------------------ 2 consultation

    async def _assessed(self, classification: ChangeClassification) -> None:
        self.case.stage(ChangeStage.ASSESSMENT)
        consultations = []
        if is_consulted_by_regulatory(classification):
            consultations.append(self._consulted(ChangeRegulatoryAssessment))
        if is_consulted_by_technical(classification):
            consultations.append(self._consulted(ChangeTechnicalAssessment))
        await asyncio.gather(*consultations)

    async def _consulted(self, form: type[ChangeRegulatoryAssessment] | type[ChangeTechnicalAssessment]) -> None:
        assessment = await self.case.ask(form, since=self.since, about=self.request.description)
        self.authors |= assessment.by.persons

    # ------------------------------------------------------------------ 3 decision

    async def _is_approved(self) -> bool:
        """Decide, again after each answer of the site. Whatever passes meanwhile, the change is not approved."""
        while True:
            self.case.stage(ChangeStage.DECISION)
            decision = await self.case.ask(
                ChangeDecision,
                since=self.since,
                barred=dict.fromkeys(self.authors, "S1"),
                about=self.request.description,
            )
            if decision.form.verdict is not ChangeVerdict.MORE_INFO:
                return decision.form.approves()
            await self._supplemented(decision)

    async def _supplemented(self, decision: Answered[ChangeDecision]) -> None:
        self.case.stage(ChangeStage.QUESTION)
        supplement = await self.case.ask(ChangeSupplement, about=decision.form.question or "")
        self.since = supplement.at

    # ------------------------------------------------------------------ 4 first use

    async def _used(self) -> None:
        self.case.stage(ChangeStage.APPROVED)
        await self.case.ask(ChangeImplementation, about=self.request.description)
