"""What checks look up again and again: earlier records of the case, policy, calendar, days."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from domain.clocks import Calendar, Span, add_months, counted
from domain.document import RecordVersion
from domain.finding import Severity
from domain.forms import Form
from domain.policy import Limits
from domain.refusals import Code, Refused
from records.tables import CaseRow, FindingRow, RecordRow

if TYPE_CHECKING:
    from records.writing import Writing

F = TypeVar("F", bound=Form)


class Facts:
    """The records as one entry sees them, for one case."""

    def __init__(self, writing: "Writing", case: CaseRow, limits: Limits, calendar: Calendar) -> None:
        self.writing, self.session, self.case = writing, writing.session, case
        self.limits, self.calendar = limits, calendar
        self.now = writing.at
        self.today = calendar.local_day(writing.at)
        self.tz = ZoneInfo(calendar.tz)

    def after(self, span: Span, start: date | None = None) -> date:
        """The day that lies a span after `start` (default: today), not rolled."""
        return counted(start or self.today, span, self.calendar)

    def morning_of(self, day: date) -> datetime:
        """The instant at which a day begins at the site."""
        return datetime.combine(day, time(), self.tz)

    def months_after(self, day: date, months: int) -> date:
        """The same day so many months later, clamped to the month's end."""
        return add_months(day, months)

    def before(self, span: Span, day: date) -> date:
        """The day that lies a span before another."""
        return counted(day, Span(n=-span.n, unit=span.unit), self.calendar)

    async def rows(self, form: type[Form]) -> Sequence[RecordRow]:
        """All versions of a record, the newest first."""
        query = (
            select(RecordRow)
            .where(col(RecordRow.case_id) == self.case.case_id, col(RecordRow.action) == form.action.name)
            .order_by(col(RecordRow.version).desc())
        )
        return (await self.session.exec(query)).all()

    async def all(self, form: type[F]) -> list[F]:
        """All versions of a form, the newest first."""
        return [form.stored(row.form) for row in await self.rows(form)]

    async def latest(self, form: type[F]) -> F | None:
        return next(iter(await self.all(form)), None)

    async def the(self, form: type[F]) -> F:
        """The newest version of a form. Raises `Refused` if there is none."""
        found = await self.latest(form)
        if found is None:
            raise Refused(Code.NOT_OPEN, f"{form.action.title} has not happened yet.")
        return found

    async def current(self, form: type[Form]) -> RecordVersion:
        """The version of a record that can be decided on."""
        rows = await self.rows(form)
        if not rows:
            raise Refused(Code.NOT_OPEN, f"{form.action.title} has not happened yet.")
        return RecordVersion(version=rows[0].version, sha256=rows[0].sha256)

    async def findings(self) -> list[FindingRow]:
        query = select(FindingRow).where(col(FindingRow.case_id) == self.case.case_id)
        return list((await self.session.exec(query.order_by(col(FindingRow.number)))).all())

    def latest_due(self) -> dict[Severity, date]:
        """The last day a CAPA may be due, by severity, counted from today (policy key `capa.due`)."""
        spans = self.limits.capa_due_max
        return {Severity(name): self.after(span) for name, span in spans.items()}


async def facts_of(writing: "Writing", case: CaseRow) -> Facts:
    """What the rules need to know of a case: policy limits and calendar as they are now."""
    policy = await writing.policy()
    calendar = await writing.policies.calendar_of(writing.session, case.site_id, writing.at)
    return Facts(writing, case, policy.limits, calendar)
