"""Years of a site that is watched, with exact dates."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from domain.core.days import add_months
from tests.company import Company
from tests.records.rebuilt import is_rebuilt_identically
from tests.scenarios import watching as tell
from tests.scenarios.days import evening, morning
from tests.scenarios.qualifying import day, line_of

YEARS = timedelta(days=5 * 365)


async def test_five_years_in_which_nobody_does_anything(company: Company) -> None:
    """Everything that is due is opened, flagged, suspended and expired on its day; nothing is forgotten in new runs."""
    begun = company.today
    kinds = ("GMP_CERT", "MIA", "CEP", "ISO", "INSURANCE")
    ends = {kind: begun + timedelta(days=500 + 100 * n) for n, kind in enumerate(kinds)}
    case_id, last_day = await tell.qualified(company, ends)
    decided = company.today
    agreed = await agreed_on(company)
    key = uuid4().hex
    first = await tell.shortens(company, case_id, key, months=11)

    await company.comes(company.now + YEARS, step=timedelta(days=10))

    audit_due = add_months(last_day, 11)
    requal_due = add_months(decided, 36)
    done = await tell.done_in(company, case_id)
    reviews = [at for each, at in done.items() if each.startswith("OVR-")]
    assert {each: at for each, at in done.items() if not each.startswith("OVR-")} == {
        "AUD-2": morning(audit_due, -120),
        "REN-1": morning(ends["GMP_CERT"], -180),
        "REN-2": morning(ends["MIA"], -180),
        "REN-3": morning(ends["CEP"], -180),
        "REN-4": morning(ends["ISO"], -180),
        "REN-5": morning(ends["INSURANCE"], -180),
        "SUSPENDED": evening(ends["GMP_CERT"]),
        "STA-1": evening(ends["GMP_CERT"]),
        "AGR-1": morning(add_months(agreed, 24), -90),
        "QC-2": morning(requal_due, -120),
        "EXPIRED": evening(requal_due, 60),
        "STA-2": evening(requal_due, 60),
    }
    assert reviews == quarters(decided, requal_due + timedelta(days=60))
    flagged = await tell.flagged_in(company, case_id)
    assert {flag: at for flag, at in flagged.items() if at > morning(decided, 1)} == {
        "AUDIT_DUE": morning(audit_due, -120),
        "AUDIT_OVERDUE": evening(audit_due),
        "CERT_EXPIRING": morning(ends["GMP_CERT"], -180),
        "CERT_EXPIRED": evening(ends["GMP_CERT"]),
        "QTA_REVIEW_DUE": morning(add_months(agreed, 24), -90),
        "QTA_LAPSED": evening(add_months(agreed, 36)),
    }
    stopped = await tell.stopped_in(company, case_id)
    assert stopped == {
        "AUDIT_OVERDUE": evening(audit_due, 90),
        "SUSPENDED(NEW_ORDERS)": evening(ends["GMP_CERT"]),
        "EXPIRED": evening(requal_due, 60),
    }
    reminded = [
        event.occurred_at.date()
        for event in await company.events(case_id, "site.announced")
        if "GMP_CERT" in str(event.payload["says"])
    ]
    assert reminded == [ends["GMP_CERT"] - timedelta(days=n) for n in (180, 90, 60, 30, 14, 7)]
    months = [str(event.payload["first_day"]) for event in await company.events(case_id, "site.scorecard")]
    assert months == [add_months(decided.replace(day=1), n).isoformat() for n in range(len(months))]
    assert months[-1] == add_months(requal_due + timedelta(days=60), -1).replace(day=1).isoformat()

    line = await line_of(company)
    assert line is not None
    assert (line["status"], line["decided_by"], day(line["next_requal_due"])) == ("EXPIRED", [], requal_due)
    before = await line_of(company, as_of=(evening(ends["GMP_CERT"]) - timedelta(seconds=1)).isoformat())
    assert before is not None
    assert (before["status"], before["decided_in"]) == ("APPROVED", "QC-1")

    again = await tell.shortens(company, case_id, key, months=11)
    assert again["receipt"] == first["receipt"]  # the same command, years and runs later
    lengths = await tell.runs(company, case_id)
    assert len(lengths) >= 2
    assert max(lengths) <= 2000
    await is_rebuilt_identically(company.database)


async def agreed_on(company: Company) -> date:
    """The day from which the agreement is in force; midnight may have passed since the story began."""
    (version,) = (await company.ines.get("/v1/agreements/QTA-1"))["versions"]
    return day(version["effective_from"])


def quarters(since: date, until: date) -> list[datetime]:
    """The first mornings of the quarters between two days."""
    firsts = [date(year, month, 1) for year in range(since.year, until.year + 1) for month in (1, 4, 7, 10)]
    return [morning(first) for first in firsts if since < first <= until]
