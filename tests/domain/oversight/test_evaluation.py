"""Flags, what is done now, when to evaluate again, and why no orders may be placed."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.asl.asl import AslStatus, SuspensionScope
from domain.asl.flags import Flag
from domain.oversight.evaluation import fallen_due, flags, in_effect, new_orders_stopped_by, next_moment
from domain.oversight.schedule import Moment, What

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def moment(what: What, days: float, about: str = "") -> Moment:
    return Moment(at=NOW + timedelta(days=days), what=what, about=about, then="Something follows.")


@pytest.mark.parametrize(
    ("moments", "flag"),
    [
        ([moment(What.AUDIT_OPENS, -1), moment(What.AUDIT_DUE, 100)], [Flag.AUDIT_DUE]),
        ([moment(What.AUDIT_OPENS, -121), moment(What.AUDIT_DUE, -1)], [Flag.AUDIT_OVERDUE]),
        ([moment(What.AUDIT_OPENS, 1)], []),
        ([moment(What.RENEWAL_OPENS, 0, "CERT-1")], [Flag.CERT_EXPIRING]),
        ([moment(What.RENEWAL_OPENS, -180, "A"), moment(What.CERTIFICATE_EXPIRES, 0, "A")], [Flag.CERT_EXPIRED]),
        (
            [
                moment(What.RENEWAL_OPENS, -180, "A"),
                moment(What.CERTIFICATE_EXPIRES, 0, "A"),
                moment(What.RENEWAL_OPENS, -1, "B"),
            ],
            [Flag.CERT_EXPIRED, Flag.CERT_EXPIRING],
        ),
        ([moment(What.AGREEMENT_REVIEW_OPENS, -1, "Q")], [Flag.QTA_REVIEW_DUE]),
        ([moment(What.AGREEMENT_REVIEW_OPENS, -9, "Q"), moment(What.AGREEMENT_LAPSES, -1, "Q")], [Flag.QTA_LAPSED]),
    ],
)
def test_a_flag_stands_from_its_moment_on_until_a_graver_one(moments: list[Moment], flag: list[Flag]) -> None:
    assert flags(moments, NOW, []) == flag


def test_flags_of_other_cases_stand_beside_them() -> None:
    found = flags([moment(What.AUDIT_OPENS, -1)], NOW, [Flag.FOR_CAUSE_OPEN, Flag.REG_ACTION])
    assert found == [Flag.AUDIT_DUE, Flag.FOR_CAUSE_OPEN, Flag.REG_ACTION]


def test_what_is_done_once_is_done_when_its_moment_passes_and_not_again() -> None:
    monday, tuesday = moment(What.ANNOUNCEMENT, -1), moment(What.ANNOUNCEMENT, 0)
    later, holds = moment(What.ANNOUNCEMENT, 1), moment(What.MONTH_ENDS, -30)
    moments = [holds, monday, tuesday, later]
    assert fallen_due(moments, NOW - timedelta(days=2), NOW) == [monday, tuesday]
    assert fallen_due(moments, NOW - timedelta(days=1), NOW) == [tuesday]
    assert fallen_due(moments, NOW, NOW) == []
    assert in_effect(moments, NOW) == [holds]
    assert next_moment(moments, NOW) == later
    assert next_moment([holds], NOW) is None


@pytest.mark.parametrize(
    ("status", "scope", "stopped_days_ago", "reasons"),
    [
        (None, None, -1, ["NOT_ON_THE_LIST"]),
        (AslStatus.APPROVED, None, -1, []),
        (AslStatus.PROBATION, None, -1, []),
        (AslStatus.APPROVED, None, 1, ["AUDIT_OVERDUE"]),
        (AslStatus.SUSPENDED, SuspensionScope.NEW_ORDERS, -1, ["SUSPENDED(NEW_ORDERS)"]),
        (AslStatus.SUSPENDED, SuspensionScope.FULL, 1, ["SUSPENDED(FULL)", "AUDIT_OVERDUE"]),
        (AslStatus.EXPIRED, None, -1, ["EXPIRED"]),
        (AslStatus.RETIRED, None, -1, ["RETIRED"]),
    ],
)
def test_why_no_orders_may_be_placed(
    status: AslStatus | None,
    scope: SuspensionScope | None,
    stopped_days_ago: int,
    reasons: list[str],
) -> None:
    moments = [moment(What.AUDIT_STOPS_ORDERS, -stopped_days_ago)]
    assert new_orders_stopped_by(status, scope, moments, NOW) == reasons
