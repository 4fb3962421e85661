"""Whether a batch may come from another one, and what of it is left (domain specification, sections 8 and 17)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.batch.batch import Relation
from domain.batch.making.mass_balance import fault_of_unit
from domain.batch.relations import AFTER_REJECTION, WORKED_AGAIN
from domain.core.refusals import broken


def refuse_beyond_left(wanted: Sequence[Decimal | None], left: Sequence[Decimal]) -> None:
    """Raise `Refused` unless every parent, in the order of the form, has left what is to come from it, in its unit."""
    faults = {
        f"parents.{index}.quantity": f"is more than the {rest:f} that are left of it"
        for index, (quantity, rest) in enumerate(zip(wanted, left, strict=True))
        if quantity is not None and quantity > rest
    }
    if faults:
        raise broken("section 8, genealogy", "Not so much is left of the batch.", **faults)


def refuse_unless_left(whole: Mapping[int, Decimal]) -> None:
    """Raise `Refused` if nothing is left of a batch that is worked again; `whole` gives what is, by place in the form.

    It is worked again once, as a whole: a second batch would be made of goods that are not there.
    """
    faults = {f"parents.{index}.batch_id": "nothing is left of it" for index, rest in whole.items() if rest <= 0}
    if faults:
        raise broken("section 8, genealogy", "Nothing is left of the batch.", **faults)


def refuse_unless_descends(
    index: int,
    relation: Relation,
    stage: str,
    unit: str,
    parent_unit: str | None,
    *,
    is_gone: bool,
    closed: bool,
) -> None:
    """Raise `Refused` unless a batch may come from another one that stands at `stage`; `closed` if its case is.

    `is_gone` says whether nothing of that one is released or may be any more, also while a recall still goes on.
    A rejected batch goes nowhere else; its rejection is final and only a correction under two signatures makes a new
    record of it. What is reprocessed or reworked was decided on before.
    """
    field, fault = f"parents.{index}.batch_id", None
    if relation is Relation.CORRECTION and stage != "REJECTED":
        fault = "is not rejected"
    elif relation is Relation.CORRECTION and not closed:
        fault = "is rejected, but its investigations are not closed"
    elif relation in WORKED_AGAIN and stage != "REPROCESSED":
        fault = "has no decision that it is worked again"
    elif relation not in AFTER_REJECTION and is_gone:
        fault = "is rejected, withdrawn, recalled or cancelled"
    elif parent_unit is not None:
        fault = fault_of_unit(relation, unit, parent_unit)
    if fault is not None:
        raise broken("section 8, genealogy", "The batch cannot come from that batch.", **{field: fault})
