"""How a fact is shown: what is true, why, and what followed. Built from the records, never stored."""

from pydantic import AwareDatetime, JsonValue

from domain.core.facts import Cause, Consequences
from domain.core.view import View


class FactView(View):
    """A fact that stands, or stood."""

    fact_id: str
    """Stream and number of the event that establishes it."""
    kind: str
    """What kind of fact it is; the page Facts of the reference says what each means."""
    identity: str
    about: tuple[str, ...]
    """Ids of what it is about: batches, cases, scopes, sites, certificates."""
    fields: dict[str, JsonValue]
    """What it says."""
    cause: Cause
    """What has made it true."""
    consequences: Consequences
    """What followed from it in the same moment."""
    established_at: AwareDatetime
    established_by: str
    """Person id of who acted, or SYSTEM."""
    revoked_at: AwareDatetime | None
    """Since when it is true no more; null while it stands."""
    revoked_by: str | None
    revoked_cause: Cause | None


class FactList(View):
    """A page of facts."""

    as_of: AwareDatetime | None
    """The instant at which they stood; null if all are listed, also those that were revoked."""
    items: tuple[FactView, ...]
    next: str | None = None
