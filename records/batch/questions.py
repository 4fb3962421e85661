"""What is asked about a batch of those who know where its goods have gone."""

from dataclasses import dataclass
from decimal import Decimal

from records.core.questions import Question, asked


@asked(of_one=True)
@dataclass(frozen=True)
class LeftOf(Question[Decimal]):
    """What is left of a batch: made, or planned until then, less what has gone. Its stream is locked."""

    batch_id: str
