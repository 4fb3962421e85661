"""How long a batch may be used (domain specification, section 17)."""

from datetime import date

from pydantic import AwareDatetime

from domain.batch.facts.batch_fact import BatchFact, BatchInDoubt
from domain.batch.holds.holds import HoldType
from domain.core.facts import StandingFact


class OriginCorrected(BatchInDoubt):
    """The dates of a batch that this one was split, blended or packed from were corrected to earlier ones than its."""

    hold = HoldType.SUPPLY
    origin: str
    """Number of the other batch."""
    day: date

    @property
    def why(self) -> str:
        return f"Its last day is later than {self.day}, that of {self.origin} that it comes from, as corrected"


class ShelfLifeEnded(BatchFact, StandingFact):
    """The last day of use of a batch has passed where the goods lie. It ends when the day is corrected."""

    number: str
    ended_at: AwareDatetime
    """The midnight after that day."""
    words: str

    @property
    def why(self) -> str:
        """The reason that people read of what was made from it afterwards."""
        return f"{self.number} was used after its end: {self.words}"

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.ended_at:%Y-%m-%d}"


class RetestDue(BatchFact, StandingFact):
    """The day of retest of a batch has passed; it is no expiry. It ends with a passing retest, or a corrected day."""

    retest_on: date
    zone: str

    @property
    def why(self) -> str:
        """The reason that people read."""
        return f"retest was due on {self.retest_on} ({self.zone})"

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.retest_on}"
