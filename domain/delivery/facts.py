"""What becomes true of a delivery and calls its batch into question (domain specification, section 8, G12)."""

from domain.batch.facts.batch_fact import BatchInDoubt
from domain.batch.holds.holds import HoldType


class GoodsInDoubt(BatchInDoubt):
    """Goods have arrived in a condition that leaves their identity in doubt."""

    hold = HoldType.SUPPLY
    condition: str

    @property
    def why(self) -> str:
        return f"{self.case_id}: {self.condition}, identity in doubt"


class TransportBeyondConditions(BatchInDoubt):
    """The loggers say that a transport was not within its conditions."""

    hold = HoldType.SUPPLY

    @property
    def why(self) -> str:
        return f"{self.case_id}: the transport was not within its conditions"
