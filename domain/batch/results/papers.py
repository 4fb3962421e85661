"""Whether a certificate or own testing is of this very batch, and tested apart from who makes it (gate G9)."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from domain.core.names import names_party, spellings


class Maker(NamedTuple):
    """A site that makes a part of a batch or of what it comes from, with its company, as they are called."""

    company: str
    site: str
    site_id: str

    def tests_in(self, laboratory: str) -> bool:
        """Whether a laboratory is its own: it is called after the company or by the site's id, or as the site is."""
        called_after = any(names_party(laboratory, each) for each in (self.company, self.site_id))
        return called_after or not spellings(laboratory).isdisjoint(spellings(self.site))


def is_too_early(day: date, made_on: date | None) -> bool:
    """Whether what is dated like this says nothing of the whole batch: its last day of manufacture came later.

    The same day may do: the certificate is written in the evening of it.
    """
    return made_on is not None and day < made_on


def day_fault(day: date, *, begun_on: date | None, made_on: date | None, latest_day: date) -> str | None:
    """What is wrong with the day of a certificate or of testing; `None` if nothing. Days are days at the site.

    `latest_day` is the last day that has begun anywhere. Before the end of manufacture is told, the day is not before
    its begin; the end is looked at by the gate.
    """
    if day > latest_day:
        return "is in the future"
    if is_too_early(day, made_on):
        return f"is before the end of manufacture, {made_on}"
    if is_too_early(day, begun_on):
        return f"is before the begin of manufacture, {begun_on}"
    return None


def whose_laboratory(laboratory: str, makers: Iterable[Maker]) -> Maker | None:
    """The maker whose own laboratory it is, if it is one's: who has made it confirms nothing (21 CFR 211.84(d)(2))."""
    return next((each for each in makers if each.tests_in(laboratory)), None)
