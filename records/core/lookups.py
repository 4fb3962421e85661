"""What checks look up again and again: earlier records of the case, policy, calendar, days."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from domain.core.days import Calendar, Span, add_months, counted, latest_day
from domain.policy.policy import Policy
from records.core.case_records import CaseRecords
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


class Lookups(CaseRecords):
    """The records as one entry sees them, for one case."""

    def __init__(self, writing: Writing, case: CaseRow, policy: Policy, calendar: Calendar) -> None:
        super().__init__(writing.session, case)
        self.writing = writing
        self.policy, self.limits, self.calendar = policy, policy.limits, calendar
        self.now = writing.at
        self.today = calendar.local_day(writing.at)
        """At the site: for what happens there."""
        self.latest_day = latest_day(writing.at)
        """For what people state, wherever they are."""
        self.tz = ZoneInfo(calendar.tz)

    def after(self, span: Span, start: date | None = None) -> date:
        """The day that lies a span after `start` (default: today), not rolled."""
        return counted(start or self.today, span, self.calendar)

    def start_of(self, day: date) -> datetime:
        """The instant at which a day begins at the site."""
        return datetime.combine(day, time(), self.tz)

    def months_after(self, day: date, months: int) -> date:
        """The same day so many months later, clamped to the month's end."""
        return add_months(day, months)

    def before(self, span: Span, day: date) -> date:
        """The day that lies a span before another."""
        return counted(day, Span(n=-span.n, unit=span.unit), self.calendar)


async def lookups_of(writing: Writing, case: CaseRow) -> Lookups:
    """What the rules need to know of a case: policy limits and calendar as they are now."""
    policy = await writing.policy()
    calendar = await writing.policies.calendar_of(writing.session, case.site_id, writing.at)
    return Lookups(writing, case, policy, calendar)
