"""Suppliers and their sites, and the words for what is done there (domain specification, section 1)."""

from collections.abc import Hashable
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.core.change import Change
from domain.core.countries import Country
from domain.core.forms import Action, Form
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Identifier, ShortText
from domain.core.time_zones import TimeZone
from domain.site.identifiers import Identifiers

T = TypeVar("T", bound=Hashable)

RESERVED_PREFIXES = frozenset(
    [
        "SUP",
        "PER",
        "SC",
        "DEL",
        "CAL",
        "QC",
        "QTA",
        "AUD",
        "FND",
        "CAPA",
        "SCAR",
        "TX",
        "PS",
        "BAT",
        "EVT",
        "DOC",
        "WH",
        "SITE",
        "POLICY",
        "ASL",
        "CERT",
        "REG",
        "SQ",
        "GMP",
        "STA",
        "RSK",
        "REN",
        "AGR",
        "CHG",
        "INS",
        "OVR",
        "PRG",
        "HOLD",
        "SHP",
        "SPEC",
        "QPR",
        "QCU",
        "RFP",
        "CPM",
        "QPD",
        "QPC",
        "APT",
        "AUT",
        "OBR",
        "IMP",
        "MBC",
        "PMC",
    ]
)
"""Prefixes of other ids. Streams of the journal are named by id, so a site's code must not look like one of them."""

REGISTRARS = frozenset({Role.SUPPLIER_QUALITY, Role.PROCUREMENT})
"""Procurement proposes suppliers; it has no vote on quality (section 2; S4)."""
OWNERS = frozenset({Role.SUPPLIER_QUALITY})


class Activity(StrEnum):
    """What is done at the site (section 4)."""

    API_MFG = "API_MFG"
    INTERMEDIATE = "INTERMEDIATE"
    DRUG_PRODUCT = "DRUG_PRODUCT"
    STERILE_FILL = "STERILE_FILL"
    PACKAGING = "PACKAGING"
    TESTING = "TESTING"
    STORAGE = "STORAGE"
    DEVELOPMENT = "DEVELOPMENT"


class ProductStage(StrEnum):
    """Whether products of a scope are in trials or on the market."""

    CLINICAL = "CLINICAL"
    COMMERCIAL = "COMMERCIAL"


class RiskTier(StrEnum):
    """From the gravest down."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


def _each_once(values: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(sorted(set(values), key=str))


def _own_prefix(code: str) -> str:
    prefix = code.partition("-")[0]
    if prefix in RESERVED_PREFIXES:
        raise ValueError(f"{prefix}- is the prefix of other ids.")
    return code


SiteCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,7}-[0-9]{2,6}$"), AfterValidator(_own_prefix)]
"""The code by which the sponsor knows the site, unique for ever."""
CalendarCode = Annotated[str, Field(pattern=r"^CAL-[A-Z0-9][A-Z0-9-]{0,40}$")]
"""Id of a calendar, chosen by who registers it."""
Markets = Annotated[tuple[Country, ...], Field(min_length=1, max_length=50), AfterValidator(_each_once)]
"""ISO 3166-1 codes, and EU for the Union."""


class Supplier(BaseModel):
    """A legal entity. `version` grows with every change and is the ETag."""

    model_config = ConfigDict(frozen=True)

    supplier_id: str
    name: str
    country: str
    identifiers: Identifiers = Identifiers()
    succeeds: str | None = None
    """The supplier whose site it has taken over, if it has (section 10, ownership change)."""
    version: int = 1


class SupplierRegistration(Form):
    """Register a supplier. This grants nothing: sites and scopes are qualified."""

    action = Action(None, "register-supplier", "Register a supplier", REGISTRARS)

    name: ShortText = Field(examples=["Veldmark Fine Chemistry"])
    """Legal name."""
    country: Country = Field(examples=["DE"])
    """Where the company is registered."""
    identifiers: Identifiers = Identifiers()
    """Numbers in public registers."""


class SupplierChange(Change):
    """Change what is known of a supplier. A new legal entity is a new supplier (section 10)."""

    action = Action(None, "change-supplier", "Change a supplier", OWNERS)

    name: ShortText | None = None
    """Legal name."""
    country: Country | None = None
    """Where the company is registered."""
    identifiers: Identifiers | None = None
    """Numbers in public registers, all of them."""


class Site(BaseModel):
    """One physical address with its own GMP status."""

    model_config = ConfigDict(frozen=True)

    site_id: str
    supplier_id: str
    name: str
    address: str
    tz: str
    calendar_id: str
    identifiers: Identifiers = Identifiers()
    country: str | None = None
    """Country, ISO 3166-1, in which it stands; `None` of a site registered without it."""
    moved_from: str | None = None
    """The site that its activity has moved from, if it has. No status moves along (section 10, site move)."""
    version: int = 1


class SiteRegistration(Form):
    """Register a site of a supplier. A new building is a new site and inherits no status (section 10)."""

    action = Action(None, "register-site", "Register a site", REGISTRARS)

    site_id: SiteCode = Field(examples=["VM-02"])
    """Letters, a hyphen and a number."""
    supplier_id: Identifier = Field(examples=["SUP-1"])
    """The supplier that runs the site."""
    name: ShortText = Field(examples=["Plant 2, Ludwigshafen"])
    """Name of the site."""
    address: ShortText = Field(examples=["Rheinuferstr. 12, 67061 Ludwigshafen, Germany"])
    """Street address: where the GMP activity takes place."""
    country: Country | None = Field(default=None, examples=["DE"])
    """Country in which it stands. Who decides on bulk that it makes depends on it."""
    tz: TimeZone = Field(examples=["Europe/Berlin"])
    """Time zone of the site; due dates end at its midnight."""
    calendar_id: CalendarCode = Field(examples=["CAL-DE-RP"])
    """The calendar of its business days."""
    identifiers: Identifiers = Identifiers()
    """Numbers in public registers."""


class SiteChange(Change):
    """Change what is known of a site. Running clocks keep the calendar they were started with."""

    action = Action(None, "change-site", "Change a site", OWNERS)

    name: ShortText | None = None
    """Name of the site."""
    address: ShortText | None = None
    """Corrected address. A move to another place is a new site."""
    country: Country | None = None
    """Country in which it stands, if it was not known or was wrong."""
    tz: TimeZone | None = None
    """Time zone."""
    calendar_id: CalendarCode | None = None
    """The calendar of its business days."""
    identifiers: Identifiers | None = None
    """Numbers in public registers, all of them."""


def refuse_unless_same_zone(tz: str, calendar_tz: str) -> None:
    """Raise `Refused` when a site and its calendar are in different time zones; due dates follow the calendar."""
    if tz != calendar_tz:
        raise broken("section 3", "A site and its calendar share one time zone.", tz=f"the calendar's is {calendar_tz}")
