"""A text that says nothing is refused in every form, field by field; what was stored stays readable."""

from collections.abc import Iterator
from importlib import import_module
from inspect import isabstract
from pkgutil import walk_packages
from typing import Annotated, Any, get_args, get_origin

import pytest
from pydantic import BaseModel

import domain
from domain.core.anew import excepted_because, refuse_unless_good_anew, rules_of
from domain.core.attestations import models_in
from domain.core.case_actions import Hold
from domain.core.forms import Form, Value
from domain.core.refusals import Code, Refused
from domain.core.text import SAYS_SOMETHING, AsPrinted, Names, ShortText, Text
from domain.processes import FORMS
from domain.release.certification import QcuApproval
from tests.domain.filling import filled

UNSAID = "says nothing; write what it is, or leave it out where the field may be left out"
NOTHING = ("-", "n/a", "none", "x", "XX", ".", "unknown", "TBD", "?", "\u2014", "t. b. c.")
PRINTED = "copied as it is printed, a dash included"
KEPT = "that nothing is kept is an answer; gate G12 puts it before judgement"
ON_RECORD = "repeated as it is on record, whatever was taken then"
DETERMINED = "sodium is `Na`, nitric oxide `NO`"
CHOSEN = "`No` and `none` answer a question"
ALERTED = "an alert is taken whatever it can name"
EXCEPTED = {
    "ActualValue.parameter": DETERMINED,
    "AnalysisResult.method": PRINTED,
    "AnalysisResult.result": PRINTED,
    "AnalysisResult.test": DETERMINED,
    "AnalysisResult.unit": PRINTED,
    "AnalysisResult.verdict": PRINTED,
    "CertifiedResult.limit": PRINTED,
    "CertifiedResult.result": PRINTED,
    "CertifiedResult.test": DETERMINED,
    "AnswerChange.value": CHOSEN,
    "AuthorityReport.markets": "codes of countries; NO is Norway",
    "BatchPackage.open_investigations": ON_RECORD,
    "ComparedLine.limit": PRINTED,
    "ComparedLine.result": PRINTED,
    "ComparedLine.test": DETERMINED,
    "Containment.affected_batches": ALERTED,
    "CriticalFinding.affected_batches": ALERTED,
    "DepartureAssessment.deviation_id": ON_RECORD,
    "DepartureFiling.deviation_id": ON_RECORD,
    "DeviationAcceptance.deviation_id": ON_RECORD,
    "DeviationClosure.deviation_id": ON_RECORD,
    "DeviationReclassification.deviation_id": ON_RECORD,
    "DeviationReport.parameter": DETERMINED,
    "DiscountConfirmation.oos_id": ON_RECORD,
    "EventSupplement.lots": ALERTED,
    "EventTriage.batches": ALERTED,
    "FailedResult.limit": PRINTED,
    "FailedResult.result": PRINTED,
    "FailedResult.test": DETERMINED,
    "ForCauseTrigger.affected_batches": ALERTED,
    "Ground.deviation_id": ON_RECORD,
    "InspectionOutcome.batches": ALERTED,
    "InspectionOutcomeBySponsor.batches": ALERTED,
    "InvalidationReview.oos_id": ON_RECORD,
    "Judgement.deviation_id": ON_RECORD,
    "ManufactureCorrection.retained_samples": KEPT,
    "ManufactureCorrection.yield_deviation": ON_RECORD,
    "ManufactureEnd.retained_samples": KEPT,
    "ManufactureEnd.yield_deviation": ON_RECORD,
    "NewItem.current": PRINTED,
    "NewItem.proposed": PRINTED,
    "OosInvestigation.oos_id": ON_RECORD,
    "OosInvestigation.other_batches": ALERTED,
    "OosLaboratoryPhase.oos_id": ON_RECORD,
    "OosLaboratoryPhase.resampled": PRINTED,
    "OosLaboratoryPhase.retests": PRINTED,
    "OosOwnLaboratoryPhase.oos_id": ON_RECORD,
    "OosOwnLaboratoryPhase.resampled": PRINTED,
    "OosOwnLaboratoryPhase.retests": PRINTED,
    "OosReport.limit": PRINTED,
    "OosReport.result": PRINTED,
    "OosReport.test": DETERMINED,
    "OutcomeReview.batches": ALERTED,
    "Parameter.name": DETERMINED,
    "QualityAttribute.name": DETERMINED,
    "GapRule.values": CHOSEN,
    "Question.options": CHOSEN,
    "Question.unit": PRINTED,
    "RawDataComparison.oos_id": ON_RECORD,
    "ReportedFinding.product_impact": ALERTED,
    "ResamplingDecision.oos_id": ON_RECORD,
    "SiteEventReport.lots": ALERTED,
    "SpecifiedTest.expected": PRINTED,
    "SpecifiedTest.name": DETERMINED,
    "WarningLetter.batches": ALERTED,
}
"""Every field in which words that say nothing are an answer."""
NO_TEXTS = {
    "Account.password", "Acknowledgement.task_id", "CalendarRegistration.tz", "ClockRule.otherwise",
    "Extension.requested_by", "Extension.task_id", "NewSite.tz", "OfficeDays.tz", "PersonRegistration.password",
    "Reassignment.task_id", "Reassignment.to", "RungRule.says", "ShipmentOrder.time_zone", "SiteChange.tz",
    "SiteRegistration.tz",
}  # fmt: skip
"""Ids and time zones are looked up, a password is for nobody to read, and a policy is signed as a whole."""
SHOWN = "gates_seen"
"""What the program has shown, sent back whole."""


