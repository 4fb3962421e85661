"""What was decided against a batch: rejected, refused in a market, taken back (domain specification, section 18)."""

from domain.batch.facts.batch_fact import BatchFact, BatchInDoubt
from domain.batch.holds.holds import HoldType
from domain.batch.market_refusal import Refusal, RefusedAs
from domain.core.facts import StandingFact

_LEARNED_SO = frozenset({RefusedAs.REJECTED, RefusedAs.WITHDRAWN})


class BatchRejected(BatchFact, StandingFact):
    """A batch was rejected, by both sides or for its last market. It ends when two people have corrected that."""

    number: str

    @property
    def why(self) -> str:
        """The reason that people read."""
        return f"{self.number} is rejected"

    @property
    def identity(self) -> str:
        return self.batch_id


class RefusedInMarket(BatchFact, StandingFact):
    """One market has rejected a batch, has taken its release back, or the grounds for that were raised.

    It ends when two people have corrected the rejection.
    """

    refusal: Refusal
    suspends: bool
    """Whether it stops every market (policy limit `suspending_grounds`)."""
    beside: frozenset[str] = frozenset()
    """The markets of the batch that are refused by the same act."""
    in_review: bool = False
    """Whether it is decided in a review of the release, which has the other markets of the batch answer as well."""

    def asks_for_review(self, batch_id: str) -> bool:
        """Whether the other releases of the batch, or one made of it, are reviewed: the grounds are about the goods.

        A release that was taken back in its review, or with all that was made of the batch, is a fact of its own.
        """
        of_goods = self.refusal.how in _LEARNED_SO and not self.refusal.is_of_the_market
        return of_goods and not self.was_just_reviewed(batch_id)

    def was_just_reviewed(self, batch_id: str) -> bool:
        """Whether the releases of a batch have just been looked at in the light of it."""
        return self.in_review and batch_id == self.batch_id

    @property
    def why(self) -> str:
        """The reason that people read."""
        return self.refusal.words()[:4000]

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.refusal.market}:{','.join(sorted(self.refusal.grounds))}"


class ConfirmationWithdrawn(BatchInDoubt):
    """What somebody has answered for by signature is withdrawn: a site's part of a batch, or its certification."""

    hold = HoldType.SUPPLY
    number: str
    what: str = "confirmation"
    """What it was."""
    certificate: str | None = None
    """Of a certification: its number in the register, under which a release may stand on it."""
    of: str
    """Number of the batch."""
    reason: str

    @property
    def why(self) -> str:
        return f"The {self.what} {self.number} of {self.of} is withdrawn: {self.reason}"[:4000]


class FirstStepGone(BatchInDoubt, StandingFact):
    """What who only checks has released a batch on counts no more, and nothing else carries that release.

    It ends when the market has answered: confirmed on another first step, or taken back.
    """

    hold = HoldType.SUPPLY
    market: str
    number: str
    """Number of the batch."""
    reason: str

    @property
    def why(self) -> str:
        return f"No first step carries the release of {self.number} for {self.market} any more: {self.reason}"[:4000]

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.market}"


class ReleaseTakenBack(BatchFact, StandingFact):
    """The release of a batch, or what was supplied of it under exception, was taken back for some markets."""

    never_ends = "A release that was taken back is not given again; the goods need a record of their own."

    number: str
    markets: tuple[str, ...]
    """Those on grounds that are about the goods; what is suspended or of one market alone is `RefusedInMarket`."""
    supplied: bool = False
    """Whether nothing was released there, and goods went under an exception."""

    @property
    def why(self) -> str:
        """The reason that people read."""
        if self.supplied:
            return (
                f"What was supplied of {self.number} under exception to {', '.join(sorted(self.markets))} is taken back"
            )
        return f"The release of {self.number} is taken back for {', '.join(sorted(self.markets))}"

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{','.join(sorted(self.markets))}"
