"""Audit findings: severity, life and grouping (domain specification, section 6; PIC/S PI 040)."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.core.attestations import Known
from domain.core.forms import Value
from domain.core.refusals import broken
from domain.core.text import Batches, ShortText, Text


class Severity(StrEnum):
    """CRITICAL: harm to the patient, or a significant risk of it. MAJOR: a major GMP departure. OTHER: the rest.

    RECOMMENDATION carries no CAPA duty.
    """

    CRITICAL = "CRITICAL"
    MAJOR = "MAJOR"
    OTHER = "OTHER"
    RECOMMENDATION = "RECOMMENDATION"

    @property
    def rank(self) -> int:
        """0 is the gravest."""
        return list(Severity).index(self)


class FindingStatus(StrEnum):
    """Where a finding stands (section 6)."""

    DRAFT = "DRAFT"
    ISSUED = "ISSUED"
    DISPUTED = "DISPUTED"
    CONFIRMED = "CONFIRMED"
    RECLASSIFIED = "RECLASSIFIED"
    WITHDRAWN = "WITHDRAWN"
    RESPONDED = "RESPONDED"
    CAPA_ACCEPTED = "CAPA_ACCEPTED"
    IMPLEMENTED = "IMPLEMENTED"
    VERIFIED = "VERIFIED"
    CLOSED = "CLOSED"


SETTLED = frozenset({FindingStatus.VERIFIED, FindingStatus.CLOSED, FindingStatus.WITHDRAWN})
"""A finding that nothing is owed for any more."""


class PreliminaryFinding(Value):
    """A finding as read out in the closing meeting."""

    severity: Annotated[Severity, Known("a critical finding as it was told to the site")] = Field(
        examples=[Severity.MAJOR]
    )
    """Severity as seen by the team on site."""
    area: ShortText = Field(examples=["QC laboratory"])
    """Where it was found."""
    summary: Annotated[Text, Known("a critical finding as it was told to the site")] = Field(
        examples=["Two balances were used after their calibration had expired."]
    )
    """What was found, as read out."""


class ReportedFinding(Value):
    """A finding as the lead auditor writes it into the report."""

    no: int = Field(ge=1, le=999, examples=[1])
    """Number within the report, counted from 1 without gaps."""
    severity: Severity = Field(examples=[Severity.MAJOR])
    """Severity by PIC/S PI 040."""
    area: ShortText = Field(examples=["QC laboratory"])
    """Where it was found."""
    clause: ShortText = Field(examples=["EU GMP Part II 5.30"])
    """Clause of the standard that is not met."""
    requirement: Text = Field(examples=["Calibrations follow written procedures and an established schedule."])
    """What the clause requires."""
    evidence: Text = Field(examples=["Balance BAL-014, label expired 2026-02-01, used on 2026-02-20."])
    """What was seen: documents, equipment, samples; no names of persons."""
    is_repeat: bool = Field(default=False)
    """Whether an earlier audit had the same finding."""
    patient_risk: bool = Field(default=False)
    """Whether a patient may be harmed."""
    product_impact: Batches = ()
    """Numbers of the batches concerned."""
    groups: tuple[int, ...] = Field(default=(), max_length=100)
    """Only for a MAJOR finding: numbers of the OTHER findings that together weigh as this one."""


def needs_response(severity: Severity) -> bool:
    """Whether the CDMO owes a response; a RECOMMENDATION carries no CAPA duty (section 6)."""
    return severity is not Severity.RECOMMENDATION


def needs_effectiveness_check(severity: Severity) -> bool:
    """Whether an effectiveness window runs (policy key `capa.effectiveness`: critical and major)."""
    return severity in (Severity.CRITICAL, Severity.MAJOR)


def numbering_faults(findings: Sequence[ReportedFinding]) -> dict[str, str]:
    """Findings are numbered 1, 2, 3, ... in the order of the report."""
    return {
        f"findings.{index}.no": f"must be {index + 1}"
        for index, finding in enumerate(findings)
        if finding.no != index + 1
    }


def grouping_faults(findings: Sequence[ReportedFinding]) -> dict[str, str]:
    """Several OTHER findings may together weigh as one MAJOR (PIC/S PI 040); each counts in one group only."""
    faults: dict[str, str] = {}
    severity_of = {finding.no: finding.severity for finding in findings}
    grouped: set[int] = set()
    for index, finding in enumerate(findings):
        if not finding.groups:
            continue
        path = f"findings.{index}.groups"
        members = set(finding.groups)
        if finding.severity is not Severity.MAJOR:
            faults[path] = "only a MAJOR finding groups others"
        elif len(members) < 2 or len(members) != len(finding.groups):
            faults[path] = "needs at least two different findings"
        elif any(severity_of.get(no) is not Severity.OTHER for no in members):
            faults[path] = "may hold only OTHER findings of this report"
        elif members & grouped:
            faults[path] = "holds a finding that is in another group already"
        grouped |= members
    return faults


def refuse_unless_open(no: int, statuses: dict[int, FindingStatus], open_in: Iterable[FindingStatus]) -> None:
    """Raise `Refused` unless the audit has that finding and it is in one of the given states."""
    status = statuses.get(no)
    if status is None:
        raise broken("finding", f"There is no finding {no} in this audit.", finding_no="is unknown")
    if status not in set(open_in):
        raise broken("finding", f"Finding {no} is {status}.", finding_no=f"is {status}")
