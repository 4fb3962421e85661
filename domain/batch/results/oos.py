"""Results outside specification or trend: who leads which phase, and what may be concluded (section 8, OOS ownership).

FDA guidance on investigating out-of-specification results; 21 CFR 211.192.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, Field

from domain.audit.finding import Severity
from domain.batch.batch import OosState
from domain.batch.deviations.associated import AssociatedBatches
from domain.core.document import DocumentReference, Documents
from domain.core.forms import Action, Audience, Form, Meaning, Process, Value
from domain.core.names import name_key
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import AsPrinted, Batches, Determined, Names, OnRecord, ShortText, Text
from domain.core.units import Unit
from domain.event.site_event import EventSeverity, EventType, SiteEventReport

REPORTERS = frozenset({Role.CDMO_QA, Role.QC_REVIEWER, Role.QA_APPROVER, Role.SUPPLIER_QUALITY})
"""A result is reported by whoever finds it, at the site or at the sponsor."""


class OosKind(StrEnum):
    """What a result is outside of."""

    OOS = "OOS"
    """Outside its specification."""
    OOT = "OOT"
    """Outside its trend."""
    OOE = "OOE"
    """Outside what was expected."""


class OosReport(Form):
    """Report a result outside its specification, trend or expectation. It holds the batch, and it is kept for ever."""

    action = Action(
        Process.BATCH, "oos", "Report an OOS result", REPORTERS, audience=Audience.SHARED, while_on_hold=True
    )

    oos_id: ShortText = Field(examples=["OOS-2025-004"])
    """The own number of the investigation, the site's or the sponsor's."""
    own_laboratory: bool = False
    """Whether the sponsor's own laboratory has obtained it; then phase I is its own. Only the sponsor says so."""
    kind: OosKind = OosKind.OOS
    """What it is outside of."""
    test: Determined = Field(examples=["Impurity I-3"])
    """The test."""
    result: AsPrinted = Field(examples=["0.27"])
    """The result, as it was obtained."""
    unit: Unit = Field(examples=["%"])
    """UCUM unit."""
    limit: AsPrinted = Field(examples=["≤ 0.15 %"])
    """The limit that it fails."""
    detected_at: AwareDatetime = Field(examples=["2025-01-13T07:00:00Z"])
    """When it was obtained."""
    retests_planned: int = Field(default=0, ge=0, le=20, examples=[3])
    """Number of retests, fixed before the first one."""
    analyst: ShortText | None = None
    """Who obtained it; batches with the same analyst are found by it."""
    equipment: Names = ()
    """Instruments, by their number."""
    evidence: Documents = ()
    """Raw data."""


class LaboratoryCause(StrEnum):
    """Causes that may invalidate a result, if they are documented. A passing retest is none."""

    CALCULATION = "CALCULATION"
    INSTRUMENT = "INSTRUMENT"
    SAMPLE_PREPARATION = "SAMPLE_PREPARATION"
    STANDARD_OR_REAGENT = "STANDARD_OR_REAGENT"
    METHOD_NOT_FOLLOWED = "METHOD_NOT_FOLLOWED"
    TRANSCRIPTION = "TRANSCRIPTION"
    """The certificate was written otherwise than the raw data say. Two of the sponsor read the raw data."""


class OosLaboratoryPhase(Form):
    """Close phase I, the investigation of the laboratory. Without an assignable cause the result stands.

    A cause invalidates nothing by itself: the sponsor looks at it first.
    """

    action = Action(
        Process.BATCH,
        "oos-laboratory",
        "Close phase I of the OOS",
        frozenset({Role.CDMO_QU_HEAD}),
        clock="oos.close",
        meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
    )

    oos_id: OnRecord = Field(examples=["OOS-2025-004"])
    """The result."""
    cause: LaboratoryCause | None = None
    """The cause in the laboratory, or in writing; none if the result stands."""
    raw_data: DocumentReference | None = None
    """The raw data that show what was measured; required for TRANSCRIPTION."""
    capa_decision: Text | None = Field(default=None, examples=["Second person checks each entry; training repeated."])
    """The decision on corrective action in the laboratory and why; required if there is a cause."""
    conclusion: Text = Field(examples=["No error was found in weighing, preparation, instrument or calculation."])
    """What was looked at, and what was found."""
    retests: tuple[AsPrinted, ...] = Field(default=(), max_length=20, examples=[["0.26", "0.28", "0.27"]])
    """Every single retest result, in order; never an average with the original."""
    resampled: tuple[AsPrinted, ...] = Field(default=(), max_length=20)
    """Every result of a sample taken anew; only if the sponsor has decided so before (`decide-resampling`)."""
    evidence: Documents = ()
    """The documented cause; required if there is one."""


