"""Registering a batch: what is to be made where, for which markets, from what (domain specification, section 8)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Self

from pydantic import Field, JsonValue

from domain.batch.batch import Relation, UseKind
from domain.batch.making.mass_balance import (
    YieldLimits,
    fault_of_unit,
    keeps_the_unit,
    refuse_mixed,
    refuse_unless_limited,
)
from domain.batch.markets import is_known
from domain.batch.supply_stage import SupplyStage
from domain.core.countries import Country
from domain.core.document import DocumentReference, Evidence
from domain.core.forms import Action, Audience, Form, Process, Value
from domain.core.names import name_key, party_key, says_nothing
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Identifier, ShortText
from domain.core.units import Unit
from domain.exchange.parameters import Number
from domain.site.site import Markets

_OF_A_PART = frozenset({
    Relation.INTERMEDIATE, Relation.SPLIT, Relation.BLEND, Relation.RELABEL, Relation.REPACK,
})  # fmt: skip
"""What takes a part of the other batch, which is then missing there."""
REGISTRARS = frozenset({Role.SUPPLY_CHAIN, Role.CDMO_PM})


class Parent(Value):
    """A batch that this one comes from. Its holds are inherited."""

    batch_id: Identifier = Field(examples=["BAT-1"])
    """The other batch."""
    relation: Relation
    """How this batch comes from it."""
    quantity: Number | None = Field(default=None, gt=0, examples=["20"])
    """How much of the other batch goes into this one, in the unit of that batch.

    Required for SPLIT, BLEND and INTERMEDIATE; otherwise all of it becomes this batch.
    """
    theoretical_yield: Number | None = Field(default=None, gt=0, examples=["0.8"])
    """What comes of one unit of it, in the unit of this batch, by the master batch record.

    Of what the yield is not counted on, such as an auxiliary, it is left out. What is split or blended has none.
    """


class NodeType(StrEnum):
    """Who had a material in hands on its way (ICH Q7, chapter 17)."""

    MANUFACTURER = "MANUFACTURER"
    AGENT = "AGENT"
    DISTRIBUTOR = "DISTRIBUTOR"
    REPACKER = "REPACKER"
    LABORATORY = "LABORATORY"
    STORAGE = "STORAGE"


_SELLS = frozenset({NodeType.MANUFACTURER, NodeType.AGENT, NodeType.DISTRIBUTOR, NodeType.REPACKER})
"""Who may have sold a material."""


class ChainNode(Value):
    """One company on the way of a material."""

    type: NodeType
    """What it does."""
    name: ShortText = Field(examples=["Chemiehandel Nord GmbH, Hamburg"])
    """Name and place."""


class Comparator(Value):
    """A product that was bought for a trial, and is repacked or blinded there: whose it is, and how it has come."""

    authorisation: ShortText = Field(examples=["EU/1/19/1377/001"])
    """Number of the marketing authorisation that it is sold under."""
    authorised_in: Country = Field(examples=["EU"])
    """The market of that authorisation."""
    bought_from: ShortText = Field(examples=["Pharma Nord Grosshandel GmbH, Hamburg"])
    """Who has sold it: the manufacturer, an agent, a distributor or a repacker of its way."""
    licence: ShortText = Field(examples=["DE_HH_01_WDA_2024_0007"])
    """The licence under which that one sells medicines."""
    pedigree: Evidence
    """Documents that show every hand that it has passed through."""


class Material(Value):
    """A lot of a starting material: where it comes from is known before it is used (EU GMP 5.27)."""

    name: ShortText = Field(examples=["Coupling agent C-12"])
    """Name of the material."""
    lot: ShortText = Field(examples=["C12-0417"])
    """Its lot."""
    manufacturer: ShortText = Field(examples=["Rheinchem AG, Mannheim"])
    """The original manufacturer; an agent or distributor does not stand in for it (ICH Q7, chapter 17)."""
    chain: tuple[ChainNode, ...] = Field(default=(), max_length=20)
    """Its way from the manufacturer to the site, in order."""
    certificate: DocumentReference | None = None
    """The certificate of the original manufacturer, which is kept whoever has delivered the lot."""
    comparator: Comparator | None = None
    """Of a product bought for a trial, where it comes from; its way is stated then."""


class SubcontractedStep(Value):
    """A step that another site does. It needs a status of its own (gate G1) and prior approval (Chapter 7, 7.11)."""

    scope_id: Identifier = Field(examples=["SC-2"])
    """Site and scope that does it, on the approved supplier list."""
    step: ShortText = Field(examples=["Micronisation"])
    """What is done there."""


class BatchRegistration(Form):
    """Register a batch that is to be made. Its holds and decisions are kept from here on."""

    action = Action(Process.BATCH, "request", "Register a batch", REGISTRARS, audience=Audience.SHARED, starts=True)

    site_id: Identifier = Field(examples=["VM-02"])
    """The site that makes it."""
    scope_id: Identifier = Field(examples=["SC-1"])
    """The scope of the site."""
    number: ShortText = Field(examples=["B-001"])
    """The site's batch number, unique at the site for ever."""
    sponsor_number: ShortText | None = Field(default=None, examples=["AUR-25-001"])
    """The sponsor's own batch number."""
    order_number: ShortText = Field(examples=["PO-4711"])
    """The order under which it is made."""
    strength: ShortText | None = Field(default=None, examples=["10 mg/mL"])
    """Strength, of a drug product."""
    size: Number = Field(gt=0, examples=["120"])
    """Planned quantity."""
    unit: Unit = Field(examples=["kg"])
    """UCUM unit of all quantities of the batch."""
    markets: Markets = Field(examples=[["EU", "US"]])
    """Markets that it is made for; each gets its own decision."""
    supply_stage: SupplyStage | None = Field(examples=[SupplyStage.API])
    """What it is in the supply chain, which says what a decision on it means; it must be stated.

    It fits the activity of the scope and the stages of what the batch comes from.
    """
    packed_by: Identifier | None = Field(default=None, examples=["SC-1"])
    """Site and scope that packs it: its own scope, or that of a subcontracted step.

    Required of a finished or clinical batch that comes from no dosage form, such as bulk.
    """
    mbr_version: ShortText = Field(examples=["MBR-204 v3"])
    """Master batch record that it is made by."""
    planned_start: date = Field(examples=["2027-09-01"])
    """First day of manufacture, as planned."""
    planned_end: date = Field(examples=["2027-09-12"])
    """Last day of manufacture, as planned."""
    parents: tuple[Parent, ...] = Field(default=(), max_length=50)
    """Batches that it comes from."""
    yield_low: Number | None = Field(default=None, ge=0, examples=["90"])
    """Least yield of the registered process, in % of what the theoretical yields come to; with `yield_high`."""
    yield_high: Number | None = Field(default=None, gt=0, le=1000, examples=["105"])
    """Greatest yield of the registered process. Outside a deviation is needed."""
    subcontracted: tuple[SubcontractedStep, ...] = Field(default=(), max_length=20)
    """Steps that other sites do."""

    @classmethod
    def stored(cls, payload: dict[str, JsonValue]) -> Self:
        """Batches that were registered before their stage had to be stated have none."""
        return super().stored({"supply_stage": None, **payload})

    def yield_limits(self) -> YieldLimits | None:
        """The yield of the registered process, if both limits of it are given."""
        if self.yield_low is None or self.yield_high is None:
            return None
        return YieldLimits(self.yield_low, self.yield_high)

    def relations(self) -> frozenset[Relation]:
        """How it comes from others."""
        return frozenset(parent.relation for parent in self.parents)


