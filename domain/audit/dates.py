"""Agreeing on the days: notice, answer, counter-proposal, reschedule (domain specification, sections 6, 9 and 10)."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from domain.audit.plan import AuditPlan, days_faults
from domain.core.attestations import Known
from domain.core.forms import Action, Audience, Decision, Form, Meaning, Process, Value
from domain.core.people import Org, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Names, ShortText, Text


class AgendaItem(Value):
    """One item of the agenda."""

    day: Annotated[date, Known("the first day of the audit")] = Field(examples=["2027-04-01"])
    """Day of the audit."""
    area: ShortText = Field(examples=["QC laboratory"])
    """Area to be seen."""
    topic: ShortText = Field(examples=["Data integrity of chromatography systems"])
    """What is looked at."""


class AuditNotice(Form):
    """Announce the audit to the site, with agenda and the documents wanted beforehand."""

    action = Action(
        Process.AUDIT,
        "notice",
        "Announce the audit",
        frozenset({Role.LEAD_AUDITOR}),
        clock="audit.notice",
        meaning=Meaning.AUTHORED,
        audience=Audience.SHARED,
        announces=True,
    )

    first_day: Annotated[date, Known("as planned, or as soon as the notice allows")] = Field(examples=["2027-04-01"])
    """First day of the audit, as planned or later."""
    last_day: Annotated[date, Known("as planned, or as soon as the notice allows")] = Field(examples=["2027-04-03"])
    """Last day of the audit."""
    agenda: tuple[AgendaItem, ...] = Field(min_length=1, max_length=200)
    """Agenda; every item on one of the days."""
    document_requests: Names = ()
    """Documents the site is asked to send before the audit."""
    contact: ShortText = Field(examples=["Tom Berg, lead auditor, tom.berg@aurelia.example"])
    """Whom the site can ask."""
    short_notice_agreed_in: ShortText | None = None
    """The quality agreement with the site that allows a shorter notice than the policy, by its id; it is in force.

    Of a site with which no agreement is on record yet, the number of the one on paper."""


class DateVerdict(StrEnum):
    """The site's answer to the days announced."""

    ACCEPT = "ACCEPT"
    COUNTER_PROPOSE = "COUNTER_PROPOSE"
    REFUSE_ACCESS = "REFUSE_ACCESS"


class DateAnswer(Form):
    """Answer the announced days: accept them, propose others, or refuse access."""

    action = Action(
        Process.AUDIT,
        "confirm",
        "Answer the announced days",
        frozenset({Role.CDMO_QA}),
        clock="audit.confirm",
        meaning=Meaning.ACKNOWLEDGED,
        audience=Audience.SHARED,
    )

    verdict: DateVerdict = Field(examples=[DateVerdict.ACCEPT])
    """The answer."""
    first_day: date | None = None
    """Only with COUNTER_PROPOSE: the first day proposed."""
    last_day: date | None = None
    """Only with COUNTER_PROPOSE: the last day proposed."""
    reason: Text | None = None
    """Required unless ACCEPT."""


class CounterDecision(Decision):
    """Accept the days the site proposes, or keep the announced ones."""

    action = Action(
        Process.AUDIT,
        "answer-counter-proposal",
        "Answer the counter-proposal",
        frozenset({Role.SUPPLIER_QUALITY}),
        clock="audit.counter",
        audience=Audience.SHARED,
        unchecked="the days that the site proposes were checked when it proposed them",
    )

    accept: bool = Field(examples=[True])
    """Whether the proposed days are accepted."""
    reason: Text = Field(examples=["The team is free on these days."])
    """Why."""

    def approves(self) -> bool:
        return self.accept


class Reschedule(Form):
    """Move the audit to other days. Each side may do so a limited number of times."""

    action = Action(
        Process.AUDIT,
        "reschedule",
        "Reschedule the audit",
        frozenset({Role.SUPPLIER_QUALITY, Role.CDMO_QA}),
        audience=Audience.SHARED,
    )

    first_day: date = Field(examples=["2027-04-15"])
    """New first day."""
    last_day: date = Field(examples=["2027-04-17"])
    """New last day."""
    reason: Text = Field(examples=["Maintenance shutdown in the announced week."])
    """Why."""


