"""The sponsor's reviews of a batch: a verdict for each gate that a reviewer can judge (section 8)."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue

from domain.batch.gate.gate import Gate
from domain.core.attestations import Known
from domain.core.forms import Action, Form, Meaning, Process, Value
from domain.core.names import name_key
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Names, Text


class ReviewerVerdict(StrEnum):
    """What a reviewer says of a gate."""

    PASS = "PASS"
    FAIL = "FAIL"
    NA = "NA"


class GateReview(Value):
    """A reviewer's verdict on one gate."""

    gate: Annotated[Gate, Known("the gates of the reviewer")] = Field(examples=[Gate.G9])
    """The gate."""
    verdict: ReviewerVerdict
    """PASS, FAIL or NA."""
    reason: Text | None = None
    """Why; required for FAIL and NA."""


Verdicts = Annotated[tuple[GateReview, ...], Field(min_length=1, max_length=14)]


class BatchReview(Form):
    """What all three reviews say."""

    gates: ClassVar[tuple[Gate, ...]]
    """The gates that this review judges; each once."""

    verdicts: Verdicts
    """One verdict for each gate of this review."""
    comment: Text = Field(examples=["Reviewed against the master record and the quality agreement."])
    """What was looked at."""


class ResultsReview(BatchReview):
    """Review results, raw data and a sample of the audit trails."""

    action = Action(
        Process.BATCH,
        "review-results",
        "Review of the results",
        frozenset({Role.QC_REVIEWER}),
        clock="batch.review",
        meaning=Meaning.REVIEWED,
    )
    gates = (Gate.G8, Gate.G9)

    audit_trail_sample: Text = Field(examples=["Sequence 2025-0113 of HPLC-07: all injections reported, none deleted."])
    """Which audit trails and raw data were looked at, and what was found (ALCOA+)."""


class RecordReview(BatchReview):
    """Review the batch record, deviations, changes and materials."""

    action = Action(
        Process.BATCH,
        "review-record",
        "Review of the batch record",
        frozenset({Role.QA_APPROVER}),
        clock="batch.review",
        meaning=Meaning.REVIEWED,
    )
    gates = (Gate.G7, Gate.G10, Gate.G12)

    minor_seen: Names = ()
    """Numbers of the MINOR deviations that were looked at; all of them. One that is graver is raised instead."""


class ProcessReview(BatchReview):
    """Review the course of the process against the agreed parameters and the trend of earlier batches."""

    action = Action(
        Process.BATCH,
        "review-process",
        "Review of the process",
        frozenset({Role.CMC_LEAD}),
        clock="batch.review",
        meaning=Meaning.REVIEWED,
    )
    gates = (Gate.G6,)


REVIEWS: tuple[type[BatchReview], ...] = (ResultsReview, RecordReview, ProcessReview)


def suggested_verdicts(gates: Sequence[Gate]) -> dict[str, JsonValue]:
    """Prefill of a review: its gates. What the reviewer says of them is left open."""
    return {"verdicts": [{"gate": gate.value} for gate in gates]}


def refuse_unless_reviewed(form: BatchReview) -> None:
    """Raise `Refused` unless every gate of the review has one verdict, and FAIL and NA their reason."""
    faults: dict[str, str] = {}
    named = [each.gate for each in form.verdicts]
    if missing := [gate.value for gate in form.gates if gate not in named]:
        faults["verdicts"] = f"lack {', '.join(missing)}"
    for index, each in enumerate(form.verdicts):
        if each.gate not in form.gates:
            faults[f"verdicts.{index}.gate"] = "is not judged in this review"
        elif each.gate in named[:index]:
            faults[f"verdicts.{index}.gate"] = "is named twice"
        if each.verdict is not ReviewerVerdict.PASS and each.reason is None:
            faults[f"verdicts.{index}.reason"] = f"is required for {each.verdict}"
    if faults:
        raise broken("section 8, review", "The review is not complete.", **faults)


def refuse_unless_minor_seen(form: RecordReview, minor: Collection[str]) -> None:
    """Raise `Refused` unless every MINOR deviation of the batch was looked at (gate G7)."""
    seen = set(map(name_key, form.minor_seen))
    if missing := [number for number in minor if name_key(number) not in seen]:
        fault = f"lack {', '.join(missing)}"
        raise broken("G7", "The sponsor looks at every MINOR deviation.", minor_seen=fault)


def failed_gates(form: BatchReview) -> dict[Gate, str]:
    """The gates that a reviewer fails, with the reason."""
    return {each.gate: each.reason or "" for each in form.verdicts if each.verdict is ReviewerVerdict.FAIL}
