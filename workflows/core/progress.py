"""Where a case stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workflows.core.tasks import Closing


@dataclass
class Progress:
    """The stage, the hold and the end of a case: what its parts must know of each other."""

    stage: StrEnum
    held: bool = False
    sleeps: tuple[datetime, str] | None = None
    """Until when it waits for nobody, and why."""
    ending: Closing | None = None
    """How it ends, once something else than its procedure has ended it."""
    closed: Closing | None = None

    @property
    def is_over(self) -> bool:
        """Whether nobody is asked and nothing is taken any more."""
        return self.closed is not None or self.ending is not None

    @property
    def clocks_stand_still(self) -> bool:
        """Whether no alarm fires."""
        return self.held or self.ending is not None
