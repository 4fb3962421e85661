"""Registering a batch: what is to be made where, for which markets, from what (domain specification, section 8)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Self

from pydantic import Field, JsonValue

from domain.batch.batch import Relation
from domain.batch.making.mass_balance import (
    YieldLimits,
    keeps_the_unit,
    refuse_mixed,
    refuse_unless_limited,
)
from domain.batch.making.pack import Pack, faults_of_registration
from domain.batch.relations import OF_A_PART
from domain.batch.supply_stage import SupplyStage
from domain.core.forms import Action, Audience, Form, Process, Value
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Identifier, ShortText
from domain.core.units import Unit
from domain.exchange.parameters import Number
from domain.policy.market_rule import MarketRule, faults_of_unknown
from domain.site.site import Markets

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
    pack: Pack | None = None
    """What it is packed as; required of a finished product, and said of clinical supply that is packed.

    Different packs are different batches. A market takes the packs that its row of the policy takes.
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


def refuse_unless_registrable(
    form: BatchRegistration, listed_markets: Collection[str], rows: Iterable[MarketRule]
) -> None:
    """Raise `Refused` with every fault of a registration that the form alone cannot show.

    `listed_markets` are those that the decision on the scope was taken for; `rows` are the markets of the policy.
    """
    parents, steps = [each.batch_id for each in form.parents], [each.scope_id for each in form.subcontracted]
    faults = {
        f"markets.{index}": "is no market that the site was approved for"
        for index, market in enumerate(form.markets)
        if market not in listed_markets
    }
    rows = tuple(rows)
    faults |= faults_of_registration(form.pack, form.supply_stage, form.markets, rows)
    faults |= faults_of_unknown(rows, {f"markets.{index}": market for index, market in enumerate(form.markets)})
    faults |= {f"parents.{index}.batch_id": "is named twice" for index in _repeated(parents)}
    faults |= {
        f"parents.{index}.quantity": "say how much of it" if each.quantity is None else "is all of it; give none"
        for index, each in enumerate(form.parents)
        if (each.quantity is None) == (each.relation in OF_A_PART)
    }
    faults |= {f"subcontracted.{index}.scope_id": "is named twice" for index in _repeated([form.scope_id, *steps], 1)}
    faults |= _faults_of_stage_and_plan(form)
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


def _faults_of_stage_and_plan(form: BatchRegistration) -> dict[str, str]:
    faults: dict[str, str] = {}
    if form.supply_stage is None:
        faults["supply_stage"] = "is required"
    if form.packed_by is not None and form.packed_by not in used_scopes(form):
        faults["packed_by"] = "is neither the scope of the batch nor that of a subcontracted step"
    if form.planned_end < form.planned_start:
        faults["planned_end"] = "is before planned_start"
    return faults


def _repeated(names: Sequence[str], offset: int = 0) -> list[int]:
    """Where a name stands that stood before, counted from `offset`."""
    return [index - offset for index, name in enumerate(names) if name in names[:index]]
