"""Days are counted as in section 3; the dates of the worked scenario (section 13) must come out exactly."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.core.clocks import (
    ClockRule,
    Deadline,
    Level,
    Remaining,
    Roll,
    RungRule,
    acknowledge_by,
    deadline,
    extended,
    next_alarm,
    remaining,
    resumed,
)
from domain.core.days import Calendar, Span, Unit, add_months, counted, latest_day
from domain.core.people import Role
from domain.core.refusals import Code, Refused
from records.core.calendars import site_calendar

PLAIN = Calendar(calendar_id="plain", tz="UTC")
BERLIN = Calendar(calendar_id="berlin", tz="Europe/Berlin")
OTHERWISE = "Somebody will be told."


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def rule(span: str, *rungs: RungRule, roll: Roll = Roll.FORWARD, within: str = "1bd") -> ClockRule:
    return ClockRule(
        span=Span.of(span), roll=roll, rungs=rungs, otherwise=OTHERWISE, acknowledge_within=Span.of(within)
    )


def rung(at: str, level: Level = Level.L0, every: str | None = None) -> RungRule:
    return RungRule(level=level, at=Span.of(at), every=Span.of(every) if every else None)


def clock(start: str, given: ClockRule | str, calendar: Calendar = PLAIN, due_on: date | None = None) -> Deadline:
    return deadline(
        "some.clock",
        rule(given) if isinstance(given, str) else given,
        policy_version=3,
        start_event_id="EVT-7",
        started_at=utc(start),
        calendar=calendar,
        due_on=due_on,
    )


def due(deadline: Deadline) -> str:
    return deadline.due_at.astimezone(ZoneInfo(deadline.tz)).strftime("%Y-%m-%d %H:%M:%S")


def alarms(deadline: Deadline, after: str, count: int = 20) -> list[str]:
    found: list[str] = []
    at = utc(after)
    while len(found) < count and (alarm := next_alarm(deadline, at)) is not None:
        at = alarm.at
        found.append(at.strftime("%Y-%m-%d %H:%M"))
    return found


# ---------------------------------------------------------------- spans and levels


@pytest.mark.parametrize(
    ("text", "n", "unit", "written"),
    [
        ("30d", 30, Unit.CALENDAR_DAYS, "30d"),
        ("-14d", -14, Unit.CALENDAR_DAYS, "-14d"),
        ("+1bd", 1, Unit.BUSINESS_DAYS, "1bd"),
        ("4h", 4, Unit.HOURS, "4h"),
        ("24mo", 24, Unit.MONTHS, "24mo"),
        ("0d", 0, Unit.CALENDAR_DAYS, "0d"),
    ],
)
def test_a_span_is_read_from_and_written_as_text(text: str, n: int, unit: Unit, written: str) -> None:
    span = Span.of(text)
    assert (span.n, span.unit) == (n, unit)
    assert span.model_dump_json() == f'"{written}"'
    assert Span.model_validate_json(span.model_dump_json()) == span


@pytest.mark.parametrize("text", ["", "d", "30", "30 d", "30D", "1.5d", "--1d", "30d\n", "٣d", "99999d", "1bd2", "mo"])
def test_anything_else_is_no_span(text: str) -> None:
    with pytest.raises(ValidationError):
        Span.of(text)


def test_a_span_is_announced_as_text() -> None:
    assert TypeAdapter(Span).json_schema()["type"] == "string"


def test_the_level_above_the_top_is_the_top() -> None:
    assert [level.next() for level in Level] == [Level.L1, Level.L2, Level.L3, Level.L4, Level.L4]


@pytest.mark.parametrize("every", ["1bd", "1mo", "0d", "-7d"])
def test_a_step_repeats_only_in_whole_days_or_hours(every: str) -> None:
    with pytest.raises(ValidationError):
        rung("+7d", every=every)


@pytest.mark.parametrize(("span", "within"), [("-1d", "1bd"), ("1d", "0h"), ("1d", "-1bd")])
def test_a_clock_does_not_run_backwards(span: str, within: str) -> None:
    with pytest.raises(ValidationError):
        rule(span, within=within)


# ---------------------------------------------------------------- counting


@pytest.mark.parametrize(
    ("start", "span", "last_day"),
    [
        # section 13
        ("2025-01-15", "30d", "2025-02-14"),  # questionnaire
        ("2025-04-03", "30d", "2025-05-05"),  # report: Saturday rolls to Monday
        ("2025-04-25", "30d", "2025-05-26"),  # response: Sunday rolls to Monday
        ("2025-06-09", "10bd", "2025-06-23"),  # TX-1 round 1
        ("2025-06-20", "5bd", "2025-06-27"),  # its review
        ("2025-06-26", "10bd", "2025-07-10"),  # TX-1 round 2
        ("2025-09-26", "5bd", "2025-10-03"),  # package of B-001
        ("2025-10-01", "10bd", "2025-10-15"),  # its review
        ("2025-11-24", "1bd", "2025-11-25"),  # OOS notification
        ("2025-11-24", "30d", "2025-12-24"),  # OOS closure
        ("2025-12-18", "30d", "2026-01-19"),  # SCAR-1, across New Year: Saturday rolls to Monday
        ("2026-01-30", "10bd", "2026-02-13"),  # confirmation of AUD-2
        ("2026-03-12", "30d", "2026-04-13"),  # report of AUD-2
        ("2026-04-08", "30d", "2026-05-08"),  # response to AUD-2
        ("2026-04-15", "10bd", "2026-04-29"),  # dispute of F-3
        ("2026-04-22", "5bd", "2026-04-29"),  # package of B-003
        ("2026-04-27", "10bd", "2026-05-11"),  # its review
        ("2026-04-28", "1bd", "2026-04-29"),  # for-cause decision
        ("2026-05-05", "3bd", "2026-05-08"),  # containment and B-001 review
        ("2026-05-06", "10bd", "2026-05-20"),  # report of AUD-3
        ("2026-05-15", "15bd", "2026-06-05"),  # response to AUD-3
        ("2026-06-08", "5bd", "2026-06-15"),  # rework
        ("2026-06-26", "90d", "2026-09-24"),  # effectiveness of the critical CAPA
        ("2026-07-07", "30d", "2026-08-06"),  # report of AUD-4
        ("2026-07-07", "20d", "2026-07-27"),  # the same under a later policy
        ("2025-05-20", "24mo", "2027-05-20"),  # review of QTA-1
        # months
        ("2025-04-03", "12mo", "2026-04-03"),
        ("2026-07-07", "6mo", "2027-01-07"),
        ("2026-08-31", "6mo", "2027-03-01"),  # 28 Feb 2027 is a Sunday
        ("2027-08-31", "6mo", "2028-02-29"),  # a leap year
        ("2028-02-29", "12mo", "2029-02-28"),
        ("2028-01-30", "1mo", "2028-02-29"),
        # the day itself, the weekend, the turn of the year
        ("2026-05-05", "0d", "2026-05-05"),
        ("2026-05-09", "0d", "2026-05-11"),
        ("2026-05-05", "0bd", "2026-05-05"),
        ("2026-05-09", "0bd", "2026-05-11"),
        ("2026-05-08", "1bd", "2026-05-11"),
        ("2026-05-09", "1bd", "2026-05-11"),
        ("2025-12-31", "1bd", "2026-01-01"),
        ("2024-02-28", "1d", "2024-02-29"),
    ],
)
def test_a_clock_ends_on_its_last_day(start: str, span: str, last_day: str) -> None:
    assert due(clock(f"{start} 10:00", span)) == f"{last_day} 23:59:59"


@pytest.mark.parametrize(
    ("start", "span", "last_day"),
    [("2025-04-03", "30d", "2025-05-03"), ("2026-08-31", "6mo", "2027-02-28"), ("2026-05-09", "0d", "2026-05-09")],
)
def test_a_clock_that_does_not_roll_may_end_on_a_closed_day(start: str, span: str, last_day: str) -> None:
    assert due(clock(f"{start} 10:00", rule(span, roll=Roll.NONE))) == f"{last_day} 23:59:59"


def test_own_closing_days_and_public_holidays_are_not_counted() -> None:
    closed = frozenset({date(2025, 12, 25), date(2025, 12, 26), date(2026, 1, 1), date(2026, 1, 2)})
    calendar = Calendar(calendar_id="c", tz="UTC", closed=closed)
    assert due(clock("2025-12-23 10:00", "5bd", calendar)) == "2026-01-05 23:59:59"
    assert due(clock("2025-12-02 10:00", "30d", calendar)) == "2026-01-05 23:59:59"


def test_a_weekend_on_friday_and_saturday_is_respected() -> None:
    calendar = Calendar(calendar_id="c", tz="Asia/Riyadh", weekend=frozenset({4, 5}))
    assert due(clock("2026-05-07 06:00", "1bd", calendar)) == "2026-05-10 23:59:59"


def test_a_calendar_without_any_open_weekday_is_refused() -> None:
    with pytest.raises(ValidationError):
        Calendar(calendar_id="c", tz="UTC", weekend=frozenset(range(7)))


@pytest.mark.parametrize(
    ("start", "span", "due_at"),
    [
        ("2026-03-27 12:00", "0d", "2026-03-27 22:59:59"),  # winter time
        ("2026-03-27 12:00", "3d", "2026-03-30 21:59:59"),  # over the change: summer time
        ("2026-03-28 12:00", "24h", "2026-03-29 12:00:00"),
        ("2026-10-23 12:00", "0d", "2026-10-23 21:59:59"),
        ("2026-10-23 12:00", "3d", "2026-10-26 22:59:59"),
        ("2026-05-04 21:59", "1bd", "2026-05-05 21:59:59"),  # still 4 May in Berlin
        ("2026-05-04 22:01", "1bd", "2026-05-06 21:59:59"),  # already 5 May in Berlin
    ],
)
def test_days_are_those_of_the_site(start: str, span: str, due_at: str) -> None:
    assert clock(start, span, BERLIN).due_at == utc(due_at)


@pytest.mark.parametrize(
    ("day", "due_at"), [("2026-03-29", "2026-03-29 21:59:59"), ("2026-10-25", "2026-10-25 22:59:59")]
)
def test_the_day_of_the_time_change_itself_ends_at_local_midnight(day: str, due_at: str) -> None:
    given = clock(f"{day} 00:30", rule("0d", roll=Roll.NONE), BERLIN)
    assert given.due_at == utc(due_at)


def test_where_clocks_go_back_at_midnight_the_day_ends_at_the_later_midnight() -> None:
    havana = Calendar(calendar_id="c", tz="America/Havana")  # 1 November 2026 at 01:00 back to 00:00
    assert havana.end_of(date(2026, 11, 1)) == utc("2026-11-02 04:59:59")
    beirut = Calendar(calendar_id="c", tz="Asia/Beirut")  # 25 October 2026 at 00:00 back to 23:00
    assert beirut.end_of(date(2026, 10, 24)) == utc("2026-10-24 21:59:59")


def test_hours_are_exact_and_do_not_roll() -> None:
    assert clock("2026-05-08 22:15:30", "4h").due_at == utc("2026-05-09 02:15:30")


def test_hours_are_not_counted_from_a_day() -> None:
    with pytest.raises(ValueError, match="from an instant"):
        counted(date(2026, 5, 5), Span.of("4h"), PLAIN)


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        PLAIN.local_day(utc("2026-05-05 10:00").replace(tzinfo=None))


@pytest.mark.parametrize(
    ("day", "n", "result"),
    [
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
    ],
)
def test_months_are_clamped_at_their_end(day: date, n: int, result: date) -> None:
    assert add_months(day, n) == result


def test_an_agreed_date_takes_the_place_of_the_counted_one_and_is_not_rolled() -> None:
    given = clock("2026-05-04 10:00", rule("90d", rung("-7d")), due_on=date(2026, 5, 30))
    assert due(given) == "2026-05-30 23:59:59"
    assert alarms(given, "2026-05-04 10:00") == ["2026-05-23 09:00"]


def test_a_deadline_keeps_how_it_was_counted() -> None:
    given = clock("2026-05-04 10:00", rule("10bd", roll=Roll.NONE), BERLIN)
    assert (given.policy_key, given.policy_version, given.start_event_id) == ("some.clock", 3, "EVT-7")
    assert (given.unit, given.n, given.roll) == (Unit.BUSINESS_DAYS, 10, Roll.NONE)
    assert (given.calendar_id, given.tz, given.otherwise) == ("berlin", "Europe/Berlin", OTHERWISE)
    assert Deadline.model_validate_json(given.model_dump_json()) == given


# ---------------------------------------------------------------- escalation steps

QUESTIONNAIRE = rule(
    "30d", rung("+1bd", Level.L1), rung("-14d"), rung("-7d"), rung("-1d"), rung("+5bd", Level.L1), rung("0h", Level.L1)
)


def test_reminders_and_steps_fire_in_the_morning_around_the_due_date() -> None:
    assert alarms(clock("2025-01-15 10:00", QUESTIONNAIRE), "2025-01-15 10:00") == [
        "2025-01-31 09:00",
        "2025-02-07 09:00",
        "2025-02-13 09:00",
        "2025-02-15 00:00",
        "2025-02-17 09:00",
        "2025-02-21 09:00",
    ]


def test_steps_fire_at_nine_local_time_on_both_sides_of_the_time_change() -> None:
    given = clock("2026-03-02 10:00", rule("30d", rung("-7d"), rung("+1bd")), BERLIN)
    assert alarms(given, "2026-03-02 10:00") == ["2026-03-25 08:00", "2026-04-02 07:00"]


def test_a_reminder_does_not_roll() -> None:
    given = clock("2026-05-04 10:00", rule("14d", rung("-1d")))  # due on a Monday
    assert alarms(given, "2026-05-04 10:00") == ["2026-05-17 09:00"]


def test_steps_before_the_start_do_not_fire() -> None:
    given = clock("2026-05-04 10:00", rule("10bd", rung("-14d"), rung("-7d")))
    assert alarms(given, "2026-05-04 10:00") == ["2026-05-11 09:00"]


def test_a_step_may_be_months_away() -> None:
    given = clock("2025-05-20 10:00", rule("24mo", rung("+12mo"), rung("-3mo"), roll=Roll.NONE))
    assert alarms(given, "2025-05-20 10:00") == ["2027-02-20 09:00", "2028-05-20 09:00"]


def test_a_repeated_step_fires_for_as_long_as_nobody_acts() -> None:
    given = clock("2026-05-04 10:00", rule("7d", rung("+7d", Level.L1, every="7d"), rung("+31d", Level.L3)))
    assert alarms(given, "2026-05-04 10:00", count=6) == [
        "2026-05-18 09:00",
        "2026-05-25 09:00",
        "2026-06-01 09:00",
        "2026-06-08 09:00",
        "2026-06-11 09:00",
        "2026-06-15 09:00",
    ]


def test_an_alarm_says_what_it_is() -> None:
    given = clock(
        "2026-05-04 10:00",
        rule("1d", RungRule(level=Level.L3, at=Span.of("2h"), to=(Role.QP,), says="Look", proposes="SUSPEND")),
    )
    alarm = next_alarm(given, given.started_at)
    assert alarm is not None
    assert (alarm.level, alarm.to, alarm.says, alarm.proposes) == (Level.L3, (Role.QP,), "Look", "SUSPEND")
    assert alarm.at == given.due_at + timedelta(hours=2)
    assert next_alarm(given, alarm.at) is None


@pytest.mark.parametrize("ladder", [(rung("0h", Level.L3),), (rung("-48h", every="24h"),), (rung("0d"), rung("0bd"))])
def test_no_step_shares_the_instant_at_which_the_clock_runs_out(ladder: tuple[RungRule, ...]) -> None:
    given = clock("2026-05-04 10:00", rule("4d", *ladder))
    before = next_alarm(given, given.due_at - timedelta(seconds=1))
    assert before is None or before.at > given.due_at
    assert len({one.at for one in given.rungs}) == len(ladder)


def test_a_step_at_zero_hours_fires_a_second_after_the_clock_ran_out() -> None:
    given = clock("2026-05-04 10:00", rule("4h", rung("0h", Level.L3)))
    assert given.rungs[0].at == utc("2026-05-04 14:00:01")


@pytest.mark.parametrize(
    "ladder",
    [
        (rung("-7d"), rung("-5bd")),
        (rung("+7d", every="7d"), rung("+14d", Level.L3)),
        (rung("+7d", every="7d"), rung("+14d", Level.L3, every="14d")),
        (rung("+1d", every="48h"), rung("+2d", every="72h")),
    ],
)
def test_no_step_is_lost_where_two_would_fire_together(ladder: tuple[RungRule, ...]) -> None:
    given = clock("2026-05-04 10:00", rule("21d", *ladder, roll=Roll.NONE))
    at, heard = given.started_at, []
    while (alarm := next_alarm(given, at)) is not None and alarm.at < utc("2026-08-01 00:00"):
        at = alarm.at
        heard.append((alarm.offset, at))
    for one in given.rungs:
        step = {None: timedelta(days=999), "7d": timedelta(days=7), "14d": timedelta(days=14)}.get(
            None if one.every is None else str(one.every), timedelta(hours=one.every.n if one.every else 0)
        )
        expected = one.at
        while expected < utc("2026-08-01 00:00"):
            assert (one.offset, expected) in heard
            expected += step
    assert len({at for _, at in heard}) == len(heard)


@pytest.mark.parametrize(
    ("within", "sent", "until"),
    [
        ("1bd", "2026-05-05 09:00", "2026-05-06 23:59:59"),
        ("1bd", "2026-05-08 09:00", "2026-05-11 23:59:59"),
        ("4h", "2026-05-08 23:00", "2026-05-09 03:00:00"),
        ("2d", "2026-05-07 09:00", "2026-05-11 23:59:59"),
    ],
)
def test_a_step_is_to_be_acknowledged_within_its_time(within: str, sent: str, until: str) -> None:
    given = clock("2026-05-04 10:00", rule("1d", within=within))
    assert acknowledge_by(given, utc(sent), PLAIN) == utc(until)
    assert acknowledge_by(Span.of(within), utc(sent), PLAIN) == utc(until)


# ---------------------------------------------------------------- hold and extension


@pytest.mark.parametrize(
    ("start", "span", "held", "left", "resume", "last_day"),
    [
        ("2026-05-04", "10bd", "2026-05-06", 8, "2026-06-01", "2026-06-11"),
        ("2026-05-04", "10bd", "2026-05-08", 6, "2026-05-11", "2026-05-19"),  # over a weekend
        ("2026-05-04", "10bd", "2026-05-09", 6, "2026-05-10", "2026-05-18"),  # nothing lost on closed days
        ("2026-05-04", "10bd", "2026-05-18", 0, "2026-05-30", "2026-06-01"),  # due on the day of the resume, rolled
        ("2026-05-04", "10bd", "2026-05-18", 0, "2026-06-02", "2026-06-02"),
        ("2026-05-04", "10bd", "2026-05-20", -2, "2026-06-10", "2026-06-08"),  # overdue stays overdue
        ("2026-05-04", "30d", "2026-05-14", 20, "2026-06-01", "2026-06-22"),  # Sunday rolls
        ("2026-05-04", "30d", "2026-06-05", -2, "2026-06-09", "2026-06-07"),  # overdue does not roll
        ("2026-05-04", "1mo", "2026-05-14", 21, "2026-06-01", "2026-06-22"),
        ("2025-12-18", "30d", "2025-12-30", 20, "2026-01-02", "2026-01-22"),
    ],
)
def test_a_clock_resumes_with_the_days_that_were_left(
    start: str, span: str, held: str, left: int, resume: str, last_day: str
) -> None:
    given = clock(f"{start} 10:00", span)
    rest = remaining(given, utc(f"{held} 12:00"), PLAIN)
    assert rest.left == left
    assert due(resumed(given, rest, utc(f"{resume} 08:00"), PLAIN)) == f"{last_day} 23:59:59"


@pytest.mark.parametrize(("held", "left"), [("2026-05-04 11:30", 9000), ("2026-05-04 15:00", -3600)])
def test_a_clock_in_hours_resumes_with_the_seconds_that_were_left(held: str, left: int) -> None:
    given = clock("2026-05-04 10:00", "4h")
    rest = remaining(given, utc(held), PLAIN)
    assert rest == Remaining(unit=Unit.HOURS, left=left, held_at=utc(held))
    resume = utc("2026-05-09 07:00")
    assert resumed(given, rest, resume, PLAIN).due_at == resume + timedelta(seconds=left)


def test_an_agreed_closed_day_costs_nobody_a_day_by_a_hold() -> None:
    given = clock("2026-05-04 10:00", "10bd", due_on=date(2026, 5, 16))  # a Saturday
    rest = remaining(given, utc("2026-05-14 10:00"), PLAIN)
    assert rest.left == 2
    assert due(resumed(given, rest, utc("2026-05-14 10:00"), PLAIN)) == "2026-05-18 23:59:59"


def test_steps_move_with_a_resumed_clock_and_do_not_fire_twice() -> None:
    given = clock("2025-01-15 10:00", QUESTIONNAIRE)
    rest = remaining(given, utc("2025-02-03 12:00"), PLAIN)  # after the first reminder, 11 days left
    later = resumed(given, rest, utc("2025-03-03 12:00"), PLAIN)
    assert due(later) == "2025-03-14 23:59:59"
    assert alarms(later, "2025-03-03 12:00") == [
        "2025-03-07 09:00",
        "2025-03-13 09:00",
        "2025-03-15 00:00",
        "2025-03-17 09:00",
        "2025-03-21 09:00",
    ]


def test_a_step_that_fired_does_not_fire_again_where_the_moved_due_date_rolls() -> None:
    given = clock("2026-05-04 10:00", rule("30d", rung("-14d")))  # due on Wednesday 3 June
    rest = remaining(given, utc("2026-05-20 10:00"), PLAIN)  # an hour after the reminder; 14 days left
    later = resumed(given, rest, utc("2026-05-30 08:00"), PLAIN)  # a Saturday; due on the 13th, rolled to the 15th
    assert due(later) == "2026-06-15 23:59:59"
    assert alarms(later, "2026-05-30 08:00") == []


def test_a_step_that_did_not_fire_before_the_hold_fires_on_the_morning_after_the_resume() -> None:
    given = clock("2026-05-04 10:00", rule("14d", rung("-7d")))  # reminder on 11 May at 09:00
    rest = remaining(given, utc("2026-05-11 08:00"), PLAIN)
    later = resumed(given, rest, utc("2026-06-01 10:00"), PLAIN)
    assert alarms(later, "2026-06-01 10:00") == ["2026-06-02 09:00"]


def test_an_overdue_clock_escalates_no_further_by_the_time_on_hold() -> None:
    given = clock("2026-05-04 10:00", rule("1bd", rung("+1bd", Level.L1), rung("+5bd", Level.L2)))  # due 5 May
    rest = remaining(given, utc("2026-05-07 10:00"), PLAIN)  # L1 fired on the 6th
    later = resumed(given, rest, utc("2026-06-15 10:00"), PLAIN)
    assert alarms(later, "2026-06-15 10:00") == ["2026-06-18 09:00"]


def test_a_repeated_step_goes_on_after_a_hold() -> None:
    given = clock("2026-05-04 10:00", rule("1d", rung("+7d", Level.L1, every="7d")))  # due 5 May, fires 12, 19 May
    rest = remaining(given, utc("2026-05-14 10:00"), PLAIN)
    later = resumed(given, rest, utc("2026-06-01 10:00"), PLAIN)
    assert alarms(later, "2026-06-01 10:00", count=2) == ["2026-06-06 09:00", "2026-06-13 09:00"]


def test_an_extension_sets_the_whole_ladder_around_the_new_date() -> None:
    later = extended(clock("2025-01-15 10:00", QUESTIONNAIRE), date(2025, 3, 1), PLAIN)  # a Saturday
    assert due(later) == "2025-03-01 23:59:59"
    assert alarms(later, "2025-02-10 12:00") == [
        "2025-02-15 09:00",
        "2025-02-22 09:00",
        "2025-02-28 09:00",
        "2025-03-02 00:00",
        "2025-03-03 09:00",
        "2025-03-07 09:00",
    ]


def test_an_extended_clock_can_be_held() -> None:
    later = extended(clock("2026-05-04 10:00", "10bd"), date(2026, 6, 12), PLAIN)
    rest = remaining(later, utc("2026-06-10 10:00"), PLAIN)
    assert due(resumed(later, rest, utc("2026-07-01 10:00"), PLAIN)) == "2026-07-03 23:59:59"


# ---------------------------------------------------------------- whatever the dates

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
instants = st.builds(datetime.combine, days, st.times(), st.just(UTC))
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])
calendars = st.builds(
    Calendar,
    calendar_id=st.just("any"),
    tz=zones,
    closed=st.frozensets(days, max_size=12),
    weekend=st.sampled_from([frozenset({5, 6}), frozenset({4, 5}), frozenset({6}), frozenset[int]()]),
)
day_units = st.sampled_from([Unit.CALENDAR_DAYS, Unit.BUSINESS_DAYS, Unit.MONTHS])


@given(calendars, days, st.integers(-60, 60))
def test_business_days_forth_and_back_are_the_same_day(calendar: Calendar, day: date, n: int) -> None:
    day = calendar.next_open(day)
    there = calendar.add_business_days(day, n)
    assert calendar.is_open(there)
    assert calendar.add_business_days(there, -n) == day
    assert calendar.business_days_between(day, there) == n


@given(calendars, instants, day_units, st.integers(0, 60))
def test_a_rolling_clock_never_ends_on_a_closed_day(calendar: Calendar, start: datetime, unit: Unit, n: int) -> None:
    given = deadline(
        "k", rule(str(Span(n=n, unit=unit))), policy_version=1, start_event_id="E", started_at=start, calendar=calendar
    )
    local = given.due_at.astimezone(ZoneInfo(calendar.tz))
    assert calendar.is_open(local.date())
    assert (local.hour, local.minute, local.second) == (23, 59, 59)
    assert given.due_at >= start.replace(microsecond=0)


@given(calendars, instants, st.sampled_from(list(Unit)), st.integers(0, 60), st.integers(0, 200), st.integers(0, 900))
def test_a_resumed_clock_has_as_much_left_as_when_it_was_held(
    calendar: Calendar, start: datetime, unit: Unit, n: int, held_after: int, on_hold: int
) -> None:
    given = deadline(
        "k",
        rule(str(Span(n=n, unit=unit)), roll=Roll.NONE),
        policy_version=1,
        start_event_id="E",
        started_at=start,
        calendar=calendar,
    )
    held_at = start + timedelta(hours=7 * held_after)
    resumed_at = held_at + timedelta(hours=11 * on_hold)
    rest = remaining(given, held_at, calendar)
    again = resumed(given, rest, resumed_at, calendar)
    assert remaining(again, resumed_at, calendar).left == rest.left


@given(calendars, instants, st.sampled_from(list(Unit)), st.integers(0, 60), st.integers(0, 200))
def test_a_hold_that_ends_at_once_changes_nothing(
    calendar: Calendar, start: datetime, unit: Unit, n: int, held_after: int
) -> None:
    ladder = (rung("-7d"), rung("-1d"), rung("+1bd"), rung("+7d", every="7d"))
    given = deadline(
        "k",
        rule(str(Span(n=n, unit=unit)), *ladder),
        policy_version=1,
        start_event_id="E",
        started_at=start.replace(microsecond=0),
        calendar=calendar,
    )
    at = given.started_at + timedelta(hours=7 * held_after)
    again = resumed(given, remaining(given, at, calendar), at, calendar)
    assert again == given


# ---------------------------------------------------------------- calendars of sites


def test_a_sites_calendar_knows_public_holidays_its_own_closing_days_and_its_weekend() -> None:
    calendar = site_calendar("VM-02", "Europe/Berlin", "DE", "BW", [date(2026, 12, 28)], [2026])
    assert calendar.calendar_id == "VM-02"
    assert not calendar.is_open(date(2026, 1, 6))  # Epiphany, in Baden-Württemberg
    assert not calendar.is_open(date(2026, 12, 25))
    assert not calendar.is_open(date(2026, 12, 28))
    assert calendar.is_open(date(2026, 12, 29))
    assert calendar.weekend == {5, 6}
    assert site_calendar("B", "Europe/Berlin", "DE", "BE", [], [2026]).is_open(date(2026, 1, 6))
    assert site_calendar("R", "Asia/Riyadh", "SA", None, [], [2026]).weekend == {4, 5}


def test_a_site_without_a_country_has_no_public_holidays() -> None:
    calendar = site_calendar("X", "UTC", None, None, [date(2026, 12, 28)], [2026])
    assert calendar.closed == {date(2026, 12, 28)}


@pytest.mark.parametrize(
    ("tz", "country", "subdivision", "field"),
    [
        ("Europe/Nowhere", "DE", None, "tz"),
        ("Europe", "DE", None, "tz"),
        ("../etc/passwd", "DE", None, "tz"),
        ("", "DE", None, "tz"),
        ("UTC", "XX", None, "country"),
        ("UTC", "Germany", None, "country"),
        ("UTC", "DE", "ZZ", "subdivision"),
        ("UTC", None, "BW", "country"),
    ],
)
def test_a_calendar_that_cannot_be_made_is_refused_by_field(
    tz: str, country: str | None, subdivision: str | None, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        site_calendar("X", tz, country, subdivision, [], [2026])
    assert refused.value.refusal.code is Code.FORM_INVALID
    assert list(refused.value.refusal.fields) == [field]


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2025, 1, 13, 9, 59, tzinfo=UTC), date(2025, 1, 13)),
        (datetime(2025, 1, 13, 10, 0, tzinfo=UTC), date(2025, 1, 14)),
    ],
)
def test_a_day_is_of_the_future_while_it_is_today_nowhere_on_earth(at: datetime, day: date) -> None:
    assert latest_day(at) == day


def test_weekends_that_a_country_works_are_business_days() -> None:
    china = site_calendar("CAL-CN", "Asia/Shanghai", "CN", None, (), range(2025, 2028))
    friday, worked_saturday = date(2026, 2, 13), date(2026, 2, 14)
    assert china.add_business_days(friday, 1) == worked_saturday
    assert china.business_days_between(friday, worked_saturday) == 1
    assert china.add_business_days(worked_saturday, 1) == date(2026, 2, 24)
    assert china.next_open(date(2026, 2, 28)) == date(2026, 2, 28)
    assert china.next_open(date(2026, 3, 1)) == date(2026, 3, 2)


def test_a_day_that_a_site_is_closed_stays_closed_where_the_country_works() -> None:
    own = site_calendar("CAL-CN", "Asia/Shanghai", "CN", None, [date(2026, 2, 14)], range(2025, 2028))
    assert own.add_business_days(date(2026, 2, 13), 1) == date(2026, 2, 24)
