"""The holds on a batch."""

import asyncio
from collections.abc import Callable

from domain.batch.deviations.deviation import only_about
from domain.batch.holds.hold import (
    HoldPlacement,
    HoldReview,
    HoldsEvaluation,
    LiftConfirmation,
    LiftProposal,
    LongHoldReview,
    StandingHold,
    barred_from_confirming,
)
from domain.batch.holds.market_judgement import SLOTS, OpenJudgement
from workflows.core.case import Case
from workflows.core.followed import Followed
from workflows.core.tasks import Answered


class Holds:
    """SOP-12, holds: each that stands is reviewed again and again, and lifted by two persons.

    Domain specification, sections 8, 9 and 11 (S15). All state is in the records: an evaluation says which holds stand
    and what each needs next, so it may be followed anew at any time.
    """

    def __init__(self, case: Case, *, evaluated: Callable[[HoldsEvaluation], None] = lambda _: None) -> None:
        """`evaluated` is called with each evaluation."""
        self._case = case
        self._evaluated = evaluated
        self._evaluation = HoldsEvaluation()
        self._reviews = Followed(case, self._reviewed)
        self._lifts = Followed(case, self._lifted)
        self._judgements = Followed(case, self._judged)
        self._over = Followed(case, self._proposed)

    def is_held(self, market: str | None = None) -> bool:
        """Whether a hold stands that stops a market, or any hold; as of the last evaluation."""
        return self._evaluation.stop(market)

    async def follow(self) -> None:
        """As long as the batch has a procedure. They are evaluated once, and again whenever something has changed."""
        self._case.offer(HoldPlacement)
        self._case.offer(LiftProposal, self._changed)
        try:
            while True:
                known = self._case.changes()
                self._evaluation = HoldsEvaluation.model_validate(await self._case.establish("batch.holds"))
                self._attend()
                self._evaluated(self._evaluation)
                await self._changed_since(known)
        finally:
            for followed in (self._reviews, self._lifts, self._judgements, self._over):
                followed.end()
            self._case.retract(HoldPlacement, LiftProposal)

    async def _changed_since(self, known: int) -> None:
        await self._case.until(lambda: self._case.changes() > known)

    def _attend(self) -> None:
        """Every hold that stands is followed, and every proposal that waits; no other."""
        standing = {hold.hold_id: hold for hold in self._evaluation.holds}
        proposed = {hold.lift_key: hold for hold in self._evaluation.holds if hold.proposal is not None}
        self._reviews.only(standing)
        self._lifts.only(proposed)
        waiting = {
            f"{hold.hold_id}/{part.slot}/{part.version}": (hold, part)
            for hold in self._evaluation.holds
            for part in hold.judgements
        }
        self._judgements.only(waiting)
        over = {hold.hold_id: hold for hold in self._evaluation.holds if hold.is_over and hold.proposal is None}
        self._over.only(over)

    def _changed(self, answered: Answered[LiftProposal]) -> None:
        self._case.mark_changed()

    # ------------------------------------------------------------------ reviews

    async def _reviewed(self, hold: StandingHold) -> None:
        await asyncio.gather(self._again(hold), self._long(hold))

    async def _again(self, hold: StandingHold) -> None:
        """It never ends by itself."""
        since = hold.reviewed_at
        while True:
            review = await self._case.ask(
                HoldReview,
                clock="hold.review.again" if since else "hold.review",
                since=since or hold.placed_at,
                prefill=hold.prefill(),
                check=only_about("hold_id", hold.hold_id),
                about=hold.words(),
            )
            since = review.at

    async def _long(self, hold: StandingHold) -> None:
        if hold.long_at is not None:
            await self._case.until(lambda: False, by=hold.long_at, why=f"{hold.hold_id} stands for long")
            await self._case.ask(
                LongHoldReview,
                since=hold.placed_at,
                prefill=hold.prefill(),
                check=only_about("hold_id", hold.hold_id),
                about=hold.words(),
            )

    # ------------------------------------------------------------------ lifting

    async def _proposed(self, hold: StandingHold) -> None:
        """What is authorised again is brought before who owns the hold; whoever has asked for it lifts nothing."""
        await self._case.ask(
            LiftProposal,
            prefill=hold.prefill(),
            check=only_about("hold_id", hold.hold_id),
            about=hold.words(),
        )
        self._case.mark_changed()

    async def _lifted(self, hold: StandingHold) -> None:
        """A second person confirms, or refuses; the next evaluation shows what has become of it."""
        await self._case.ask(
            LiftConfirmation,
            prefill=hold.prefill_of_lift(),
            check=only_about("hold_id", hold.hold_id),
            barred=barred_from_confirming(hold.proposers),
            about=hold.words(),
        )
        self._case.mark_changed()

    # ------------------------------------------------------------------ what another market has decided

    async def _judged(self, waiting: tuple[StandingHold, OpenJudgement]) -> None:
        """Either part in any order; who says no leaves the market stopped, and may judge again."""
        hold, part = waiting
        await self._case.ask(
            SLOTS[part.slot],
            prefill=part.prefill(hold.hold_id, hold.market),
            check=only_about("hold_id", hold.hold_id),
            barred=dict.fromkeys(part.barred, "S1"),
            about=hold.words(),
        )
        self._case.mark_changed()
