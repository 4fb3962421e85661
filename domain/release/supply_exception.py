"""Supply under exception: goods that cannot be certified reach named patients by an authority's written permission.

Domain specification, section 16, law 5. EU GMP Part IV, 11.5; Directive 2001/83/EC, Article 5(1) and 5(2); elsewhere
what the authority permits in writing. It is never a certification: the market stays undecided, the entry is in a
register of its own, and the gates stay closed for every certificate.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field, JsonValue

from domain.batch.gate.gate import Gate
from domain.core.countries import Country
from domain.core.document import DocumentReference, Evidence
from domain.core.forms import Action, Form, Meaning, Process, Value
from domain.core.people import DECIDERS, QUALITY_UNIT, SPONSOR_QA_ROLES, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Identifier, ShortText, Text
from domain.delivery.shipment import Destination
from domain.exchange.parameters import Number
from domain.policy.mutual_recognition import ProductKind
from domain.release.gate_exception import OnException

RULE = "section 16, supply under exception"
REGISTER = "SUE"
"""The kind of register that its entries are in; one for each market."""
_SHOWN_AS = {"physician_request": "Asked for by the physician", "risk_evaluation": "The risk was evaluated"}
OF_A_SPECIFICATION = frozenset({Gate.G7, Gate.G8, Gate.G9})
"""The gates that a product outside its specification closes."""


class SupplyBasis(StrEnum):
    """On what ground the authority lets the goods be supplied."""

    OUT_OF_SPECIFICATION = "OUT_OF_SPECIFICATION"
    """A physician asks for a product of cells or tissues that is outside its specification (EU GMP Part IV, 11.5)."""
    NAMED_PATIENT = "NAMED_PATIENT"
    """An order for named patients (Directive 2001/83/EC, Article 5(1), and what is like it elsewhere)."""
    EMERGENCY = "EMERGENCY"
    """A threat to public health (Directive 2001/83/EC, Article 5(2), and what is like it elsewhere)."""
    SHORTAGE = "SHORTAGE"
    """Patients would go without."""


class NamedGate(Value):
    """A gate that the permission speaks of."""

    gate: Gate = Field(examples=[Gate.G8])
    """The gate, which is not open."""
    why: Text = Field(examples=["Viability 68 % against 70 %; no other dose can be made in time."])
    """Why the goods may be supplied although it is not."""


class PermissionCondition(Value):
    """A condition of the authority, and what shows that it is met."""

    condition: Text = Field(examples=["The treating physician is told of the result before use."])
    """The condition."""
    evidence: Evidence
    """What shows it."""


class Consignee(Value):
    """Who receives the goods."""

    code: ShortText = Field(examples=["HOSP-07 / PAT-0012"])
    """The consignee or patient, by code and never by the name of a patient."""
    destination: Destination
    """Where they are delivered."""


class SupplyProposal(Form):
    """Propose that goods which cannot be certified are supplied by the authority's permission.

    The head of quality, the market's decider and regulatory affairs sign after you, three others.
    """

    action = Action(
        Process.BATCH,
        "propose-supply-exception",
        "Propose a supply under exception",
        frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER, Role.SUPPLY_CHAIN}),
        meaning=Meaning.AUTHORED,
    )

    market: Country = Field(examples=["EU"])
    """The market, which is not decided."""
    gates: Annotated[tuple[NamedGate, ...], Field(min_length=1, max_length=14)]
    """Each gate that is not open."""
    basis: SupplyBasis = Field(examples=[SupplyBasis.SHORTAGE])
    """On what ground."""
    authority: ShortText = Field(examples=["BfArM"])
    """The authority of the market that permits it, or that was notified of an out-of-specification supply."""
    permission: ShortText = Field(examples=["4.12-2026/0815"])
    """Number of its permission, or of the notification."""
    permitted_on: date = Field(examples=["2025-01-10"])
    """Its day."""
    document: DocumentReference
    """The document, which names batch, market, conditions and end."""
    conditions: Annotated[tuple[PermissionCondition, ...], Field(max_length=50)] = ()
    """Its conditions, each with what shows that it is met; none if it has none."""
    until: date = Field(examples=["2030-09-30"])
    """Last day on which the goods may leave and arrive, where they arrive."""
    quantity: Number = Field(gt=0, examples=["10"])
    """Largest quantity, in the unit of the batch."""
    consignees: Annotated[tuple[Consignee, ...], Field(min_length=1, max_length=200)]
    """To whom, and to nobody else."""
    product_kind: ProductKind | None = None
    """What kind of product it is; ATMP for OUT_OF_SPECIFICATION, which is for cells and tissues alone."""
    physician_request: DocumentReference | None = None
    """What the treating physician asks for; given exactly for OUT_OF_SPECIFICATION, like the next one."""
    risk_evaluation: DocumentReference | None = None
    """The evaluation of the risk that was given to the physician."""
    reason: Text = Field(examples=["No other dose; without it the patient cannot be treated."])
    """Why patients need the goods."""


class _OnSupply(OnException):
    """A signature on the supply."""

    market: Country = Field(examples=["EU"])
    """Its market."""


class SupplyQualitySignature(_OnSupply):
    """Sign a supply under exception as the head of quality, or refuse it."""

    action = Action(
        Process.BATCH,
        "sign-supply-exception-quality",
        "Sign the supply under exception for quality",
        frozenset({Role.HEAD_QA}),
        meaning=Meaning.APPROVED,
        otherwise="Nothing is supplied.",
    )


class SupplySignature(_OnSupply):
    """Sign a supply under exception as the decider of its market, in person, or refuse it. It certifies nothing."""

    action = Action(
        Process.BATCH,
        "sign-supply-exception",
        "Sign the supply under exception",
        DECIDERS,
        or_by_row=True,
        meaning=Meaning.APPROVED,
        otherwise="Nothing is supplied.",
        in_person=True,
        by_market=True,
    )


class SupplyRegulatorySignature(_OnSupply):
    """Sign a supply under exception for regulatory affairs, the last of three. With this it counts."""

    action = Action(
        Process.BATCH,
        "sign-supply-exception-regulatory",
        "Sign the supply under exception for regulatory affairs",
        frozenset({Role.REG_AFFAIRS}),
        meaning=Meaning.APPROVED,
        otherwise="Nothing is supplied.",
    )

    conditions_met: bool = Field(examples=[True])
    """Whether you have seen that the document is the authority's, names batch and market, and each condition is met."""


