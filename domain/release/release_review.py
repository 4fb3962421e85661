"""What is learned after the release of a batch, and what follows for each market (domain specification, section 8).

EU GMP Chapter 8; 21 CFR 211.192: a failure is investigated whether or not the batch has been distributed.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from domain.batch.batch import BatchStage
from domain.batch.holds.holds import BatchState
from domain.batch.results.analysis_forms import AnalysisResult
from domain.core.countries import Country
from domain.core.document import Documents
from domain.core.forms import Action, Form, Meaning, Process, Value
from domain.core.people import DECIDERS, SPONSOR_QA_ROLES, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.repeats import ONCE
from domain.core.text import ShortText, Text
from domain.policy.authority_report import FIELD_ALERT, AuthorityReport
from domain.policy.rejection_grounds import Grounds

_EVENT_NUMBER = 10**9


class FindingKind(StrEnum):
    """Where later findings come from."""

    COMPLAINT = "COMPLAINT"
    STABILITY = "STABILITY"
    COA_CORRECTED = "COA_CORRECTED"
    OTHER = "OTHER"


class LaterFinding(Form):
    """Report what was learned of a batch after its release. The release is reviewed for it."""

    action = Action(
        Process.BATCH,
        "report-later-finding",
        "Report a finding after the release",
        SPONSOR_QA_ROLES | {Role.REG_AFFAIRS, Role.QC_REVIEWER},
        while_on_hold=True,
    )

    kind: FindingKind = Field(examples=[FindingKind.STABILITY])
    """What kind of thing was learned."""
    description: Text = Field(examples=["Impurity I-3 rises to 0.14 % in the 12 months' stability sample."])
    """What was learned, and from where."""
    received_at: AwareDatetime | None = Field(default=None, examples=["2025-01-13T06:00:00Z"])
    """When anybody of the sponsor or its agents received the information; left out, it is now.

    The clocks of reports to authorities start then, not with a review.
    """
    results: Annotated[tuple[AnalysisResult, ...], Field(max_length=500)] = ()
    """Results of stability, a retest or a complaint. One that fails the registered specification is investigated."""
    report: ShortText | None = None
    """Number of the report with the results; required with them."""
    documents: Documents = ()
    """Documents that it rests on."""


class ReleaseOutcome(StrEnum):
    """What becomes of a release."""

    CONFIRM = "CONFIRM"
    WITHDRAW = "WITHDRAW"
    """Taken back; what is in the sponsor's hands stays there."""
    RECALL = "RECALL"
    """Taken back, and what was distributed is called back."""


class MarketOutcome(Value):
    """What becomes of the release for one market."""

    market: Country = Field(examples=["EU"])
    """The market."""
    outcome: ReleaseOutcome = Field(examples=[ReleaseOutcome.CONFIRM])
    """Whether its release stands."""
    grounds: Grounds = ()
    """On what grounds it is taken back, at least one; given exactly where it is. Every other market sees them."""
    no_recall_because: Text | None = None
    """Why what was distributed there is not called back; given exactly where the task asks that, and it is not."""


class ReleaseReview(Form):
    """Review a release after something was learned. Nothing is shipped before every market has answered.

    Each market is answered by its own decider, several at once or one after the other. Who confirms that a release
    stands says again what the certificate or the approval says, and does so in person. Taking back protects: it needs
    no qualified person, may be done in every market, and under a delegation.
    """

    action = Action(
        Process.BATCH,
        "review-release",
        "Review the release",
        DECIDERS,
        or_by_row=True,
        clock="batch.post_release",
        meaning=Meaning.APPROVED,
        in_person=True,
        in_parts=True,
        while_on_hold=True,
    )

    demands: Annotated[
        tuple[Annotated[int, Field(ge=1, le=_EVENT_NUMBER)], ...], Field(min_length=1, max_length=500), ONCE
    ]
    """Numbers of the events in the batch's journal that demand the review; all that wait for the markets named."""
    outcomes: Annotated[tuple[MarketOutcome, ...], Field(min_length=1, max_length=50)]
    """The released markets that are answered for, each once. The others wait for their deciders."""
    impact: Text = Field(examples=["The raw data of the batch were read again; no effect was found."])
    """Assessment of what was learned for this batch."""
    consider_field_alert: bool = Field(examples=[False])
    """Whether a field alert must be considered (21 CFR 314.81(b)(1))."""
    not_applicable_because: Text | None = Field(examples=["No result of this batch is affected."])
    """Why no field alert is considered; null exactly when one is."""
    authority_reports: Annotated[tuple[ShortText, ...], Field(max_length=20), ONCE] = ()
    """Further reports to authorities that are considered, by their keys in the policy. Each is assessed."""
    evidence: Documents = ()
    """Documents that the assessment rests on; at least one where a release is taken back."""

    def is_personal(self) -> bool:
        return bool(self.markets(ReleaseOutcome.CONFIRM))

    def markets(self, outcome: ReleaseOutcome) -> tuple[str, ...]:
        """The markets with one outcome, in order."""
        return tuple(sorted(each.market for each in self.outcomes if each.outcome is outcome))

    def grounds_of(self, market: str) -> Grounds:
        """On what grounds a release is taken back."""
        return next((each.grounds for each in self.outcomes if each.market == market), ())


