"""The decision on a supplier qualification."""

import asyncio
from datetime import datetime
from typing import Any

from temporalio import workflow

from domain.core.case_actions import Hold
from domain.qualification import duties
from domain.qualification.conditions import ConditionalRenewal, ConditionVerification
from domain.qualification.decision import (
    Condition,
    DecisionCoSignature,
    DecisionProposal,
    DecisionSignature,
    QualificationOutcome,
)
from domain.qualification.qualification import QualificationStage
from domain.qualification.request import Withdrawal
from workflows.core.case import Case
from workflows.core.tasks import Answered, Closing
from workflows.qualification.assurance import Assurance
from workflows.qualification.owners import Owners


class QualificationDecision:
    """SOP-03, 9 and 10: proposed, signed by the head of quality and the qualified person, and the conditions it sets.

    Domain specification, section 4.
    """

    def __init__(self, case: Case, assurance: Assurance, owners: Owners) -> None:
        self._case = case
        self._assurance = assurance
        self._owners = owners
        self._status_ends: datetime | None = None
        self._limited: asyncio.Task[None] | None = None

    async def follow(self) -> Closing:
        """Until a decision without conditions is signed."""
        while True:
            self._case.stage(QualificationStage.DECISION)
            proposal = await self._case.ask(DecisionProposal)
            signed = await self._signed(proposal)
            if signed is None:
                continue
            if self._limited is not None:
                self._limited.cancel()
            outcome = proposal.form.outcome
            if outcome is QualificationOutcome.CONDITIONALLY_APPROVED:
                self.limit(signed.effect.get("until"))
                await self._conditions_met(proposal.form.conditions)
                continue  # to a decision without conditions
            return Closing.at(QualificationStage(outcome.value))

    def limit(self, until: object) -> None:
        """The status ends by itself unless a decision comes first; from now on the case ends with a decision only."""
        if isinstance(until, str):
            self._case.retract(Withdrawal)
            self._status_ends = datetime.fromisoformat(until)
            self._limited = self._case.meanwhile(self._lapsed(), must_end=False)

    async def _signed(self, proposal: Answered[DecisionProposal]) -> Answered[Any] | None:
        """The last signature, with which the decision takes effect, or `None` if somebody sends the proposal back."""
        leads, proposers = self._assurance.leads, proposal.by.persons
        barred = duties.barred_from_deciding(self._owners.all, proposers, leads)
        decision = await self._case.ask(DecisionSignature, barred=barred)
        if not (decision.form.approve and decision.effect["co_sign"]):
            return decision if decision.form.approve else None
        barred = duties.barred_from_co_signing(decision.by.persons, proposers, leads)
        co_signature = await self._case.ask(DecisionCoSignature, barred=barred)
        return co_signature if co_signature.form.approve else None

    # ------------------------------------------------------------------ 10 conditions

    async def _conditions_met(self, conditions: tuple[Condition, ...]) -> None:
        """Each condition has its day; unmet by then it suspends new orders, and can still be met."""
        self._case.stage(QualificationStage.CONDITIONALLY_APPROVED)
        self._case.retract(Hold)  # nobody stops the clock of a condition
        self._offer_renewal()
        self._case.offer(DecisionProposal, self._reconsidered)
        await asyncio.gather(*(self._condition(number, each) for number, each in enumerate(conditions, 1)))
        self._case.retract(ConditionalRenewal, DecisionProposal)

    async def _condition(self, number: int, condition: Condition) -> None:
        async def unmet() -> None:
            self._case.record("qualification.condition_unmet", {"number": number})

        verification = self._case.ask(
            ConditionVerification,
            due_on=condition.due,
            concerns={number},
            prefill={"number": number},
            barred=duties.barred_from_verifying_condition(condition.owner),
            about=condition.text,
            at_due=unmet,
        )
        await self._owners.own(verification)
        self._offer_renewal()

    def _offer_renewal(self) -> None:
        """A renewal is a decision too: whoever may not sign that does not sign this."""
        barred = duties.barred_from_deciding(self._owners.all, (), self._assurance.leads)
        self._case.offer(ConditionalRenewal, self._renewed, barred=barred)

    async def _reconsidered(self, proposal: Answered[DecisionProposal]) -> None:
        """The site need not be waited for: it may be rejected while conditions are open."""
        if await self._signed(proposal) is not None:
            outcome = proposal.form.outcome
            self._case.end(Closing.at(QualificationStage(outcome.value)))

    def _renewed(self, renewal: Answered[ConditionalRenewal]) -> None:
        self._case.move_clocks(renewal)
        self._status_ends = datetime.fromisoformat(str(renewal.effect["until"]))

    async def _lapsed(self) -> None:
        while (end := self._status_ends) is not None and workflow.now() < end:
            await self._case.until(lambda end=end: self._status_ends != end, by=end, why="End of the limited approval")  # type: ignore[misc]
        self._case.record("qualification.approval_expired", {})
