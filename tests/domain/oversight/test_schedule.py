"""What falls due for a site and scope, with exact instants."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.agreement.agreement import WatchedAgreement
from domain.appointment.vacancy import Vacancy
from domain.asl.asl import AslStatus
from domain.audit.interval import audit_due
from domain.core.days import Calendar
from domain.core.people import Role
from domain.oversight.schedule import Moment, Standing, What, is_planned, schedule
from domain.site.certificate import CertificateType, Watched
from tests.domain.shipped import POLICY

UTC_DAYS = Calendar(calendar_id="CAL-UTC", tz="UTC")
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=1)
PLAIN = Standing(status=AslStatus.APPROVED, watched_since=NOW - timedelta(days=400))
GMP = Watched(
    type=CertificateType.GMP_CERT,
    certificate_id="CERT-1",
    valid_to=date(2026, 3, 10),
    valid=True,
    demanded=True,
    renewal_open=False,
)


def at(day: str, clock: str = "09:00:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}+00:00")


def moments(standing: Standing, what: What | None = None, about: str | None = None) -> list[Moment]:
    found = schedule(standing, POLICY, UTC_DAYS, now=NOW, since=SINCE)
    return [each for each in found if what in (None, each.what) and about in (None, each.about)]


@pytest.mark.parametrize(
    ("last_day", "months", "waived_until", "stated", "due"),
    [
        (date(2025, 4, 3), 12, None, None, date(2026, 4, 3)),
        (date(2025, 4, 3), 24, None, date(2026, 4, 3), date(2027, 4, 3)),
        (date(2024, 2, 29), 12, None, None, date(2025, 2, 28)),
        (date(2025, 4, 3), 36, date(2028, 10, 1), None, date(2028, 10, 1)),
        (date(2025, 4, 3), 36, date(2027, 10, 1), None, date(2028, 4, 3)),
        (None, 12, None, date(2026, 7, 1), date(2026, 7, 1)),
        (None, 12, date(2026, 9, 1), None, date(2026, 9, 1)),
        (None, 12, None, None, None),
    ],
)
def test_the_next_audit_is_counted_from_the_last_day_on_site(
    last_day: date | None, months: int, waived_until: date | None, stated: date | None, due: date | None
) -> None:
    assert audit_due(last_day, months, waived_until=waived_until, stated=stated) == due


def test_an_audit_is_opened_announced_overdue_and_in_the_end_stops_new_orders() -> None:
    standing = PLAIN.model_copy(update={"audit_due": date(2026, 4, 3)})
    assert [(each.at, each.what) for each in moments(standing, about="") if each.what.startswith("AUDIT")] == [
        (at("2025-12-04"), What.AUDIT_OPENS),
        (at("2026-04-03", "23:59:59"), What.AUDIT_DUE),
        (at("2026-07-02", "23:59:59"), What.AUDIT_STOPS_ORDERS),
    ]
    told = moments(standing, What.ANNOUNCEMENT, "audit")
    assert [each.at for each in told] == [at("2025-12-04"), at("2026-02-02"), at("2026-04-03")]
    assert [Role.HEAD_QA in each.to for each in told] == [False, False, True]


def test_a_certificate_is_announced_on_the_days_of_the_specification() -> None:
    standing = PLAIN.model_copy(update={"certificates": (GMP,)})
    assert [each.at.date().isoformat() for each in moments(standing, What.ANNOUNCEMENT)] == [
        "2025-09-11", "2025-12-10", "2026-01-09", "2026-02-08", "2026-02-24", "2026-03-03",
    ]  # fmt: skip
    (opens,) = moments(standing, What.RENEWAL_OPENS)
    (ends,) = moments(standing, What.CERTIFICATE_EXPIRES)
    assert (opens.at, ends.at) == (at("2025-09-11"), at("2026-03-10", "23:59:59"))
    assert (opens.about, ends.then) == ("CERT-1", "New orders are suspended.")


def test_the_end_of_the_last_appointment_is_announced_and_a_vacancy_is_told_month_by_month() -> None:
    soon = Vacancy(words="EU, ARL-204: nobody is left", after=date(2026, 3, 24))
    none = Vacancy(words="CH, ARL-204: nobody is there")
    told = moments(PLAIN.model_copy(update={"vacancies": (soon, none)}), What.ANNOUNCEMENT, "appointments")
    assert [each.at for each in told if str(soon) == each.then][-3:] == [
        at("2026-02-22"),
        at("2026-03-10"),
        at("2026-03-17"),
    ]
    assert str(soon) == "After 2026-03-24, unless one is recorded: EU, ARL-204: nobody is left"
    assert [each.at for each in told if each.then == none.words] == [at("2026-03-01"), at("2026-04-01")]
    assert all(Role.REG_AFFAIRS in each.to for each in told)


def test_a_certificate_that_nobody_demands_is_only_flagged() -> None:
    iso = GMP.model_copy(update={"type": CertificateType.ISO, "demanded": False})
    (ends,) = moments(PLAIN.model_copy(update={"certificates": (iso,)}), What.CERTIFICATE_EXPIRES)
    assert ends.then == "It is flagged as expired."


def test_an_agreement_is_reviewed_and_lapses_at_its_hard_stop() -> None:
    agreement = WatchedAgreement(
        qta_id="QTA-1", version=1, review_due=date(2027, 5, 20), lapses_on=date(2028, 5, 20), review_open=False
    )
    found = moments(PLAIN.model_copy(update={"agreement": agreement}), about="QTA-1")
    assert [(each.at, each.what) for each in found] == [
        (at("2027-02-19"), What.AGREEMENT_REVIEW_OPENS),
        (at("2027-05-20", "23:59:59"), What.AGREEMENT_REVIEW_DUE),
        (at("2028-05-20", "23:59:59"), What.AGREEMENT_LAPSES),
    ]


def test_a_requalification_is_opened_ahead_and_the_approval_expires_after_the_grace() -> None:
    standing = PLAIN.model_copy(update={"requal_due": date(2028, 6, 2)})
    found = [each for each in moments(standing) if each.what is What.APPROVAL_EXPIRES or "REQUAL" in each.what]
    assert [(each.at, each.what) for each in found] == [
        (at("2028-02-03"), What.REQUALIFICATION_OPENS),
        (at("2028-06-02", "23:59:59"), What.REQUALIFICATION_DUE),
        (at("2028-08-01", "23:59:59"), What.APPROVAL_EXPIRES),
    ]
    heads = [each.at.date() for each in moments(standing, What.ANNOUNCEMENT) if Role.HEAD_QA in each.to]
    assert heads == [date(2028, 6, 3), date(2028, 7, 25)]


@pytest.mark.parametrize(
    ("status", "planned"),
    [
        (AslStatus.APPROVED, True),
        (AslStatus.CONDITIONALLY_APPROVED, True),
        (AslStatus.PROBATION, True),
        (AslStatus.SUSPENDED, True),
        (AslStatus.EXPIRED, False),
        (AslStatus.DISQUALIFIED, False),
        (AslStatus.RETIRED, False),
    ],
)
def test_nothing_is_planned_for_a_site_that_is_not_used_any_more(status: AslStatus, planned: bool) -> None:  # noqa: FBT001
    standing = PLAIN.model_copy(
        update={"status": status, "audit_due": date(2026, 4, 3), "requal_due": date(2028, 6, 2)}
    )
    assert is_planned(status) is planned
    assert bool(moments(standing, What.AUDIT_OPENS)) is planned
    assert bool(moments(standing, What.REQUALIFICATION_OPENS)) is planned
    assert bool(moments(standing, What.QUARTER_ENDS)) is planned


def test_months_and_quarters_end_in_the_zone_of_the_site() -> None:
    vienna = Calendar(calendar_id="CAL-AT", tz="Europe/Vienna")
    found = schedule(PLAIN, POLICY, vienna, now=NOW)
    ends = datetime(2026, 4, 1, 7, tzinfo=UTC)  # summer time by then
    assert [(each.at, each.what, each.about) for each in found if each.at > NOW] == [
        (ends, What.MONTH_ENDS, "2026-03-01"),
        (ends, What.QUARTER_ENDS, "2026-01-01"),
    ]


def test_months_that_ended_since_the_last_evaluation_are_all_there_but_none_before_the_oversight_began() -> None:
    since = datetime(2025, 11, 20, tzinfo=UTC)
    found = schedule(PLAIN, POLICY, UTC_DAYS, now=NOW, since=since)
    months = [each.about for each in found if each.what is What.MONTH_ENDS]
    assert months == ["2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01"]
    young = PLAIN.model_copy(update={"watched_since": datetime(2026, 1, 5, tzinfo=UTC)})
    found = schedule(young, POLICY, UTC_DAYS, now=NOW, since=since)
    assert [each.about for each in found if each.what is What.MONTH_ENDS] == ["2026-01-01", "2026-02-01", "2026-03-01"]


def test_what_others_decided_ahead_is_a_moment_too() -> None:
    ahead = NOW + timedelta(days=3)
    standing = PLAIN.model_copy(update={"policy_changes": (ahead,), "status_begins": ahead})
    assert [each.what for each in moments(standing) if each.at == ahead] == [What.POLICY_CHANGES, What.STATUS_BEGINS]
