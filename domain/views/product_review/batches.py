"""What a review says of batches: flat records, each with the ids by which tables are joined."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer

from domain.batch.batch import DeviationClass, DeviationState, OosState
from domain.batch.results.oos import LaboratoryCause, OosKind
from domain.core.view import View

Figure = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]
"""A number for tables and plots; what it was reported as stands beside it where that matters."""


class OfBatch(View):
    """What is said of one batch."""

    batch_id: str
    number: str
    """The number that the site gave it."""
    site_id: str


class MadeBatch(OfBatch):
    """A batch whose manufacture ended in the period."""

    scope_id: str
    stage: str | None
    """`domain.batch.supply_stage.SupplyStage`; none of a batch that was registered before it was stated."""
    strength: str | None
    made_on: date
    """Last day of manufacture, at the site."""
    quantity: Figure | None
    unit: str | None
    markets: str
    """Codes of the markets that it is made for, like all lists in one cell parted by a comma."""
    site_decision: str | None
    """RELEASED or REJECTED by the site's quality unit."""
    state: str
    expiry_on: date | None
    retest_on: date | None
    stability_study: str | None
    """The study that the batch is part of, in the site's words. Results of studies are not on record as data."""


class ReleasedPart(OfBatch):
    """An entry of a register of the period: a batch, or a part of it, released for a market or for further use."""

    market: str
    rule: str
    """`domain.policy.market_rule.DecisionRule`."""
    part: int
    """1 for the first decision; further parts (tranches) count on."""
    quantity: Figure | None
    unit: str | None
    certificate: str | None
    released_on: date
    is_taken_back: bool
    """Whether the release for the market was withdrawn or recalled since, in the period or after it."""


class Refusal(OfBatch):
    """A batch that was rejected in the period: for one market, or by its site."""

    market: str | None
    """None where the site has rejected it."""
    refused_on: date
    grounds: str
    """`domain.policy.rejection_grounds.RejectionGrounds`, parted by a comma; empty where none were stated."""
    reason: str | None


class TakenBack(OfBatch):
    """A release that was taken back in the period."""

    market: str
    how: str | None
    """WITHDRAWN or RECALLED."""
    taken_back_on: date
    grounds: str
    reason: str | None


class SuppliedUnderException(OfBatch):
    """Goods that were supplied by an authority's permission and not certified, by the day on which it was signed."""

    supply: str
    """Number in the register."""
    market: str
    gates: str
    """The gates that were not open, parted by a comma."""
    basis: str
    """`domain.release.supply_exception.SupplyBasis`."""
    authority: str
    permission: str
    quantity: Figure
    """At most so much."""
    unit: str | None
    granted_on: date
    until: date
    stopped_on: date | None
    learned_later: str = ""
    """What was learned since, and whether its market has answered that; parted by a semicolon."""
    taken_back_as: str | None = None
    """WITHDRAWN or RECALLED, in a review."""
    taken_back_on: date | None = None


class Recalled(OfBatch):
    """A review of the period by which a release was recalled or withdrawn, with what became of the goods."""

    review: int
    """Number of the event in the batch's journal."""
    decided_on: date
    recalled: str
    withdrawn: str
    impact: str
    recall_class: str | None
    distributed: Figure | None
    recovered: Figure | None
    unaccounted: Figure | None
    closed_on: date | None


class OutsideResult(OfBatch):
    """A result outside specification, trend or expectation, by the day on which it was obtained."""

    oos_id: str
    kind: OosKind
    test: str
    result: str
    """As it was reported, like its limit."""
    unit: str
    limit: str
    market: str | None
    """The only market whose specification it fails."""
    state: OosState
    confirmed: bool | None
    """False where it is invalidated or does not count against the batch; none while that is open."""
    cause: LaboratoryCause | None
    conclusion: str | None
    detected_on: date


class Departure(OfBatch):
    """A deviation, by the day on which it was detected."""

    deviation_id: str
    deviation_class: DeviationClass
    state: DeviationState
    parameter: str | None
    cause: str | None
    """The root cause, in the words of its investigation; none before that is closed."""
    description: str
    impact: str | None
    detected_on: date
    closed_on: date | None


class MadeUnderChange(OfBatch):
    """A change that a batch of the period was made under."""

    change_id: str
    """The site's own number of it."""
    case_id: str | None
    """The sponsor's case about it; none if it was never notified."""
    description: str


class Retested(OfBatch):
    """A retest of a batch in the period."""

    tested_on: date
    passed: bool
    until: date | None
    certificate: str
    """Document id."""


class Learned(OfBatch):
    """Something that was learned of a batch after its release, in the period: stability and complaints included."""

    learned_on: date
    reason: str
    case_id: str
    """The case that it was learned in."""
    reviewed_on: date | None


class ReturnedGoods(OfBatch):
    """Goods that came back in the period."""

    return_id: str
    shipment_id: str
    market: str
    quantity: Figure
    unit: str | None
    received_on: date
    usable: bool | None
    """What quality has found; none while they are blocked for assessment."""
    destroyed: Figure
