"""Who is named on which licence: people who act as qualified person, responsible person or releaser, as records.

Directive 2001/83/EC, Articles 48 to 52; EU GMP Annex 16, 1.3; regulation 45AA HMR 2012; domain specification, section
18, "The QP is a person on a licence".
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, model_validator

from domain.core.countries import Country
from domain.core.document import Documents, RecordVersion
from domain.core.forms import Action, Decision, Form, Forms, Meaning, Value
from domain.core.people import Role
from domain.core.record_kinds import RecordKind
from domain.core.refusals import Code, Refused, broken
from domain.core.repeats import ONCE
from domain.core.text import STORED, Identifier, ShortText, Text

RULE = "section 18, people on licences"

AppointmentNumber = Annotated[str, Field(pattern=r"^APT-[A-Z0-9][A-Z0-9-]{0,40}$")]
"""Number of an appointment, chosen by who proposes it; unique for ever."""


class LicenceKind(StrEnum):
    """What names the person."""

    MIA = "MIA"
    """A manufacturing or import authorisation."""
    MIA_IMP = "MIA_IMP"
    """The same for investigational products."""
    WDA = "WDA"
    """A wholesale distribution authorisation."""
    APPOINTMENT = "APPOINTMENT"
    """A letter of appointment, where no licence names people."""


NAMED_ON: Mapping[Role, frozenset[LicenceKind]] = MappingProxyType(
    {
        Role.QP: frozenset({LicenceKind.MIA, LicenceKind.MIA_IMP}),
        Role.CDMO_QP: frozenset({LicenceKind.MIA, LicenceKind.MIA_IMP}),
        Role.RP_IMPORT: frozenset({LicenceKind.WDA}),
        Role.FVP: frozenset(LicenceKind),
        Role.AUTHORISED_PERSON: frozenset(LicenceKind),
        Role.QCU_RELEASER: frozenset({LicenceKind.APPOINTMENT}),
    }
)
"""What may name who acts in a role. Who acts in any other role needs no appointment: the quality unit is appointed by
its company, and its members are in its records as such."""
_ON_A_SITE = frozenset({Role.QP, Role.CDMO_QP})
APPOINTED = frozenset(NAMED_ON)
"""The roles that nobody acts in without an appointment in force."""


class Licence(Value):
    """The licence or the letter that names the person."""

    kind: LicenceKind = Field(examples=[LicenceKind.MIA])
    """MIA, MIA_IMP, WDA, or a letter of appointment."""
    number: ShortText = Field(examples=["DE_RP_01_MIA_2023_0042"])
    """Its number, as the person writes it under what they sign."""
    holder: ShortText = Field(examples=["Aurelia Pharma GmbH"])
    """The company that holds it."""
    site_id: Identifier | None = None
    """The site on record that it is of; left out where it is of no site on record, such as the sponsor's own."""
    certificate_id: Identifier | None = None
    """The certificate on record of that site. Required where the site has one with this number."""


class ActsFor(Value):
    """Whom the holder of a licence acts for: the holder of a marketing authorisation that has no licence of its own."""

    holder: ShortText = Field(examples=["Arlivan Therapeutics GmbH"])
    """The holder of the authorisation, as that has it."""
    agreement: Identifier = Field(examples=["QTA-1"])
    """The agreement with the site of the licence by which it does; it carries a signature for as long as it is in
    force."""


class AppointmentProposal(Form):
    """Propose to record that a person is named on a licence. It counts once another person has approved it."""

    action = Action(
        None,
        "propose",
        "Propose an appointment",
        frozenset({Role.REG_AFFAIRS, Role.HEAD_QA, Role.SUPPLIER_QUALITY}),
        meaning=Meaning.AUTHORED,
    )

    person: Identifier = Field(examples=["PER-5"])
    """Who is named."""
    role: Role = Field(examples=[Role.QP])
    """The role in which they act: QP, CDMO_QP, RP_IMPORT, FVP, AUTHORISED_PERSON or QCU_RELEASER."""
    licence: Licence
    """What names them."""
    acts_for: ActsFor | None = None
    """Whom the licence's holder acts for, where it is an agent or a representative of the authorisation's holder. It is
    asked for where the row of a market wants the licence of that holder (`of_holder`)."""
    markets: Annotated[tuple[Country, ...], Field(max_length=60), ONCE] = Field(examples=[["EU"]])
    """The markets that they decide for, by the law that the licence or the letter is of; at least one. What counts in
    one of them does too: the states of the Union in EU."""
    sites: Annotated[tuple[Identifier, ...], Field(max_length=100), ONCE] = ()
    """The sites whose batches they decide on; none for all."""
    products: Annotated[tuple[ShortText, ...], Field(max_length=100), ONCE] = ()
    """The products that they decide on; none for all."""
    valid_from: date = Field(examples=["2026-12-01"])
    """First day on which it counts."""
    valid_to: date | None = None
    """Last day on which it counts; none if it has no end."""
    documents: Documents = ()
    """The licence with its annex that names the person, or the letter."""
    reason: Text = Field(examples=["Named in annex 5 of the authorisation; read in the register of the authority."])
    """What was read, and where."""

    @model_validator(mode="before")
    @classmethod
    def _names_none_as_stored_before(cls, given: Any, info: ValidationInfo) -> Any:
        """What was stored before markets were asked for names none: it is for the one that the licence's site is in."""
        was_stored = isinstance(given, dict) and (info.context or {}).get(STORED)
        return {"markets": (), **given} if was_stored else given


