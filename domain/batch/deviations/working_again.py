"""Before a rejected or doubtful batch is worked again: what regulatory affairs and the decider say (section 17).

Reprocessing does steps of the registered process again (ICH Q7, 14.2); rework does something else (14.3).
"""

from collections.abc import Collection

from pydantic import Field

from domain.batch.batch import Relation
from domain.core.document import Documents
from domain.core.forms import Action, Decision, Form, Meaning, Process
from domain.core.people import DECIDERS, Role
from domain.core.refusals import broken
from domain.core.text import ShortText, Text

_RULE = "section 17, rework"


class ReworkAssessment(Form):
    """State whether what is to be done again belongs to the registered process, before it begins."""

    action = Action(
        Process.BATCH,
        "assess-rework",
        "Assess reprocessing or rework",
        frozenset({Role.REG_AFFAIRS}),
        clock="batch.certify",
        meaning=Meaning.REVIEWED,
    )

    registered: bool = Field(examples=[False])
    """Whether the registered process of every market foresees it. A rework never is."""
    reference: ShortText | None = Field(default=None, examples=["Module 3.2.S.2.2, reprocessing of step 4"])
    """Where the registration foresees it; given exactly if it does."""
    filing_impact: Text = Field(examples=["A second recrystallisation from another solvent; a variation is needed."])
    """What it means for the registrations."""
    evidence: Documents = ()
    """History and data that it rests on."""


class ReworkApproval(Decision):
    """Approve a reprocessing or rework outside the registered process, or decline it. It does not begin before.

    Only you can, personally, as the decider of its markets.
    """

    action = Action(
        Process.BATCH,
        "approve-rework",
        "Judge reprocessing or rework",
        DECIDERS,
        clock="batch.certify",
        meaning=Meaning.APPROVED,
        in_person=True,
        by_market=True,
        unchecked="the procedure asks it once, after the assessment, of the decider of the markets",
    )

    approve: bool = Field(examples=[True])
    """Whether it may begin."""
    reason: Text = Field(examples=["The impurity is purged; stability data of two such batches are on file."])
    """Why."""

    def approves(self) -> bool:
        return self.approve


def refuse_unless_assessed(form: ReworkAssessment, relations: Collection[Relation]) -> None:
    """Raise `Refused` unless the assessment fits: a rework is outside the registered process by what it is."""
    faults: dict[str, str] = {}
    if form.registered and Relation.REWORK in relations:
        faults["registered"] = "a rework is outside the registered process"
    if form.registered != (form.reference is not None):
        faults["reference"] = "is given exactly if the registration foresees it"
    if faults:
        raise broken(_RULE, "The assessment does not fit.", **faults)
