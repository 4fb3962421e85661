"""One declaration of a form gives its route, its update, its task, its event and its signature.

A form is what a person submits. Its class says to which process it belongs, what the action is called, who may do
it, which clock runs while it is awaited and with which meaning it is signed.

More than 300 lines, for each process has a row.
"""

import hashlib
import json
import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, Self, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue, ValidationInfo, field_validator

from domain.core.people import NAMED_BY_ROWS, Role
from domain.core.refusals import Code, Refused
from domain.core.text import STORED


@dataclass(frozen=True, kw_only=True)
class _Row:
    name: str
    prefix: str
    noun: str
    workflow: str
    label: str
    about: str
    of_product: bool = False


class Process(StrEnum):
    """A kind of case. The value is its name in the API and in Temporal. One row says all that is named after it."""

    _value_: str
    prefix: str
    """The prefix of business ids (section 3)."""
    noun: str
    """The singular, as used in event types (`audit.report`)."""
    workflow: str
    """The class of its workflow, as Temporal stores it."""
    label: str
    """What people call it."""
    about: str
    """What it is for, in one sentence."""
    of_product: bool
    """Whether its cases are about what is made; they change nothing that falls due at the site."""

    def __new__(cls, row: _Row | str) -> Self:  # `Process("audits")`, a look-up, is typed as a call of this one
        assert isinstance(row, _Row)
        member = str.__new__(cls, row.name)
        member._value_ = row.name
        member.prefix, member.noun, member.workflow = row.prefix, row.noun, row.workflow
        member.label, member.about, member.of_product = row.label, row.about, row.of_product
        return member

    QUALIFICATION = _Row(
        name="qualifications",
        prefix="QC",
        noun="qualification",
        workflow="SupplierQualification",
        label="Qualification",
        about="Whether a site may be used: screening, questionnaire, risk, agreement, decision.",
    )
    OVERSIGHT = _Row(
        name="oversight",
        prefix="SITE",
        noun="site",
        workflow="SiteOversight",
        label="Oversight",
        about="Watching a site for a scope once it is approved: due dates, scorecards, end of the approval.",
    )
    AUDIT = _Row(
        name="audits",
        prefix="AUD",
        noun="audit",
        workflow="QualityAudit",
        label="Audit",
        about="Audits from the request to the closure, scheduled or for cause.",
    )
    CAPA = _Row(
        name="capas",
        prefix="CAPA",
        noun="capa",
        workflow="CorrectiveAction",
        label="CAPA",
        about="Corrective and preventive actions of a site, from the plan to the check that they work.",
    )
    EXCHANGE = _Row(
        name="exchanges",
        prefix="TX",
        noun="exchange",
        workflow="TechnicalExchange",
        label="Technical exchange",
        about="Technical exchanges with a site: rounds of questions that end in signed parameters.",
        of_product=True,
    )
    BATCH = _Row(
        name="batches",
        prefix="BAT",
        noun="batch",
        workflow="BatchDisposition",
        label="Disposition of a batch",
        about="Batches from their registration to certification, with deviations, OOS results, holds and recall.",
        of_product=True,
    )
    SHIPMENT = _Row(
        name="shipments",
        prefix="SHP",
        noun="shipment",
        workflow="BatchDelivery",
        label="Delivery",
        about="Deliveries of parts of a batch: order, dispatch, receipt, record of the transport.",
        of_product=True,
    )
    RETURN = _Row(
        name="returns",
        prefix="RET",
        noun="return",
        workflow="GoodsReturn",
        label="Return of goods",
        about="Goods of a delivery that come back: blocked until quality has assessed them.",
        of_product=True,
    )
    DESTRUCTION = _Row(
        name="destructions",
        prefix="DES",
        noun="destruction",
        workflow="StockDestruction",
        label="Destruction of stock",
        about="Destruction of stock or samples of a batch: approved by quality, carried out, proven.",
        of_product=True,
    )
    EVENT = _Row(
        name="site-events",
        prefix="EVT",
        noun="event",
        workflow="SiteEventTriage",
        label="Event at a site",
        about="Events at a site that the sponsor has to know of, and what they lead to.",
    )
    STATUS = _Row(
        name="status-cases",
        prefix="STA",
        noun="status",
        workflow="StatusDecision",
        label="Decision on a status",
        about="Changes of a status on the approved supplier list: suspension, probation, the way back, the end.",
    )
    RISK = _Row(
        name="risk-reviews",
        prefix="RSK",
        noun="risk",
        workflow="RiskReview",
        label="Risk review",
        about="The risk of a site for a scope, assessed again.",
    )
    RENEWAL = _Row(
        name="renewals",
        prefix="REN",
        noun="renewal",
        workflow="CertificateRenewal",
        label="Renewal of a certificate",
        about="Certificates that end and are renewed by the site.",
    )
    AGREEMENT = _Row(
        name="agreement-reviews",
        prefix="AGR",
        noun="agreement",
        workflow="QualityAgreementReview",
        label="Review of a quality agreement",
        about="Quality agreements that are reviewed, amended and signed again.",
    )
    CHANGE = _Row(
        name="changes",
        prefix="CHG",
        noun="change",
        workflow="SiteChange",
        label="Change at a site",
        about="Changes that a site announces, and the sponsor's decision on them.",
    )
    INSPECTION = _Row(
        name="inspections",
        prefix="INS",
        noun="inspection",
        workflow="AuthorityInspection",
        label="Inspection by an authority",
        about="Inspections of a site by an authority, their outcome and the answer to it.",
    )
    REVIEW = _Row(
        name="oversight-reviews",
        prefix="OVR",
        noun="review",
        workflow="QuarterlyReview",
        label="Quarterly review",
        about="The review of a site's quarter.",
    )


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
    """Whether the action is taken while the case is on hold. A no always is: what protects never waits (law 4)."""
    also: frozenset[Process] = frozenset()
    """Further processes in which the same step is taken, for example a risk assessment outside a qualification."""
    in_person: bool = False
    """Whether a yes is a personal duty: given under the own name alone, never under a delegation (section 18)."""
    by_market: bool = False
    """Whether the step is the decider's of the markets concerned: the qualified person's if one of them needs one, else
    the quality unit's. `by` then names all who may be that."""
    or_by_row: bool = False
    """Whether it is about one market, so that the roles which the row of a market may name take it as well."""
    protected_by: frozenset[Role] = frozenset()
    """Who else may say no: rejecting and sending back need no qualified person (section 18)."""
    in_parts: bool = False
    """Whether several people answer it, each for a part: an answer to a task that another one has just answered counts
    for what is asked anew."""
    sent_to: str = ""
    """Of a record beside cases: where the form is posted behind the address of its record. Without it the form is put
    at the address itself."""
    stops: bool = False
    """Of a record beside cases: whether it only stops or takes back what counts, and so is good whatever was entered
    since the record was read."""
    unchecked: str = ""
    """Why the records have nothing to check before it is written; a form without a check says so."""

    @property
    def anyone(self) -> frozenset[Role]:
        """All who may take the action, with a yes or a no."""
        return self.deciders | self.protected_by

    @property
    def deciders(self) -> frozenset[Role]:
        """All who may take the action with a yes."""
        return self.by | NAMED_BY_ROWS if self.or_by_row else self.by

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


