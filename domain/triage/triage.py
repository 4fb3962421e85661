"""What follows from an event at a site (domain specification, sections 5 and 10)."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pydantic import Field, JsonValue

from domain.asl.asl import SuspensionScope
from domain.asl.request import StatusReason
from domain.audit.finding import Severity
from domain.audit.request import TriggerReason
from domain.core.document import Evidence
from domain.core.forms import Action, Form, Forms, Meaning, Process, Value
from domain.core.names import name_key
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Batches, Identifier, ShortText, Text
from domain.event.site_event import (
    AUTHORITY_ACTS,
    GOOD_OUTCOMES,
    EventSeverity,
    EventSupplement,
    EventType,
    SiteEventReport,
    TriageOutcome,
    adverse_fact,
)
from domain.qualification.request import Succession
from domain.triage.clearing import ClearingConfirmation


class ForCauseProposal(Value):
    """Why an audit for cause is needed. The head of quality decides on it."""

    reason: TriggerReason = Field(examples=[TriggerReason.CRITICAL_DEVIATION])
    """Kind of cause."""
    summary: Text = Field(examples=["The deviation was found by chance; the alarm of the reactor had been muted."])
    """What makes the audit necessary."""


class EventScarOrder(Value):
    """The corrective action that the site is asked for. The site reads it."""

    severity: Severity = Field(examples=[Severity.MAJOR])
    """Severity of what it answers; a RECOMMENDATION needs no CAPA."""
    finding: Text = Field(examples=["The coupling of B-002 ran above the proven acceptable range."])
    """What it answers, in words for the site."""
    owner: ShortText = Field(examples=["Head of production, site"])
    """Who owns it at the site: a person id or a name."""


class SuspensionProposal(Value):
    """How far the site should be suspended. The head of quality decides on it."""

    scope: SuspensionScope = Field(examples=[SuspensionScope.NEW_ORDERS_AND_RELEASE])
    """What stops."""
    reason_code: StatusReason = Field(examples=[StatusReason.SITE_EVENT])
    """Kind of reason."""


class ClearedLot(Value):
    """A lot that an event has named and does not concern. All others stay in doubt when the event is closed."""

    lot: ShortText = Field(examples=["C12-0417"])
    """Its number."""
    event: Identifier | None = Field(default=None, examples=["EVT-1"])
    """The earlier event at the site that has named it; left out, the one that is triaged."""
    reason: Text = Field(
        examples=["The pack was returned to its maker, who has shown by the serial number that it is genuine."]
    )
    """How that was found."""
    evidence: Evidence
    """Documents that show it."""


class AlikeLot(Value):
    """A number of ours, of a batch or of a lot that one was made with, that is like one that the event names."""

    lot: ShortText = Field(examples=["T-0051"])
    """Its number, as it is written with us."""
    same: bool = Field(examples=[True])
    """Whether it is the one that the event means: then the event names it from now on."""
    reason: Text = Field(examples=["The site has read the number off the label again."])
    """How that was found."""


class EventTriage(Form):
    """Say what follows from the event. All of it is opened with the signature, at once.

    A site that moves passes no status on: the new place is a new site, with a qualification of its own (section 10).
    Who is to supply from there requests it; the triage of a SITE_MOVE opens none.
    """

    action = Action(
        Process.EVENT,
        "triage",
        "Triage the event",
        frozenset({Role.SUPPLIER_QUALITY}),
        clock="event.triage",
        meaning=Meaning.REVIEWED,
    )

    outcomes: tuple[TriageOutcome, ...] = Field(
        min_length=1, max_length=len(TriageOutcome), examples=[[TriageOutcome.RECORD]]
    )
    """What follows, each once; NO_ACTION stands alone."""
    rationale: Text = Field(examples=["One batch is concerned; the cause is known and removed."])
    """Why."""
    for_cause: ForCauseProposal | None = None
    """Given exactly with FOR_CAUSE."""
    scar: EventScarOrder | None = None
    """Given exactly with SCAR."""
    suspension: SuspensionProposal | None = None
    """Given exactly with SUSPEND_PROPOSAL."""
    batches: Batches = ()
    """With HOLD_BATCHES: the numbers of the batches to hold; none for every open batch of the event's scopes."""
    cleared: tuple[ClearedLot, ...] = Field(default=(), max_length=200)
    """The lots that are not concerned after all; what is made with any other that is named is judged, or refused.

    Of an alert of recall, falsification or serialisation a second person confirms it first, as that a number that is
    alike is not meant.
    """
    alike: tuple[AlikeLot, ...] = Field(default=(), max_length=200)
    """Each number of ours that is only like one that the event names: whether it is meant (section 22)."""
    succession: Succession | None = None
    """Given exactly for an OWNERSHIP_CHANGE, unless it is only recorded: the new owner. The site is frozen with it."""


SITE_EVENT_FORMS = Forms(SiteEventReport, EventSupplement, EventTriage, ClearingConfirmation)

_RESCORED = (AUTHORITY_ACTS - {EventType.INSPECTION_OUTCOME}) | {EventType.OWNERSHIP_CHANGE, EventType.SITE_MOVE}
"""Always; an inspection's outcome and a deviation depend on what they say."""


