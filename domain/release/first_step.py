"""The first step that a release by who only checks stands on (domain specification, section 18)."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import NamedTuple

from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.policy.market_rule import MarketRule
from domain.release.certification import MarketRelease


class MakersCertificate(NamedTuple):
    """A maker's certificate of the batch that is on record."""

    importing_country: str
    issued_in: str
    is_accepted: bool
    is_certified: bool
    """Whether it is the certification by a qualified person, on an authorisation on record."""
    hands: frozenset[str]
    """Who has entered or accepted it."""
    licence_fault: str | None = None
    """Why the authorisation that it was signed under does not count; `None` if it does."""


class Certified(NamedTuple):
    """A release of the batch for a market that another one relies on, as it stands."""

    number: str
    by: str | None
    quantity: Decimal | None = None
    """How much, in the unit of the batch; `None` if all of it."""


def first_step_of(
    form: MarketRelease,
    row: MarketRule,
    *,
    roles: Collection[Role],
    persons: Collection[str],
    released: Collection[Certified],
    on_record: Mapping[str, MakersCertificate],
    before: Decimal = Decimal(0),
) -> tuple[str, ...]:
    """The records that a release by who only checks stands on. Raises `Refused` where there is no first step.

    `released` are the releases for markets that the row relies on, `on_record` the maker's certificates of the batch by
    number, each for all of it; `before` is what this market has released. No more is checked than was certified.
    Whoever decides and is no checker certifies, and needs none. A document alone proves nothing (section 16, law 3).
    """
    if form.first_release:
        fault = "a document is no record: enter it as a maker's certificate (MBC-…), and name that in first_step"
        raise broken("section 18, two steps", "The first step is a record.", first_release=fault)
    if not (frozenset(row.deciders) - frozenset(row.checkers)).isdisjoint(roles):
        return ()
    if own := sorted(each.number for each in released if each.by in persons):
        message = f"Who has certified {own[0]} does not check it."
        raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule="section 18, who checks never certifies")
    named = _certificates_of(form, row, persons, on_record)
    if released or named:
        if not named:
            _refuse_beyond(released, form.quantity, before)
        return (*sorted(each.number for each in released), *named)
    needs = f"release the batch first for {' or '.join(row.relies_on)}" if row.relies_on else ""
    papers = "name the maker's certificate of the batch that was accepted" if row.takes_documents else ""
    fault = "; or ".join(filter(None, [needs, papers]))
    raise broken("section 18, two steps", "There is nothing to check yet.", first_step=fault)


def _refuse_beyond(released: Collection[Certified], quantity: Decimal | None, before: Decimal) -> None:
    """What is checked is goods that were certified, up to the market that certifies the most of them."""
    sums = [each.quantity for each in released if each.quantity is not None]
    if quantity is None or len(sums) < len(released) or before + quantity <= max(sums):
        return
    certified = ", ".join(f"{each.number} ({each.quantity:f})" for each in released)
    fault = f"at most {max(max(sums) - before, Decimal(0)):f}: no more is certified by {certified}"
    raise broken("section 18, two steps", "No more is checked than was certified.", quantity=fault)


def _certificates_of(
    form: MarketRelease, row: MarketRule, persons: Collection[str], on_record: Mapping[str, MakersCertificate]
) -> tuple[str, ...]:
    """The maker's certificates that are named: of this batch, certified, accepted, and for this market."""
    faults: dict[str, str] = {}
    for index, number in enumerate(form.first_step):
        known = on_record.get(number)
        if known is None or not row.takes_documents:
            where = "this batch" if row.takes_documents else f"those that {row.market} takes"
            faults[f"first_step.{index}"] = f"is no maker's certificate of {where}"
        elif (fault := _why_no_first_step(known, row)) is not None:
            faults[f"first_step.{index}"] = fault
        elif not known.hands.isdisjoint(persons):
            message = f"Who has entered or accepted {number} does not check it."
            raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule="section 18, who checks never certifies")
    if faults:
        raise broken("section 18, two steps", "The first step is a record of this batch.", **faults)
    return form.first_step


def _why_no_first_step(known: MakersCertificate, row: MarketRule) -> str | None:
    if not known.is_accepted:
        return "is not accepted"
    if not known.is_certified:
        how = (
            "enter their certification, with signed_as QUALIFIED_PERSON and the number of the authorisation that names"
        )
        return f"does not say that a qualified person has certified: {how} them (signed_under)"
    if known.licence_fault is not None:
        return f"was signed under an authorisation that {known.licence_fault}"
    if known.importing_country not in row.codes:
        return f"was issued for {known.importing_country}"
    if row.certified_in and known.issued_in not in row.certified_in:
        return f"was issued in {known.issued_in}; it must be one of {', '.join(row.certified_in)}"
    return None