class OosOwnLaboratoryPhase(OosLaboratoryPhase):
    """Close phase I of a result that the sponsor's own laboratory has obtained: it investigates itself."""

    action = Action(
        Process.BATCH,
        "oos-own-laboratory",
        "Close phase I of the own OOS",
        frozenset({Role.QC_REVIEWER}),
        clock="oos.close",
        meaning=Meaning.APPROVED,
    )


class InvestigationOutcome(StrEnum):
    """What phase II concludes."""

    CONFIRMED = "CONFIRMED"
    INCONCLUSIVE = "INCONCLUSIVE"


class DiscountGround(StrEnum):
    """Grounds on which an inconclusive result may not count. Passing retests are none."""

    SAMPLE_COMPROMISED = "SAMPLE_COMPROMISED"
    """The sample was demonstrably not that of the batch as it is: damaged, contaminated, mixed up."""
    ORTHOGONAL_METHOD = "ORTHOGONAL_METHOD"
    """An independent validated method has measured the retained original sample."""
    PROCESS_EVIDENCE = "PROCESS_EVIDENCE"
    """Data of the process and of controls in process exclude the result."""
    BIOASSAY_VARIABILITY = "BIOASSAY_VARIABILITY"
    """The validated variability of a biological assay explains it (USP 1010, 1033)."""


class OosScarOrder(Value):
    """A corrective action asked of the site because of the result."""

    severity: Severity = Field(examples=[Severity.MAJOR])
    """How grave what it answers is."""
    owner: ShortText = Field(examples=["Head of QC, site"])
    """Who owns it at the site."""


class OosInvestigation(Form):
    """Close phase II: production, other batches, distributed lots. Led by the sponsor's quality unit (211.192).

    Asked again while the result is inconclusive and counts against the batch.
    """

    action = Action(
        Process.BATCH,
        "oos-investigation",
        "Close phase II of the OOS",
        frozenset({Role.QA_APPROVER}),
        clock="oos.phase_2",
        meaning=Meaning.APPROVED,
    )

    oos_id: OnRecord = Field(examples=["OOS-2025-004"])
    """The result."""
    outcome: InvestigationOutcome = Field(examples=[InvestigationOutcome.CONFIRMED])
    """Whether the failure is real; INCONCLUSIVE counts against the batch all the same."""
    conclusion: Text = Field(examples=["The coupling above 50 °C has formed impurity I-3; the batch fails."])
    """The written conclusion."""
    other_batches: Batches = ()
    """Ids of further batches that were looked at. Those that are proposed are answered one by one in `associated`."""
    associated: AssociatedBatches = ()
    """Each batch that is proposed since it shares something with this one: whether it may be concerned."""
    other_batches_conclusion: Text = Field(examples=["No other batch ran above 45 °C; their results are in trend."])
    """What was found of other batches and of distributed lots."""
    does_not_count: Text | None = None
    """Why an INCONCLUSIVE result does not count against the batch; usually absent. A second person must agree."""
    discount_ground: DiscountGround | None = None
    """The ground of that; required exactly with it."""
    discount_evidence: Documents = ()
    """Documents that show the ground; required with it."""
    capa_decision: Text = Field(examples=["A corrective action of the site is needed: alarm and interlock."])
    """The decision on corrective action and why; every result has one."""
    scar: OosScarOrder | None = None
    """The corrective action that is asked of the site, if one is."""


def counts_against(kind: OosKind, state: OosState) -> bool:
    """Whether a result stands against its batch: of gate G8, and of the hold that it has led to.

    One outside its trend or expectation does while it is looked into; within the specification it fails nothing.
    """
    if kind is OosKind.OOS:
        return state not in (OosState.INVALIDATED, OosState.DISCOUNTED)
    return is_under_way(state)


def is_under_way(state: OosState) -> bool:
    """Whether people still look into a result, whatever they will conclude."""
    return state in (
        OosState.LABORATORY,
        OosState.INVALIDATION_PROPOSED,
        OosState.INVESTIGATION,
        OosState.DISCOUNT_PROPOSED,
    )


def is_asked_again(kind: OosKind, state: OosState) -> bool:
    """Whether phase II goes on: what is inconclusive counts until two of the quality unit say why not (section 8)."""
    if state is OosState.DISCOUNT_PROPOSED:
        return True
    return state is OosState.INCONCLUSIVE and counts_against(kind, state)


