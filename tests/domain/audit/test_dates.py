from datetime import date
from typing import Any

import pytest

from domain.audit.dates import (
    AuditNotice,
    DateAnswer,
    Reschedule,
    Reschedules,
    refuse_unless_announceable,
    refuse_unless_answered,
    refuse_unless_reschedulable,
    suggested_notice,
)
from domain.audit.plan import AuditPlan
from domain.core.people import Org
from domain.core.refusals import Code, Refused
from tests.domain.filling import faults, filled

APRIL_1 = date(2027, 4, 1)


@pytest.mark.parametrize(
    ("given", "bounds", "expected"),
    [
        ({}, {}, set()),
        ({}, {"earliest_first_day": date(2027, 4, 2)}, {"first_day"}),
        ({"short_notice_agreed_in": "QTA-1"}, {"earliest_first_day": date(2027, 4, 2)}, set()),
        ({"short_notice_agreed_in": "QTA-1"}, {"earliest_for_agenda": date(2027, 4, 2)}, {"first_day"}),
        ({"short_notice_agreed_in": "QTA-1"}, {"planned_first_day": date(2027, 4, 2)}, {"first_day"}),
        ({}, {"planned_first_day": date(2027, 3, 1)}, set()),
        ({}, {"latest_first_day": date(2027, 3, 31)}, {"first_day"}),
        ({"last_day": "2027-03-31"}, {}, {"last_day", "agenda.0.day"}),
        ({"agenda": [{"day": "2027-04-03"}, {"day": "2027-04-04"}]}, {}, {"agenda.1.day"}),
    ],
)
def test_a_notice_gives_the_site_time(given: dict[str, Any], bounds: dict[str, date], expected: set[str]) -> None:
    notice = filled(AuditNotice, **given)
    fine = {"planned_first_day": APRIL_1, "earliest_first_day": APRIL_1, "earliest_for_agenda": APRIL_1}
    assert faults(lambda: refuse_unless_announceable(notice, **{**fine, **bounds})) == expected


@pytest.mark.parametrize("earliest", [date(2027, 3, 1), date(2027, 4, 20)])
def test_the_suggested_notice_can_be_sent(earliest: date) -> None:
    plan = filled(AuditPlan)
    notice = filled(AuditNotice, suggested_notice(plan, earliest))
    refuse_unless_announceable(
        notice, planned_first_day=plan.first_day, earliest_first_day=earliest, earliest_for_agenda=earliest
    )
    assert notice.last_day - notice.first_day == plan.last_day - plan.first_day
    assert [item.area for item in notice.agenda] == list(plan.areas)


DAYS = {"first_day": "2027-04-05", "last_day": "2027-04-07"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"verdict": "ACCEPT"}, set()),
        ({"verdict": "ACCEPT", **DAYS}, {"first_day", "last_day"}),
        ({"verdict": "COUNTER_PROPOSE"}, {"first_day", "last_day", "reason"}),
        ({"verdict": "COUNTER_PROPOSE", "reason": "Shutdown.", **DAYS}, set()),
        ({"verdict": "COUNTER_PROPOSE", "reason": "Shutdown.", **DAYS, "last_day": "2027-04-04"}, {"last_day"}),
        ({"verdict": "COUNTER_PROPOSE", "reason": "Shutdown.", **DAYS, "first_day": "2027-03-31"}, {"first_day"}),
        (
            {"verdict": "COUNTER_PROPOSE", "reason": "Not now.", "first_day": "2027-05-02", "last_day": "2027-05-03"},
            {"first_day"},
        ),
        ({"verdict": "REFUSE_ACCESS"}, {"reason"}),
        ({"verdict": "REFUSE_ACCESS", "reason": "Not agreed."}, set()),
        ({"verdict": "REFUSE_ACCESS", "reason": "Not agreed.", **DAYS}, {"first_day", "last_day"}),
    ],
)
def test_an_answer_gives_what_its_verdict_asks_for(given: dict[str, Any], expected: set[str]) -> None:
    answer = filled(DateAnswer, **given)
    assert (
        faults(lambda: refuse_unless_answered(answer, earliest_first_day=APRIL_1, latest_first_day=date(2027, 5, 1)))
        == expected
    )


@pytest.mark.parametrize(
    ("first", "last", "interval", "expected"),
    [
        ("2027-04-15", "2027-04-17", None, set()),
        ("2027-06-30", "2027-07-02", None, set()),
        ("2027-07-01", "2027-07-02", None, {"first_day"}),
        ("2027-06-30", "2027-07-02", date(2027, 6, 29), {"first_day"}),
        ("2027-06-30", "2027-07-02", date(2027, 12, 31), set()),
        ("2027-03-31", "2027-04-02", None, {"first_day"}),
        ("2027-04-15", "2027-04-14", None, {"last_day"}),
    ],
)
def test_an_audit_slips_only_so_far(first: str, last: str, interval: date | None, expected: set[str]) -> None:
    reschedule = filled(Reschedule, first_day=first, last_day=last)
    assert (
        faults(
            lambda: refuse_unless_reschedulable(
                reschedule,
                Reschedules(original_first_day=APRIL_1),
                Org.CDMO,
                max_per_side=2,
                earliest_first_day=APRIL_1,
                latest_by_slip=date(2027, 6, 30),
                latest_by_interval=interval,
            )
        )
        == expected
    )


@pytest.mark.parametrize("side", [Org.CDMO, Org.SPONSOR])
def test_the_third_move_of_one_side_is_refused_and_the_other_side_counts_apart(side: Org) -> None:
    moved = "by_cdmo" if side is Org.CDMO else "by_sponsor"
    other = Org.SPONSOR if side is Org.CDMO else Org.CDMO

    def move(by: Org, times: int) -> None:
        refuse_unless_reschedulable(
            filled(Reschedule),
            Reschedules.model_validate({"original_first_day": APRIL_1, moved: times}),
            by,
            max_per_side=2,
            earliest_first_day=APRIL_1,
            latest_by_slip=date(2027, 6, 30),
        )

    for times in range(2):
        move(side, times)
    with pytest.raises(Refused) as refused:
        move(side, 2)
    assert refused.value.refusal.code is Code.LIMIT_REACHED
    move(other, 2)