class AppointmentApproval(Decision):
    """Approve an appointment that another person has proposed, or send it back. Nobody approves the own one."""

    action = Action(
        None,
        "approve",
        "Approve an appointment",
        frozenset({Role.HEAD_QA, Role.QA_APPROVER, Role.REG_AFFAIRS}),
        meaning=Meaning.APPROVED,
        sent_to="approval",
    )

    approve: bool = Field(examples=[True])
    """Whether it counts from its first day."""
    appointment: RecordVersion
    """The version that was read."""
    reason: Text = Field(examples=["Compared with the annex of the authorisation."])
    """Why."""

    def approves(self) -> bool:
        return self.approve


class AppointmentEnd(Form):
    """End an appointment: the person signs nothing under it any more, at once. One person does it; it protects.

    What was signed under it from that day on, today included, is looked at again.
    """

    action = Action(
        None,
        "end",
        "End an appointment",
        frozenset({Role.HEAD_QA, Role.QA_APPROVER, Role.REG_AFFAIRS, Role.SUPPLIER_QUALITY}),
        meaning=Meaning.AUTHORED,
        sent_to="end",
        stops=True,
    )

    ended_from: date = Field(examples=["2026-11-28"])
    """First day on which it did not count any more: today, or an earlier day."""
    reason: Text = Field(examples=["The person has left the holder of the authorisation."])
    """Why."""


APPOINTMENT = RecordKind(
    noun="appointment",
    called="An appointment",
    prefix="APT-",
    example="APT-2026-004",
    forms=Forms(AppointmentProposal, AppointmentApproval, AppointmentEnd),
)


def faults_of_licence(form: AppointmentProposal) -> dict[str, str]:
    """What is wrong with the role, the licence and the days, by field, before anything is looked up."""
    faults: dict[str, str] = {}
    kinds = NAMED_ON.get(form.role)
    if kinds is None:
        faults["role"] = f"is one of {', '.join(sorted(APPOINTED))}"
    elif form.licence.kind not in kinds:
        faults["licence.kind"] = f"is {' or '.join(sorted(kinds))} for {form.role}"
    if not form.markets:
        faults["markets"] = "is required: name each market that is decided for under it"
    if form.role in _ON_A_SITE and form.licence.site_id is None:
        faults["licence.site_id"] = "is required: a qualified person is named on the authorisation of a site"
    if form.licence.certificate_id is not None and form.licence.site_id is None:
        faults["licence.certificate_id"] = "is that of a site: name the site"
    if form.acts_for is not None and form.licence.site_id is None:
        faults["acts_for.agreement"] = "is with a site: name that of the licence"
    if form.valid_to is not None and form.valid_to < form.valid_from:
        faults["valid_to"] = "is before the first day"
    return faults


def refuse_own(form: AppointmentProposal, persons: frozenset[str]) -> None:
    """Raise `Refused` if a person proposes or approves the own appointment, in whoever's name."""
    if form.person in persons:
        message = "Nobody appoints themselves; another person proposes, and another one approves."
        raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule="S1")


def refuse_unless_endable(form: AppointmentEnd, valid_from: date, ended_from: date | None, *, today: date) -> None:
    """Raise `Refused` for a day ahead, for one before the first, and unless it is before the recorded `ended_from`."""
    if form.ended_from > today:
        raise broken(RULE, "It ends today, or has ended.", ended_from="is in the future; give a last day instead")
    if form.ended_from < min(valid_from, today):
        why = f"is before {valid_from}, its first day"
        raise broken(RULE, "It did not count before its first day.", ended_from=why)
    if ended_from is not None and form.ended_from >= ended_from:
        why = f"it has ended on {ended_from}; only an earlier day says more"
        raise Refused(Code.ALREADY_ANSWERED, "It has ended already.", fields={"ended_from": why}, rule=RULE)