def used_scopes(form: BatchRegistration) -> tuple[str, ...]:
    """Every site and scope that the batch uses, its own first."""
    return tuple(dict.fromkeys((form.scope_id, *(step.scope_id for step in form.subcontracted))))


class Use(NamedTuple):
    """Something that a batch shares with others."""

    kind: UseKind
    reference: str
    detail: str = ""
    material: Material | None = None
    """The lot that it is, of a material."""

    @property
    def key(self) -> str:
        """What all ways to write it have in common. Of a lot without its issuer, which `detail` tells."""
        return use_key(self.kind, self.reference)

    @property
    def issuer(self) -> str:
        """Whose lot it is, as a key: two makers may give the same number to the same material."""
        return party_key(self.detail) if self.kind is UseKind.MATERIAL else ""


def use_key(kind: UseKind, reference: str) -> str:
    """By what two batches share the same thing: a person by name, everything else by number."""
    return party_key(reference) if kind is UseKind.ANALYST else name_key(reference)


def uses(materials: Iterable[Material], equipment: Iterable[str], analysts: Iterable[str] = ()) -> list[Use]:
    """What a batch shares with others, each once: lots of materials with their makers, equipment, analysts."""
    found = [Use(UseKind.MATERIAL, f"{each.name} {each.lot}"[:200], each.manufacturer, each) for each in materials]
    found += [Use(UseKind.EQUIPMENT, each) for each in equipment]
    found += [Use(UseKind.ANALYST, each) for each in analysts]
    kept: dict[tuple[UseKind, str, str], Use] = {}
    for each in found:
        kept.setdefault((each.kind, each.key, each.issuer), each)
    return list(kept.values())


