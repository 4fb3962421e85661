"""How a batch is shown. Built from the records, never stored."""

from datetime import date
from decimal import Decimal

from pydantic import AwareDatetime

from domain.batch.batch import (
    DeviationClass,
    DeviationState,
    MarketDecision,
    OosState,
    PhysicalStatus,
    Relation,
    UseKind,
)
from domain.batch.holds.hold_view import BatchHoldView
from domain.batch.making.materials import MaterialPart
from domain.batch.making.pack import Pack
from domain.batch.market_refusal import RefusedAs
from domain.batch.processing_purpose import ProcessingPurpose
from domain.batch.supply_stage import SupplyStage
from domain.batch.trial import Phase
from domain.core.people import Role
from domain.core.view import View
from domain.policy.market_rule import DecisionRule
from domain.policy.rejection_grounds import Grounds


class MarketView(View):
    """The decision for one market."""

    market: str
    rule: DecisionRule
    decision: MarketDecision | None
    """None while it is open."""
    quantity: str | None
    """Released quantity, in the unit of the batch."""
    certificate_number: str | None
    supplied_under: tuple[str, ...] | None = None
    """Numbers of the supplies under exception by which goods go there that are not certified; null without any."""
    awaits_official_release: bool = False
    """Whether its goods stay in quarantine until the official batch release is on record."""
    for_sites: tuple[str, ...] | None
    """Sites for which it is released for further processing; null if for any."""
    purpose: str | None
    """What it is released for, of a release for further processing, in words."""
    purposes: tuple[ProcessingPurpose, ...] | None = None
    """The same in codes; null where none was named."""
    trial: str | None = None
    """Of clinical supply the trial that it is released for."""
    trial_phase: Phase | None = None
    decided_at: AwareDatetime | None
    withdrawn_at: AwareDatetime | None
    refused_as: RefusedAs | None = None
    """How the market has refused the batch, as far as it has said on what grounds. The sponsor's people see it."""
    grounds: Grounds | None = None
    """On what grounds, for every other market's decider."""
    refused_because: str | None = None
    review_waits_for: tuple[Role, ...] = ()
    """Of a release that is reviewed again who has to answer for this market; none where nothing waits. The sponsor's
    people see it."""


class GreenLightView(View):
    """The sponsor's green light: clinical supply may go to one site of its trial."""

    version: int
    """Its number, by which it is withdrawn."""
    market: str
    trial: str
    destination: str
    """Name of the trial site."""
    address: str
    authorisation: str
    """Document id of the authorisation of the trial."""
    ethics: str
    """Document id of the opinion of the ethics committee."""
    valid_to: date | None
    """Last day on which both are valid; null if neither states one."""
    conditions: str
    """How the conditions of both are met."""
    given_by: str
    """Printed name."""
    given_at: AwareDatetime
    withdrawn_by: str | None
    withdrawn_at: AwareDatetime | None
    withdrawn_because: str | None


class ParentView(View):
    """A batch that this one comes from."""

    parent_id: str
    relation: Relation
    quantity: Decimal | None
    """How much of it, in its unit; null: all of it."""
    theoretical_yield: Decimal | None
    """What comes of one unit of it, in the unit of the batch."""


class ComparatorView(View):
    """Where a product comes from that was bought for a trial."""

    authorisation: str
    """Number of the marketing authorisation that it is sold under."""
    authorised_in: str
    bought_from: str
    licence: str
    """The licence under which that one sells medicines."""
    pedigree: tuple[str, ...]
    """Ids of the documents that show every hand that it has passed through."""

    def words(self) -> str:
        """The same in one line."""
        source = f"bought from {self.bought_from} ({self.licence})"
        return f"comparator {self.authorisation} of {self.authorised_in}, {source}, pedigree {', '.join(self.pedigree)}"


class UseView(View):
    """Something that the batch shares with others."""

    kind: UseKind
    reference: str
    detail: str
    """Of a material its maker, of a scope what is done there."""
    comparator: ComparatorView | None = None
    """Where a lot comes from that was bought for a trial."""
    part: MaterialPart | None = None
    """What a lot is, of the substance; null where that was not said."""
    maker_site_id: str | None = None
    """The registered site of its maker; null where it was not named."""
    came_from: str | None = None
    """Of a dosage form that was bought the country from which it came; null where that was not said."""


class ValueView(View):
    """An actual value of a parameter."""

    parameter: str
    parameter_class: str
    value: str
    unit: str
    in_nor: bool
    in_par: bool
    measured_at: AwareDatetime
    number: int
    """Number of its event, by which it is corrected."""
    line: int
    superseded_by: int | None
    """Number of the event that has corrected it; then it counts no more."""


