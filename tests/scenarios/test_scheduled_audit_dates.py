"""Two scheduled audits of the same site, exact to the day (domain specification, section 13: AUD-1 and AUD-2).

Audits last from a Tuesday to a Thursday, so that 30 days later is a Saturday, as in the specification.
"""

from datetime import UTC, date, datetime, time, timedelta

from domain.clocks import Level
from tests.company import Company, Ring

MAJOR, OTHER = (
    {"severity": severity, "area": area, "summary": summary}
    for severity, area, summary in (
        ("MAJOR", "QC laboratory", "Audit trail review is missing."),
        ("OTHER", "Warehouse", "A label was hard to read."),
    )
)


def tuesday_after(day: date, days: int) -> date:
    """The first Tuesday that is so many days away or more."""
    first = day + timedelta(days=days)
    return first + timedelta(days=(1 - first.weekday()) % 7)


def evening(day: date, days: int = 0) -> datetime:
    """When something is due that many days after a day."""
    return datetime.combine(day + timedelta(days=days), time(23, 59, 59), UTC)


def morning(day: date, days: int = 0) -> datetime:
    """When a reminder rings that many days after a day."""
    return datetime.combine(day + timedelta(days=days), time(9), UTC)


async def announced(company: Company, first: date, *, ahead: int) -> str:
    """A scheduled audit from a Tuesday to a Thursday, announced so many days ahead."""
    audit = await company.ines.requests(type="SCHEDULED", trigger=None)
    last = first + timedelta(days=2)
    await company.ines.does(audit, "plan", first_day=first.isoformat(), last_day=last.isoformat())
    await company.priya.does(audit, "approve-plan")
    await company.ines.does(audit, "team")
    await company.tom.does(audit, "declare")
    await company.comes_on(first - timedelta(days=ahead))
    await company.tom.does(audit, "notice")
    return audit


async def test_report_and_response_are_due_on_mondays_and_effectiveness_outlives_the_audit(company: Company) -> None:
    first = tuesday_after(company.today, 40)
    last = first + timedelta(days=2)
    audit = await announced(company, first, ahead=33)
    assert (await company.asked(audit, "confirm")).due_at == evening(first, -33 + 14)
    await company.vito.does(audit, "confirm")
    await company.tom.does(audit, "prepare")
    await company.comes_on(first)
    await company.tom.does(audit, "open", held_at=company.now.isoformat())
    await company.comes_on(last, 16)
    await company.tom.does(audit, "close-meeting", preliminary_findings=[MAJOR] * 2 + [OTHER] * 5)
    print(await company.rings(audit, "confirm"))
    assert (await company.asked(audit, "report")).due_at == evening(last, 32)
