"""What was due in a period, and whether it was done in time (domain specification, section 5)."""

from collections.abc import Callable, Iterable
from datetime import date

from pydantic import BaseModel, ConfigDict

from domain.oversight.scorecard import Tally


class Due(BaseModel):
    """Something that was due on a day, extensions included. Days are those of the site."""

    model_config = ConfigDict(frozen=True)

    id: str
    due_on: date
    done_on: date | None = None
    """`None`: not done yet."""


def on_time(dues: Iterable[Due], first_day: date, last_day: date) -> Tally:
    """How many of those due in the period, both days included, were done by their due day."""
    due = [each for each in dues if first_day <= each.due_on <= last_day]
    done = [each for each in due if each.done_on is not None and each.done_on <= each.due_on]
    return Tally(numerator=len(done), denominator=len(due))


def late_beyond(
    dues: Iterable[Due], first_day: date, last_day: date, latest: Callable[[date], date]
) -> tuple[str, ...]:
    """Ids of what was late in the period by more than the time that `latest` grants after a due day.

    What was done before the period began is none of its matter, however late it was.
    """
    return tuple(
        each.id
        for each in dues
        if latest(each.due_on) < min(each.done_on or last_day, last_day)
        and (each.done_on is None or each.done_on >= first_day)
    )
