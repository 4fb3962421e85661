"""The technical exchange with a site."""

import asyncio
from datetime import datetime

from temporalio import workflow

from domain.core.case import CaseOrder
from domain.core.case_actions import COMMON_FORMS
from domain.exchange.concern import Concern, ConcernSettlement
from domain.exchange.exchange import ExchangeCancellation, ExchangeRequest, ExchangeStage, NextStep
from domain.exchange.forms import EXCHANGE_FORMS
from domain.exchange.parameter_filing import FilingStatement
from domain.exchange.round import RoundOpening, RoundResponse, RoundReview
from domain.exchange.steering import SteeringDecision, SteeringDecisionForSite
from workflows.core.case import Case
from workflows.core.tasks import Closing
from workflows.exchange.parameter_agreement import ParameterAgreement


@workflow.defn
class TechnicalExchange:
    """SOP-15: settle process detail with a site in rounds, and sign the parameters that come of it.

    ICH Q8(R2), ICH Q10 2.7; domain specification, section 7.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.request = ExchangeRequest.stored(order.request)
        self.case = Case(order, EXCHANGE_FORMS + COMMON_FORMS, stage=ExchangeStage.DRAFT)
        self.agreement = ParameterAgreement(self.case)

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        """Whoever does not sign may send it back to another round."""
        self.case.offer(ExchangeCancellation, ends=Closing.at(ExchangeStage.CANCELLED))
        self.case.offer(Concern)
        self.case.offer(ConcernSettlement)
        while await self._is_settled():  # 1 to 3
            if await self.agreement.is_signed():  # 4
                self.case.retract(Concern, ConcernSettlement)
                await self._filed()  # 5
                return Closing.at(ExchangeStage.CLOSED_AGREED)
        return Closing.at(ExchangeStage.CLOSED_NO_AGREEMENT)

    async def _is_settled(self) -> bool:
        """Rounds until there is something to sign; not if the steering pair ends it without agreement."""
        step = NextStep.ROUND
        while step is NextStep.ROUND:
            step = await self._round()
            if step is NextStep.ESCALATION:
                step = await self._steered()
        return step is NextStep.AGREEMENT

    # ------------------------------------------------------------------ 1 round, 2 review

    async def _round(self) -> NextStep:
        await self.case.ask(RoundOpening)
        self.case.stage(ExchangeStage.ROUND_OPEN)
        response = await self.case.ask(RoundResponse)
        self.case.stage(ExchangeStage.SPONSOR_REVIEW)
        review = await self.case.ask(RoundReview, since=response.at)
        return NextStep(str(review.effect["next"]))

    # ------------------------------------------------------------------ 3 escalation

    async def _steered(self) -> NextStep:
        """Both of the steering pair, again until they say the same."""
        self.case.stage(ExchangeStage.ESCALATED)
        while True:
            answers = await asyncio.gather(
                self.case.ask(SteeringDecision),
                self.case.ask(SteeringDecisionForSite),
            )
            for answer in answers:
                if answer.effect.get("agreed"):
                    return NextStep(str(answer.effect["next"]))

    # ------------------------------------------------------------------ 5 what is registered

    async def _filed(self) -> None:
        """Regulatory affairs states it, again while an approval is missing. Until then the set is not effective."""
        if not self.agreement.waits_for_filing:
            return
        self.case.stage(ExchangeStage.FILING)
        statement = await self.case.ask(FilingStatement)
        while statement.effect.get("pending"):
            statement = await self.case.ask(FilingStatement)
        effective_at = statement.effect.get("effective_at")
        if isinstance(effective_at, str):
            await self.case.until(lambda: False, by=datetime.fromisoformat(effective_at), why="Day of the approval")
            await self.case.establish("exchange.approval_day")
