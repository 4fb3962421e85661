"""What every form refuses in names, numbers, days and instants that are new, and reads of what was stored."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, get_args

import pytest
from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError

from domain.batch.deviations.deviation import DeviationClosure, DeviationReport
from domain.batch.making.request import BatchRegistration
from domain.batch.results.analysis_forms import AnalysisResult
from domain.core.anew import Anew, excepted_because, refuse_unless_good_anew
from domain.core.attestations import Attested, models_in
from domain.core.change import Change
from domain.core.forms import Form
from domain.core.personnel import NewPassword, PersonRegistration
from domain.core.refusals import Code, Refused
from domain.core.text import VISIBLE
from domain.core.upload import Upload
from domain.core.webhook import Subscription
from domain.delivery.shipment import ShipmentOrder
from domain.policy.change import PolicyChange
from domain.processes import FORMS
from domain.site.calendar import CalendarRegistration
from domain.site.scope import ScopeRegistration
from domain.site.site import SiteRegistration, SupplierRegistration
from tests.domain.filling import filled

UNSEEN = (
    "\r", "\n", "\r\n", "\t", "\x00", "\x1b", "\x7f", "\x85", "\u00ad", "\u034f", "\u115f", "\u200b", "\u200c",
    "\u200d", "\u200e", "\u202e", "\u2028", "\u2029", "\u2060", "\u2066", "\u2800", "\u3164", "\uffa0", "\ufe0f",
    "\ufeff", "\ue000", "\U000e0041", "\U000e0100",
)  # fmt: skip
LEGIBLE = ("R-201/7", "Ærø Kemi A/S", "北京 01", "Łódź", "№ 5 (β)", "µ-Ø 3.5 ≤ x")
BARE_NUMBERS = (0, -0.0, 1, 1764500000, 1764500000.5, "0", "-0.0", " 1764500000 ", "1764500000000", "1e9", "20260131")
PROSE = {
    "Acknowledgement.note", "CloudEvent.data", "Extension.reason", "Hold.reason", "NewPassword.new_password",
    "NewPassword.password", "PersonRegistration.password", "Reassignment.reason", "Resume.reason",
}  # fmt: skip
"""Prose without a mark of its own, and passwords, which nobody else reads."""

BESIDE: tuple[type[Form], ...] = (
    CalendarRegistration, PersonRegistration, PolicyChange, ScopeRegistration, SiteRegistration, Subscription,
    SupplierRegistration, Upload, *Change.__subclasses__(),
)  # fmt: skip
"""Forms of no process."""


POLICY = ("domain.policy", "domain.core.clocks")
"""The rows of a policy, which are read from its file as well."""


def _models(model: type[BaseModel], known: set[type[BaseModel]]) -> set[type[BaseModel]]:
    if model not in known:
        known.add(model)
        for field in model.model_fields.values():
            for each in models_in(field.annotation):
                _models(each, known)
    return known


def _all_models() -> list[type[BaseModel]]:
    known: set[type[BaseModel]] = set()
    for form in (*FORMS, *BESIDE):
        _models(form, known)
    return sorted(known, key=lambda model: (model.__module__, model.__name__))


MODELS = [model for model in _all_models() if model is PolicyChange or not model.__module__.startswith(POLICY)]


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for each in get_args(annotation):
        yield from _parts(each)


def _takes(model: type[BaseModel], name: str, text: str) -> Any:
    """The field's value made of a text, as one or as a list, or `None` if its type refuses that."""
    field = model.model_fields[name]
    typed: Any = Annotated[field.annotation, field]
    reader: TypeAdapter[Any] = TypeAdapter(typed)
    for value in (text, (text,)):
        try:
            read = reader.validate_python(value)
        except ValidationError:
            continue
        if read == value or text in (read if isinstance(read, tuple | frozenset) else ()):
            return read
    return None


