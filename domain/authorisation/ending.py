"""When an authorisation ends by its dates, and since when it is not in force (section 17)."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from domain.authorisation.authorisation import AuthorisationStatus, Standing, on_day


def stands_in_force(standing: Iterable[Standing], day: date) -> bool:
    """Whether it is in force on a day, by what is said of that day."""
    return on_day((each for each in standing if each.status is AuthorisationStatus.IN_FORCE), day)


def not_in_force_since(standing: Sequence[Standing], day: date) -> date | None:
    """The first of the days without force that lead up to a day; `None` if it is in force then, or nothing was said."""
    since: date | None = None
    for change in reversed([each for each in _changes(standing) if each <= day]):
        if stands_in_force(standing, change):
            break
        since = change
    return since


def begins(standing: Sequence[Standing], day: date) -> date | None:
    """The first of the days in force that lead up to a day; `None` if it is not in force then."""
    since: date | None = None
    for change in reversed([each for each in _changes(standing) if each <= day]):
        if not stands_in_force(standing, change):
            break
        since = change
    return since


def ends_on(standing: Sequence[Standing], proposed_on: date, *, replaces: bool) -> date | None:
    """The first day on which it is looked at whether it has ended; `None` if it is in force without an end.

    What takes the place of an earlier version is looked at at once where it begins later.
    """
    changes = _changes(standing)
    if replaces and changes[0] > proposed_on:
        return proposed_on
    return next((each for each in changes if not stands_in_force(standing, each)), None)


def _changes(standing: Iterable[Standing]) -> list[date]:
    """The days on which something else is said than on the day before, or nothing any more."""
    periods = [*standing]
    ends = (each.valid_to + timedelta(days=1) for each in periods if each.valid_to is not None)
    return sorted({*(each.valid_from for each in periods), *ends})