def goes_on(kind: OosKind, state: OosState) -> bool:
    """Whether a result is under investigation, or inconclusive and counts. A confirmed one is concluded."""
    return state is not OosState.CONFIRMED and (counts_against(kind, state) or is_under_way(state))


def refuse_unless_new_result(
    form: OosReport, *, known: Collection[str], now: datetime, fails: str | None = None, by_sponsor: bool = True
) -> None:
    """Raise `Refused` with every fault of a report of a result. `fails` is the registered limit that it misses."""
    faults: dict[str, str] = {}
    if fails is not None and form.kind is not OosKind.OOS:
        faults["kind"] = f"is OOS: {fails} (registered specification)"
    if form.own_laboratory and not by_sponsor:
        faults["own_laboratory"] = "is the sponsor's to say"
    if name_key(form.oos_id) in map(name_key, known):
        faults["oos_id"] = "is reported already"
    if form.detected_at > now:
        faults["detected_at"] = "is in the future"
    if faults:
        raise broken("section 8, OOS", "The result cannot be reported like this.", **faults)


def refuse_unless_invalidated_by_cause(
    form: OosLaboratoryPhase, *, retests_planned: int, may_resample: bool = False
) -> None:
    """Raise `Refused` unless an invalidation has a documented cause, and no more retests were made than were fixed.

    `may_resample` says whether the sponsor has decided that samples are taken anew.
    """
    faults: dict[str, str] = {}
    if form.cause is not None and not form.evidence:
        faults["evidence"] = "an invalidation needs its documented cause in the laboratory"
    if form.cause is not None and form.capa_decision is None:
        faults["capa_decision"] = "is required for an invalidation"
    if (form.cause is LaboratoryCause.TRANSCRIPTION) != (form.raw_data is not None):
        faults["raw_data"] = f"is given exactly for {LaboratoryCause.TRANSCRIPTION}, and proves it"
    if form.resampled and not may_resample:
        faults["resampled"] = "the sponsor has not decided that samples are taken anew"
    if len(form.retests) > retests_planned:
        faults["retests"] = f"{retests_planned} were fixed in advance"
    if faults:
        raise broken("section 8, OOS", "Phase I cannot be closed like this.", **faults)


def refuse_unless_concluded(
    form: OosInvestigation, *, others: Collection[str], in_place_of_data: str | None = None
) -> None:
    """Raise `Refused` unless what was looked at are other batches, and only an inconclusive result is discounted.

    `others` are those that are known of the batches that the form names, without the batch itself. `in_place_of_data`
    says why another test of the product discounts nothing: the line rests on data of the process.
    """
    faults: dict[str, str] = {}
    if unknown := sorted(set(form.other_batches) - set(others)):
        faults["other_batches"] = f"are no other batches: {', '.join(unknown[:20])}"
    if form.does_not_count is not None and form.outcome is not InvestigationOutcome.INCONCLUSIVE:
        faults["does_not_count"] = "only an INCONCLUSIVE result may be discounted"
    if (form.does_not_count is not None) != (form.discount_ground is not None):
        faults["discount_ground"] = "is given exactly for a result that does not count"
    if form.discount_ground is DiscountGround.ORTHOGONAL_METHOD and in_place_of_data is not None:
        faults["discount_ground"] = in_place_of_data
    if form.does_not_count is not None and not form.discount_evidence:
        faults["discount_evidence"] = "the ground is shown by documents; passing retests are none"
    if faults:
        raise broken("section 8, OOS", "Phase II cannot be closed like this.", **faults)


def concluded(form: OosInvestigation) -> OosState:
    """Where phase II leaves the result."""
    if form.does_not_count is not None:
        return OosState.DISCOUNT_PROPOSED
    return OosState(form.outcome.value)


def about_result(test: str, result: str, unit: str, limit: str) -> str:
    """A result in one line, for tasks."""
    return f"{test}: {result} {unit}, limit {limit}"


def event_of_result(form: OosReport, *, batch_id: str, number: str, site_id: str, scope_id: str) -> SiteEventReport:
    """A result outside its specification is an event at the site as well, to be triaged there."""
    return SiteEventReport(
        source=f"urn:vetted:{batch_id}",
        event_id=form.oos_id,
        type=EventType.OOS,
        severity=EventSeverity.MAJOR,
        site_id=site_id,
        scope_ids=(scope_id,),
        detected_at=form.detected_at,
        lots=(number,),
        description=f"{form.test}: {form.result} {form.unit}, limit {form.limit}",
        evidence=form.evidence,
        reference=form.oos_id,
    )
