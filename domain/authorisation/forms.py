"""Proposing and approving a version of an authorisation, and what its authority stops (section 17)."""

from collections.abc import Collection, Sequence
from datetime import date
from itertools import combinations
from typing import Annotated

from pydantic import Field

from domain.authorisation.authorisation import (
    RULE,
    AuthorisationKind,
    AuthorisationStatus,
    Period,
    RegisteredPack,
    RegisteredProcess,
    RegisteredShelfLife,
    RegisteredSpecification,
    RegisteredStep,
    ReleaseSite,
    Standing,
)
from domain.core.countries import Country
from domain.core.document import Documents, Evidence, RecordVersion
from domain.core.forms import Action, Decision, Form, Forms, Meaning
from domain.core.people import Role
from domain.core.record_kinds import RecordKind
from domain.core.refusals import Code, Refused, broken
from domain.core.repeats import ONCE
from domain.core.text import ShortText, Text
from domain.policy.mutual_recognition import ProductKind

StopNumber = Annotated[int, Field(ge=1, le=10**6)]
_STOPPED = frozenset({AuthorisationStatus.SUSPENDED, AuthorisationStatus.WITHDRAWN})


class AuthorisationProposal(Form):
    """Propose what is authorised. A version holds all of it, with its dates; a variation is a later version."""

    action = Action(
        None, "propose", "Propose an authorisation", frozenset({Role.REG_AFFAIRS}), meaning=Meaning.AUTHORED
    )

    replaces: int = Field(ge=0, le=10**6, examples=[0])
    """Number of the newest version; 0 for the first."""
    type: AuthorisationKind = Field(examples=[AuthorisationKind.MA])
    market: Country = Field(examples=["EU"])
    """The market, which has a row of the policy. Type, market and product stay the same in every version."""
    product: ShortText = Field(examples=["Arlivan 10 mg"])
    """The product, as scopes name it."""
    strength: ShortText | None = Field(default=None, examples=["10 mg"])
    """The only strength that it is for; none if the product says it."""
    dosage_form: ShortText | None = Field(default=None, examples=["tablet"])
    """The only dosage form that it is for; none if the product says it."""
    number: ShortText = Field(examples=["EU/1/27/1801"])
    """The number that the authority has given."""
    holder: ShortText = Field(examples=["Arlivan Therapeutics GmbH"])
    """Who holds it; of a trial the sponsor."""
    trial: ShortText | None = Field(default=None, examples=["2027-504321-17-00"])
    """Number of the trial; of a CTA or an IND alone, and required there."""
    standing: Annotated[tuple[Standing, ...], Field(min_length=1, max_length=50)]
    """Where it stands, by date. On a day of which nothing is said it is not in force."""
    steps: Annotated[tuple[RegisteredStep, ...], Field(min_length=1, max_length=500)]
    """The sites that may do a part of the work."""
    release_sites: Annotated[tuple[ReleaseSite, ...], Field(max_length=100)] = ()
    packs: Annotated[tuple[RegisteredPack, ...], Field(max_length=200)] = ()
    specifications: Annotated[tuple[RegisteredSpecification, ...], Field(max_length=500)] = ()
    """A former version has its end date here, and counts until then."""
    processes: Annotated[tuple[RegisteredProcess, ...], Field(max_length=500)] = ()
    shelf_life: RegisteredShelfLife | None = None
    official_batch_release: bool = Field(default=False, examples=[False])
    """Whether an official laboratory releases each batch: vaccines, products of blood (Directive 2001/83/EC, 114)."""
    product_kind: ProductKind | None = Field(default=None, examples=[ProductKind.CHEMICAL])
    """What kind of product it is. Where an agreement with a partner leaves that kind out, what its authorities certify
    shows no GMP for it (gate G3)."""
    ends_stops: Annotated[tuple[StopNumber, ...], Field(max_length=100), ONCE] | None = Field(
        default=None, examples=[[1]]
    )
    """The numbers of the stops that the authority has lifted by what is granted here. Required where one stands, be it
    empty: one that is not named stands on."""
    reason: Text = Field(examples=["As granted."])
    """What is new, and why."""
    evidence: Evidence
    """What the authority has granted, in its own words."""

    def record_version(self) -> int:
        return self.replaces + 1