def demanded(report: SiteEventReport) -> frozenset[TriageOutcome]:
    """What must follow from an event, whoever triages it.

    The risk is scored again after a regulatory, ownership, site or critical-deviation event (section 5). After an act
    of an authority against the site its suspension is put before the head of quality (section 10).
    """
    rescored = (
        report.type in _RESCORED
        or (report.type is EventType.DEVIATION and report.severity is EventSeverity.CRITICAL)
        or (report.type is EventType.INSPECTION_OUTCOME and report.authority_outcome not in GOOD_OUTCOMES)
    )
    outcomes = {TriageOutcome.REASSESS_RISK} if rescored else set()
    if adverse_fact(report.type, report.authority_outcome) is not None:
        outcomes.add(TriageOutcome.SUSPEND_PROPOSAL)
    return frozenset(outcomes)


def is_taken_over(report: SiteEventReport, outcomes: tuple[TriageOutcome, ...]) -> bool:
    """Whether the site gets a new owner by this event: it does unless the change is only recorded, or is none."""
    kept_on_file = {TriageOutcome.RECORD, TriageOutcome.NO_ACTION}
    return report.type is EventType.OWNERSHIP_CHANGE and kept_on_file.isdisjoint(outcomes)


def refuse_unless_triaged(form: EventTriage, report: SiteEventReport) -> None:
    """Raise `Refused` with every fault of a triage (sections 5 and 10)."""
    faults = _part_faults(form, report)
    lacking = sorted(demanded(report) - set(form.outcomes))
    if TriageOutcome.NO_ACTION in form.outcomes and len(form.outcomes) > 1:
        faults["outcomes"] = f"{TriageOutcome.NO_ACTION} excludes every other outcome"
    elif lacking:
        faults["outcomes"] = f"{report.type.words} demands {', '.join(lacking)}"
    if faults:
        raise broken("section 5, triage", "The triage does not fit the event.", **faults)


def _part_faults(form: EventTriage, report: SiteEventReport) -> dict[str, str]:
    """Each part is given exactly with what needs it."""
    faults: dict[str, str] = {}
    for field, given, outcome in (
        ("for_cause", form.for_cause is not None, TriageOutcome.FOR_CAUSE),
        ("scar", form.scar is not None, TriageOutcome.SCAR),
        ("suspension", form.suspension is not None, TriageOutcome.SUSPEND_PROPOSAL),
    ):
        if given != (outcome in form.outcomes):
            faults[field] = f"is given exactly with {outcome}"
    if form.batches and TriageOutcome.HOLD_BATCHES not in form.outcomes:
        faults["batches"] = f"are given only with {TriageOutcome.HOLD_BATCHES}"
    if form.scar is not None and form.scar.severity is Severity.RECOMMENDATION:
        faults["scar.severity"] = "a recommendation needs no CAPA"
    faults |= _cleared_faults(form, report)
    if (form.succession is not None) != is_taken_over(report, form.outcomes):
        faults["succession"] = f"is given exactly for {EventType.OWNERSHIP_CHANGE}, unless it is only recorded"
    return faults


def _cleared_faults(form: EventTriage, report: SiteEventReport) -> dict[str, str]:
    """A lot is cleared once, of an event that names it. Whether an earlier one does is in the records."""
    faults: dict[str, str] = {}
    named, seen = set(map(name_key, report.lots)), set[tuple[str | None, str]]()
    for index, each in enumerate(form.cleared):
        if (each.event, name_key(each.lot)) in seen:
            faults[f"cleared.{index}.lot"] = "is named twice"
        elif each.event is None and name_key(each.lot) not in named:
            faults[f"cleared.{index}.lot"] = "is not named by the event"
        seen.add((each.event, name_key(each.lot)))
    return faults


class LotLike(NamedTuple):
    """A number of ours that is like one that an event names."""

    lot: str
    batches: tuple[str, ...]
    """The batch that has it, or those that were made with it."""

    @property
    def words(self) -> str:
        """For people."""
        return f"{self.lot} ({', '.join(self.batches)})"


def suggested_alike(found: Iterable[LotLike]) -> dict[str, JsonValue]:
    """Prefill: the numbers. Whether each is meant is left open."""
    rows: list[JsonValue] = [{"lot": each.lot} for each in found]
    return {"alike": rows} if rows else {}


def refuse_unless_told_apart(answers: Iterable[AlikeLot], found: Mapping[str, LotLike]) -> None:
    """Raise `Refused` unless a person says of every number of ours that is alike whether it is meant.

    `found` are these, by key.
    """
    faults: dict[str, str] = {}
    answered: set[str] = set()
    for index, each in enumerate(answers):
        if (key := name_key(each.lot)) not in found:
            faults[f"alike.{index}.lot"] = "is no number of ours that is only like one that the event names"
        elif key in answered:
            faults[f"alike.{index}.lot"] = "is named twice"
        answered.add(key)
    if missing := [each.words for key, each in found.items() if key not in answered]:
        faults["alike"] = f"say of each whether the event means it: {'; '.join(missing[:20])}"
    if faults:
        raise broken("section 22, alike", "Numbers that are alike are told apart by a person.", **faults)
