"""What people of the stories state where nothing else is said: prefill never says it for them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from domain.audit.capa import CapaImplementation
from domain.audit.conduct import AuditOpening, ClosingMeeting
from domain.audit.finding import ReportedFinding
from domain.audit.outcome import default_outcome
from domain.audit.report import AuditReport
from domain.batch.making.package import Completeness
from domain.change.site_change import ChangeImplementation
from domain.delivery.receipt import GoodsDisposal, ShipmentReceipt
from domain.delivery.shipment import ShipmentDispatch
from domain.event.site_event import SiteEventReport, TriageOutcome
from domain.inspection.answer import OutcomeReview
from domain.inspection.inspection import InspectionOutcome, InspectionStart
from domain.oversight.renewal import CertificateVerification
from domain.oversight.review import OversightReview
from domain.qualification.document_forms import DocumentReview
from domain.qualification.risk_forms import RiskAssessment
from domain.qualification.screening import Screening
from domain.triage.triage import demanded
from tests.domain.filling import filled
from tests.domain.shipped import LIMITS

Given = Mapping[str, Any]
_YEAR = timedelta(days=300)


def stated(form: type[BaseModel], given: Given | None, at: datetime) -> dict[str, Any]:
    """What is known or said of a form, with what an ordinary colleague says at an instant of whatever is left open."""
    known = dict(given or {})
    says = _SAYS.get(form)
    return known if says is None else {**says(known, at), **_rows(form, known, at)}


def judged(event: SiteEventReport) -> dict[str, Any]:
    """The least that a triage has to say of an event, or that it is kept on record."""
    outcomes = sorted(demanded(event)) or [TriageOutcome.RECORD]
    suspends = TriageOutcome.SUSPEND_PROPOSAL in outcomes
    proposal = {"scope": "NEW_ORDERS_AND_RELEASE", "reason_code": "REGULATORY_ACTION"}
    return {"outcomes": outcomes, **({"suspension": proposal} if suspends else {})}


def _rows(form: type[BaseModel], known: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The same with rows to which is added what is said of each."""
    if form not in _SAYS_OF_A_ROW:
        return known
    name, says = _SAYS_OF_A_ROW[form]
    rows = known.get(name)
    return known if rows is None else {**known, name: [{**says(row, at), **row} for row in rows]}


def _now(*names: str) -> Callable[[Given, datetime], dict[str, Any]]:
    return lambda known, at: dict.fromkeys(names, at.isoformat())


def _on(*names: str) -> Callable[[Given, datetime], dict[str, Any]]:
    return lambda known, at: dict.fromkeys(names, at.date().isoformat())


def _nothing(known: Given, at: datetime) -> dict[str, Any]:
    return {}


def _assessed(known: Given, at: datetime) -> dict[str, Any]:
    return {"tier": "HIGH", "formality": "HIGH", "next_review": (at + _YEAR).date().isoformat()}


def _scored(row: Given, at: datetime) -> dict[str, Any]:
    unknown = row["factor"] == "past_performance" and str(row.get("evidence")).startswith("Not known")
    silent = row["factor"] == "quality_system_maturity" and str(row.get("evidence")).startswith("No answer")
    return {"score": 5 if silent else LIMITS.risk_unknown_performance if unknown else 3}


def _reviewed(known: Given, at: datetime) -> dict[str, Any]:
    figures = known.get("figures", {})
    why = {"SCORE_RED": figures.get("rating") == "RED"}
    why |= {"REPEAT_MAJOR": figures.get("repeat_majors"), "CAPA_LATE": figures.get("late_capas")}
    rating = {"rating": figures["rating"]} if figures else {}
    return {**rating, "consequences": [reason for reason, follows in why.items() if follows]}


def _recommended(known: Given, at: datetime) -> dict[str, Any]:
    findings = [filled(ReportedFinding, each) for each in known.get("findings", ())]
    return {"recommendation": default_outcome(findings, conditional_from=LIMITS.majors_for_conditional).value}


def _verified(known: Given, at: datetime) -> dict[str, Any]:
    if known.get("accept") is False:
        return {}
    day = at.date().isoformat()
    return {"register_checked_on": day, "scope_confirmed": True, "activities_covered": ["API_MFG"]}


def _accepted(row: Given, at: datetime) -> dict[str, Any]:
    return {"verdict": "ACCEPT", "register_checked_on": at.date().isoformat(), "scope_confirmed": True}


_SAYS: dict[type[BaseModel], Callable[[Given, datetime], dict[str, Any]]] = {
    AuditOpening: _now("held_at"),
    AuditReport: _recommended,
    CapaImplementation: _on("completed_on"),
    CertificateVerification: _verified,
    ChangeImplementation: _on("implemented_on"),
    ClosingMeeting: lambda known, at: {**_now("held_at")(known, at), **_on("last_day")(known, at)},
    Completeness: lambda known, at: {"complete": not known.get("missing")},
    DocumentReview: _nothing,
    GoodsDisposal: _on("disposed_on"),
    InspectionOutcome: _on("end", "received_on"),
    InspectionStart: _on("started_on", "expected_end"),
    OutcomeReview: lambda known, at: {"concerned": "NONE"},
    OversightReview: _reviewed,
    RiskAssessment: _assessed,
    Screening: _nothing,
    ShipmentDispatch: _now("dispatched_at"),
    ShipmentReceipt: _now("received_at"),
}
_SAYS_OF_A_ROW: dict[type[BaseModel], tuple[str, Callable[[Given, datetime], dict[str, Any]]]] = {
    DocumentReview: ("verdicts", _accepted),
    RiskAssessment: ("factors", _scored),
    Screening: ("checks", _now("checked_at")),
}
