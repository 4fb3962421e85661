"""The arrangement under which a batch is used before it is released (domain specification, section 17).

Without one, such a use is a deviation to judge.
"""

from collections.abc import Collection
from decimal import Decimal

from pydantic import Field

from domain.core.document import RecordVersion
from domain.core.forms import Action, Decision, Form, Meaning, Process
from domain.core.people import QUALITY_UNIT, Role
from domain.core.refusals import broken
from domain.core.text import Identifier, Text
from domain.exchange.parameters import Number

RULE = "section 17, use at risk"
PROPOSERS = frozenset({Role.SUPPLY_CHAIN, Role.SUPPLIER_QUALITY, Role.QA_APPROVER, Role.HEAD_QA})


class AtRiskProposal(Form):
    """Propose that a site uses a part of the batch before it is released. It counts once quality has approved it."""

    action = Action(Process.BATCH, "propose-use-at-risk", "Propose a use at risk", PROPOSERS, meaning=Meaning.AUTHORED)

    site_id: Identifier = Field(examples=["VM-02"])
    """The site that uses it."""
    quantity: Number = Field(gt=0, examples=["60"])
    """Largest quantity, in the unit of the batch."""
    quarantine: Text = Field(examples=["What is made stays in stock status Q at the site; only quality can change it."])
    """How what is made from it is kept in quarantine until the batch is released."""
    reason: Text = Field(examples=["The microbial test takes ten days; the campaign begins on Monday."])
    """Why its release is not waited for."""


class AtRiskApproval(Decision):
    """Approve that a batch is used at risk, or decline. Nothing is released by it."""

    action = Action(
        Process.BATCH,
        "approve-use-at-risk",
        "Judge a use at risk",
        QUALITY_UNIT,
        meaning=Meaning.APPROVED,
        otherwise="A use before the release is a deviation.",
    )

    approve: bool = Field(examples=[True])
    """Whether it may be used at risk."""
    proposal: RecordVersion
    """The version of the proposal that was read."""
    reason: Text = Field(examples=["Results to date are within their limits; what is made can be held at the site."])
    """Why."""

    def approves(self) -> bool:
        return self.approve


def refuse_unless_proposable(
    form: AtRiskProposal, *, most: Decimal, unit: str | None, known_sites: Collection[str]
) -> None:
    """Raise `Refused` if the site is not known, or more is to be used than `most`: made, or planned until then."""
    faults: dict[str, str] = {}
    if form.site_id not in known_sites:
        faults["site_id"] = "unknown"
    if form.quantity > most:
        faults["quantity"] = f"is more than the batch has: {most:f} {unit or ''}".rstrip()
    if faults:
        raise broken(RULE, "The use cannot be proposed like this.", **faults)
