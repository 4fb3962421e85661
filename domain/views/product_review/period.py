"""Which period a product is reviewed for."""

from datetime import date

from domain.core.days import add_months
from domain.core.refusals import Code, Refused

MOST_YEARS = 3
"""A review covers a year, as a rule; several are read one after the other."""


def refuse_unless_reviewable(first: date, last: date) -> None:
    """Raise `Refused(FORM_INVALID)` for a period that ends before it begins, or is longer than three years."""
    if last < first:
        raise Refused(Code.FORM_INVALID, "The period ends before it begins.", fields={"to": f"is before {first}"})
    if last >= add_months(first, 12 * MOST_YEARS):
        fields = {"to": f"is more than {MOST_YEARS} years after {first}"}
        raise Refused(Code.FORM_INVALID, f"A review covers {MOST_YEARS} years at most.", fields=fields)
