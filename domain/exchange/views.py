"""How technical exchanges and parameter sets are shown. Built from the records, never stored."""

from pydantic import AwareDatetime, JsonValue

from domain.core.people import Org
from domain.core.view import View
from domain.exchange.difference import ItemView
from domain.exchange.exchange import Confidentiality, Purpose
from domain.exchange.parameters import ParameterContent, ParameterSetStatus
from domain.site.site import ProductStage


class ConcernView(View):
    """A concern that somebody has raised."""

    number: int
    org: Org
    """The side that raised it, and settles it."""
    raised_by: str
    """Printed name."""
    concern: str
    raised_at: AwareDatetime
    settled_at: AwareDatetime | None
    reason: str | None
    """Why it no longer stands."""


class ExchangeSummary(View):
    """A technical exchange at a glance."""

    product: str
    purpose: Purpose
    stage_of_product: ProductStage
    confidentiality: Confidentiality
    base_parameter_set: str | None
    round: int
    """The current round; 0 before the first one."""
    rounds_max: int
    """Rounds before it is escalated; a study adds one."""
    items: tuple[ItemView, ...]
    """Every item as it stands in the last round that it was in."""
    concerns: tuple[ConcernView, ...]
    deferred: tuple[int, ...]
    """Numbers of the items that are left for later."""
    parameter_set: str | None
    """The set that was agreed on."""


class ParameterSetSummary(View):
    """A parameter set in a list."""

    set_id: str
    scope_id: str
    site_id: str
    product: str
    version: str
    """Two numbers: `1.0`."""
    status: ParameterSetStatus
    case_id: str
    """The exchange that agreed on it."""
    agreed_at: AwareDatetime
    effective_at: AwareDatetime | None
    superseded_at: AwareDatetime | None
    superseded_by: str | None
    url: str


class ParameterSetView(ParameterSetSummary):
    """A parameter set with all that it says."""

    content: ParameterContent
    sha256: str
    """Hash of the draft that was signed."""
    deferred: tuple[int, ...]
    """Numbers of the items of the exchange that were left for later."""
    filings: tuple[dict[str, JsonValue], ...]
    """What regulatory affairs states for each market; for the sponsor's people."""
    filing_change: str | None
    """The approved change that regulatory affairs names; for the sponsor's people."""


class ParameterSetList(View):
    """A page of parameter sets."""

    items: tuple[ParameterSetSummary, ...]
    next: str | None = None