class DeviationView(View):
    """A deviation of the batch."""

    deviation_id: str
    deviation_class: DeviationClass
    state: DeviationState
    description: str
    parameter: str | None
    detected_at: AwareDatetime
    due_at: AwareDatetime | None
    closed_at: AwareDatetime | None
    impact: str | None


class OosView(View):
    """A result outside its specification, trend or expectation."""

    oos_id: str
    kind: str
    test: str
    result: str
    """As it was obtained; kept whatever is concluded."""
    unit: str
    limit: str
    state: OosState
    detected_at: AwareDatetime
    report: str | None = None
    """Certificate or report that it stands on, where the program has opened it."""
    market: str | None = None
    """The only market whose registered specification it fails; null: all."""
    own_laboratory: bool = False
    """Whether the sponsor's own laboratory has obtained it."""
    cause: str | None = None
    """The cause that the laboratory names."""
    raw_data: str | None = None
    """Document id of the raw data behind a mistake in writing."""
    seen_by: str | None = None
    """Who has seen for the sponsor that it does not count."""
    conclusion: str | None
    """For the sponsor's people only once phase II is closed."""


class BatchChangeView(View):
    """A change that the batch is made under."""

    change_id: str
    description: str
    case_id: str | None
    """The case about it; None if it was never notified."""


class CorrectionView(View):
    """A value of the end of manufacture that was corrected, or is to be, beside the old one."""

    field: str
    old: str | None
    new: str
    reason: str
    corrected_by: str
    """Printed name."""
    corrected_at: AwareDatetime
    confirmed: bool | None
    """Whether it has taken effect; null while it waits for a second person."""


class RetestView(View):
    """A retest."""

    tested_on: date
    passed: bool
    until: date | None
    """Last day of the window of use that it has opened."""
    certificate: str
    """Document id."""
    recorded_by: str
    """Printed name."""
    recorded_at: AwareDatetime


class BatchSummary(View):
    """What is known of a batch."""

    number: str
    sponsor_number: str | None
    product: str
    strength: str | None
    supply_stage: SupplyStage | None
    """What it is in the supply chain; null where that was not stated."""
    pack: Pack | None = None
    """What it is packed as; null where that was not stated."""
    size: str | None
    unit: str | None
    order_number: str | None
    mbr_version: str | None
    parameter_set_id: str | None
    """Bound at the start of manufacture."""
    started_at: AwareDatetime | None
    made_on: date | None
    quantity: str | None
    yield_percent: str | None
    yield_low: str | None
    """Least yield of the registered process, in % of what is expected; like `yield_high`."""
    yield_high: str | None
    yield_deviation: str | None
    """The deviation that was reported for a yield outside these limits."""
    expiry_on: date | None
    """Last day of use, through which it may be used where the goods lie."""
    retest_on: date | None
    retested_until: date | None
    """Last day of the window of the last passing retest."""
    extended_to: date | None
    """Last day of use by the authority's extension, for `extended_markets` alone."""
    extended_markets: tuple[str, ...]
    """Markets of an extension that is in force."""
    use_date_to: date | None = None
    """Last day of use of what is relabelled of clinical supply under the plan of its trial; the batch stays expired."""
    use_date_markets: tuple[str, ...] = ()
    use_date_trial: str | None = None
    """The trial for which alone that is certified."""
    sample_quantity: str | None
    """Quantity of retained and reference samples, beside `quantity`."""
    retained_samples: str | None
    stability: str | None
    environment: str | None
    corrections: tuple[CorrectionView, ...]
    """What was corrected of the end of manufacture, the oldest first."""
    retests: tuple[RetestView, ...]
    expired_at: AwareDatetime | None
    """When the last day was found to have passed; null while it has not. The goods are blocked from then on."""
    retest_due_at: AwareDatetime | None
    """When the day of retest was found to have passed."""
    physical_status: PhysicalStatus
    site_decision: str | None
    site_decided_at: AwareDatetime | None
    package_due_at: AwareDatetime | None
    package_received_at: AwareDatetime | None
    package_returns: int
    review_open: bool
    """Whether something learned after the release waits for its review."""
    markets: tuple[MarketView, ...]
    green_lights: tuple[GreenLightView, ...] = ()
    """Of clinical supply the sites of its trial that it may go to, the oldest first. The sponsor's people see them."""
    parents: tuple[ParentView, ...]
    uses: tuple[UseView, ...]
    values: tuple[ValueView, ...]
    """Actual values, the newest first, up to 200."""
    deviations: tuple[DeviationView, ...]
    results: tuple[OosView, ...]
    changes: tuple[BatchChangeView, ...]
    holds: tuple[BatchHoldView, ...]
    """What stops the batch, the oldest first."""