def _is_prose(model: type[BaseModel], name: str) -> bool:
    field = model.model_fields[name]
    marked = any(isinstance(mark, Attested) for mark in (*field.metadata, *_parts(field.annotation)))
    return marked or f"{model.__name__}.{name}" in PROSE or model is NewPassword


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_name_or_number_of_a_form_holds_what_nobody_sees(model: type[BaseModel]) -> None:
    empty = dict.fromkeys(model.model_fields)
    for name in model.model_fields:
        if _is_prose(model, name) or excepted_because(model.model_fields[name], VISIBLE):
            continue
        for unseen in UNSEEN:
            taken = _takes(model, name, f"R{unseen}1")
            if taken is None:
                continue
            with pytest.raises(Refused) as refused:
                refuse_unless_good_anew(model.model_construct(**{**empty, name: taken}))
            assert refused.value.refusal.code is Code.FORM_INVALID
            assert {path.partition(".")[0] for path in refused.value.refusal.fields} == {name}, repr(unseen)


def test_some_hundred_fields_are_names_or_numbers() -> None:
    named = [
        (model, name)
        for model in MODELS
        for name, field in model.model_fields.items()
        if any(isinstance(mark, Anew) for mark in (*field.metadata, *_parts(field.annotation)))
    ]
    assert len(named) > 300


@pytest.mark.parametrize("number", LEGIBLE)
def test_what_is_seen_is_taken(number: str) -> None:
    refuse_unless_good_anew(filled(BatchRegistration).model_copy(update={"number": number}))


def test_a_fault_within_a_list_is_named_by_its_path() -> None:
    order = filled(ShipmentOrder)
    there = order.destination.model_copy(update={"name": "Ware\u200bhouse"})
    with pytest.raises(Refused) as refused:
        refuse_unless_good_anew(order.model_copy(update={"destination": there}), "form")
    assert refused.value.refusal.fields == {
        "form.destination.name": "must not hold line breaks, control characters or invisible ones (U+200B)"
    }


def test_what_was_stored_before_stays_readable() -> None:
    stored = {**filled(BatchRegistration).model_dump(mode="json"), "number": "R\u200b-1"}
    assert BatchRegistration.stored(stored).number == "R\u200b-1"
    order = {**filled(ShipmentOrder).model_dump(mode="json"), "time_zone": "Etc/GMT-3"}
    assert ShipmentOrder.stored(order).time_zone == "Etc/GMT-3"


@pytest.mark.parametrize("zone", ["localtime", "posixrules", "Factory", "right/UTC", "GMT+0", "Etc/GMT-3", "CET"])
def test_a_zone_that_is_no_place_is_refused(zone: str) -> None:
    order = filled(ShipmentOrder).model_copy(update={"time_zone": zone})  # not every machine has each file
    with pytest.raises(Refused) as refused:
        refuse_unless_good_anew(order)
    assert refused.value.refusal.fields == {"time_zone": "Use an IANA time zone such as Europe/Berlin."}


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Argentina/Ushuaia", "Asia/Calcutta", "UTC", "Pacific/Apia"])
def test_a_zone_of_a_place_is_taken(zone: str) -> None:
    refuse_unless_good_anew(filled(ShipmentOrder).model_copy(update={"time_zone": zone}))


def _times(model: type[BaseModel]) -> list[str]:
    return [
        name
        for name, field in model.model_fields.items()
        if {date, AwareDatetime} & {part for part in _parts(field.annotation) if isinstance(part, type)}
        and not [*models_in(field.annotation)]
    ]


@pytest.mark.parametrize("model", [model for model in MODELS if _times(model)], ids=lambda model: model.__name__)
def test_no_day_and_no_instant_is_told_by_a_bare_number(model: type[BaseModel]) -> None:
    for name in _times(model):
        for number in BARE_NUMBERS:
            for given in (number, [number]):
                with pytest.raises(ValidationError) as refused:
                    model.model_validate({name: given})
                faults = [fault for fault in refused.value.errors() if fault["loc"][:1] == (name,)]
                assert faults, (name, given)


def test_what_is_on_record_is_named_as_it_was_written() -> None:
    """Else what was taken under another rule could never be closed."""
    refuse_unless_good_anew(filled(DeviationClosure).model_copy(update={"deviation_id": "n/a\t"}))
    refuse_unless_good_anew(filled(AnalysisResult).model_copy(update={"test": "Na"}))
    with pytest.raises(Refused):
        refuse_unless_good_anew(filled(DeviationReport).model_copy(update={"deviation_id": "n/a"}))
