"""What the gates look at of an import: the rule of the market, consignments, who imports (section 18)."""

from datetime import date
from decimal import Decimal

from pydantic import AwareDatetime

from domain.batch.gate.gate import GateFacts


class ImportRule(GateFacts):
    """What a market asks of what is imported, as its row of the policy says it now."""

    area: frozenset[str]
    """The countries from which what comes is no import."""
    is_tested: bool = False
    """Whether each batch is tested anew after its import."""
    tested_in: frozenset[str] = frozenset()
    """Countries whose tests count as well."""
    is_asked_for: bool = True
    """Whether this was asked for when the batch was registered; else it is judged."""


class ImporterFacts(GateFacts):
    """The manufacturing authorisation under which a consignment was imported, as it was on the day of its arrival."""

    number: str
    covers_import: bool
    """Whether a person has confirmed, as looked up in the register, that it covers import."""
    not_in_force: str | None = None
    """Why it did not count on that day; `None` if it did."""


class ConsignmentFacts(GateFacts):
    """A consignment that was not taken back."""

    number: str
    from_country: str
    to_site_id: str
    to_site: str
    """Name of the site of arrival."""
    to_country: str | None
    arrived_at: AwareDatetime
    quantity: Decimal
    """In the unit of the batch."""
    customs_reference: str | None = None
    cleared_on: date | None = None
    importer: ImporterFacts | None = None
    """`None` if the site has shown no authorisation for it."""

    @property
    def place(self) -> str:
        """Where it arrived, as people find it."""
        return f"{self.to_site} ({self.to_site_id})"