class SupplyWithdrawal(Form):
    """Stop a supply under exception. One person does it, at once; what has not left stays, what travels is blocked."""

    action = Action(
        Process.BATCH,
        "withdraw-supply-exception",
        "Stop a supply under exception",
        SPONSOR_QA_ROLES | QUALITY_UNIT | {Role.REG_AFFAIRS, Role.SUPPLY_CHAIN},
        meaning=Meaning.REJECTED,
        while_on_hold=True,
    )

    supply: Identifier = Field(examples=["SUE-EU-2025-000001"])
    """Its number."""
    reason: Text = Field(examples=["The authority has taken its permission back."])
    """Why."""


SIGNATURES = (SupplyQualitySignature, SupplySignature, SupplyRegulatorySignature)
"""In this order it is signed."""


def refuse_unless_proposable(form: SupplyProposal, *, most: Decimal, unit: str, today: date, latest_day: date) -> None:
    """Raise `Refused` with every fault that needs no look at the gates.

    `most` is what there is of the batch. `today` is the day at its site, `latest_day` that where it is latest on earth.
    """
    faults = {
        f"{field}.{name}": fault
        for field, document in _documents(form)
        for name, fault in document.not_in_force(today).items()
    }
    named = [each.gate for each in form.gates]
    faults |= {f"gates.{at}.gate": "is named twice" for at, gate in enumerate(named) if gate in named[:at]}
    codes = [each.code for each in form.consignees]
    faults |= {f"consignees.{at}.code": "is named twice" for at, code in enumerate(codes) if code in codes[:at]}
    if form.permitted_on > latest_day:
        faults["permitted_on"] = "is in the future"
    if form.until < today:
        faults["until"] = "has passed"
    elif form.until < form.permitted_on:
        faults["until"] = "is before the permission"
    if form.quantity > most:
        faults["quantity"] = f"is more than there is: {most:f} {unit}"
    faults |= _faults_of_a_request(form, named)
    if faults:
        raise broken(RULE, "The supply is not complete.", **faults)


