"""What becomes true of a batch, and what of that calls it into question (domain specification, sections 8 and 16).

Facts that say no more than the hold or the review that follows from them are not journaled beside it: a gate that is
closed, a stop by hand, values and results that do not fit, what was learned, what an event concerns. When they come
again they hold again.
"""

from abc import abstractmethod
from typing import ClassVar

from pydantic import AwareDatetime

from domain.batch.holds.holds import HoldType
from domain.core.facts import Fact


class BatchFact(Fact):
    """A fact about one batch. Whoever establishes it holds the lock of the batch."""

    batch_id: str

    @property
    def stream(self) -> str:
        """Where it is journaled, if it stands."""
        return self.batch_id

    @property
    def about(self) -> tuple[str, ...]:
        """What it is about, if it stands."""
        return (self.batch_id,)


class BatchInDoubt(BatchFact):
    """Something is known of a batch that stops it, and what comes from it, until people have judged it."""

    hold: ClassVar[HoldType]
    """The type of the hold that it is stopped by."""
    travels_up: ClassVar[bool] = False
    """Whether the batches that it comes from are looked at as well. Down to what comes from it everything travels."""
    case_id: str
    """The case in which it came to be known."""
    market: str | None = None
    """The market in which it is stopped; none if in all."""
    received_at: AwareDatetime | None = None
    """When anybody of the sponsor or its agents received the information; `None` if as it was written."""

    @property
    def about(self) -> tuple[str, ...]:
        """The batch, and the case in which it came to be known."""
        return (self.batch_id,) if self.case_id == self.batch_id else (self.batch_id, self.case_id)

    @property
    @abstractmethod
    def why(self) -> str:
        """The reason that people read."""

    @property
    def hold_type(self) -> HoldType:
        """The type of the hold that it is stopped by."""
        return self.hold

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.case_id}:{self.market}:{self.why}"


class LearnedOfBatch(BatchFact):
    """Something was learned of a batch that bears on a release of it."""

    case_id: str
    """The case in which it was learned."""
    why: str
    received_at: AwareDatetime | None = None
    """When anybody of the sponsor or its agents received the information; `None` if as it was written."""

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.case_id}:{self.why}"
