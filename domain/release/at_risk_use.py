"""The arrangement under which a batch is used before it is released (domain specification, section 17).

Without one, such a use is a deviation to judge.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

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
    """Largest quantity, in the unit of the batch, of all uses before the release together."""
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


class Arranged(NamedTuple):
    """An arrangement that quality has approved."""

    version: int
    site_id: str
    quantity: Decimal
    """For all uses under it together, in the unit of the batch that is used."""
    approved_at: datetime


class EarlyUse(NamedTuple):
    """A use of a batch that began before the release of it."""

    batch_id: str
    """The batch that it went into."""
    site_id: str
    quantity: Decimal
    began_at: datetime


def covered(arrangements: Iterable[Arranged], uses: Iterable[EarlyUse]) -> dict[str, int]:
    """The version of the arrangement that covers each use, by the batch that it went into.

    In the order in which they began: each takes its quantity from an arrangement of its site that was approved before,
    as long as so much of that is left. What is not covered takes nothing.
    """
    given = sorted(arrangements)
    left = {each.version: each.quantity for each in given}
    found: dict[str, int] = {}
    for use in sorted(uses, key=lambda use: (use.began_at, use.batch_id)):
        for each in given:
            if each.site_id == use.site_id and each.approved_at <= use.began_at and use.quantity <= left[each.version]:
                left[each.version] -= use.quantity
                found[use.batch_id] = each.version
                break
    return found
