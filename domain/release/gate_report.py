"""What a qualified person reads before certifying, and an inspector after it. Built from the records, never stored."""

from datetime import date

from pydantic import AwareDatetime, Field

from domain.batch.batch import MarketDecision, PhysicalStatus
from domain.batch.gate.batch_facts import ReplacedResult
from domain.batch.gate.decision_facts import HoldFacts
from domain.batch.gate.gate import Gate
from domain.batch.gate.results import GateResult
from domain.batch.making.pack import Pack
from domain.batch.market_refusal import RefusedAs
from domain.batch.supply_stage import SupplyStage
from domain.batch.trial import Phase
from domain.batch.views import CorrectionView, DeviationView, GreenLightView, OosView
from domain.core.people import Role
from domain.core.view import View
from domain.policy.market_rule import DecisionRule
from domain.policy.rejection_grounds import Grounds
from domain.release.gate_page import (
    GivenJudgement,
    GrantedException,
    LiftedHold,
    MarketState,
    OpenEvent,
    RelativeState,
    ResultLine,
    SaidOfBatch,
    TakenOf,
    ToJudge,
)
from domain.release.since_signed import GateSince
from domain.release.supply_view import SupplyView


class ReportedBatch(View):
    """The batch that a report is about."""

    batch_id: str
    number: str
    sponsor_number: str | None
    product: str
    strength: str | None
    dosage_form: str | None = None
    supply_stage: SupplyStage | None = None
    pack: Pack | None = None
    """What it is packed as; none where that was not stated."""
    quantity: str | None
    """What was made, in `unit`."""
    unit: str | None
    yield_percent: str | None = None
    yield_low: str | None = None
    """Least yield of the registered process, in % of what is expected; like `yield_high`."""
    yield_high: str | None = None
    yield_deviation: str | None = None
    """The deviation that was reported for a yield outside these limits."""
    taken: tuple[TakenOf, ...] = ()
    """What was taken of other batches."""
    site_id: str
    scope_ids: tuple[str, ...]
    """Every scope that makes a part of it, its own first."""
    mbr_version: str | None
    parameter_set_id: str | None
    parameter_version: str | None = None
    started_on: date | None
    made_on: date | None
    expiry_on: date | None
    """Last day of use."""
    retest_on: date | None
    retested_until: date | None = None
    """Last day of the window of the last passing retest."""
    extended_to: date | None = None
    """Last day of use by the authority's extension, for `extended_markets` alone."""
    extended_markets: tuple[str, ...] = ()
    use_date_to: date | None = None
    """Last day of use of what is relabelled of it under the plan of a trial."""
    use_date_markets: tuple[str, ...] = ()
    use_date_trial: str | None = None
    retained_samples: str | None = None
    """Retained and reference samples, in the site's words; like the next ones what the site states at the end."""
    sample_quantity: str | None = None
    stability: str | None = None
    environment: str | None = None
    corrections: tuple[CorrectionView, ...] = ()
    """What was corrected of the end of manufacture."""
    zone: str
    """The time zone in which its last day ends."""
    shelf_life_ended: bool
    """Whether the last day of use has passed, now."""
    physical_status: PhysicalStatus


class ReviewerView(View):
    """Who has reviewed or disposed of the batch."""

    action: str
    title: str = ""
    """What the action is called."""
    by_name: str
    at: AwareDatetime


class RefusalView(View):
    """What one market has decided against the batch, as every other market sees it."""

    market: str
    how: RefusedAs
    grounds: Grounds
    """None where they were not stated."""
    because: str
    by: str | None
    """Person id."""
    at: AwareDatetime | None
    """When it was decided, or its grounds were raised last."""
    words: str
    """The same in one line."""


class RefusalList(View):
    """All that markets have decided against a batch."""

    items: tuple[RefusalView, ...]
    raised: int = 0
    """How many times grounds were raised."""


