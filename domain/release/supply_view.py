"""How a supply under exception is shown. Built from the records, never stored."""

from datetime import date

from pydantic import AwareDatetime

from domain.batch.market_refusal import RefusedAs
from domain.core.view import View
from domain.release.gate_words import measured, words
from domain.release.supply_exception import SupplyBasis


class SupplyView(View):
    """Goods that are supplied by the authority's permission, and are not certified."""

    number: str
    """Number in its register."""
    market: str
    basis: SupplyBasis
    authority: str
    permission: str
    """Its number."""
    permitted_on: date
    document: str
    """Document id."""
    conditions: tuple[str, ...]
    """Each with the ids of what shows that it is met."""
    gates: tuple[str, ...]
    """The gates that are not open, what each had found, and why the goods may be supplied all the same."""
    until: date
    quantity: str
    unit: str
    consignees: tuple[str, ...]
    """By code."""
    granted_at: AwareDatetime
    withdrawn_by: str | None
    withdrawn_at: AwareDatetime | None
    withdrawn_because: str | None
    learned_later: tuple[str, ...] = ()
    """What was learned since it was signed, and whether its market has answered that."""
    taken_back_as: RefusedAs | None = None
    """Whether the goods were withdrawn or recalled in a review."""
    taken_back_at: AwareDatetime | None = None

    def words(self) -> str:
        """In one line."""
        what = f"{self.number}, not certified: at most {measured(self.quantity, self.unit)} until {self.until}"
        whose = f"{words(self.basis)}, {self.authority} {self.permission} of {self.permitted_on} ({self.document})"
        to = f"to {', '.join(self.consignees)}"
        under = f", under: {'; '.join(self.conditions)}" if self.conditions else ""
        gone = ""
        if self.withdrawn_at is not None:
            gone = f"; stopped {self.withdrawn_at:%Y-%m-%d} by {self.withdrawn_by}: {self.withdrawn_because}"
        if self.taken_back_as is not None and self.taken_back_at is not None:
            gone = f"; {self.taken_back_as.words} {self.taken_back_at:%Y-%m-%d}: {self.withdrawn_because}"
        later = f"; learned since: {'; '.join(self.learned_later)}" if self.learned_later else ""
        return f"{what}, {to}; {whose}{under}; {'; '.join(self.gates)}{gone}{later}"
