"""An inspection of a site by an authority: notice, beginning and outcome (domain specification, sections 5 and 10)."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.core.document import DocumentReference
from domain.core.forms import Action, Audience, Form, Process, Value
from domain.core.names import name_key, party_key
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Batches, Identifier, Names, ShortText, Text
from domain.event.site_event import GOOD_OUTCOMES, AuthorityOutcome, EventType, adverse_fact

Count = Annotated[int, Field(ge=0, le=1000)]


class InspectionStage(StrEnum):
    """Where an inspection stands."""

    ANNOUNCED = "ANNOUNCED"
    UNDER_WAY = "UNDER_WAY"
    FOLLOW_UP = "FOLLOW_UP"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


class InspectionType(StrEnum):
    """Why an authority inspects, or how."""

    ROUTINE = "ROUTINE"
    PAI = "PAI"
    """Before the approval of a product."""
    FOR_CAUSE = "FOR_CAUSE"
    REMOTE = "REMOTE"


class InspectionNotice(Form):
    """Tell of an inspection by an authority. A second notice of the same one joins the open case."""

    action = Action(
        Process.INSPECTION,
        "request",
        "Tell of an inspection by an authority",
        frozenset({Role.CDMO_QA, Role.CDMO_QU_HEAD, Role.SUPPLIER_QUALITY}),
        audience=Audience.SHARED,
        starts=True,
    )

    site_id: Identifier = Field(examples=["VM-02"])
    """The site."""
    scope_ids: tuple[Identifier, ...] = Field(default=(), max_length=100)
    """The scopes of the site that it touches; empty for all of them."""
    authority: ShortText = Field(examples=["FDA"])
    """The authority."""
    reference: ShortText = Field(examples=["FEI 3004567890, 2025"])
    """Number of the inspection at the authority, or else the site's own."""
    type: InspectionType = Field(examples=[InspectionType.ROUTINE])
    """Why the authority inspects, or how."""
    announced_on: date | None = Field(default=None, examples=["2025-01-13"])
    """Day on which it was announced; absent if it began without an announcement."""
    start: date | None = Field(default=None, examples=["2025-01-13"])
    """First day, as far as it is known. One of the two days is given."""
    products: Names = ()
    """Products that it touches."""


class InspectionStart(Form):
    """Say that the inspection has begun."""

    action = Action(
        Process.INSPECTION,
        "begin",
        "Say that the inspection has begun",
        frozenset({Role.CDMO_QA}),
        audience=Audience.SHARED,
        otherwise="The inspection stays announced until the site says that it has begun, or was called off.",
    )

    started_on: date = Field(examples=["2025-01-13"])
    """First day."""
    expected_end: date = Field(examples=["2025-01-17"])
    """Last day as the agenda has it; the time to tell the outcome counts from then."""
    inspectors: Names = ()
    """Names of the inspectors."""


class InspectionStartBySponsor(InspectionStart):
    """Enter that the inspection has begun, in place of a site that does not say so."""

    action = Action(
        Process.INSPECTION,
        "enter-beginning",
        "Enter the beginning in place of the site",
        frozenset({Role.SUPPLIER_QUALITY}),
        audience=Audience.SHARED,
    )


class InspectionCancellation(Form):
    """Say that the authority does not come, before the inspection has begun."""

    action = Action(
        Process.INSPECTION,
        "call-off",
        "Say that the inspection is called off",
        frozenset({Role.CDMO_QA, Role.SUPPLIER_QUALITY}),
        audience=Audience.SHARED,
        unchecked="what the authority has told the site is known to the site",
    )

    reason: Text = Field(examples=["The authority has put the inspection off without a new date."])
    """What the authority has said."""


