"""What becomes true by an inspection of a site (domain specification, sections 5 and 10)."""

from domain.asl.request import StatusReason
from domain.core.document import Documents
from domain.core.facts import Fact


class OutcomeConcerns(Fact):
    """Who reviews an outcome, or a letter of the authority, says that batches of scopes are concerned by it.

    It is not journaled: the review is, and each hold.
    """

    case_id: str
    """The inspection."""
    scope_ids: tuple[str, ...]
    why: str
    numbers: tuple[str, ...] | None = None
    """Those with these numbers; none if all of the scopes."""

    @property
    def identity(self) -> str:
        return f"{self.case_id}:{self.why}"


class AuthorityActed(Fact):
    """An authority has found or written what changes the risk of a site, and perhaps its status."""

    case_id: str
    """The inspection."""
    why: str
    evidence: Documents = ()
    suspends_for: StatusReason | None = None
    """Why a suspension is put before people; none if it is not."""

    @property
    def identity(self) -> str:
        return f"{self.case_id}:{self.why}"
