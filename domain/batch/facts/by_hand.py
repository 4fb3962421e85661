"""What people find while they decide: they stop a batch, or a gate is closed (domain specification, section 19)."""

from domain.batch.facts.batch_fact import BatchInDoubt
from domain.batch.gate.gate import Gate
from domain.batch.holds.holds import HoldType


class StoppedByHand(BatchInDoubt):
    """A person stops a batch."""

    type: HoldType
    reason: str

    @property
    def hold_type(self) -> HoldType:
        return self.type

    @property
    def why(self) -> str:
        return self.reason


class GateFailedInReview(BatchInDoubt):
    """A reviewer finds that a gate has failed."""

    type: HoldType
    gate: Gate
    reason: str

    @property
    def hold_type(self) -> HoldType:
        return self.type

    @property
    def why(self) -> str:
        return f"{self.gate} failed in review: {self.reason}"[:4000]


class GateClosed(BatchInDoubt):
    """A gate has failed for a market when certification began."""

    type: HoldType
    reason: str

    @property
    def hold_type(self) -> HoldType:
        return self.type

    @property
    def why(self) -> str:
        return self.reason
