from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.core.text import STORED
from domain.site.certificate import (
    Certificate,
    CertificateData,
    CertificateStatus,
    CertificateType,
    Named,
    Watched,
    certificate_faults,
    counts_for,
    is_valid_on,
    last_to_end,
    registered_since,
    reminder_days,
    valid_until,
)
from domain.site.site import Activity
from tests.domain.filling import filled
from tests.domain.shipped import LIMITS

TODAY = date(2025, 1, 14)
FINE = Certificate(
    status=CertificateStatus.VERIFIED,
    valid_to=date(2026, 3, 10),
    register_checked_on=TODAY,
    scope_confirmed_by="PER-1",
    confirmed_activity=Activity.API_MFG,
)


def printed(**changes: Any) -> CertificateData:
    return filled(CertificateData, **{"valid_to": None, **changes})


@pytest.mark.parametrize(
    ("changes", "last_day"),
    [
        ({"inspected_on": "2023-03-10"}, date(2026, 3, 10)),
        ({"inspected_on": "2024-02-29"}, date(2027, 2, 28)),
        ({"inspected_on": "2022-12-31"}, date(2025, 12, 31)),
        ({"inspected_on": "2023-03-10", "valid_to": "2025-06-30"}, date(2025, 6, 30)),
        ({"inspected_on": "2023-03-10", "type": "MIA"}, None),
        ({"type": "CEP", "valid_to": "2028-02-29"}, date(2028, 2, 29)),
        ({}, None),
    ],
)
def test_a_gmp_certificate_that_prints_no_end_is_trusted_for_three_years_from_the_inspection(
    changes: dict[str, Any], last_day: date | None
) -> None:
    assert valid_until(printed(**changes), gmp_years=LIMITS.gmp_certificate_years, today=TODAY) == last_day


@pytest.mark.parametrize(
    ("printed_to", "today", "last_day"),
    [
        (None, date(2026, 1, 1), date(2026, 12, 31)),
        (None, date(2026, 9, 30), date(2026, 12, 31)),
        (None, date(2026, 10, 1), date(2027, 12, 31)),
        ("2026-12-31", date(2026, 10, 1), date(2026, 12, 31)),
        ("2031-12-31", date(2026, 12, 31), date(2027, 12, 31)),
    ],
)
def test_a_registration_with_the_fda_lasts_for_its_year(printed_to: str | None, today: date, last_day: date) -> None:
    registration = printed(type="FDA_REGISTRATION", valid_to=printed_to)
    assert valid_until(registration, gmp_years=3, today=today) == last_day
    assert registered_since(today) == date(2026, 1, 1)


def test_a_leap_day_meets_a_leap_day_again_after_four_years() -> None:
    assert valid_until(printed(inspected_on="2024-02-29"), gmp_years=4, today=TODAY) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("valid_to", "day", "valid"),
    [
        (date(2026, 3, 10), date(2026, 3, 9), True),
        (date(2026, 3, 10), date(2026, 3, 10), True),
        (date(2026, 3, 10), date(2026, 3, 11), False),
        (date(2028, 2, 29), date(2028, 2, 29), True),
        (date(2028, 2, 29), date(2028, 3, 1), False),
        (None, date(2199, 12, 31), True),
    ],
)
def test_a_certificate_is_valid_through_its_last_day(valid_to: date | None, day: date, *, valid: bool) -> None:
    assert is_valid_on(valid_to, day) is valid


def test_the_end_of_the_certificate_of_the_worked_scenario_is_announced_six_times() -> None:
    assert reminder_days(date(2026, 3, 10), LIMITS.certificate_reminders) == [
        date(2025, 9, 11),
        date(2025, 12, 10),
        date(2026, 1, 9),
        date(2026, 2, 8),
        date(2026, 2, 24),
        date(2026, 3, 3),
    ]


