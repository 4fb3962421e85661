"""What becomes true of a change at a site (domain specification, sections 5 and 16)."""

from datetime import date

from domain.core.facts import Fact


class ChangeStands(Fact):
    """A change stands against batches that are made with it: it is refused, or in use before all is filed.

    It is not journaled: the decision is, and the first use.
    """

    case_id: str
    """The change."""
    why: str
    """What stands against it, in words."""
    scope_ids: tuple[str, ...]
    first_batch: str | None = None
    """Number of the first batch that is made with it."""
    since: date | None = None
    """Day of the first use."""

    @property
    def identity(self) -> str:
        return f"{self.case_id}:{self.why}"
