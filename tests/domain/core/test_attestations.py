"""No form is filled in with what only a person may state; the exceptions are known here, with their reasons."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from domain.core.attestations import Attested, Known, attestations, known_because, models_in, stated_by_nobody
from domain.core.forms import Form
from domain.core.text import ShortText, Text
from domain.processes import FORMS

ALL_FORMS: list[type[Form]] = sorted(set(FORMS), key=lambda form: form.__name__)
ASKED = "what is to be answered"
COMPUTED = "computed by the program; it cannot be changed"
GATES = "what the gates say"
WORDS = "the words of the market's row of the policy"
TEMPLATE = "the words of the template"
LAST_ASSESSMENT = "as in the version before"
LAST_DRAFT = "as drafted last, or as in the set in force"
LAST_REPORT = "as in the version that was sent back"
LATEST_DUE = "the latest day that the policy allows"
NOTICE = "as planned, or as soon as the notice allows"
ON_RECORD = "the days of the audit on record"
PROPOSED = "what was proposed; the widest reach if there is more than one proposal"
REVIEWED = "the gates of the reviewer"
TOLD = "a critical finding as it was told to the site"
KNOWN: dict[str, str] = {
    "AgendaItem.day": "the first day of the audit",
    "AgreementDraft.terms": "the terms in force or drafted last, else those of the policy",
    "AuditNotice.first_day": NOTICE,
    "AuditNotice.last_day": NOTICE,
    "AuditPlan.first_day": "the first days that the notice leaves",
    "AuditPlan.last_day": "the first days that the notice leaves",
    "AuditReport.arranged_by": LAST_REPORT,
    "AuditReport.duration_justification": LAST_REPORT,
    "AuditReport.final_assessment": LAST_REPORT,
    "AuditReport.findings": "as told to the site, or as in the version that was sent back",
    "AuditReport.first_day": ON_RECORD,
    "AuditReport.last_day": ON_RECORD,
    "AuditReport.refused_access": "as told in the closing meeting",
    "AuditReport.removed": LAST_REPORT,
    "AuditReport.short_duration_reason": LAST_REPORT,
    "AuditReport.summary": LAST_REPORT,
    "CarriedItem.comment": "what the last review has asked for",
    "CertificateData.type": "the type that is asked for",
    "ConditionMet.condition": "the conditions of the approval",
    "CorrectivePlan.due": LATEST_DUE,
    "DecisionProposal.next_requal_due": "the last day that the policy allows",
    "DecisionProposal.valid_from": "the first day that it may have",
    "DraftAnswer.answers": ASKED,
    "DraftComments.answers": ASKED,
    "FactorScore.evidence": "what the records hold of it, or the version before",
    "FactorScore.factor": "every factor, once",
    "FiledAnswer.answers": ASKED,
    "FindingResponse.due": LATEST_DUE,
    "ExceptionRegulatorySignature.reasons_seen": "what the gate had found",
    "ExceptionSignature.reasons_seen": "what the gate had found",
    "ReportAmendment.recommendation": "the outcome by what the findings are now",
    "SupplyQualitySignature.reasons_seen": "what the gate had found",
    "SupplyRegulatorySignature.reasons_seen": "what the gate had found",
    "SupplySignature.reasons_seen": "what the gate had found",
    "FurtherApproval.gates_seen": GATES,
    "FurtherApproval.statement": WORDS,
    "FurtherCertification.gates_seen": GATES,
    "FurtherCertification.statement": WORDS,
    "FurtherConfirmation.gates_seen": GATES,
    "FurtherProcessing.gates_seen": GATES,
    "GateReview.gate": REVIEWED,
    "LoggerSeries.kind": "what was ordered to be measured",
    "FurtherMarketRelease.gates_seen": GATES,
    "FurtherMarketRelease.statement": WORDS,
    "MarketRelease.gates_seen": GATES,
    "MarketRelease.statement": WORDS,
    "OversightReview.figures": COMPUTED,
    "OversightReview.trend": COMPUTED,
    "ParameterDraft.attributes": LAST_DRAFT,
    "ParameterDraft.parameters": LAST_DRAFT,
    "ParameterDraft.rationale": LAST_DRAFT,
    "PartialConfirmation.gates_seen": GATES,
    "PlannedAction.due": LATEST_DUE,
    "PreliminaryFinding.severity": TOLD,
    "PreliminaryFinding.summary": TOLD,
    "ProbationDecision.review_on": "the usual time",
    "ProcessingRelease.gates_seen": GATES,
    "QcuApproval.gates_seen": GATES,
    "QcuApproval.statement": WORDS,
    "QuestionnaireDeclaration.statement": TEMPLATE,
    "ProcessingRelease.statement": TEMPLATE,
    "PartialConfirmation.statement": TEMPLATE,
    "FurtherProcessing.statement": TEMPLATE,
    "FurtherConfirmation.statement": TEMPLATE,
    "QpCertification.gates_seen": GATES,
    "QpCertification.statement": WORDS,
    "RecallClosure.figures_seen": "what the records hold of the goods",
    "RecommendationAgreement.recommendation": "what the audit recommends, to be agreed with or not",
    "RegisterCheck.register_name": "the registers of the markets",
    "ReportSection.key_findings": LAST_REPORT,
    "ReportSection.seen": LAST_REPORT,
    "ReportSection.standard": "the standards of the plan",
    "ResultComparison.source": "where the results are from",
    "Reviewed.note": "which records there are",
    "RiskAssessment.biologic": LAST_ASSESSMENT,
    "RiskAssessment.uncertainty": LAST_ASSESSMENT,
    "SuspensionOrder.narrative": PROPOSED,
    "SuspensionOrder.reason_code": PROPOSED,
    "SuspensionOrder.scope": PROPOSED,
    "SuspensionReview.next_review": "the rhythm of the suspension",
    "TeamMember.role": "who is fit for it by the file of auditors",
}
"""Every field that the program may fill in although its type says that a person states it."""


def _fields(model: type[BaseModel], seen: tuple[type[BaseModel], ...] = ()) -> Iterator[tuple[type[BaseModel], str]]:
    """Every field of a form and of the values in it."""
    for name, field in model.model_fields.items():
        yield model, name
        for each in models_in(field.annotation):
            if each not in seen:
                yield from _fields(each, (*seen, each))


def _known() -> dict[str, str]:
    return {
        f"{model.__name__}.{name}": why
        for form in ALL_FORMS
        for model, name in _fields(form)
        if (why := known_because(model.model_fields[name])) is not None
    }


def test_every_exception_is_known_with_its_reason() -> None:
    assert _known() == KNOWN


def test_no_exception_is_declared_where_none_is_needed() -> None:
    for form in ALL_FORMS:
        for model, name in _fields(form):
            field = model.model_fields[name]
            if known_because(field) is not None:
                bare = type("Bare", (BaseModel,), {"__annotations__": {name: field.annotation}})
                marked = any(isinstance(mark, Attested) for mark in field.metadata)
                assert marked or [*attestations(bare)], f"{model.__name__}.{name} is no attestation"


# ---------------------------------------------------------------- every form, filled in to the last field

Schema = dict[str, Any]


def _full(schema: Schema, defs: Schema, within: tuple[str, ...] = ()) -> Any:
    """A value with every field that its schema knows, as JSON."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return {} if name in within else _full(defs[name], defs, (*within, name))
    if "anyOf" in schema:
        return _full(schema["anyOf"][0], defs, within)
    if schema.get("type") == "object":
        rest = schema.get("additionalProperties")
        more = {"key": _full(rest, defs, within)} if isinstance(rest, dict) else {}
        return {name: _full(each, defs, within) for name, each in schema.get("properties", {}).items()} | more
    if schema.get("type") == "array":
        return [_full(schema["items"], defs, within)] if isinstance(schema.get("items"), dict) else []
    if schema.get("type") == "boolean":
        return True
    return schema["enum"][0] if "enum" in schema else "1"


