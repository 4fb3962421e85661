"""What becomes true by events at sites (domain specification, sections 5 and 16)."""

from pydantic import AwareDatetime

from domain.core.facts import Fact
from domain.event.site_event import EventSeverity, EventType


class SiteStopped(Fact):
    """An event stops all that scopes of a site make until it is decided on: an act of an authority, a critical alert.

    It is not journaled: it is in the event, and what it says of batches is a fact of its own.
    """

    case_id: str
    """The event."""
    number: str
    """The number under which people speak of it."""
    type: EventType
    site_id: str
    scope_ids: tuple[str, ...]
    received_at: AwareDatetime | None = None
    """When the event was known at the site, an agent of the sponsor, or became public."""

    @property
    def identity(self) -> str:
        return self.case_id


class LotsNamed(Fact):
    """An event names lots that it may concern. What it says of a batch, or of a lot that a batch was made with, is a
    fact of its own.

    It is not journaled: it is in the event.
    """

    case_id: str
    """The event."""
    number: str
    """The number under which people speak of it."""
    type: EventType
    severity: EventSeverity
    site_id: str
    scope_ids: tuple[str, ...]
    lots: tuple[str, ...]
    description: str
    received_at: AwareDatetime | None = None
    """When the event was known at the site, an agent of the sponsor, or became public."""

    @property
    def identity(self) -> str:
        return f"{self.case_id}:{','.join(self.lots)}"
