"""How lists are asked for, page by page."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, BeforeValidator

from domain.core.forms import FIRST_DAY, LAST_DAY, refuse_bare_number

Limit = Annotated[int, Query(ge=1, le=100, description="Items on a page.")]


Cursor = Annotated[
    str | None, Query(max_length=400, pattern=r"^[A-Za-z0-9_=-]+$", description="`next` of the page before.")
]


Filter = Annotated[str | None, Query(max_length=64)]


def _within_bounds(instant: datetime) -> datetime:
    if not FIRST_DAY < instant.date() < LAST_DAY:
        raise ValueError(f"must lie between {FIRST_DAY} and {LAST_DAY}")
    return instant


Instant = Annotated[AwareDatetime, BeforeValidator(refuse_bare_number), AfterValidator(_within_bounds)]
Day = Annotated[date, BeforeValidator(refuse_bare_number)]
"""A day, as it is written in forms."""
"""As in forms: beyond, databases have no instants."""