def test_reminders_count_over_a_leap_day_and_over_new_year() -> None:
    assert reminder_days(date(2028, 2, 29), [60, 1]) == [date(2027, 12, 31), date(2028, 2, 28)]
    assert reminder_days(date(2028, 3, 1), [1]) == [date(2028, 2, 29)]


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"valid_to": None}, True),
        ({"valid_to": date(2025, 1, 14)}, True),
        ({"valid_to": date(2025, 1, 13)}, False),
        ({"status": CertificateStatus.RECEIVED}, False),
        ({"status": CertificateStatus.REJECTED}, False),
        ({"status": CertificateStatus.SUPERSEDED}, False),
        ({"register_checked_on": None}, False),
        ({"scope_confirmed_by": None}, False),
        ({"confirmed_activity": None}, False),
        ({"confirmed_activity": Activity.PACKAGING}, False),
    ],
)
def test_a_certificate_counts_only_if_it_is_valid_checked_and_names_the_activity(
    changes: dict[str, Any], *, counts: bool
) -> None:
    assert counts_for(FINE.model_copy(update=changes), Activity.API_MFG, TODAY) is counts


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"inspected_on": "2023-03-10"}, set()),
        ({"valid_to": "2026-01-01"}, set()),
        ({"valid_to": "2020-01-01"}, set()),
        ({}, {"inspected_on"}),
        ({"inspected_on": "2025-01-15"}, {"inspected_on"}),
        ({"inspected_on": "2025-01-14"}, set()),
        ({"inspected_on": "2023-03-10", "valid_to": "2023-03-09"}, {"valid_to"}),
        ({"type": "ISO"}, {"type"}),
        ({"inspected_on": "2023-03-10", "issued_by": None}, {"issued_by"}),
    ],
)
def test_a_certificate_is_entered_whole(changes: dict[str, Any], expected: set[str]) -> None:
    assert set(certificate_faults(printed(**changes), CertificateType.GMP_CERT, latest_day=TODAY)) == expected


def test_what_was_stored_before_issuers_were_asked_for_says_nothing_of_its_own() -> None:
    stored = printed().model_dump(mode="json", exclude={"issued_by"})
    with pytest.raises(ValidationError):
        CertificateData.model_validate(stored)
    assert CertificateData.model_validate(stored, context={STORED: True}).issued_by is None


def test_what_no_authority_issues_names_none() -> None:
    assert certificate_faults(printed(type="ISO", issued_by=None), CertificateType.ISO, latest_day=TODAY) == {}


def test_a_licence_may_be_without_an_end() -> None:
    assert certificate_faults(printed(type="MIA"), CertificateType.MIA, latest_day=TODAY) == {}


def named(certificate_id: str, type_: str = "GMP_CERT", **changes: Any) -> Named:
    return Named(certificate_id, CertificateType(type_), FINE.model_copy(update=changes))


@pytest.mark.parametrize(
    ("certificates", "watched"),
    [
        ([named("CERT-1")], ["CERT-1"]),
        ([named("CERT-1"), named("CERT-2", valid_to=date(2028, 2, 29))], ["CERT-2"]),
        ([named("CERT-1", valid_to=date(2028, 2, 29)), named("CERT-2")], ["CERT-1"]),
        ([named("CERT-1"), named("CERT-2", valid_to=None)], ["CERT-2"]),
        ([named("CERT-1", valid_to=date(2020, 1, 1))], ["CERT-1"]),
        ([named("CERT-1"), named("CERT-2", status=CertificateStatus.RECEIVED, valid_to=None)], ["CERT-1"]),
        ([named("CERT-1"), named("CERT-2", status=CertificateStatus.REJECTED, valid_to=None)], ["CERT-1"]),
        ([named("CERT-1", status=CertificateStatus.SUPERSEDED, valid_to=None), named("CERT-2")], ["CERT-2"]),
        ([named("CERT-1"), named("CERT-2", confirmed_activity=None, valid_to=None)], ["CERT-1"]),
        ([named("CERT-1"), named("CERT-2", confirmed_activity=Activity.PACKAGING, valid_to=None)], ["CERT-1"]),
        ([named("CERT-2", "MIA", valid_to=None), named("CERT-1")], ["CERT-1", "CERT-2"]),
        ([named("CERT-1", confirmed_activity=None)], []),
        ([], []),
    ],
)
def test_of_each_type_the_verified_one_that_counts_and_ends_last_is_watched(
    certificates: list[Named], watched: list[str]
) -> None:
    assert [each.certificate_id for each in last_to_end(certificates, Activity.API_MFG)] == watched


def test_only_an_end_is_announced() -> None:
    line = Watched(
        type=CertificateType.GMP_CERT,
        certificate_id="CERT-1",
        valid_to=date(2026, 3, 10),
        valid=True,
        demanded=True,
        renewal_open=False,
    )
    assert line.announced_on([7, 180]) == [date(2025, 9, 11), date(2026, 3, 3)]
    assert line.model_copy(update={"valid_to": None}).announced_on([7, 180]) == []