class Observations(Value):
    """Number of observations by class. Those of an authority that has no classes are counted under `other`."""

    critical: Count = 0
    """Critical ones."""
    major: Count = 0
    """Major ones."""
    other: Count = 0
    """All others."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.critical + self.major + self.other


class InspectionOutcome(Form):
    """Tell how the inspection has ended, with a copy of what the authority has written."""

    action = Action(
        Process.INSPECTION,
        "report-outcome",
        "Tell the outcome of the inspection",
        frozenset({Role.CDMO_QA}),
        clock="inspection.outcome",
        audience=Audience.SHARED,
        while_on_hold=True,
    )

    end: date = Field(examples=["2025-01-13"])
    """Last day of the inspection."""
    received_on: date = Field(examples=["2025-01-13"])
    """Day on which the site got the outcome. The time to answer the authority counts from then."""
    outcome: AuthorityOutcome = Field(examples=[AuthorityOutcome.NAI])
    """The outcome. FORM_483 if there are observations and no classification yet."""
    observations: Observations = Observations()
    """Number of observations by class."""
    summary: Text = Field(examples=["The inspectors looked at the laboratory and the warehouse; nothing was noted."])
    """What the authority has looked at and noted."""
    report: DocumentReference | None = None
    """Copy of what the authority has written; required for FORM_483 and VAI."""
    redacted: bool | None = None
    """Given exactly with a report: whether parts of it are blacked out."""
    batches: Batches = ()
    """Numbers of the batches that may be concerned."""
    commitments: Names = ()
    """What the site has promised to the authority so far."""


class InspectionOutcomeBySponsor(InspectionOutcome):
    """Enter how the inspection has ended, in place of a site that does not say so."""

    action = Action(
        Process.INSPECTION,
        "enter-outcome",
        "Enter the outcome in place of the site",
        frozenset({Role.SUPPLIER_QUALITY}),
        audience=Audience.SHARED,
        while_on_hold=True,
    )


def inspection_key(authority: str, reference: str) -> str:
    """The identity of an inspection at its site: authority and number, however they are written."""
    return "/".join((party_key(authority), name_key(reference)))


def informed_from(notice: InspectionNotice) -> date:
    """The day that the time to tell counts from: of the announcement, or else of the start (section 9)."""
    day = notice.announced_on or notice.start
    assert day is not None, "refuse_unless_noticed"
    return day


def refuse_unless_noticed(form: InspectionNotice, *, today: date) -> None:
    """Raise `Refused` with every fault of a notice. `today` is the day at the site."""
    faults: dict[str, str] = {}
    if form.announced_on is None and form.start is None:
        faults["announced_on"] = "is required, unless it began without an announcement: then its start is"
    elif form.announced_on is not None and form.announced_on > today:
        faults["announced_on"] = "is in the future"
    elif form.announced_on is None and form.start is not None and form.start > today:
        faults["start"] = "is in the future, so it was announced"
    elif form.announced_on is not None and form.start is not None and form.start < form.announced_on:
        faults["start"] = "is before the announcement"
    if faults:
        raise broken("inspection.notify", "The inspection cannot be told of like this.", **faults)


def refuse_unless_begun(form: InspectionStart, *, announced_on: date | None, today: date) -> None:
    """Raise `Refused` for a beginning in the future or before the announcement, and an end before the beginning."""
    faults: dict[str, str] = {}
    if form.started_on > today:
        faults["started_on"] = "is in the future"
    elif announced_on is not None and form.started_on < announced_on:
        faults["started_on"] = "is before the announcement"
    if form.expected_end < form.started_on:
        faults["expected_end"] = "is before the first day"
    if faults:
        raise broken("section 5, inspection", "The inspection cannot have begun like this.", **faults)


_COPIED = frozenset({AuthorityOutcome.FORM_483, AuthorityOutcome.VAI})


def refuse_unless_informed(form: InspectionOutcome, *, started_on: date, today: date) -> None:
    """Raise `Refused` with every fault of an outcome (sections 5 and 10).

    An OAI or a statement of non-compliance may be told before there is a copy: what follows from it cannot wait.
    """
    faults: dict[str, str] = {}
    for field, day in (("end", form.end), ("received_on", form.received_on)):
        if not started_on <= day <= today:
            faults[field] = f"lies between the first day, {started_on}, and today"
    if form.outcome is AuthorityOutcome.FORM_483 and not form.observations.total:
        faults["observations"] = "a Form 483 has at least one"
    elif form.outcome is AuthorityOutcome.NONE and form.observations.total:
        faults["observations"] = f"with observations the outcome is not {AuthorityOutcome.NONE}"
    if form.outcome in _COPIED and form.report is None:
        faults["report"] = f"a copy is required for {form.outcome}"
    elif (form.report is not None) != (form.redacted is not None):
        faults["redacted"] = "is given exactly with a report"
    if faults:
        raise broken("section 5, inspection", "The outcome cannot be told like this.", **faults)


def is_rescored(outcome: AuthorityOutcome) -> bool:
    """Whether the risk is scored again: after everything but a good outcome (section 10)."""
    return outcome not in GOOD_OUTCOMES


def is_adverse(outcome: AuthorityOutcome) -> bool:
    """Whether the suspension of the scopes is put before the head of quality at once (section 10)."""
    return adverse_fact(EventType.INSPECTION_OUTCOME, outcome) is not None


def act_of(outcome: AuthorityOutcome) -> EventType:
    """The same act, as an event at the site would tell it."""
    non_compliant = outcome is AuthorityOutcome.NON_COMPLIANT
    return EventType.NON_COMPLIANCE_STATEMENT if non_compliant else EventType.INSPECTION_OUTCOME


def is_answered(outcome: AuthorityOutcome, observations: Observations) -> bool:
    """Whether the site answers the authority: FORM_483 and VAI always, a worse outcome if there are observations."""
    return outcome in _COPIED or (is_adverse(outcome) and observations.total > 0)


def joined(*lists: Collection[str]) -> list[str]:
    """The entries of several lists, each once, in their order."""
    return list(dict.fromkeys(entry for each in lists for entry in each))
