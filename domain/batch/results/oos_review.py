"""What the sponsor says of a result outside specification before it counts no more (section 8; section 19, G8)."""

from collections.abc import Iterable

from pydantic import Field

from domain.core.document import DocumentReference
from domain.core.forms import Action, Audience, Decision, Form, Meaning, Process
from domain.core.people import QUALITY_UNIT, Role
from domain.core.refusals import broken
from domain.core.text import OnRecord, Text

_RULE = "section 8, OOS"


class RawDataComparison(Decision):
    """Read the raw data behind a certificate that is said to have been written wrongly. The first of two who do."""

    action = Action(
        Process.BATCH,
        "compare-raw-data",
        "Compare the certificate with the raw data",
        frozenset({Role.QC_REVIEWER}),
        clock="oos.close",
        meaning=Meaning.REVIEWED,
        otherwise="The result stands.",
    )

    oos_id: OnRecord = Field(examples=["OOS-2025-004"])
    """The result."""
    raw_data: DocumentReference
    """The document that was read: the one that the laboratory names."""
    agrees: bool = Field(examples=[True])
    """Whether it says what the corrected certificate says; if not, the result stands."""
    finding: Text = Field(examples=["Injection 7 gives 0.12 %; the certificate had the line of another sample."])
    """What was read."""

    def approves(self) -> bool:
        return self.agrees


class InvalidationReview(Decision):
    """Say for the sponsor whether the laboratory's cause invalidates the result. Without a yes it stands."""

    action = Action(
        Process.BATCH,
        "review-invalidation",
        "Review the invalidation of a result",
        QUALITY_UNIT,
        clock="oos.close",
        meaning=Meaning.APPROVED,
        otherwise="The result stands.",
    )

    oos_id: OnRecord = Field(examples=["OOS-2025-004"])
    """The result."""
    agrees: bool = Field(examples=[True])
    """Whether the documented cause explains it; if not, phase II begins."""
    reason: Text = Field(examples=["The integration was wrong in this injection alone; shown by its audit trail."])
    """What was seen."""

    def approves(self) -> bool:
        return self.agrees


class DiscountConfirmation(Decision):
    """Agree as a second person that an inconclusive result does not count, or refuse; then it counts."""

    action = Action(
        Process.BATCH,
        "confirm-discount",
        "Confirm that a result does not count",
        QUALITY_UNIT,
        clock="oos.phase_2",
        meaning=Meaning.APPROVED,
        otherwise="The result counts.",
    )

    oos_id: OnRecord = Field(examples=["OOS-2025-004"])
    """The result."""
    agrees: bool = Field(examples=[True])
    """Whether the ground carries."""
    reason: Text = Field(examples=["The sample bottle was open; the retained sample was read by two methods."])
    """Why."""

    def approves(self) -> bool:
        return self.agrees


class ResamplingDecision(Form):
    """Decide that samples are taken anew for the investigation of a result. Without it none count."""

    action = Action(
        Process.BATCH,
        "decide-resampling",
        "Decide on taking samples anew",
        frozenset({Role.QA_APPROVER}),
        meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
    )

    oos_id: OnRecord = Field(examples=["OOS-2025-004"])
    """The result."""
    plan: Text = Field(examples=["Three samples from drums 1, 7 and 12 by the sampling plan SP-204."])
    """How many, from where, by which plan."""
    reason: Text = Field(examples=["The original sample was not taken by the plan, as the record of sampling shows."])
    """Why the original sample does not do."""


def barred_from_seconding(first: Iterable[str]) -> dict[str, str]:
    """S1: the second of two persons is another one."""
    return dict.fromkeys(first, "S1")


def refuse_other_document(form: RawDataComparison, proof: str | None) -> None:
    """Raise `Refused` unless the document was read that the laboratory has named as its proof."""
    if form.raw_data.document_id != proof:
        raise broken(_RULE, "Other raw data were read.", raw_data=f"must be {proof}, which the laboratory names")
