"""What is asked about the goods of a batch of those who may still need them."""

from dataclasses import dataclass

from records.core.questions import Question, asked


@asked()
@dataclass(frozen=True)
class NeededBy(Question[list[str]]):
    """What names a batch so that nothing of it may be destroyed, in words. Its stream is locked."""

    batch_id: str
