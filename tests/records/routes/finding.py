"""Fields of forms that can hold the value by which a fact becomes true, found from their types."""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any, get_args

from pydantic import BaseModel

from domain.agreement.agreement import AgreementStatus
from domain.asl.asl import AslStatus, SuspensionScope
from domain.asl.request import StatusKind
from domain.audit.finding import Severity
from domain.audit.outcome import Recommendation
from domain.batch.batch import DeviationClass, MarketDecision, OosState
from domain.batch.disposition import SiteVerdict, Way
from domain.batch.results.oos import InvestigationOutcome, LaboratoryCause, OosKind
from domain.core.forms import Form
from domain.event.site_event import EventSeverity, EventType
from domain.release.release_review import ReleaseOutcome
from domain.site.certificate import CertificateStatus, CertificateType

Route = tuple[str, str]
"""A form and the path of a field in it."""
MAKES_TRUE: frozenset[type[Enum]] = frozenset({
    AgreementStatus, AslStatus, CertificateStatus, CertificateType, DeviationClass, EventSeverity, EventType,
    InvestigationOutcome, LaboratoryCause, MarketDecision, OosKind, OosState, Recommendation,
    ReleaseOutcome, Severity, SiteVerdict, StatusKind, SuspensionScope, Way,
})  # fmt: skip
"""What graver or other values of these mean is a fact of the business."""


def routes(forms: Iterable[type[Form]]) -> set[Route]:
    """Every field of every form, at any depth, that can hold such a value."""
    return {(form.__name__, path) for form in forms for path in _paths(form, ())}


def _paths(model: type[BaseModel], above: tuple[type[BaseModel], ...]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        for part in _parts(field.annotation):
            if part in MAKES_TRUE:
                yield name
            elif isinstance(part, type) and issubclass(part, BaseModel) and part not in (*above, model):
                yield from (f"{name}.{path}" for path in _paths(part, (*above, model)))


def _parts(annotation: Any) -> Iterator[Any]:
    """What a type is made of: each alternative, and what is in a collection."""
    arguments = get_args(annotation)
    if not arguments:
        yield annotation
    for each in arguments:
        yield from _parts(each)
