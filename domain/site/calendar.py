"""The calendars of sites as master data. How days are counted with them is in `domain.core.clocks`."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.core.change import Change
from domain.core.countries import Country, Subdivision
from domain.core.forms import Action, Form
from domain.core.people import Role
from domain.core.time_zones import TimeZone
from domain.site.site import CalendarCode

KEEPERS = frozenset({Role.SUPPLIER_QUALITY, Role.SYSTEM_ADMIN})

ClosingDays = Annotated[tuple[date, ...], Field(max_length=1000), AfterValidator(lambda days: tuple(sorted(set(days))))]
"""Days on which the site is closed, in addition to weekends and public holidays."""


class SiteCalendar(BaseModel):
    """The business days of sites: weekends, the public holidays of a country, own closing days."""

    model_config = ConfigDict(frozen=True)

    calendar_id: str
    tz: str
    country: str | None = None
    subdivision: str | None = None
    closing_days: tuple[date, ...] = ()
    version: int = 1


class CalendarRegistration(Form):
    """Register a calendar."""

    action = Action(None, "register-calendar", "Register a calendar", KEEPERS)

    calendar_id: CalendarCode = Field(examples=["CAL-DE-RP"])
    """CAL- and a name."""
    tz: TimeZone = Field(examples=["Europe/Berlin"])
    """Time zone; it never changes, another zone is another calendar."""
    country: Country | None = Field(default=None, examples=["DE"])
    """Whose public holidays are closed days; none without a country."""
    subdivision: Subdivision | None = Field(default=None, examples=["RP"])
    """State or region whose public holidays are closed days as well."""
    closing_days: ClosingDays = Field(default=(), examples=[["2025-12-24", "2025-12-31"]])
    """Own closing days."""


class CalendarChange(Change):
    """Change a calendar. Running clocks keep the due date they have (section 3)."""

    action = Action(None, "change-calendar", "Change a calendar", KEEPERS)
    emptied: ClassVar[frozenset[str]] = frozenset({"country", "subdivision"})

    country: Country | None = None
    """Whose public holidays are closed days."""
    subdivision: Subdivision | None = None
    """State or region."""
    closing_days: ClosingDays | None = None
    """Own closing days, all of them."""
