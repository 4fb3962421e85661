"""How much of a batch has arrived anew, and how much there was to arrive (domain specification, section 18).

Goods arrive once from where they were made. What has left a country again may arrive once more, and never more than
had come there.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from domain.core.names import name_key
from domain.core.refusals import broken
from domain.importation.consignment import RULE, CustomsClearance

_NONE = Decimal(0)


class Arrival(NamedTuple):
    """A consignment of a batch that was not taken back. Quantities are in the unit of the batch."""

    number: str
    from_country: str
    to_country: str
    quantity: Decimal
    customs_reference: str | None = None
    customs_documents: frozenset[str] = frozenset()
    """Document ids of the notices of the customs office."""


class Goods(BaseModel):
    """What there was of a batch to arrive."""

    model_config = ConfigDict(frozen=True)

    made: Decimal | None
    """Its yield; `None` before the end of manufacture."""
    used_there: Mapping[str, Decimal] = {}
    """What went into other batches in the countries in which it was made, by country."""
    sent: Mapping[str, Decimal] = {}
    """What has left for registered sites with deliveries, by country."""


def come_anew(arrivals: Iterable[Arrival], sent: Mapping[str, Decimal]) -> Decimal:
    """How much has come from where it was made: what has arrived, less what had arrived or was delivered before and has
    left again.
    """
    known = [*arrivals]
    total = sum((each.quantity for each in known), _NONE)
    for country in {each.from_country for each in known}:
        out = sum((each.quantity for each in known if each.from_country == country), _NONE)
        came = sum((each.quantity for each in known if each.to_country == country), sent.get(country, _NONE))
        total -= min(out, came)
    return total


def beyond_what_was_made(arrivals: Sequence[Arrival], goods: Goods) -> str | None:
    """That more has arrived than there was, with the numbers; `None` if it has not, or the yield is not known yet."""
    if goods.made is None:
        return None
    came = come_anew(arrivals, goods.sent)
    reached = {each.to_country for each in arrivals}
    used = sum((each for country, each in goods.used_there.items() if country not in reached), _NONE)
    if came + used <= goods.made:
        return None
    parts = ", ".join(f"{each.number} {each.quantity:f}" for each in arrivals)
    of = f" less {used:f} used where it was made" if used else ""
    return f"{came:f} arrive in all ({parts}), of {goods.made:f} that were made{of}"


def refuse_other_declaration(form: CustomsClearance, others: Iterable[Arrival]) -> None:
    """Raise `Refused` if another consignment of the batch stands under the same declaration or notice, unless named.

    Goods of one declaration may come in several parts; the same part entered twice counts twice.
    """
    notices, known = {each.document_id for each in form.documents}, {each.number: each for each in others}
    faults: dict[str, str] = {}
    for each in known.values():
        if each.number in form.cleared_with or each.customs_reference is None:
            continue
        if name_key(each.customs_reference) == name_key(form.reference):
            faults.setdefault("reference", f"is that of {each.number}; name it in cleared_with if both came with it")
        if not notices.isdisjoint(each.customs_documents):
            faults.setdefault("documents", f"hold a notice of {each.number}; name it in cleared_with if it is of both")
    for index, number in enumerate(form.cleared_with):
        if number not in known:
            faults[f"cleared_with.{index}"] = "is no other consignment of it"
    if faults:
        raise broken(RULE, "Another consignment of it was cleared with this one.", **faults)
