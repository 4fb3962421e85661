"""No form makes a statement for a person: whatever is said by leaving a field out is known here, with its reason."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from domain.core.forms import Form
from domain.processes import FORMS

_EMPTY: tuple[Any, ...] = (None, (), frozenset(), "")
STRICTER = "the stricter of the two: whoever leaves it out has more to show"
NOT_CLAIMED = "nothing is claimed by leaving it out"
SO_FAR = "said by leaving it out, as in earlier versions: to be asked for openly"
REASONED: dict[str, str] = {
    "AuditClosure.follow_up_audit": NOT_CLAIMED,
    "AuditReport.findings.is_repeat": NOT_CLAIMED,
    "AuditReport.findings.patient_risk": SO_FAR,
    "CapaRequest.is_repeat": NOT_CLAIMED,
    "CertificateOfAnalysis.results.is_mean": NOT_CLAIMED,
    "CertificateVerification.scope_confirmed": NOT_CLAIMED,
    "DecisionProposal.conditions.release_relevant": STRICTER,
    "DecisionProposal.oversight_model": SO_FAR,
    "DeviationReport.about_yield": STRICTER,
    "DocumentReview.verdicts.scope_confirmed": NOT_CLAIMED,
    "EventTriage.succession.new_owner.identifiers": "no identifier is known",
    "ExchangeRequest.confidentiality": SO_FAR,
    "ExtensionRequest.ground": "the letter of the authority, as in earlier versions; its form asks for other papers",
    "FieldAlertAssessment.report": SO_FAR,
    "InspectionOutcome.observations": SO_FAR,
    "InspectionOutcome.observations.critical": SO_FAR,
    "InspectionOutcome.observations.major": SO_FAR,
    "InspectionOutcome.observations.other": SO_FAR,
    "InspectionOutcomeBySponsor.observations": SO_FAR,
    "InspectionOutcomeBySponsor.observations.critical": SO_FAR,
    "InspectionOutcomeBySponsor.observations.major": SO_FAR,
    "InspectionOutcomeBySponsor.observations.other": SO_FAR,
    "LaterFinding.results.is_mean": NOT_CLAIMED,
    "OosReport.kind": STRICTER,
    "OosReport.own_laboratory": NOT_CLAIMED,
    "OosReport.retests_planned": STRICTER,
    "OwnTesting.results.is_mean": NOT_CLAIMED,
    "ParameterDraft.attributes.stage": SO_FAR,
    "ParameterDraft.parameters.registered": NOT_CLAIMED,
    "QualificationRequest.new_site.identifiers": "no identifier is known",
    "QualificationRequest.new_site.supplier.identifiers": "no identifier is known",
    "QualificationRequest.sole_source": NOT_CLAIMED,
    "QualificationRequest.succession.new_owner.identifiers": "no identifier is known",
    "QualityApproval.another_round": NOT_CLAIMED,
    "QualityApprovalForSite.another_round": NOT_CLAIMED,
    "ReinstatementProposal.conditions.release_relevant": STRICTER,
    "RiskAssessment.biologic": SO_FAR,
    "Screening.checks.source": "a person has looked it up, unless an extract is named",
    "Screening.conflict_of_interest": SO_FAR,
    "ShipmentOrder.conditions.logger_required": STRICTER,
    "ShipmentOrder.quarantine": STRICTER,
    "StatusRequest.in_force": NOT_CLAIMED,
    "SuspensionOrder.review_every_days": "the usual rhythm; any other is entered",
    "TechnicalSignature.another_round": NOT_CLAIMED,
    "TechnicalSignatureForSite.another_round": NOT_CLAIMED,
}
"""Every field that says something when it is left out."""


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The values that an annotation is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from models_in(each)


def said(model: type[BaseModel], path: str, seen: tuple[type[BaseModel], ...] = ()) -> Iterator[tuple[str, Any]]:
    """What a form, and every value in it, says by its defaults."""
    for name, field in model.model_fields.items():
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        if default not in _EMPTY or default is False or (default == 0 and default is not None):
            yield f"{path}.{name}", default
        for each in models_in(field.annotation):
            if each not in seen:
                yield from said(each, f"{path}.{name}", (*seen, each))


def defaults() -> dict[str, Any]:
    forms: set[type[Form]] = set(FORMS)
    return {path: default for form in forms for path, default in said(form, form.__name__)}


def test_no_form_says_anything_for_a_person_who_leaves_a_field_out() -> None:
    assert sorted(defaults()) == sorted(REASONED)


def test_no_form_confirms_or_decides_by_itself() -> None:
    assert {path for path, default in defaults().items() if default is True} == {
        "DecisionProposal.conditions.release_relevant",
        "ReinstatementProposal.conditions.release_relevant",
        "ShipmentOrder.conditions.logger_required",
    }, "each demands more of who leaves it out"


def test_the_walk_finds_what_it_is_for() -> None:
    class Inner(BaseModel):
        agreed: bool = True

    class Outer(BaseModel):
        inner: tuple[Inner, ...] = ()
        reason: str = "No objection."
        day: str | None = None

    assert dict(said(Outer, "Outer")) == {"Outer.inner.agreed": True, "Outer.reason": "No objection."}
