"""Deviations and changes that touch a batch, as they occur (section 8; EU GMP Annex 16, section 3)."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Self

from pydantic import AwareDatetime, Field, JsonValue

from domain.batch.batch import DeviationClass
from domain.batch.deviations.associated import AssociatedBatches
from domain.batch.deviations.departure import Impacts
from domain.core.document import Documents
from domain.core.forms import Action, Audience, Decision, Form, Meaning, Process
from domain.core.names import name_key
from domain.core.people import DECIDERS, QUALITY_UNIT, Actor, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Determined, Names, OnRecord, ShortText, Text
from domain.event.site_event import EventSeverity, EventType, SiteEventReport

INVESTIGATORS = frozenset({Role.CDMO_QA})
REPORTERS = INVESTIGATORS | {Role.SUPPLIER_QUALITY, Role.QA_APPROVER, Role.QC_REVIEWER, Role.CMC_LEAD}
"""A deviation is reported by whoever finds it; the site investigates it."""
GRAVE = frozenset({DeviationClass.CRITICAL, DeviationClass.MAJOR})
"""These hold the batch, and only the decider of its markets accepts them (gate G7)."""


class DeviationReport(Form):
    """Report a departure from an instruction while the batch is made or tested. A grave one holds the batch."""

    action = Action(
        Process.BATCH, "deviation", "Report a deviation", REPORTERS, audience=Audience.SHARED, while_on_hold=True
    )

    deviation_id: ShortText = Field(examples=["DEV-2025-0113"])
    """The own number of the deviation, the site's or the sponsor's."""
    deviation_class: DeviationClass = Field(examples=[DeviationClass.MAJOR])
    """How grave it is."""
    description: Text = Field(examples=["The coupling ran at 52.6 °C, above its proven acceptable range."])
    """What has happened."""
    parameter: Determined | None = Field(default=None, examples=["Coupling temperature"])
    """The parameter of the bound set that it is about, if it is about one."""
    about_yield: bool = False
    """Whether it is about the yield: the end of manufacture names such a one where the yield is outside its limits."""
    detected_at: AwareDatetime = Field(examples=["2025-01-13T07:00:00Z"])
    """When it was detected."""
    equipment: Names = ()
    """Equipment concerned, by its number; batches that share it are found by it."""
    evidence: Documents = ()
    """Documents that show it."""

    @classmethod
    def stored(cls, payload: dict[str, JsonValue]) -> Self:
        """Any deviation explained a yield before it was asked for; what was reported then may be named still."""
        return super().stored({"about_yield": True, **payload})


class DeviationClosure(Form):
    """Close the investigation of a deviation: its cause, and its impact on the batch."""

    action = Action(
        Process.BATCH,
        "close-deviation",
        "Close the deviation",
        INVESTIGATORS,
        clock="dev.close",
        meaning=Meaning.AUTHORED,
        audience=Audience.SHARED,
    )

    deviation_id: OnRecord = Field(examples=["DEV-2025-0113"])
    """The deviation."""
    root_cause: Text = Field(examples=["The jacket valve stuck open; the alarm was set at 55 °C."])
    """Why it happened."""
    impact: Text = Field(examples=["Impurity I-3 may be formed above 50 °C; the batch is tested for it."])
    """What it means for the batch."""
    impact_on: Impacts = ()
    """Data for each quality attribute that the parameter is linked to; required outside its proven acceptable range."""
    associated: AssociatedBatches = ()
    """Of a grave deviation each batch of the site that is proposed since it shares something with this one."""
    actions: Text = Field(examples=["Valve replaced, alarm set to 46 °C, operators trained."])
    """Correction, corrective and preventive action."""
    evidence: Documents = ()
    """The report of the investigation."""


class DeviationAcceptance(Decision):
    """Accept the assessment of a grave deviation for this batch, or send it back (EU GMP Annex 16, section 3).

    The qualified person accepts in person, since the decision of section 3 is part of the certification; where no
    market of the batch needs one, a member of the quality unit does. Sending back protects, and needs neither.
    """

    action = Action(
        Process.BATCH,
        "accept-deviation",
        "Judge the assessment of a deviation",
        DECIDERS,
        clock="batch.certify",
        meaning=Meaning.APPROVED,
        in_person=True,
        by_market=True,
        protected_by=QUALITY_UNIT,
    )

    deviation_id: OnRecord = Field(examples=["DEV-2025-0113"])
    """The deviation."""
    accept: bool = Field(examples=[True])
    """Whether its assessment is accepted; if not, it is investigated further."""
    unexpected: bool = Field(examples=[True])
    """Whether it was unexpected. What was planned is a change (`change`), and is not accepted as a deviation."""
    specifications_met: bool = Field(examples=[True])
    """Whether the registered specifications of substances, products and packaging are met. If not, nothing frees it."""
    cause_corrected: bool | None = Field(default=None, examples=[True])
    """Whether its cause is corrected; said of a departure from a proven acceptable range. Where the parameter is
    registered it is not accepted before."""
    assessment: Text = Field(examples=["Impurity I-3 is well below its limit; no risk for patients remains."])
    """Assessment of the impact on quality, safety and efficacy."""

    def approves(self) -> bool:
        return self.accept


class BatchChange(Form):
    """Say that the batch is, or was, made under a change (gate G10)."""

    action = Action(
        Process.BATCH,
        "change",
        "Report a change that touches the batch",
        frozenset({Role.CDMO_QA, Role.CDMO_PM}),
        audience=Audience.SHARED,
        while_on_hold=True,
    )

    change_id: ShortText = Field(examples=["CC-2025-007"])
    """The site's own number of the change, as in its notification."""
    description: Text = Field(examples=["New reactor R-202 in place of R-201."])
    """What is different."""


