"""What the gates look at: facts that the records gather, one model for each gate (domain specification, section 8)."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.asl import AslStatus, SuspensionScope


class Gate(StrEnum):
    """The gates of release (section 8)."""

    G1 = "G1"
    G2 = "G2"
    G3 = "G3"
    G4 = "G4"
    G5 = "G5"
    G6 = "G6"
    G7 = "G7"
    G8 = "G8"
    G9 = "G9"
    G10 = "G10"
    G11 = "G11"
    G12 = "G12"
    G13 = "G13"
    G14 = "G14"


class GateFacts(BaseModel):
    """Facts as they are at one instant."""

    model_config = ConfigDict(frozen=True)


class ScopeFacts(GateFacts):
    """G1: the status of one site and scope that was used, at manufacture and now."""

    scope_id: str
    at_manufacture: AslStatus | None
    reach_at_manufacture: SuspensionScope | None = None
    now: AslStatus | None
    reach_now: SuspensionScope | None = None
    is_subcontractor: bool = False
    approved_in_agreement: bool = True
    """For a subcontractor: whether the quality agreement names it (EU GMP Chapter 7, 7.11)."""


class AnalysisFacts(GateFacts):
    """G9: the certificate of analysis against the specification that is registered in the market."""

    spec_id: str | None = None
    spec_version: int | None = None
    certificate: bool = False
    """Whether there is a certificate of analysis."""
    missing: tuple[str, ...] = ()
    """Tests of the specification without a result."""
    unknown: tuple[str, ...] = ()
    """Results of tests that the specification does not have."""
    failed: tuple[str, ...] = ()
    """Tests with a result outside the limits, as recomputed; with the reason."""
    unreadable: tuple[str, ...] = ()
    """Results that cannot be compared, with the reason: another unit, no number."""
    disagrees: tuple[str, ...] = ()
    """Tests whose verdict on the certificate is not the recomputed one."""
    own_testing_overdue: bool = False
    """Whether the periodic own testing that confirms the supplier's results is missing or too old."""
    own_testing_on: date | None = None
    own_testing_differs: tuple[str, ...] = ()
    """Tests whose own result differs from the certificate by more than the policy allows."""


class TransportFacts(GateFacts):
    """G12: what is known of the transport of one shipment that has arrived or is under way."""

    shipment_id: str
    within_limits: bool | None
    """`None` while the logger data are not there."""
    received: bool = False


class ExceptionFacts(GateFacts):
    """An exception of G3, G4 or G10 in an emergency shortage, signed by three (section 10)."""

    exception_id: str
    gate: Gate
    market: str
    authority_letter: str
    """Document id of the letter of the competent authority."""
    granted_at: datetime


Judgements = Mapping[Gate, str]
"""What the certifier writes for gates that are left to judgement: the rationale, by gate."""
