"""How the required documents of a case stand on a day (domain specification, section 4, row Documents)."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.policy.required_documents import RequiredDocument
from domain.site.certificate import is_valid_on


class DocumentStatus(StrEnum):
    """How a required document stands. MISSING and EXPIRED are told by the day, not written down."""

    MISSING = "MISSING"
    RECEIVED = "RECEIVED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"


class CaseDocument(BaseModel):
    """What the site has shown for one required document."""

    model_config = ConfigDict(frozen=True)

    key: str
    status: DocumentStatus
    ends_on: date | None = None
    """Last day of validity; `None` if it has no end."""
    not_available: str | None = None
    """Why there is no such document, if there is none."""
    certificate_id: str | None = None


Held = Mapping[str, CaseDocument]
"""What a site has shown in a case, by key."""

_WANTED = frozenset({DocumentStatus.MISSING, DocumentStatus.REJECTED, DocumentStatus.EXPIRED})


def status_on(document: CaseDocument | None, day: date) -> DocumentStatus:
    """The status of a required document on a day: what was accepted is EXPIRED after its last day."""
    if document is None:
        return DocumentStatus.MISSING
    ended = document.status is DocumentStatus.ACCEPTED and not is_valid_on(document.ends_on, day)
    return DocumentStatus.EXPIRED if ended else document.status


def wanted(required: Iterable[RequiredDocument], held: Held, day: date) -> list[RequiredDocument]:
    """The documents that the site is still asked for: missing, rejected or expired."""
    return [document for document in required if status_on(held.get(document.key), day) in _WANTED]


def unmet(required: Iterable[RequiredDocument], held: Held, day: date) -> list[str]:
    """Keys of the mandatory documents that are not accepted and valid on a day: none may be left on decision day."""
    return [document.key for document in required if document.mandatory and not _meets(held.get(document.key), day)]


def _meets(document: CaseDocument | None, day: date) -> bool:
    accepted = status_on(document, day) is DocumentStatus.ACCEPTED
    return accepted and document is not None and document.not_available is None