class DecisionView(View):
    """What was decided for the market."""

    rule: DecisionRule
    """Who decides: a qualified person, or the quality unit."""
    decision: MarketDecision | None
    """None while it is open."""
    quantity: str | None
    certificate_number: str | None
    trial: str | None = None
    """Of clinical supply the trial that its certificate names."""
    trial_phase: Phase | None = None
    awaits_official_release: bool = False
    """Whether its goods stay in quarantine until the official batch release is on record."""
    decided_by: str | None
    """Printed name."""
    capacity: DecisionRule | None = None
    """As what they have decided; none where they are not that themselves, under their own name."""
    signed_under: tuple[str, ...] = ()
    """The appointments that the signature stands on, in words."""
    on_behalf_of: str | None = None
    """Printed name of the person whose role was used under a delegation."""
    decided_at: AwareDatetime | None
    withdrawn_at: AwareDatetime | None
    review_waits_for: tuple[Role, ...] = ()
    """Of a release that is reviewed again who has to answer for this market; none where nothing waits."""


class PlaceView(View):
    """A site that has done a part of the work."""

    scope_id: str
    activity: str
    site_id: str
    name: str
    address: str
    supplier: str
    authorisations: tuple[str, ...] = ()
    """Numbers of its manufacturing authorisations and GMP certificates that counted; on certificates alone."""


class GateReport(View):
    """How the gates of a batch stand for one market, with the facts behind them."""

    market: str
    at: AwareDatetime
    """The instant of the look."""
    as_signed: bool
    """Whether the gates are those of the signed decision, and not a look of now."""
    batch: ReportedBatch
    gates: tuple[GateResult, ...]
    deviations: tuple[DeviationView, ...]
    results: tuple[OosView, ...]
    """Results outside specification or trend."""
    holds: tuple[HoldFacts, ...]
    """The holds that stand now, for whatever market."""
    reviewers: tuple[ReviewerView, ...]
    decision: DecisionView
    sha256: str
    """Hash of the gates as they are shown; the prefill of the decision's task names it."""
    to_judge: tuple[ToJudge, ...] = ()
    """What is left to judgement, and what each judgement must state."""
    exceptions: tuple[GrantedException, ...] = ()
    supplied: tuple[SupplyView, ...] = ()
    """What goes to the market under exception, and is not certified."""
    other_markets: tuple[MarketState, ...] = ()
    parents: tuple[RelativeState, ...] = ()
    """All that it comes from over all steps, the nearest first."""
    analysis: tuple[ResultLine, ...] = ()
    """Results beside limits."""
    replaced: tuple[ReplacedResult, ...] = ()
    """Failing lines that do not count any more: what has taken their place, by whom and why."""
    differed: tuple[str, ...] = ()
    """Differences between own testing and a certificate of which one does not count any more."""
    sites: tuple[PlaceView, ...] = ()
    events: tuple[OpenEvent, ...] = ()
    """Open events of the sites, tied to the batch or not."""
    judgements: tuple[GivenJudgement, ...] = ()
    green_lights: tuple[GreenLightView, ...] = ()
    """Of clinical supply the sites of its trial that it may go to, and those that it might."""
    said: tuple[SaidOfBatch, ...] = ()
    """What was signed of the batch in words that no gate compares, the newest of each."""
    lifted: tuple[LiftedHold, ...] = ()
    """Holds that are lifted, of the batch and of what it comes from."""
    gates_seen: str | None = None
    """The gates in words as who releases the batch, or a further part of it, sends them back; none where nobody does:
    after a rejection or a withdrawal, and where a qualified person of the site confirms, whose task shows them."""
    judged: tuple[GivenJudgement, ...] = ()
    """What was judged of the gates with the signed release."""
    since: tuple[GateSince, ...] | None = None
    """What the gates say otherwise than as the release was signed; none where there is no release."""
    left: str | None = None
    """How much may still be released as a further part, with its unit; none where nothing may."""
    judged_anew: tuple[Gate, ...] = ()
    """The gates that whoever releases a further part judges anew."""
    names: dict[str, str] = Field(default_factory=dict)
    """What the ids in the report stand for: numbers of batches, titles of documents, names of people."""
