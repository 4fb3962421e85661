"""References to what people read and sign: evidence files and versions of records (domain specification, section 3)."""

from datetime import date
from typing import Annotated

from pydantic import Field

from domain.core.forms import Value
from domain.core.refusals import Code, Refused
from domain.core.text import Identifier, Language, ShortText

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class DocumentReference(Value):
    """A file kept in the document store; only its id and hash travel."""

    document_id: Identifier = Field(examples=["DOC-1"])
    """Id given when the file was uploaded."""
    sha256: Sha256 = Field(examples=["0" * 64])
    """SHA-256 of the file, lower-case hexadecimal."""
    title: ShortText | None = None
    """Title printed on the document."""
    issuer: ShortText | None = None
    """Who issued it."""
    issued_on: date | None = None
    """Date of issue."""
    valid_from: date | None = None
    """First day of validity."""
    valid_to: date | None = None
    """Last day of validity."""
    language: Language | None = None
    """Language of the document, ISO 639-1."""

    def faults(self, latest_day: date) -> dict[str, str]:
        """What no paper can say, by field. `latest_day` is the day where it is latest on earth."""
        faults: dict[str, str] = {}
        if self.issued_on is not None and self.issued_on > latest_day:
            faults["issued_on"] = "is in the future"
        if self.valid_from is not None and self.valid_to is not None and self.valid_to < self.valid_from:
            faults["valid_to"] = f"is before {self.valid_from}, from which it is valid"
        return faults

    def not_in_force(self, day: date) -> dict[str, str]:
        """Why it permits nothing on a day, by field; empty if it does, or says nothing of its validity."""
        if self.valid_from is not None and self.valid_from > day:
            return {"valid_from": f"is not valid before {self.valid_from}"}
        if self.valid_to is not None and self.valid_to < day:
            return {"valid_to": "has passed"}
        return {}


Documents = Annotated[tuple[DocumentReference, ...], Field(max_length=100)]
Evidence = Annotated[tuple[DocumentReference, ...], Field(min_length=1, max_length=100)]
"""Documents, at least one."""


class RecordVersion(Value):
    """The very version of a record that a reviewer or approver has read (21 CFR 11.70)."""

    version: int = Field(ge=1, examples=[1])
    """Number of the version, counted from 1."""
    sha256: Sha256 = Field(examples=["0" * 64])
    """Hash of that version, as shown with the task."""


def refuse_unless_current(read: RecordVersion, current: RecordVersion, field: str) -> None:
    """Raise `Refused` when the decision names another version than the current one (S1, section 3)."""
    if read != current:
        raise Refused(
            Code.VERSION_STALE,
            f"The current version is {current.version}; you decided on version {read.version}.",
            fields={field: "is not the current version"},
            rule="S1",
        )
