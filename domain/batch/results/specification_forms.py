"""Proposing and approving the specification of a scope's product (domain specification, section 8, gate G9)."""

from datetime import date, datetime

from pydantic import AwareDatetime, Field

from domain.batch.results.specification import PREFIX, Tests, refuse_unless_specified
from domain.core.document import RecordVersion
from domain.core.forms import Action, Decision, Form, Forms, Meaning
from domain.core.people import Role
from domain.core.record_kinds import RecordKind
from domain.core.refusals import broken
from domain.core.text import Names, ShortText, Text
from domain.site.site import Markets


class SpecificationProposal(Form):
    """Propose the registered specification. Every version is kept; a later one waits for an approval of its own."""

    action = Action(
        None,
        "propose",
        "Propose a specification",
        frozenset({Role.QC_REVIEWER, Role.CMC_LEAD, Role.REG_AFFAIRS}),
        meaning=Meaning.AUTHORED,
    )

    replaces: int = Field(ge=0, le=10**6, examples=[0])
    """Number of the newest version; 0 for the first."""
    markets: Markets = Field(examples=[["EU", "US"]])
    """Markets in which it is registered like this. Other markets keep the version that they have."""
    registration: ShortText = Field(examples=["Module 3.2.S.4.1, sequence 0012"])
    """Where it is registered."""
    effective_from: AwareDatetime = Field(examples=["2027-09-01T00:00:00Z"])
    """From when it is compared with; not in the past."""
    tests: Tests = Field(
        examples=[[{"name": "Impurity I-3", "method": "HPLC AM-017", "kind": "NUMERIC", "unit": "%", "upper": "0.15"}]]
    )
    """The tests, in the order of the certificate."""
    printed_as: Names = Field(default=(), examples=[["SPEC-204 v3"]])
    """The numbers, with their versions, under which the site prints it on its certificates. Another one is judged."""
    former_valid_until: date | None = None
    """Last day, at the site, on which a batch may still be certified to the version that this one replaces in these
    markets. Left out, this version alone counts, and the replaced one is printed by what was made under it."""
    reason: Text = Field(examples=["As registered."])
    """What is new, and why."""

    def record_version(self) -> int:
        return self.replaces + 1


class SpecificationApproval(Decision):
    """Approve the proposed specification, or send it back. The quality unit approves specifications (211.22(c))."""

    action = Action(
        None,
        "approve",
        "Approve a specification",
        frozenset({Role.QA_APPROVER}),
        meaning=Meaning.APPROVED,
        sent_to="approval",
    )

    approve: bool = Field(examples=[True])
    """Whether it is approved."""
    specification: RecordVersion
    """The version that was read."""
    reason: Text = Field(examples=["Compared line by line with the registration."])
    """Why."""

    def approves(self) -> bool:
        return self.approve

    def record_version(self) -> int:
        return self.specification.version


SPECIFICATION = RecordKind(
    noun="specification",
    called="A specification",
    prefix=PREFIX,
    example="SPEC-SC-1",
    forms=Forms(SpecificationProposal, SpecificationApproval),
)


def refuse_unless_proposable(form: SpecificationProposal, now: datetime) -> None:
    """Raise `Refused` unless results can be compared with it, from now on or later."""
    refuse_unless_specified(form.tests)
    faults = {}
    if form.effective_from < now:
        faults["effective_from"] = "is in the past"
    if form.former_valid_until is not None and form.replaces == 0:
        faults["former_valid_until"] = "belongs to a version that replaces another one"
    elif form.former_valid_until is not None and form.former_valid_until < form.effective_from.date():
        faults["former_valid_until"] = "is before this version takes effect"
    for index, test in enumerate(form.tests):
        for number, approval in enumerate(test.approvals):
            if approval.market not in form.markets:
                field = f"tests.{index}.approvals.{number}.market"
                faults[field] = "is none of the markets in which this version is registered"
    if faults:
        raise broken("G9", "A specification takes effect now or later, and says where it is registered.", **faults)
