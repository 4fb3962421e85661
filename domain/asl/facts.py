"""What becomes true of the status of a site and scope (domain specification, sections 5 and 10).

That a status was stated, is in doubt or is left to people is in the journal of the list and of the status case; that
something has stopped is a state of its own.
"""

from domain.asl.asl import AslStatus, SuspensionScope
from domain.asl.request import StatusKind, StatusReason
from domain.core.document import Documents
from domain.core.facts import Fact, StandingFact, stream_of_facts
from domain.core.people import SYSTEM, Actor


class StatusStated(Fact):
    """A status was stated of a scope. Its row of the list is locked."""

    scope_id: str
    number: int
    """Number of the statement in the journal of the scope."""
    before: int | None
    """Number of the statement that was in force; none if nothing was stated yet."""
    site_id: str
    case_id: str
    """The case that has stated it."""
    status: AslStatus
    suspension_scope: SuspensionScope | None
    reason: str

    @property
    def identity(self) -> str:
        return f"{self.scope_id}#{self.number}"


class ScopeSuspended(StandingFact):
    """A site may not be used for a scope as before: its status there is suspended, expired or disqualified.

    It ends with the next statement. Its row of the list is locked.
    """

    scope_id: str
    site_id: str
    case_id: str
    """The case that has stated it."""
    status: AslStatus
    reach: SuspensionScope | None
    reason: str

    @property
    def identity(self) -> str:
        return ":".join(filter(None, (self.scope_id, self.status, self.reach)))

    @property
    def stream(self) -> str:
        return stream_of_facts(self.scope_id)

    @property
    def about(self) -> tuple[str, ...]:
        return (self.scope_id, self.site_id)

    @property
    def why(self) -> str:
        """The reason that people read."""
        return f"{self.status}: {self.reason}"


class StatusLeftToPeople(Fact):
    """A rule, a rejection or a finding has stopped new orders; a status case leads out of it."""

    case_id: str
    """The case that has stated the status."""
    site_id: str
    scope_id: str
    reason_code: StatusReason
    why: str
    reach: SuspensionScope = SuspensionScope.NEW_ORDERS_AND_RELEASE
    """What has stopped."""

    @property
    def identity(self) -> str:
        return f"{self.case_id}:{self.scope_id}:{self.reason_code}"


class StatusInDoubt(Fact):
    """Something has come to be known of a site that calls its status into question. People decide."""

    case_id: str
    """The case in which it came to be known; it is told the outcome if it `is_told`."""
    kind: StatusKind
    """What is proposed."""
    reason_code: StatusReason
    why: str
    reach: SuspensionScope | None = None
    """How far a suspension is proposed."""
    evidence: Documents = ()
    scope_ids: tuple[str, ...]
    """The scopes whose status is in doubt."""
    is_told: bool = True
    requester: Actor = SYSTEM
    """Who says so: the program, or the person whose decision it is."""

    @property
    def identity(self) -> str:
        return f"{self.case_id}:{self.kind}:{self.reason_code}"
