"""A status that has to be ended: a suspension, a probation, a conditional approval."""

import asyncio
from datetime import date, datetime

from domain.asl.asl import AslStatus
from domain.core.case_actions import Hold
from domain.qualification.conditions import ConditionVerification
from domain.qualification.duties import barred_from_verifying_condition
from domain.status.decision import STAGES, StatusStage, barred_from_deciding
from domain.status.reinstatement import (
    ReinstatedStatus,
    ReinstatementCoSignature,
    ReinstatementProposal,
    ReinstatementSignature,
)
from domain.status.suspension import SuspensionReview
from workflows.core.case import Case
from workflows.core.tasks import Answered


class Restriction:
    """SOP-06, 3 and 4: reviewed as long as it is in force, and lifted by two persons who did not propose it."""

    def __init__(self, case: Case) -> None:
        self._case = case

    async def follow(self, status: AslStatus, review_on: date | None) -> None:
        """Until the site is approved again without conditions. The first review is on `review_on`, if that is set."""
        beside = self._case.meanwhile(self._reviewed(review_on), must_end=False)
        try:
            while True:
                self._case.stage(STAGES[status])
                proposal, signed = await self._lifted(STAGES[status])
                beside.cancel()
                if proposal.status is ReinstatedStatus.APPROVED:
                    return
                status = AslStatus(proposal.status.value)
                beside = self._case.meanwhile(self._beside(proposal, signed), must_end=False)
        finally:
            beside.cancel()
            self._case.retract(ReinstatementProposal)

    async def _beside(self, proposal: ReinstatementProposal, signed: Answered[ReinstatementCoSignature]) -> None:
        if proposal.status is ReinstatedStatus.PROBATION:
            await self._reviewed(None)
        else:
            await self._conditional(proposal, signed)

    # ------------------------------------------------------------------ 3 reviews

    async def _reviewed(self, review_on: date | None) -> None:
        """It never ends by itself."""
        while True:
            review = await self._case.ask(SuspensionReview, due_on=review_on)
            review_on = review.form.next_review

    # ------------------------------------------------------------------ 4 reinstatement

    async def _lifted(self, stage: StatusStage) -> tuple[ReinstatementProposal, Answered[ReinstatementCoSignature]]:
        """The proposal with its last signature, with which it takes effect; who does not sign sends it back."""
        while True:
            proposal = await self._proposed()
            self._case.stage(StatusStage.REINSTATEMENT)
            proposers = proposal.by.persons
            signature = await self._case.ask(ReinstatementSignature, barred=barred_from_deciding(proposers))
            if signature.form.approve:
                barred = barred_from_deciding(proposers, signature.by.persons)
                co_signature = await self._case.ask(ReinstatementCoSignature, barred=barred)
                if co_signature.form.approve:
                    return proposal.form, co_signature
            self._case.stage(stage)

    async def _proposed(self) -> Answered[ReinstatementProposal]:
        """The last one, if two come at once: that is the version to be signed."""
        proposals: list[Answered[ReinstatementProposal]] = []
        self._case.offer(ReinstatementProposal, proposals.append)
        await self._case.until(lambda: bool(proposals))
        self._case.retract(ReinstatementProposal)
        return proposals[-1]

    # ------------------------------------------------------------------ 5 conditions

    async def _conditional(self, proposal: ReinstatementProposal, signed: Answered[ReinstatementCoSignature]) -> None:
        """Each condition has its day; unmet by then it suspends new orders. The approval ends with its own last day."""
        self._case.retract(Hold)  # nobody stops the clock of a condition
        first = int(str(signed.effect["first_condition"]))
        conditions = [
            self._condition(number, each.due, each.owner, each.text)
            for number, each in enumerate(proposal.conditions, first)
        ]
        await asyncio.gather(self._limited(datetime.fromisoformat(str(signed.effect["until"]))), *conditions)

    async def _condition(self, number: int, due: date, owner: str, text: str) -> None:
        async def unmet() -> None:
            self._case.record("status.condition_unmet", {"number": number})

        await self._case.ask(
            ConditionVerification,
            due_on=due,
            concerns={number},
            prefill={"number": number},
            barred=barred_from_verifying_condition(owner),
            about=text,
            at_due=unmet,
        )

    async def _limited(self, until: datetime) -> None:
        await self._case.until(lambda: False, by=until, why="End of the conditional approval")
        self._case.record("status.approval_expired", {})
