"""What the gates look at of an import: the rule of the market, consignments, who imports (section 18)."""

from datetime import date
from decimal import Decimal

from pydantic import AwareDatetime

from domain.batch.gate.gate import GateFacts
from domain.policy.mutual_recognition import ProductKind
from domain.site.certificate import CertificateType


class Recognition(GateFacts):
    """What is recognised of a partner, by a row of the policy, on the day of the look."""

    name: str
    """The row, as people find it."""
    countries: frozenset[str]
    """Where what it covers is made and tested."""
    covers_tests: bool
    """Whether it waives the importer's test on that day."""
    ended_on: date | None = None
    """Its last day, if that has passed."""
    excludes: frozenset[ProductKind] = frozenset()


class ImportRule(GateFacts):
    """What a market asks of what is imported, as its row of the policy says it now."""

    area: frozenset[str]
    """The countries from which what comes is no import."""
    is_tested: bool = False
    """Whether each batch is tested anew after its import."""
    tested_in: frozenset[str] = frozenset()
    """Countries whose tests count as well."""
    codes: frozenset[str] = frozenset()
    """All codes that count as the market: certificates are issued for one of them."""
    licences: frozenset[CertificateType] = frozenset()
    """The kinds of authorisations under which it is imported; any if none is named."""
    recognised: tuple[Recognition, ...] = ()
    """What is recognised of partners."""
    is_asked_for: bool = True
    """Whether this was asked for when the batch was registered; else it is judged."""


class ImporterFacts(GateFacts):
    """The manufacturing authorisation under which a consignment was imported, as it was on the day of its arrival."""

    number: str
    type: CertificateType = CertificateType.MIA
    covers_import: bool
    """Whether a person has confirmed, as looked up in the register, that it covers import."""
    not_in_force: str | None = None
    """Why it did not count on that day; `None` if it did."""
    no_more: str | None = None
    """Why it counts no more today, where no other authorisation of the site that covers import does; else `None`."""


class ConsignmentFacts(GateFacts):
    """A consignment that was not taken back."""

    number: str
    from_country: str
    to_site_id: str
    to_site: str
    """Name of the site of arrival."""
    to_country: str | None
    arrived_at: AwareDatetime
    arrived_on: date | None = None
    """The same as a day there."""
    quantity: Decimal
    """In the unit of the batch."""
    customs_reference: str | None = None
    cleared_on: date | None = None
    importer: ImporterFacts | None = None
    """`None` if the site has shown no authorisation for it."""

    @property
    def day(self) -> date:
        """The day of the arrival."""
        return self.arrived_on or self.arrived_at.date()

    @property
    def place(self) -> str:
        """Where it arrived, as people find it."""
        return f"{self.to_site} ({self.to_site_id})"


class BoughtGoodsFacts(GateFacts):
    """A lot of a medicinal product that was bought, and that a batch was made with: a comparator, a placebo."""

    lot: str
    """Material and number."""
    maker: str
    came_from: str | None = None
    """Country from which it came; `None` where that was not said."""
    consignments: tuple[ConsignmentFacts, ...] = ()
    """What has arrived of it from another country, the first to arrive first."""

    @property
    def name(self) -> str:
        """As people find it."""
        return f"{self.lot} of {self.maker}"


class ArrivalTestFacts(GateFacts):
    """A report of own testing of a batch that has arrived, done at a registered laboratory."""

    report: str
    tested_on: date
    """Last day of testing."""
    tests: tuple[str, ...]
    """What of the specification of that batch it reports, as far as it meets it."""
    site: str
    """The laboratory, as people find it."""
    country: str | None = None
    """Where that stands."""
    site_id: str = ""
    """Its id."""


class TakenFacts(GateFacts):
    """What another batch, which is not of the family, was made with of a batch that is imported."""

    batch_id: str
    number: str
    quantity: Decimal
    """In the unit of the batch that it was taken of."""
    country: str | None
    """Where it was used; `None` if that is not on record."""
    began_at: AwareDatetime
    is_decided_by_itself: bool = False
    """Whether it was split off or is worked again: a decision on the batch that it was taken of says nothing of it."""

    @property
    def name(self) -> str:
        """As people find it."""
        return f"{self.number} ({self.batch_id})"


UNKNOWN = ""
"""In the place of a country that is not on record."""


class BatchCertificateFacts(GateFacts):
    """A manufacturer's certificate of a batch that another person has reviewed and accepted."""

    number: str
    kind: ProductKind
    importing_country: str
    issued_in: str
    tested_in: frozenset[str] = frozenset()
    """The countries of the sites that have tested, as it names them; `UNKNOWN` for one that is not on record."""