class AuthorisationApproval(Decision):
    """Approve the proposed version, or send it back."""

    action = Action(
        None,
        "approve",
        "Approve an authorisation",
        frozenset({Role.REG_AFFAIRS, Role.HEAD_QA, Role.QA_APPROVER}),
        meaning=Meaning.APPROVED,
        sent_to="approval",
    )

    approve: bool = Field(examples=[True])
    """Whether it is approved."""
    authorisation: RecordVersion
    """The version that was read."""
    reason: Text = Field(examples=["Compared line by line with the decision of the authority."])
    """Why."""

    def approves(self) -> bool:
        return self.approve

    def record_version(self) -> int:
        return self.authorisation.version


class AuthorisationStop(Form):
    """State that the authority has suspended or withdrawn it. It counts at once, on one signature.

    It ends with a version that names it (`ends_stops`), with what the authority has granted.
    """

    action = Action(
        None,
        "stop",
        "State that an authorisation is suspended or withdrawn",
        frozenset({Role.REG_AFFAIRS, Role.HEAD_QA}),
        meaning=Meaning.AUTHORED,
        sent_to="stop",
    )

    earlier: int = Field(ge=0, le=10**6, examples=[0])
    """How many times that was stated before, as it was read; 0 for the first."""
    status: AuthorisationStatus = Field(examples=[AuthorisationStatus.SUSPENDED])
    """SUSPENDED or WITHDRAWN."""
    since: date = Field(examples=["2027-09-01"])
    """First day on which it is not in force."""
    reason: Text = Field(examples=["The authority has suspended it: the benefit-risk balance is under review."])
    """What the authority has said."""
    documents: Documents = ()
    """Its letter, if it is there."""

    def record_version(self) -> int:
        return self.earlier + 1


AUTHORISATION = RecordKind(
    noun="authorisation",
    called="An authorisation",
    prefix="AUT-",
    example="AUT-ARLIVAN-EU",
    forms=Forms(AuthorisationProposal, AuthorisationApproval, AuthorisationStop),
)


def refuse_unless_whole(form: AuthorisationProposal) -> None:
    """Raise `Refused` field by field unless what is proposed can be true."""
    faults = {
        f"steps.{index}.substance": f"is required of {step.part}"
        for index, step in enumerate(form.steps)
        if step.part.is_of_a_substance and step.substance is None
    }
    if form.type.is_clinical != (form.trial is not None):
        faults["trial"] = f"is required of a {form.type}" if form.type.is_clinical else f"a {form.type} is for no trial"
    if faults := faults | _faults_of_days(form):
        raise broken(RULE, "This cannot be registered so.", **faults)


def _faults_of_days(form: AuthorisationProposal) -> dict[str, str]:
    faults = {
        f"{name}.{index}.valid_to": f"is before {period.valid_from}, from which it holds"
        for name, periods in _periods(form).items()
        for index, period in enumerate(periods)
        if period.valid_to is not None and period.valid_to < period.valid_from
    }
    for one, (index, other) in combinations(enumerate(form.standing), 2):
        if one[1].overlaps(other):
            faults[f"standing.{index}.valid_from"] = f"it is {one[1].status} then"
    return faults


def _periods(form: AuthorisationProposal) -> dict[str, Sequence[Period]]:
    return {
        "standing": form.standing,
        "steps": form.steps,
        "release_sites": form.release_sites,
        "packs": form.packs,
        "specifications": form.specifications,
        "processes": form.processes,
    }


def faults_of_ended(named: Sequence[int] | None, standing: Collection[int]) -> dict[str, str]:
    """What is wrong with the stops that a version ends, by field. `standing` are the numbers of those that stand."""
    if named is None:
        known = ", ".join(map(str, sorted(standing)))
        return {"ends_stops": f"say which of these the authority has lifted, or none: {known}"} if standing else {}
    return {f"ends_stops.{index}": "is no stop that stands" for index, each in enumerate(named) if each not in standing}


def refuse_unless_a_stop(form: AuthorisationStop, known: int, latest_day: date) -> None:
    """Raise `Refused` unless it stops something, and has done so by now. `latest_day` is today where it is latest."""
    if form.earlier != known:
        message = f"That was stated {known} times by now; read it again."
        raise Refused(Code.VERSION_STALE, message, fields={"earlier": f"is {known} by now"})
    faults = {}
    if form.status not in _STOPPED:
        faults["status"] = f"is {' or '.join(sorted(_STOPPED))}"
    if form.since > latest_day:
        faults["since"] = "is in the future; propose a version that says so"
    if faults:
        raise broken(RULE, "An authority suspends or withdraws.", **faults)
