"""An inspection of a site by an authority."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from temporalio import workflow

from domain.core.case import CaseOrder
from domain.core.case_actions import COMMON_FORMS
from domain.inspection.answer import INSPECTION_FORMS, AnswerDates, OutcomeReview, WarningLetter
from domain.inspection.inspection import (
    InspectionCancellation,
    InspectionNotice,
    InspectionOutcome,
    InspectionOutcomeBySponsor,
    InspectionStage,
    InspectionStart,
    InspectionStartBySponsor,
)
from workflows.core.case import Case
from workflows.core.tasks import Answered, Closing
from workflows.inspection.authority_answer import AuthorityAnswer

T = TypeVar("T", InspectionStart, InspectionOutcome)


@workflow.defn
class AuthorityInspection:
    """SOP-11: follow an inspection by an authority, its outcome, and what is answered.

    EU GMP Chapter 7; domain specification, sections 5 and 10, Regulator outcome.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.notice = InspectionNotice.stored(order.request)
        self.case = Case(order, INSPECTION_FORMS + COMMON_FORMS, stage=InspectionStage.ANNOUNCED)

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        self.case.offer(InspectionCancellation, ends=Closing.at(InspectionStage.CANCELLED))
        begun = await self._begun()  # 1
        outcome = await self._reported_outcome(begun)  # 2
        await self._followed_up(outcome, outcome.form.summary)  # 3
        await self.case.settled()
        return Closing.at(InspectionStage.CLOSED)

    # ------------------------------------------------------------------ 1 beginning

    async def _begun(self) -> InspectionStart:
        """The clock runs once a first day is known; until then the authority may come at any time."""
        clock = "inspection.notify" if self.notice.start is not None else None
        asking = self.case.ask(InspectionStart, clock=clock, since_day=self.notice.start)
        begun = await self._or_entered(InspectionStartBySponsor, asking)
        self.case.retract(InspectionCancellation)
        return begun.form

    # ------------------------------------------------------------------ 2 outcome

    async def _reported_outcome(self, begun: InspectionStart) -> Answered[InspectionOutcome]:
        self.case.stage(InspectionStage.UNDER_WAY)
        asking = self.case.ask(InspectionOutcome, since_day=begun.expected_end)
        return await self._or_entered(InspectionOutcomeBySponsor, asking)

    async def _or_entered(self, by_sponsor: type[T], asking: Coroutine[Any, Any, Answered[T]]) -> Answered[T]:
        """The site is asked, and the sponsor may enter what the site does not say."""
        entered: list[Answered[T]] = []
        self.case.offer(by_sponsor, entered.append)
        reported = await self.case.ask_unless(lambda: bool(entered), asking)
        self.case.retract(by_sponsor)
        return reported or entered[0]

    # ------------------------------------------------------------------ 3 what follows

    async def _followed_up(self, outcome: Answered[InspectionOutcome] | Answered[WarningLetter], about: str) -> None:
        """The sponsor reviews, and the site answers if there is something to answer. The records open the rest."""
        self.case.stage(InspectionStage.FOLLOW_UP)
        self.case.offer(WarningLetter, self._warned)
        steps = [self._reviewed(about)]
        if (answer := outcome.effect["answer"]) is not None:
            steps.append(AuthorityAnswer(self.case, AnswerDates.model_validate(answer)).follow())
        await asyncio.gather(*steps)

    async def _reviewed(self, about: str) -> None:
        await self.case.ask(OutcomeReview, about=about)

    def _warned(self, letter: Answered[WarningLetter]) -> None:
        self.case.meanwhile(self._followed_up(letter, letter.form.summary))