_BARE_NUMBER = re.compile(r"\s*[+-]?[\d.]+\s*(?:e[+-]?\d+\s*)?", re.IGNORECASE)


def refuse_bare_number(value: Any) -> Any:
    """The value, or a list of values. Raises `ValueError` if a day or an instant is told by a number."""
    for part in value if isinstance(value, tuple | list) else (value,):
        if isinstance(part, int | float | Decimal) or (isinstance(part, str) and _BARE_NUMBER.fullmatch(part)):
            raise ValueError("must be written as in ISO 8601: 2026-01-31, or 2026-01-31T09:00:00+01:00")
    return value


@cache
def _tells_time(model: type[BaseModel], field: str) -> bool:
    """Whether a field is a day or an instant, or a list of them."""
    return _is_time(model.model_fields[field].annotation)


def _is_time(annotation: Any) -> bool:
    inner = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return _is_time(inner[0])
    if any(isinstance(each, type) and issubclass(each, str | int | float | Decimal | BaseModel) for each in inner):
        return False
    return annotation in (date, datetime, AwareDatetime) or any(_is_time(each) for each in inner)


class Bounded(BaseModel):
    """What comes from outside: dates within bounds, text without control characters."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_bare_number(cls, value: Any, info: ValidationInfo) -> Any:
        """A number would be read as seconds since 1970, which nobody means. What is stored is never written so."""
        if info.field_name is not None and _tells_time(cls, info.field_name):
            refuse_bare_number(value)
        return value

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

    def by(self) -> frozenset[Role]:
        """Who may submit this very form."""
        return self.action.deciders

    def record_version(self) -> int | None:
        """Which version of its record this very form makes or answers, if it says so; else they are counted."""
        return None

    def is_personal(self) -> bool:
        """Whether this very form is given under the own name alone."""
        return self.action.in_person

    def protects(self) -> bool:
        """Whether this very form only protects: it holds, suspends, restricts, rejects or has something looked into.

        Having asked, proposed, reported or reviewed keeps nobody from that, nor does it that the task is assigned to
        another person (section 16, law 4).
        """
        return False

    @classmethod
    def asks_for_protection(cls) -> bool:
        """Whether its task is there to protect, so that it is also for those who are kept from the other answer."""
        return False

    def is_noted_if_barred(self) -> bool:
        """Whether an executive takes note of this very form if it comes from who was kept from the other answer."""
        return False

    def waits_on_hold(self) -> bool:
        """Whether this very form waits while the case is on hold."""
        return not (self.action.while_on_hold or self.protects())

    @classmethod
    def may_be_taken_on_hold(cls) -> bool:
        """Whether there are such forms that do not wait."""
        return cls.action.while_on_hold

    def assigned_to(self, assignee: str | None) -> str | None:
        """The one person who may submit this very form, of a task that is assigned to one."""
        return None if self.protects() else assignee

    def bars(self, barred: Mapping[str, str] | None) -> Mapping[str, str]:
        """Whom the segregation of duties keeps from this very form."""
        return {} if self.protects() else barred or {}

    @classmethod
    def keeps_out(cls, barred: Mapping[str, str]) -> Mapping[str, str]:
        """Whom the segregation of duties keeps from the task: those who must not give the answer that it is for."""
        return {} if cls.asks_for_protection() else barred

    @classmethod
    def stored(cls, payload: dict[str, JsonValue]) -> Self:
        """Read what an earlier version of the program may have stored: unknown fields are left out."""
        return cls.model_validate(payload, extra="ignore", context={STORED: True})


class Value(Bounded):
    """Part of a form."""


class Decision(Form):
    """A form that says yes or no; a no is signed as REJECTED."""

    yes_protects: ClassVar[bool] = False
    """Whether a yes only protects: it suspends, restricts or has an audit held. Of a no the duties stay apart."""
    takes_effect_alone: ClassVar[bool] = False
    """Whether a yes that protects has no second signature: if who gives it had asked for it, an executive takes note of
    it afterwards (section 20)."""
    no_protects: ClassVar[bool] = False
    """Whether a no stops goods."""

    @abstractmethod
    def approves(self) -> bool:
        """Whether the decision is a yes."""

    def protects(self) -> bool:
        return self.yes_protects if self.approves() else self.no_protects

    @classmethod
    def asks_for_protection(cls) -> bool:
        return cls.yes_protects

    def is_noted_if_barred(self) -> bool:
        return self.takes_effect_alone and self.yes_protects and self.approves()

    def waits_on_hold(self) -> bool:
        return super().waits_on_hold() and self.approves()

    @classmethod
    def may_be_taken_on_hold(cls) -> bool:
        return True

    def by(self) -> frozenset[Role]:
        return super().by() if self.approves() else self.action.anyone

    def is_personal(self) -> bool:
        return self.action.in_person and self.approves()

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