def refuse_unless_chained(materials: Sequence[Material]) -> None:
    """Raise `Refused` if the way of a material begins with another manufacturer than the one that is named.

    A comparator has a way, from the manufacturer to who has sold it.
    """
    faults = _faults_of_comparators(materials) | {
        f"materials.{index}.chain.{place}.name": f"is not {each.manufacturer}, the manufacturer"
        for index, each in enumerate(materials)
        for place, node in enumerate(each.chain)
        if node.type is NodeType.MANUFACTURER and party_key(node.name) != party_key(each.manufacturer)
    }
    if faults:
        raise broken("section 17, lots of materials", "The supply chain does not fit.", **faults)


def _faults_of_comparators(materials: Sequence[Material]) -> dict[str, str]:
    faults: dict[str, str] = {}
    for index, each in enumerate(materials):
        if each.comparator is None:
            continue
        sellers = {party_key(node.name) for node in each.chain if node.type in _SELLS}
        if not each.chain or each.chain[0].type is not NodeType.MANUFACTURER:
            faults[f"materials.{index}.chain"] = "say the way of a comparator, from its manufacturer on"
        elif party_key(each.comparator.bought_from) not in sellers:
            faults[f"materials.{index}.comparator.bought_from"] = "is nobody on its way who sells it"
        for field in ("authorisation", "licence"):
            if says_nothing(getattr(each.comparator, field)):
                faults[f"materials.{index}.comparator.{field}"] = "names none"
    return faults


def refuse_unless_of_comparators(materials: Sequence[Material], *, for_trials: bool, is_of_a_comparator: bool) -> None:
    """Raise `Refused` unless a comparator is used for a trial, and named where a batch is made of one.

    `is_of_a_comparator` of clinical supply that is packed and comes from no dosage form of ours: it was bought.
    """
    faults = {
        f"materials.{index}.comparator": "is of what is made for trials"
        for index, each in enumerate(materials)
        if each.comparator is not None and not for_trials
    }
    if is_of_a_comparator and all(each.comparator is None for each in materials):
        faults["materials"] = "name the comparator that is packed, with its source, authorisation and pedigree"
    if faults:
        raise broken("section 17, comparators", "It is not known what is packed, or where it comes from.", **faults)


