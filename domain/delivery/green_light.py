"""Where clinical supply may go: to the sites of its trial that have the sponsor's green light (section 17)."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.batch.trial import RULE, is_same_trial
from domain.core.refusals import Code, Refused, broken
from domain.delivery.shipment import Destination


class Lit(BaseModel):
    """A green light as it is on record."""

    model_config = ConfigDict(frozen=True)

    version: int
    market: str
    trial: str
    destination: str
    address: str
    valid_to: date | None
    withdrawn_at: AwareDatetime | None

    def is_for(self, destination: str, address: str) -> bool:
        """Whether a place, however it is written, is the site that it is for."""
        own = Destination(name=self.destination, address=self.address)
        return own.key == Destination(name=destination, address=address).key

    def stopped_by(self, today: date) -> str | None:
        """Why it is in force no more, in words; `None` while it is."""
        if self.withdrawn_at is not None:
            return f"green light {self.version} was withdrawn on {self.withdrawn_at:%Y-%m-%d}"
        if self.valid_to is not None and today > self.valid_to:
            return f"the documents of green light {self.version} were valid until {self.valid_to}"
        return None


class Lack(NamedTuple):
    """Why supply may not go to a site."""

    field: str
    """The field of the order that it is about."""
    words: str


def lacking(
    trial: str | None, market: str, destination: Destination, *, certified: str | None, lit: Iterable[Lit], today: date
) -> Lack | None:
    """Why nothing goes to a place for a trial and a market; `None` under a green light for exactly these, in force.

    `certified` is the trial that the market's certificate names.
    """
    if trial is None:
        return Lack("trial", "is required of clinical supply")
    if certified is None or not is_same_trial(trial, certified):
        return Lack("trial", f"is not the trial of the certificate for {market}: {certified or 'it names none'}")
    there = [
        each
        for each in lit
        if each.market == market
        and is_same_trial(each.trial, trial)
        and each.is_for(destination.name, destination.address)
    ]
    over = [each.stopped_by(today) for each in there]
    if None in over:
        return None
    return Lack("destination", over[-1] or "" if over else f"has no green light for {trial} in {market}")


def refuse_if_lacking(lack: Lack | None, *, to_site: bool = False) -> None:
    """Raise `Refused` (NO_GREEN_LIGHT) where a green light is missing. The site is not told why (S6)."""
    if lack is not None:
        words = "ask the sponsor" if to_site else lack.words
        message = f"Nothing leaves without the sponsor's green light: {words}."
        raise Refused(Code.NO_GREEN_LIGHT, message, rule=RULE, fields={lack.field: words})


def refuse_misplaced_trial(trial: str | None, *, is_clinical: bool) -> None:
    """Raise `Refused` unless an order of clinical supply, and no other, names a trial."""
    if (trial is not None) != is_clinical:
        fault = "is required of clinical supply" if is_clinical else "is of clinical supply alone"
        raise broken(RULE, "An order of clinical supply names its trial.", trial=fault)