def refuse_unless_new_deviation(
    form: DeviationReport,
    *,
    known: Collection[str],
    parameters: Collection[str],
    departing: Collection[str],
    now: datetime,
) -> None:
    """Raise `Refused` with every fault of a report.

    `known` are the deviations of the batch, `parameters` those of the bound set, `departing` the critical and key ones
    with a value outside their proven acceptable range: a deviation about one of these is at least major (G6).
    """
    faults: dict[str, str] = {}
    if name_key(form.deviation_id) in map(name_key, known):
        faults["deviation_id"] = "is reported already"
    if form.detected_at > now:
        faults["detected_at"] = "is in the future"
    parameter = name_key(form.parameter or "")
    if form.parameter is not None and parameter not in map(name_key, parameters):
        faults["parameter"] = "is not in the parameter set that the batch is bound to"
    if parameter in map(name_key, departing) and form.deviation_class not in GRAVE:
        faults["deviation_class"] = "is at least MAJOR outside the proven acceptable range"
    if faults:
        raise broken("section 8, deviations", "The deviation cannot be reported like this.", **faults)


def refuse_unless_acceptable(
    form: DeviationAcceptance, *, departs: bool = False, is_registered: bool = False, known_since: str | None = None
) -> None:
    """Raise `Refused` with everything that keeps a deviation from being accepted (Annex 16, section 3; section 19).

    `departs` says whether a value lies outside its proven acceptable range, `is_registered` whether that range may be
    registered in a market of the batch; `known_since` what had made the departure known before the batch was begun.
    Sending back is always possible.
    """
    if not form.accept:
        return
    faults: dict[str, str] = {}
    if not form.specifications_met:
        faults["specifications_met"] = "an unmet registered specification is never accepted"
    if not form.unexpected:
        faults["unexpected"] = "a planned departure is a change; it is not accepted as a deviation"
    elif known_since is not None:
        faults["unexpected"] = f"the batch was begun after the departure was known: {known_since}"
    if departs and form.cause_corrected is None:
        faults["cause_corrected"] = "is said of a departure from a proven acceptable range"
    elif is_registered and not form.cause_corrected:
        faults["cause_corrected"] = "where the parameter is registered it is accepted once its cause is corrected"
    if faults:
        raise broken("Annex 16, section 3", "The deviation cannot be accepted.", **faults)


def only_about(field: str, wanted: str | int) -> Callable[[Form, Actor], None]:
    """A check that an answer is about the very thing that its task is about; raises `Refused(WRONG_FORM)` if not."""

    def refuse_other(form: Form, _: Actor) -> None:
        given = getattr(form, field)
        if name_key(str(given)) != name_key(str(wanted)):
            fields = {field: f"this task is about {wanted}"}
            raise Refused(Code.WRONG_FORM, f"This task is about {wanted}, not {given}.", fields=fields)

    return refuse_other


def event_of_deviation(
    form: DeviationReport, *, batch_id: str, number: str, site_id: str, scope_id: str
) -> SiteEventReport:
    """A grave deviation is an event at the site as well, to be triaged there."""
    return SiteEventReport(
        source=f"urn:vetted:{batch_id}",
        event_id=form.deviation_id,
        type=EventType.DEVIATION,
        severity=EventSeverity(form.deviation_class.value),
        site_id=site_id,
        scope_ids=(scope_id,),
        detected_at=form.detected_at,
        lots=(number,),
        description=form.description,
        evidence=form.evidence,
        reference=form.deviation_id,
    )
