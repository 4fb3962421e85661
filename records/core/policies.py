"""Which policy and which calendar are in force: read once per version, then remembered."""

from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.days import Calendar, DaysOf, OfficeDays, Whose
from domain.core.refusals import Code, Refused
from domain.policy.limits import Limits
from domain.policy.market_rule import MarketRule
from domain.policy.policy import Policy
from domain.policy.required_documents import DocumentRules, RequiredDocument
from records.core.calendars import site_calendar
from records.core.tables.master_data import CalendarRow, PolicyRow, SiteRow

_REQUIRED = TypeAdapter(tuple[RequiredDocument, ...])
_MARKETS = TypeAdapter(tuple[MarketRule, ...])


_YEARS_AHEAD = 7


class Policies:
    """The policy in force at an instant, and the calendars of sites, of the sponsor and of authorities."""

    def __init__(self) -> None:
        self._policies: dict[int, Policy] = {}
        self._calendars: dict[tuple[str, int, int], Calendar] = {}

    async def in_force(self, session: AsyncSession, at: datetime) -> Policy:
        """The newest policy that is effective at `at`; before the first one, the first one."""
        version = await version_in_force(session, at)
        if version not in self._policies:
            row = await session.get_one(PolicyRow, version)
            self._policies[version] = Policy.model_validate(row.body)
        return self._policies[version]

    async def calendar_of(self, session: AsyncSession, site_id: str, at: datetime) -> Calendar:
        """The calendar of a site around `at`: weekends, public holidays and own closing days."""
        site = await session.get(SiteRow, site_id)
        if site is None:
            raise Refused(Code.NOT_FOUND, "There is no such site.")
        row = await session.get_one(CalendarRow, site.calendar_id)
        key = (row.calendar_id, row.version, at.year)
        if key not in self._calendars:
            first = at - timedelta(days=370)
            self._calendars[key] = site_calendar(
                row.calendar_id,
                row.tz,
                row.country,
                row.subdivision,
                [datetime.fromisoformat(day).date() for day in row.closing_days],
                range(first.year, at.year + _YEARS_AHEAD),
            )
        return self._calendars[key]

    async def calendar_of_clock(self, session: AsyncSession, days_of: DaysOf, site_id: str, at: datetime) -> Calendar:
        """The calendar that a clock of a case at a site counts in: the site's, the sponsor's or an authority's."""
        if days_of is Whose.SITE:
            return await self.calendar_of(session, site_id, at)
        if isinstance(days_of, OfficeDays):
            return self.office_calendar(days_of, at)
        return self.office_calendar((await self.in_force(session, at)).sponsor_days, at)

    def office_calendar(self, office: OfficeDays, at: datetime) -> Calendar:
        """The working days of an office around `at`. Raises `Refused` (FORM_INVALID) for a place that is not known."""
        name = "-".join(part for part in (office.country, office.subdivision) if part) or office.tz
        key = (f"{name} {office.tz}", 0, at.year)
        if key not in self._calendars:
            first = at - timedelta(days=370)
            years = range(first.year, at.year + _YEARS_AHEAD)
            self._calendars[key] = site_calendar(name, office.tz, office.country, office.subdivision, (), years)
        return self._calendars[key]


async def version_in_force(session: AsyncSession, at: datetime) -> int:
    """The newest version that is effective at `at`; before the first one, the first one. Raises `Refused`."""
    query = select(PolicyRow.version).order_by(col(PolicyRow.version).desc()).limit(1)
    version = (await session.exec(query.where(PolicyRow.effective_from <= at))).first()
    if version is None:
        version = (await session.exec(select(PolicyRow.version).order_by(col(PolicyRow.version)).limit(1))).first()
    if version is None:
        raise Refused(Code.NOT_FOUND, "No policy has been loaded.")
    return version


async def limits_in_force(session: AsyncSession, at: datetime) -> Limits:
    """The limits of the policy in force at an instant; its clocks are not read."""
    row = await session.get_one(PolicyRow, await version_in_force(session, at))
    return Limits.model_validate(row.body["limits"])


async def markets_in_force(session: AsyncSession, at: datetime) -> tuple[MarketRule, ...]:
    """The rows of markets of the policy in force at an instant; nothing else of it is read."""
    row = await session.get_one(PolicyRow, await version_in_force(session, at))
    return _MARKETS.validate_python(row.body.get("markets", ()))


async def document_rules_in_force(session: AsyncSession, at: datetime) -> DocumentRules:
    """The required documents of the policy in force at an instant, and its markets; nothing else of it is read."""
    row = await session.get_one(PolicyRow, await version_in_force(session, at))
    documents = _REQUIRED.validate_python(row.body.get("required_documents", ()))
    return DocumentRules(documents, await markets_in_force(session, at))