class Demand(BaseModel):
    """Something that was learned and is not reviewed yet."""

    model_config = ConfigDict(frozen=True)

    number: int
    reason: str
    cause: str
    """The case that it was learned in."""
    at: AwareDatetime
    markets: tuple[str, ...] = ()
    """The released markets that have not answered it; what an older version has evaluated names none."""


class Alert(BaseModel):
    """A report to an authority that is to be answered: for what was learned, or since a review considers it."""

    model_config = ConfigDict(frozen=True)

    review: int
    """Number of the review in the batch's journal; of what was learned, that of its first event."""
    demands: tuple[int, ...] = ()
    """Numbers of the events by which it was learned; none if a review considers the report."""
    since: AwareDatetime
    """When what it is about was received."""
    about: str
    report: str = FIELD_ALERT
    """Key of the report in the policy."""
    clock: str | None = None
    """Its clock, if it is another one than that of a field alert."""

    @property
    def key(self) -> str:
        """What tells one assessment from another."""
        if self.demands:
            return f"report {self.review} {self.report}"
        return f"alert {self.review}" + (f" {self.report}" if self.report != FIELD_ALERT else "")


class Recalled(BaseModel):
    """A recall that is not over."""

    model_config = ConfigDict(frozen=True)

    review: int
    """Number of the review that has decided on it."""
    markets: tuple[str, ...]
    since: AwareDatetime
    planned: bool = False


class ReleaseEvaluation(BaseModel):
    """Where a released batch stands: what is to be done about it, and when its oversight ends."""

    model_config = ConfigDict(frozen=True)

    demands: tuple[Demand, ...] = ()
    alerts: tuple[Alert, ...] = ()
    recalls: tuple[Recalled, ...] = ()
    ends_at: AwareDatetime | None = None
    """End of the shelf life, if it is known."""
    supplied: bool = False
    """Whether nothing is released, and what is followed went under an exception."""
    ends_as: BatchStage | None = None
    """What the batch has come to, once nothing is left to do."""
    reports: tuple[str, ...] = ()
    """Reports to authorities that may be due, each in one line with its last day."""
    stands: tuple[str, ...] = ()
    """What stands about the batch with the answers that it leaves, and where a recall is asked about; a line each."""
    waits: tuple[str, ...] = ()
    """Whom each market waits for that has not answered yet; a line each."""

    def about(self) -> str:
        """What was learned, for the task, who has to answer, and what may have to be reported by when."""
        lines = [f"{demand.cause}: {demand.reason}" for demand in self.demands[-_SHOWN:]]
        return "\n".join([*lines, *self.waits, *self.stands, *self.reports])


_SHOWN = 10


def refuse_unless_released(released: Collection[str]) -> None:
    """Raise `Refused` unless goods left for a market, released or under an exception: before that a hold is placed."""
    if not released:
        raise Refused(Code.NOT_OPEN, "Nothing of the batch is released or supplied; place a hold.", rule="section 8")


def refuse_unless_findable(form: LaterFinding, *, now: datetime) -> None:
    """Raise `Refused` unless the information was received by now, and results have a report."""
    faults: dict[str, str] = {}
    if form.received_at is not None and form.received_at > now:
        faults["received_at"] = "is in the future"
    if bool(form.results) != (form.report is not None):
        faults["report"] = "is given exactly with results"
    if faults:
        raise broken("section 8, after release", "The finding cannot be reported like this.", **faults)


