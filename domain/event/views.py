"""How an event at a site is shown in its case. Built from the records, never stored."""

from pydantic import AwareDatetime

from domain.core.view import View
from domain.event.site_event import AuthorityOutcome, EventSeverity, EventType, TriageOutcome


class SiteEventSummary(View):
    """An event at a site at a glance."""

    type: EventType
    severity: EventSeverity
    authority_outcome: AuthorityOutcome | None
    source: str
    event_id: str
    reference: str
    """Number under which people speak of it."""
    lots: tuple[str, ...]
    detected_at: AwareDatetime
    received_at: AwareDatetime
    notify_key: str | None
    """Policy key of the time within which the site has to tell; absent for what the sponsor reports."""
    notify_due_at: AwareDatetime | None
    """Until when the site had to tell, by the quality agreement or the policy."""
    notified_late: bool
    triaged_at: AwareDatetime | None
    """For the sponsor alone, as is all that follows."""
    outcomes: tuple[TriageOutcome, ...] | None
    opened: dict[str, tuple[str, ...]] | None
    """Ids of the cases opened and the batches held, by outcome."""
    also_reported_in: str | None = None
    """The case of the same source and id that the other side has opened: the site, or the sponsor."""
