from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar, Component

from api.views.calendar_feed import in_icalendar
from records.views.calendar_feed import CalendarEntry

AUDIT = CalendarEntry(
    uid="AUD-7",
    title="AUD-7: Scheduled audit of VM-02, Plant 2; with a comma",
    first_day=date(2028, 2, 28),
    last_day=date(2028, 2, 29),
    changed_at=datetime(2027, 11, 5, 9, 30, 15, 250000, tzinfo=UTC),
    url="/v1/audits/AUD-7",
)


def events(text: str) -> list[Component]:
    return list(Calendar.from_ical(text).walk("VEVENT"))


def test_an_event_takes_whole_days_and_ends_the_day_after() -> None:
    (event,) = events(in_icalendar([AUDIT], "https://vetted.example"))
    assert (event["DTSTART"].to_ical(), event["DTEND"].to_ical()) == (b"20280228", b"20280301")
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event["DTSTAMP"].to_ical() == b"20271105T093015Z"
    assert (event["UID"], event["STATUS"]) == ("AUD-7@vetted", "CONFIRMED")
    assert event["SUMMARY"] == AUDIT.title
    assert event["URL"] == "https://vetted.example/v1/audits/AUD-7"


@pytest.mark.parametrize(("tentative", "status"), [(True, "TENTATIVE"), (False, "CONFIRMED")])
def test_days_that_are_not_agreed_on_are_tentative(tentative: object, status: str) -> None:
    (event,) = events(in_icalendar([AUDIT.model_copy(update={"tentative": tentative})], ""))
    assert event["STATUS"] == status


def test_the_text_keeps_to_rfc_5545_and_does_not_change_by_itself() -> None:
    text = in_icalendar([AUDIT] * 2, "https://vetted.example")
    assert text == in_icalendar([AUDIT] * 2, "https://vetted.example")
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert {"VERSION:2.0", "PRODID:-//Vetted//Calendar feed//EN"} <= set(text.split("\r\n"))


def test_a_calendar_without_entries_is_a_calendar() -> None:
    assert events(in_icalendar([], "")) == []
