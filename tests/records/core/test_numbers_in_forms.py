"""Every field of every form that holds the number of a lot or batch, and what finds a number that is only alike."""

from collections.abc import Iterator
from typing import get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from domain.core.attestations import models_in
from domain.core.text import Batches
from domain.processes import FORMS

OWN = "the number that it gets: what is told elsewhere is compared with it"
EVENT = "the triage says of each number of ours that is alike whether it is meant"
HELD = "what is only alike is held, with the reason"
SHOWN = "shown to who decides; nothing follows from it by itself"
ID = "ids and numbers of what the task proposes; another one is refused"
FOUND = {
    "BatchRegistration.number": OWN,
    "BatchRegistration.sponsor_number": OWN,
    "CertificateOfAnalysis.batch_number": "another one is refused, and so is what is only alike",
    "CertificateOfAnalysis.number": "the number of the certificate itself",
    "SiteEventReport.lots": EVENT,
    "EventSupplement.lots": EVENT,
    "EventTriage.alike.lot": "the answer itself; what is not alike is refused",
    "EventTriage.cleared.lot": "a number that the event names; another one is refused",
    "EventTriage.batches": "what no batch has is refused, and what is alike is named",
    "ManufactureCorrection.lots.lot": "a lot of the batch by its number; another one is refused",
    "ManufactureStart.materials.lot": "gate G12 puts own batches, and lots that events name, before the certifier",
    "CriticalFinding.affected_batches": HELD,
    "Containment.affected_batches": SHOWN,
    "AuditRequest.trigger.affected_batches": SHOWN,
    "ChangeImplementation.first_batch": "gate G10 puts it before the certifier",
    "InspectionOutcome.batches": SHOWN,
    "InspectionOutcomeBySponsor.batches": SHOWN,
    "OutcomeReview.batches": "what no batch of the site has is refused, and what is alike is named",
    "WarningLetter.batches": SHOWN,
    "OosInvestigation.other_batches": ID,
    "SuspensionImpact.batches": ID,
}


def fields_of(model: type[BaseModel], within: tuple[type[BaseModel], ...] = ()) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        yield name, field
        for each in models_in(field.annotation):
            if each not in within:
                for path, inner in fields_of(each, (*within, each)):
                    yield f"{name}.{path}", inner


def holds_a_number(path: str, field: FieldInfo) -> bool:
    name = path.rpartition(".")[2]
    inner = {one for each in (field.annotation, *get_args(field.annotation)) for one in (each, *get_args(each))}
    is_text = str in inner or _is_batches(field)
    named = name in {"lot", "lots", "lot_number", "batch_number", "first_batch", "batches", "sponsor_number"}
    return is_text and (named or name.endswith("_batches") or path == "number")


def _is_batches(field: FieldInfo) -> bool:
    return bool(field.annotation == get_args(Batches)[0])


def told() -> Iterator[str]:
    for form in FORMS:
        for path, field in fields_of(form):
            if holds_a_number(path, field):
                yield f"{form.__name__}.{path}"


def test_each_field_that_holds_the_number_of_a_lot_or_batch_is_known() -> None:
    assert sorted(set(told())) == sorted(FOUND)