def _documents(form: SupplyProposal) -> Iterable[tuple[str, DocumentReference]]:
    yield "document", form.document
    yield from _of_a_request(form)
    for index, each in enumerate(form.conditions):
        yield from ((f"conditions.{index}.evidence.{at}", one) for at, one in enumerate(each.evidence))


def _of_a_request(form: SupplyProposal) -> Iterable[tuple[str, DocumentReference]]:
    given = {"physician_request": form.physician_request, "risk_evaluation": form.risk_evaluation}
    yield from ((field, document) for field, document in given.items() if document is not None)


def conditions_in(form: SupplyProposal) -> list[JsonValue]:
    """What the supply is shown with: the authority's conditions, and what a physician's request rests on."""
    shown = [(each.condition, [one.document_id for one in each.evidence]) for each in form.conditions]
    if form.product_kind is not None:
        shown.append((f"Product: {form.product_kind.words}", []))
    shown += [(_SHOWN_AS[field], [document.document_id]) for field, document in _of_a_request(form)]
    return [{"condition": condition, "evidence": [*evidence]} for condition, evidence in shown]


def _faults_of_a_request(form: SupplyProposal, named: Collection[Gate]) -> dict[str, str]:
    """What a physician asks for is outside its specification, and no more than that is wrong with it."""
    of_a_request = form.basis is SupplyBasis.OUT_OF_SPECIFICATION
    given = {"physician_request": form.physician_request, "risk_evaluation": form.risk_evaluation}
    faults = {
        field: f"is given exactly for {SupplyBasis.OUT_OF_SPECIFICATION}"
        for field, document in given.items()
        if (document is not None) != of_a_request
    }
    if of_a_request and form.product_kind is not ProductKind.ATMP:
        faults["product_kind"] = f"is ATMP for {SupplyBasis.OUT_OF_SPECIFICATION}, which is of cells and tissues"
    if of_a_request and (others := sorted(set(named) - OF_A_SPECIFICATION)):
        faults["basis"] = f"is of the specification alone, not of {', '.join(others)}"
    return faults


def refuse_never(shut: Mapping[Gate, str]) -> None:
    """Raise `Refused` (GATE_CLOSED) where a gate is shut that no permission opens."""
    if shut:
        names = ", ".join(shut)
        fields = {gate.value: reason for gate, reason in shut.items()}
        raise Refused(Code.GATE_CLOSED, f"No permission opens {names}.", fields=fields, rule=RULE)


def refuse_unless_all_named(form: SupplyProposal, found: Collection[Gate]) -> None:
    """Raise `Refused` unless the permission speaks of each gate that is not open, and of no other."""
    named = [each.gate for each in form.gates]
    faults = {f"gates.{at}.gate": "is open: nothing is to be excused" for at, gate in enumerate(named)
              if gate not in found}  # fmt: skip
    if left := [gate for gate in found if gate not in named]:
        faults["gates"] = f"name {', '.join(left)} as well: each gate that is not open"
    if faults:
        raise broken(RULE, "A permission covers what it names.", **faults)


def refuse_new(new: Mapping[Gate, str]) -> None:
    """Raise `Refused` (GATE_CLOSED) where a gate has found what nobody had proposed to supply with."""
    if new:
        fields = {gate.value: reason for gate, reason in new.items()}
        raise Refused(Code.GATE_CLOSED, "More has been found than was proposed.", fields=fields, rule=RULE)


def refuse_unmet(form: SupplyRegulatorySignature) -> None:
    """Raise `Refused` where the supply is signed and a condition is not said to be met."""
    if form.approve and not form.conditions_met:
        raise broken(RULE, "Nothing is supplied under a condition that is not met.", conditions_met="must be true")


def refuse_unless_in_force(*, known: bool, stopped: bool) -> None:
    """Raise `Refused` unless there is such a supply to stop."""
    if not known:
        raise broken(RULE, "There is no such supply of this batch.", supply="unknown")
    if stopped:
        raise Refused(Code.NOT_OPEN, "It is stopped already.", fields={"supply": "is stopped"}, rule=RULE)
