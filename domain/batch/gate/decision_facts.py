"""What G11 and G14 look at: who reviewed and decided, and what stands against it (domain specification, section 8)."""

from pydantic import AwareDatetime

from domain.batch.disposition import SiteVerdict
from domain.batch.gate.gate import GateFacts
from domain.batch.holds.holds import HoldType
from domain.event.site_event import EventType


class ReviewFacts(GateFacts):
    """G11: the newest version of one of the sponsor's reviews."""

    action: str
    by_name: str
    persons: tuple[str, ...]
    """Every human whose hands it counts as, in any version (S11, S12)."""
    at: AwareDatetime
    last_by: tuple[str, ...] = ()
    """Those of the newest version."""
    failed: tuple[str, ...] = ()
    """Gates that the reviewer has failed."""
    is_outdated: bool = False
    """Whether a later package has come since."""


class DispositionFacts(GateFacts):
    """G11: what the site's own quality unit has decided."""

    verdict: SiteVerdict
    by_name: str
    persons: tuple[str, ...]


class SiteEventFacts(GateFacts):
    """G14: an open recall, import alert or statement of non-compliance that touches a scope or the lot."""

    event_id: str
    type: EventType
    site_id: str
    site: str
    """Name of the site."""
    followed_by: tuple[str, ...] = ()
    """The cases that its triage has opened, and that are open."""
    since: AwareDatetime | None = None
    """When it was reported to the sponsor."""


class HoldFacts(GateFacts):
    """G14: a hold that stands on the batch, for the market or for all."""

    hold_id: str
    type: HoldType
    reason: str
    market: str | None = None
    since: AwareDatetime | None = None
    fact: str | None = None
    """The kind of the fact that it follows from (`domain.core.facts.FactName`), if that is one that stands."""
    placed_by: str | None = None
    """Printed name of who has placed it by hand, and lifts it."""
    inherited_from: str | None = None
    """The hold on a batch that this one comes from."""
