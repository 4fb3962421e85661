"""One declaration of a form gives its route, its update, its task, its event and its signature.

A form is what a person submits. Its class says to which process it belongs, what the action is called, who may do
it, which clock runs while it is awaited and with which meaning it is signed.
"""

import hashlib
import json
import re
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, JsonValue, field_validator

from domain.core.people import Role
from domain.core.refusals import Code, Refused


class Process(StrEnum):
    """A kind of case. The value is its name in the API and in Temporal."""

    QUALIFICATION = "qualifications"
    OVERSIGHT = "oversight"
    AUDIT = "audits"
    CAPA = "capas"
    EXCHANGE = "exchanges"
    BATCH = "batches"
    SHIPMENT = "shipments"
    EVENT = "site-events"
    STATUS = "status-cases"
    RISK = "risk-reviews"
    RENEWAL = "renewals"
    AGREEMENT = "agreement-reviews"
    CHANGE = "changes"
    INSPECTION = "inspections"
    REVIEW = "oversight-reviews"

    @property
    def prefix(self) -> str:
        """The prefix of business ids (section 3)."""
        return _NAMES[self][0]

    @property
    def noun(self) -> str:
        """The singular, as used in event types (`audit.report`)."""
        return _NAMES[self][1]


_NAMES = {
    Process.QUALIFICATION: ("QC", "qualification"),
    Process.OVERSIGHT: ("SITE", "site"),
    Process.AUDIT: ("AUD", "audit"),
    Process.CAPA: ("CAPA", "capa"),
    Process.EXCHANGE: ("TX", "exchange"),
    Process.BATCH: ("BAT", "batch"),
    Process.SHIPMENT: ("SHP", "shipment"),
    Process.EVENT: ("EVT", "event"),
    Process.STATUS: ("STA", "status"),
    Process.RISK: ("RSK", "risk"),
    Process.RENEWAL: ("REN", "renewal"),
    Process.AGREEMENT: ("AGR", "agreement"),
    Process.CHANGE: ("CHG", "change"),
    Process.INSPECTION: ("INS", "inspection"),
    Process.REVIEW: ("OVR", "review"),
}
"""Prefix and noun of each process."""


class Meaning(StrEnum):
    """What a signature means (21 CFR 11.50(a)(3); section 3)."""

    AUTHORED = "AUTHORED"
    REVIEWED = "REVIEWED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    CERTIFIED = "CERTIFIED"
    DISPOSITIONED = "DISPOSITIONED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    WAIVED = "WAIVED"


class Audience(StrEnum):
    """Who sees a record (S6): the sponsor alone, or the CDMO concerned as well."""

    SPONSOR = "SPONSOR"
    SHARED = "SHARED"


@dataclass(frozen=True)
class Action:
    """What a form declares about itself.

    `clock` is a policy key; a workflow may pass a more specific one. `starts` marks the form that requests a case.
    `any_process` forms (hold, extend, ...) belong to every case.
    """

    process: Process | None
    name: str
    title: str
    by: frozenset[Role]
    clock: str | None = None
    meaning: Meaning | None = None
    audience: Audience = Audience.SPONSOR
    starts: bool = False
    otherwise: str = ""
    """What happens if nobody acts, for tasks without a clock."""
    announces: bool = False
    """Whether the site learns of the case by this form, if it did not know of it."""
    while_on_hold: bool = False
    """Whether the action is taken while the case is on hold."""
    also: frozenset[Process] = frozenset()
    """Further processes in which the same step is taken, for example a risk assessment outside a qualification."""
    unchecked: str = ""
    """Why the records have nothing to check before it is written; a form without a check says so."""

    def belongs_to(self, process: Process) -> bool:
        """Whether the action exists in cases of the process."""
        return self.process in (process, None) or process in self.also

    def event_type(self, process: Process) -> str:
        return f"{process.noun}.{self.name}"

    def event_types(self) -> tuple[str, ...]:
        """The types of the action's event in all processes it belongs to, for projectors."""
        return tuple(self.event_type(process) for process in Process if self.belongs_to(process))


FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
"""No date in a form lies outside; beyond, calendars and databases have no days."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that are not seen, or that turn round how what is beside them is read."""


class Bounded(BaseModel):
    """What comes from outside: dates within bounds, text without control characters."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @field_validator("*", mode="after")
    @classmethod
    def _within_bounds(cls, value: Any) -> Any:
        for part in value if isinstance(value, tuple) else (value,):
            day = part.date() if isinstance(part, datetime) else part
            if isinstance(day, date) and not FIRST_DAY < day < LAST_DAY:
                raise ValueError(f"must lie between {FIRST_DAY} and {LAST_DAY}")
            if isinstance(part, str) and _CONTROL.search(part):
                raise ValueError("must not hold control characters")
        return value


class Form(Bounded):
    """A typed, immutable submission. Strict at the HTTP edge; stored ones are read with `stored()`."""

    action: ClassVar[Action]

    def meaning(self) -> Meaning | None:
        """The meaning under which this very submission is signed."""
        return self.action.meaning

    @classmethod
    def stored(cls, payload: dict[str, JsonValue]) -> Self:
        """Read what an earlier version of the program may have stored: unknown fields are left out."""
        return cls.model_validate(payload, extra="ignore")


class Value(Bounded):
    """Part of a form."""


class Decision(Form):
    """A form that says yes or no; a no is signed as REJECTED."""

    @abstractmethod
    def approves(self) -> bool:
        """Whether the decision is a yes."""

    def meaning(self) -> Meaning | None:
        return self.action.meaning if self.approves() or self.action.meaning is None else Meaning.REJECTED


def canonical(value: Any) -> str:
    """The one text form of a JSON value that hashes are taken of (in the manner of RFC 8785)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def record_hash(record_id: str, form: Form) -> str:
    """The hash a signature is bound to: the record, the action and every field of the form (21 CFR 11.70)."""
    return sha256(canonical({"record": record_id, "action": form.action.name, "form": form.model_dump(mode="json")}))


class Forms:
    """The registry of all forms of the program, found by process and action name."""

    def __init__(self, *forms: type[Form]) -> None:
        self._forms = tuple(forms)

    def __iter__(self) -> Iterator[type[Form]]:
        return iter(self._forms)

    def __add__(self, other: "Forms") -> "Forms":
        return Forms(*self, *other)

    def of(self, process: Process) -> "Forms":
        """The forms of one process, those of every process included."""
        return Forms(*(form for form in self if form.action.belongs_to(process)))

    def find(self, name: str) -> type[Form]:
        """The form of an action. Raises `KeyError` if there is none."""
        for form in self:
            if form.action.name == name:
                return form
        raise KeyError(name)

    def answering(self, process: Process, action: str) -> type[Form]:
        """The form of an action of a process. Raises `Refused(WRONG_FORM)` if the process has no such action."""
        try:
            return self.of(process).find(action)
        except KeyError:
            raise Refused(Code.WRONG_FORM, f"{process.value} have no action {action}.") from None

    def requesting(self, process: Process) -> type[Form]:
        """The form that requests a case of a process."""
        return next(form for form in self if form.action.starts and form.action.process is process)