def _says(schema: Schema) -> bool:
    """Whether a leaf says yes or no, picks from a list, names a day or an instant, or is prose."""
    return (
        schema.get("type") == "boolean"
        or "enum" in schema
        or "const" in schema
        or schema.get("format") in {"date", "date-time"}
        or schema.get("maxLength") == 4000
    )


def _left(schema: Schema, defs: Schema, value: Any, path: str, owner: str) -> Iterator[str]:
    """What of a prefill is a statement by its JSON schema alone, by the names of model and field."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        yield from _left(defs[name], defs, value, path, name if defs[name].get("type") == "object" else owner)
    elif "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from _left(each, defs, value, path, owner)
    elif isinstance(value, dict):
        for name, part in value.items():
            inner = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
            if isinstance(inner, dict) and f"{owner}.{name}" not in KNOWN:
                yield from _left(inner, defs, part, f"{path}.{name}", owner)
    elif isinstance(value, list):
        for part in value:
            yield from _left(schema.get("items", {}), defs, part, path, owner)
    elif _says(schema):
        yield path


@pytest.mark.parametrize("form", ALL_FORMS, ids=lambda form: form.__name__)
def test_no_attestation_is_left_in_a_prefill(form: type[Form]) -> None:
    schema = form.model_json_schema()
    full = _full(schema, schema.get("$defs", {}))
    assert set(full) == set(form.model_fields)
    left = stated_by_nobody(form, full)
    assert [*_left(schema, schema.get("$defs", {}), left, form.__name__, form.__name__)] == []


@pytest.mark.parametrize("form", ALL_FORMS, ids=lambda form: form.__name__)
def test_only_attestations_are_taken_out(form: type[Form]) -> None:
    schema = form.model_json_schema()
    full = _full(schema, schema.get("$defs", {}))
    left = stated_by_nobody(form, full)
    gone = {*_paths(full)} - {*_paths(left)}
    assert gone <= {*attestations(form)} | {path for path in gone if any(a.startswith(f"{path}.") for a in gone)}
    assert {*attestations(form)} & {*_paths(left)} == set()


def _paths(value: Any, path: str = "") -> Iterator[str]:
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, dict):
            for name, inner in part.items():
                yield f"{path}{name}"
                yield from _paths(inner, f"{path}{name}.")


# ---------------------------------------------------------------- the rule itself


class _Row(BaseModel):
    number: int
    meets: bool | None = None
    checked_on: date | None = None
    told: Annotated[Text | None, Known("as it was told")] = None


class _Sheet(BaseModel):
    title: ShortText
    rows: tuple[_Row, ...] = ()
    only: _Row | None = None
    score: Annotated[int, Attested()] = 1
    days: tuple[date, ...] = ()
    by_key: dict[str, bool] = Field(default_factory=dict)


@pytest.mark.parametrize(
    ("prefill", "left"),
    [
        ({"title": "A", "score": 3}, {"title": "A"}),
        ({"rows": [{"number": 1, "meets": True}, {"meets": False}]}, {"rows": [{"number": 1}]}),
        ({"only": {"checked_on": "2025-01-13"}}, {}),
        ({"only": {}, "rows": []}, {"only": {}, "rows": []}),
        ({"only": None}, {"only": None}),
        ({"days": ["2025-01-13"], "by_key": {"a": True}}, {}),
        ({"unknown": True}, {"unknown": True}),
    ],
)
def test_what_is_stated_is_taken_out_and_what_that_empties(prefill: dict[str, Any], left: dict[str, Any]) -> None:
    assert stated_by_nobody(_Sheet, prefill) == left


def test_the_paths_of_attestations_reach_into_rows() -> None:
    assert {*attestations(_Sheet)} == {
        "rows.meets", "rows.checked_on", "only.meets", "only.checked_on", "score", "days", "by_key"
    }  # fmt: skip