def refuse_while_unanswered(form: ReleaseReview, waiting: Collection[AuthorityReport]) -> None:
    """Raise `Refused` when a release is confirmed before it is said of each report whether it is due there.

    Taking back waits for nothing; the report stays to be answered.
    """
    faults = {}
    for index, each in enumerate(form.outcomes):
        titles = [report.title for report in waiting if each.market in report.markets]
        if each.outcome is ReleaseOutcome.CONFIRM and titles:
            named = ", ".join(dict.fromkeys(titles))
            faults[f"outcomes.{index}.outcome"] = f"waits for the answer whether it is due: {named}"
    if faults:
        raise broken("batch.post_release", "A review is closed once each report is answered.", **faults)


def refuse_unless_reportable(form: ReleaseReview, known: Collection[str]) -> None:
    """Raise `Refused` when a report is considered that the policy does not know for the released markets."""
    faults = {
        f"authority_reports.{index}": "is asked for by consider_field_alert" if key == FIELD_ALERT else "does not apply"
        for index, key in enumerate(form.authority_reports)
        if key not in known or key == FIELD_ALERT
    }
    if faults:
        raise broken("batch.post_release", "There is no such report here.", **faults)


def refuse_unless_release_reviewed(
    form: ReleaseReview, *, released: Collection[str], demands: Mapping[int, Collection[str]]
) -> None:
    """Raise `Refused` with every fault of a review.

    `demands` are the events that wait for it, each with the released markets that have not answered it.
    """
    named = [each.market for each in form.outcomes]
    waiting = frozenset(market for markets in demands.values() for market in markets)
    faults = {
        f"outcomes.{index}.market": fault
        for index, each in enumerate(form.outcomes)
        if (fault := _fault_of(each, named[:index], released, waiting)) is not None
    }
    faults |= {
        f"outcomes.{index}.grounds": "are given exactly where a release is taken back"
        for index, each in enumerate(form.outcomes)
        if bool(each.grounds) == (each.outcome is ReleaseOutcome.CONFIRM)
    }
    asked = {number for number, markets in demands.items() if not set(markets).isdisjoint(named)}
    if unseen := sorted(asked - set(form.demands)):
        faults["demands"] = f"must include {', '.join(map(str, unseen))}"
    elif unknown := sorted(set(form.demands) - set(demands)):
        faults["demands"] = f"are not waiting: {', '.join(map(str, unknown))}"
    if form.consider_field_alert == (form.not_applicable_because is not None):
        faults["not_applicable_because"] = "is given exactly when no field alert is considered"
    if any(each.outcome is not ReleaseOutcome.CONFIRM for each in form.outcomes) and not form.evidence:
        faults["evidence"] = "is required where a release is taken back"
    if faults:
        raise broken("batch.post_release", "The review breaks a rule.", **faults)


def _fault_of(
    outcome: MarketOutcome, before: Collection[str], released: Collection[str], waiting: Collection[str]
) -> str | None:
    """What is wrong with naming a market. Taking back is open to it at any time while a review is."""
    if outcome.market not in released:
        return "is no released market"
    if outcome.market in before:
        return "is named twice"
    if outcome.outcome is ReleaseOutcome.CONFIRM and outcome.market not in waiting:
        return "has answered already"
    return None


def suggested_review(markets: Sequence[str], demands: Sequence[int]) -> dict[str, JsonValue]:
    """Prefill of a review: what it is about and which markets wait. What becomes of them is left open."""
    return {"demands": [*demands], "outcomes": [{"market": market} for market in markets]}


def ending(
    *,
    state: BatchState,
    released: bool,
    was_recalled: bool,
    was_released: bool = True,
    has_something_open: bool,
    ends_at: datetime | None,
    now: datetime,
) -> BatchStage | None:
    """What a batch has come to, once everything is decided and nothing is open; `None` while it goes on.

    `released` also while what went under an exception was not taken back; `was_released` of what was certified.
    """
    if state is BatchState.OPEN or has_something_open:
        return None
    if not released and was_recalled:
        return BatchStage.RECALLED
    if not released:
        return BatchStage.WITHDRAWN if was_released else BatchStage.REJECTED
    return BatchStage.SHELF_LIFE_ENDED if ends_at is not None and ends_at <= now else None
