"""The working days of a site, from its country's public holidays and its own closing days."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from holidays import HolidayBase, country_holidays
from holidays.registry import COUNTRIES

from domain.core.days import Calendar
from domain.core.refusals import Code, Refused

_COUNTRIES = frozenset(code for _, code, *_ in COUNTRIES.values())
"""Codes of the countries whose public holidays are known."""


def site_calendar(
    calendar_id: str,
    tz: str,
    country: str | None,
    subdivision: str | None,
    own_closing_days: Iterable[date],
    years: Iterable[int],
) -> Calendar:
    """The calendar of a site over the given years; in other years only weekends and its own closing days are closed.

    `country` is an ISO 3166-1 code (`DE`), `subdivision` its ISO 3166-2 part (`BW`). The country's own weekend
    applies, with the days of it that are worked in place of others. Without a country there are no public holidays.
    Raises `Refused` (FORM_INVALID) naming the field.
    """
    _check_time_zone(tz)
    if country is None:
        if subdivision is not None:
            raise _invalid("country", "Name the country that the subdivision belongs to.")
        return Calendar(calendar_id=calendar_id, tz=tz, closed=frozenset(own_closing_days))
    public = _public_holidays(country, subdivision, years)
    return Calendar(
        calendar_id=calendar_id,
        tz=tz,
        closed=frozenset(public.keys()) | frozenset(own_closing_days),
        weekend=frozenset(public.weekend),
        worked=frozenset(public.weekend_workdays),
    )


def _check_time_zone(tz: str) -> None:
    try:
        ZoneInfo(tz)
    except (KeyError, ValueError, OSError):
        raise _invalid("tz", "Use an IANA time zone such as Europe/Berlin.") from None


def _public_holidays(country: str, subdivision: str | None, years: Iterable[int]) -> HolidayBase:
    if len(country) != 2:
        raise _invalid("country", "Use the two capital letters of ISO 3166-1, such as DE.")
    if country not in _COUNTRIES:
        raise _invalid("country", f"No public holidays are known for {country}.")
    known = country_holidays(country)
    if subdivision is not None and subdivision not in {*known.subdivisions, *known.subdivisions_aliases}:
        raise _invalid("subdivision", f"{country} has no subdivision {subdivision}.")
    return country_holidays(country, subdiv=subdivision, years=tuple(years))


def _invalid(field: str, problem: str) -> Refused:
    return Refused(Code.FORM_INVALID, "The calendar is not valid.", fields={field: problem})
