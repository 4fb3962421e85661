"""What one market has decided against a batch, as every other market must see it (domain specification, section 18)."""

from collections.abc import Collection
from enum import StrEnum

from pydantic import AwareDatetime

from domain.batch.gate.gate import GateFacts
from domain.policy.rejection_grounds import Grounds, RejectionGrounds, in_words, is_of_the_market


class RefusedAs(StrEnum):
    """How a market has refused a batch."""

    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    RECALLED = "RECALLED"
    TAKEN_BACK = "TAKEN_BACK"
    """Withdrawn or recalled, before grounds were stated."""

    @property
    def words(self) -> str:
        """The field's words for it."""
        return _WORDS[self]


_WORDS = {
    RefusedAs.REJECTED: "rejected",
    RefusedAs.WITHDRAWN: "withdrawn",
    RefusedAs.RECALLED: "recalled",
    RefusedAs.TAKEN_BACK: "taken back",
}


class Refusal(GateFacts):
    """A rejection of a batch in one market, or its release there taken back."""

    batch_id: str
    market: str
    how: RefusedAs
    grounds: Grounds = ()
    """Older ones have stated none; they are judged like any other."""
    because: str = ""
    by: str | None = None
    """Person id of who has refused it."""
    at: AwareDatetime | None = None
    """When it was refused, or its grounds were raised last."""

    @property
    def is_of_the_market(self) -> bool:
        """Whether it says nothing of the goods elsewhere."""
        return is_of_the_market(self.grounds)

    def suspends(self, suspending: Collection[RejectionGrounds]) -> bool:
        """Whether it stops the batch in every market until two people have judged (`limits.suspending_grounds`)."""
        return not set(suspending).isdisjoint(self.grounds)

    def words(self, batch: str | None = None) -> str:
        """The refusal in one line, in the field's words. `batch` is what people call the batch."""
        why = f": {self.because}" if self.because else ""
        return f"{batch or self.batch_id} was {self.how.words} for {self.market} ({in_words(self.grounds)}){why}"


class SeenRefusal(GateFacts):
    """G13: what another market has decided against the batch, and whether that is judged for this one."""

    refusal: Refusal
    judged: tuple[str, ...] = ()
    """Who has judged that the batch may go on here, and on which documents; empty while nobody has."""
