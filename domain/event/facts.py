"""What becomes true by events at sites (domain specification, sections 5 and 16)."""

from pydantic import AwareDatetime

from domain.core.facts import Fact
from domain.event.site_event import EventSeverity, EventType


class SiteStopped(Fact):
    """What scopes of a site make is stopped until it is decided on: by an act of an authority, by a critical alert.

    An event tells it, or an inspection. It is not journaled: it is there, and what it says of batches is a fact of its
    own.
    """

    case_id: str
    """The event, or the inspection."""
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
    """An event names lots that it may concern, or an inspection does. What it says of a batch, or of a lot that a batch
    was made with, is a fact of its own.

    It is not journaled: it is in the event.
    """

    case_id: str
    """The event, or the inspection."""
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
    is_said: bool = False
    """Whether a person has said that these are the numbers that are meant, whoever has given them."""

    @property
    def identity(self) -> str:
        return f"{self.case_id}:{','.join(self.lots)}"


class Concluded(Fact):
    """People have decided what an event, or the outcome of an inspection, means: what it said of batches was looked at.

    It is not journaled: it is in the triage, or in the review of the outcome.
    """

    case_id: str
    """The event, or the inspection."""

    @property
    def identity(self) -> str:
        return self.case_id