def refuse_unless_announceable(
    notice: AuditNotice,
    *,
    planned_first_day: date,
    earliest_first_day: date,
    earliest_for_agenda: date,
    latest_first_day: date | None = None,
) -> None:
    """Raise `Refused` with every fault of a notice (section 6; policy keys `audit.notice.*`).

    `earliest_first_day` respects the notice period; an agreement on short notice takes its place. `earliest_for_agenda`
    respects the agenda's lead (10 business days, for-cause none). `latest_first_day` ends the for-cause host window.
    """
    earliest = max(planned_first_day, earliest_for_agenda)
    if notice.short_notice_agreed_in is None:
        earliest = max(earliest, earliest_first_day)
    faults = days_faults(notice.first_day, notice.last_day, earliest=earliest, latest=latest_first_day)
    for index, item in enumerate(notice.agenda):
        if not notice.first_day <= item.day <= notice.last_day:
            faults[f"agenda.{index}.day"] = "is not a day of the audit"
    if faults:
        raise broken("audit.notice", "The audit cannot be announced like this.", **faults)


def refuse_unless_answered(
    answer: DateAnswer, *, earliest_first_day: date, latest_first_day: date | None = None
) -> None:
    """Raise `Refused` when days or reason do not fit the verdict. The bounds hold for a counter-proposal."""
    faults: dict[str, str] = {}
    proposes = answer.verdict is DateVerdict.COUNTER_PROPOSE
    for field, day in (("first_day", answer.first_day), ("last_day", answer.last_day)):
        if (day is not None) != proposes:
            faults[field] = "is given exactly with COUNTER_PROPOSE"
    if answer.verdict is not DateVerdict.ACCEPT and answer.reason is None:
        faults["reason"] = f"is required with {answer.verdict}"
    if answer.first_day is not None and answer.last_day is not None and not faults:
        faults = days_faults(answer.first_day, answer.last_day, earliest=earliest_first_day, latest=latest_first_day)
    if faults:
        raise broken("audit.confirm", "The answer is not complete.", **faults)


class Reschedules(BaseModel):
    """How often each side has moved the audit, and from which first day."""

    model_config = ConfigDict(frozen=True)

    original_first_day: date
    by_sponsor: int = 0
    by_cdmo: int = 0

    def count(self, side: Org) -> int:
        return self.by_cdmo if side is Org.CDMO else self.by_sponsor


def refuse_unless_reschedulable(
    reschedule: Reschedule,
    history: Reschedules,
    side: Org,
    *,
    max_per_side: int,
    earliest_first_day: date,
    latest_by_slip: date,
    latest_by_interval: date | None = None,
) -> None:
    """Raise `Refused` when a limit is reached (policy key `audit.reschedule`; section 10: each side counts apart).

    `LIMIT_REACHED` means the side has used up its moves: the refusal path starts. `latest_by_slip` is
    counted from `history.original_first_day`; `latest_by_interval` is the end of the audit interval plus its grace.
    """
    if history.count(side) >= max_per_side:
        raise Refused(
            Code.LIMIT_REACHED, f"The audit was moved {max_per_side} times by this side.", rule="audit.reschedule"
        )
    latest = min(latest_by_slip, latest_by_interval or latest_by_slip)
    faults = days_faults(reschedule.first_day, reschedule.last_day, earliest=earliest_first_day, latest=latest)
    if faults:
        raise broken("audit.reschedule", "The audit cannot be moved to these days.", **faults)


def suggested_notice(plan: AuditPlan, earliest_first_day: date) -> dict[str, JsonValue]:
    """Prefill of a notice: the planned days, moved on as a whole if the notice would be too short, and the areas."""
    first_day = max(plan.first_day, earliest_first_day)
    return {
        "first_day": first_day.isoformat(),
        "last_day": (first_day + (plan.last_day - plan.first_day)).isoformat(),
        "agenda": [{"day": first_day.isoformat(), "area": area} for area in plan.areas],
    }