def refuse_unless_orderable(
    stopped_by: Mapping[str, Sequence[str]], agreements: Collection[str], scope_ids: Sequence[str]
) -> None:
    """Raise `Refused` unless every site and scope takes orders and is bound by a quality agreement (G1, G2).

    `stopped_by` gives the reasons against new orders by scope (`domain.asl.asl.orders_stopped_by`), `agreements` the
    scopes with an agreement in force. EU GMP Chapter 7: no work without a qualified contractor and a written agreement.
    """
    for scope_id in scope_ids:
        if reasons := stopped_by.get(scope_id):
            message = f"{scope_id} takes no orders: {', '.join(reasons)}."
            raise Refused(Code.NOT_OPEN, message, rule="G1", fields={"scope_id": f"{scope_id}: {', '.join(reasons)}"})
        if scope_id not in agreements:
            message = f"No quality agreement is in force for {scope_id}."
            raise Refused(Code.NOT_OPEN, message, rule="G2", fields={"scope_id": f"{scope_id}: no quality agreement"})


def refuse_unless_registrable(form: BatchRegistration, listed_markets: Collection[str]) -> None:
    """Raise `Refused` with every fault of a registration that the form alone cannot show.

    `listed_markets` are those that the decision on the scope was taken for.
    """
    parents, steps = [each.batch_id for each in form.parents], [each.scope_id for each in form.subcontracted]
    faults = {
        f"markets.{index}": "is no market that the site was approved for"
        for index, market in enumerate(form.markets)
        if market not in listed_markets
    }
    faults |= {
        f"markets.{index}": "is a market without a rule for who decides"
        for index, market in enumerate(form.markets)
        if not is_known(market)
    }
    faults |= {f"parents.{index}.batch_id": "is named twice" for index in _repeated(parents)}
    faults |= {
        f"parents.{index}.quantity": "say how much of it" if each.quantity is None else "is all of it; give none"
        for index, each in enumerate(form.parents)
        if (each.quantity is None) == (each.relation in _OF_A_PART)
    }
    faults |= {f"subcontracted.{index}.scope_id": "is named twice" for index in _repeated([form.scope_id, *steps], 1)}
    if form.supply_stage is None:
        faults["supply_stage"] = "is required"
    if form.packed_by is not None and form.packed_by not in used_scopes(form):
        faults["packed_by"] = "is neither the scope of the batch nor that of a subcontracted step"
    if form.planned_end < form.planned_start:
        faults["planned_end"] = "is before planned_start"
    faults |= {
        f"parents.{index}.theoretical_yield": "is of what is made into something else"
        for index, each in enumerate(form.parents)
        if each.theoretical_yield is not None and keeps_the_unit(each.relation)
    }
    if (form.yield_low is None) != (form.yield_high is None):
        faults["yield_high"] = "is given with yield_low"
    if Relation.CORRECTION in form.relations() and len(parents) > 1:
        faults["parents"] = "a correction is of one batch alone"
    if faults:
        raise broken("section 8, register", "The batch cannot be registered.", **faults)
    refuse_mixed(form.relations())
    refuse_unless_limited(
        relations=form.relations(),
        yields=[each.theoretical_yield for each in form.parents],
        limits=form.yield_limits(),
    )


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


def _repeated(names: Sequence[str], offset: int = 0) -> list[int]:
    """Where a name stands that stood before, counted from `offset`."""
    return [index - offset for index, name in enumerate(names) if name in names[:index]]


_AFTER_REJECTION = frozenset({Relation.REPROCESS, Relation.REWORK, Relation.CORRECTION})


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
    elif relation in (Relation.REPROCESS, Relation.REWORK) and stage != "REPROCESSED":
        fault = "has no decision that it is worked again"
    elif relation not in _AFTER_REJECTION and is_gone:
        fault = "is rejected, withdrawn, recalled or cancelled"
    elif parent_unit is not None:
        fault = fault_of_unit(relation, unit, parent_unit)
    if fault is not None:
        raise broken("section 8, genealogy", "The batch cannot come from that batch.", **{field: fault})