def _all(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for each in kind.__subclasses__():
        yield each
        yield from _all(each)


def _models() -> list[type[BaseModel]]:
    """Every form of the program, and every value within one."""
    for module in walk_packages(domain.__path__, "domain."):
        import_module(module.name)
    found: dict[type[BaseModel], None] = {}
    own = (form for form in _all(Form) if form.__module__.startswith("domain.") and not isabstract(form))
    rest: list[type[BaseModel]] = [*FORMS, *own]
    while rest:
        model = rest.pop()
        if model not in found:
            found[model] = None
            rest += [each for field in model.model_fields.values() for each in models_in(field.annotation)]
    return sorted(found, key=lambda model: model.__qualname__)


MODELS = _models()


def _asked(model: type[BaseModel]) -> set[str]:
    return {name for name, field in model.model_fields.items() if SAYS_SOMETHING in rules_of(field)}


def _texts(annotation: Any, marks: tuple[Any, ...]) -> Iterator[str]:
    """What is asked of each text of an annotation, in words."""
    if get_origin(annotation) is Annotated:
        yield from _texts(annotation.__origin__, (*marks, *annotation.__metadata__))
    elif annotation is str:
        yield repr(marks)
    else:
        parts = get_args(annotation)
        for each in parts[1:] if get_origin(annotation) is dict else parts:
            yield from _texts(each, marks)


def test_every_text_of_every_form_says_something_or_is_known_not_to() -> None:
    excepted, others = {}, set()
    for model in MODELS:
        for name, field in model.model_fields.items():
            asked = [*_texts(field.annotation, tuple(field.metadata))]
            if not asked or name in _asked(model) or name == SHOWN:
                continue
            if (because := excepted_because(field, SAYS_SOMETHING)) is not None:
                excepted[f"{model.__name__}.{name}"] = because
            elif any("pattern=" not in each for each in asked):
                others.add(f"{model.__name__}.{name}")
    assert excepted == EXCEPTED
    assert others == NO_TEXTS


def _filled(annotation: Any, text: str) -> Any:
    """A value of a type in which every text is the same."""
    if get_origin(annotation) is Annotated:
        return _filled(annotation.__origin__, text)
    if annotation is str:
        return text
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _whole(annotation, text)
    if get_origin(annotation) is tuple:
        return (_filled(get_args(annotation)[0], text),)
    return next((found for each in get_args(annotation) if (found := _filled(each, text)) is not None), None)


def _whole(model: type[BaseModel], text: str) -> BaseModel:
    values = {name: _filled(field.annotation, text) for name, field in model.model_fields.items()}
    return model.model_construct(**values)


def _unsaid(form: BaseModel) -> set[str]:
    """The fields of a form that are refused since they say nothing."""
    try:
        refuse_unless_good_anew(form)
    except Refused as refused:
        return {path for path, fault in refused.refusal.fields.items() if fault == UNSAID}
    return set()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_each_text_that_says_nothing_is_named(model: type[BaseModel]) -> None:
    for text in NOTHING:
        named = {path.partition(".")[0] for path in _unsaid(_whole(model, text))}
        assert _asked(model) <= named
        assert not named & {key.split(".")[1] for key in EXCEPTED if key.startswith(f"{model.__name__}.")}
    assert not _unsaid(_whole(model, "Rheinchem AG"))


class _Row(Value):
    text: Text | None = None
    printed: AsPrinted = "-"


class _Form(Form):
    action = Hold.action
    name: ShortText
    names: Names = ()
    rows: tuple[_Row, ...] = ()


def test_a_new_request_is_refused_field_by_field() -> None:
    given = _Form(name="n/a", names=("Rheinchem AG", "?"), rows=(_Row(text="fine"), _Row(text="\u200b")))
    assert _unsaid(given) == {"name", "names.1", "rows.1.text"}


def test_what_was_stored_stays_readable() -> None:
    assert _Form.stored({"name": "n/a", "names": ["?"], "rows": [{"text": "-"}]}).name == "n/a"


def test_an_approval_says_what_is_approved() -> None:
    with pytest.raises(Refused) as refused:
        refuse_unless_good_anew(filled(QcuApproval).model_copy(update={"statement": "-"}), "form")
    assert refused.value.refusal.code is Code.FORM_INVALID
    assert refused.value.refusal.fields == {"form.statement": UNSAID}
