"""What a qualified person reads on the gate page beside the gates themselves. Built from the records, never stored."""

from datetime import date

from pydantic import AwareDatetime

from domain.batch.gate.gate import Gate
from domain.batch.holds.holds import HoldType
from domain.batch.results.analysis_forms import Source
from domain.batch.supply_stage import SupplyStage
from domain.core.people import Role
from domain.core.view import View
from domain.event.site_event import EventSeverity, EventType
from domain.policy.rejection_grounds import Grounds
from domain.release.gate_words import measured


class ToJudge(View):
    """A gate that is left to judgement: why, and what the judgement names beside its rationale."""

    gate: Gate
    reason: str
    states: tuple[str, ...]
    """What must be stated, in words; a rationale always."""


class MarketState(View):
    """Where the batch, or one that it comes from, stands in a market."""

    market: str
    state: str
    """In the field's words: open, released, rejected, withdrawn, recalled."""
    grounds: Grounds | None = None
    """Why it was refused; none where that was not stated."""
    because: str | None = None
    judged: tuple[str, ...] = ()
    """Who has judged a refusal for the market of the report, and on what."""
    review_waits_for: tuple[Role, ...] = ()
    """Of a release that is reviewed again who has to answer for this market; none where nothing waits."""


class TakenOf(View):
    """What was taken of another batch."""

    batch_id: str
    number: str
    quantity: str | None
    """Decimal, in `unit`; none for all of it."""
    unit: str | None

    def words(self) -> str:
        """In words."""
        how_much = measured(self.quantity, self.unit) if self.quantity is not None else "all"
        return f"taken: {how_much} of {self.number} ({self.batch_id})"


class ResultLine(View):
    """A result beside its limit."""

    certificate: str
    """Number of the certificate of analysis, or of the report of own testing."""
    source: Source
    test: str
    result: str
    limit: str | None
    """As registered in the market; none for a test that is not."""
    verdict: str | None
    reason: str
    compared_by: tuple[str, ...] = ()
    """Who has compared it, since the program cannot, and what they have read; the last word counts."""


class GivenJudgement(View):
    """What somebody has judged, and on which records."""

    about: str
    """The gate, or the hold."""
    rationale: str
    stands_on: tuple[str, ...]
    """Ids of the records and documents."""
    by: str
    at: AwareDatetime

    def words(self) -> str:
        """In one line."""
        on = ", ".join(self.stands_on) or "no record named"
        return f"{self.about} by {self.by} on {self.at:%Y-%m-%d}: {self.rationale} [{on}]"


class RelativeState(View):
    """A batch that this one comes from."""

    batch_id: str
    number: str
    product: str
    strength: str | None = None
    site: str
    """Name of the site, with its id."""
    stage: SupplyStage | None = None
    quantity: str | None = None
    """What was made, decimal, in `unit`."""
    unit: str | None = None
    yield_percent: str | None = None
    expiry_on: date | None = None
    """Last day of use."""
    retest_on: date | None = None
    retested_until: date | None = None
    """Last day of the window of its last passing retest."""
    taken: tuple[TakenOf, ...] = ()
    markets: tuple[MarketState, ...]
    analysis: tuple[ResultLine, ...] = ()
    """Its results beside the limits that are registered in the market."""
    judgements: tuple[GivenJudgement, ...] = ()
    """What its own deciders have judged for the market."""


class LiftedHold(View):
    """A hold that stood on the batch, or on one that it comes from, and what was assessed as it was lifted."""

    hold_id: str
    batch: str
    """Number and id of the batch."""
    type: HoldType
    reason: str
    market: str | None
    placed_on: date
    lifted_on: date
    lifted_by: str
    """Printed names of who has proposed and who has confirmed it."""
    impact: str | None
    """What its cause means for the batch; none where it was lifted with the hold that it comes from, or was judged."""
    evidence: tuple[str, ...] = ()
    """Ids of documents."""


class OpenEvent(View):
    """An event at one of the sites that is open: not decided on, or followed by a case that is open."""

    event_id: str
    type: EventType
    severity: EventSeverity
    site_id: str
    site: str
    """Name of the site."""
    is_decided: bool = False
    """Whether its triage is over."""
    followed_by: tuple[str, ...] = ()
    """The cases that its triage has opened, and that are open, each by its kind and id."""


class SaidOfBatch(View):
    """What somebody has signed of the batch in words that no gate compares."""

    about: str
    """The record, with the id of what it is about."""
    text: str
    by_name: str
    at: AwareDatetime


class GrantedException(View):
    """A gate that the authority has excused."""

    exception_id: str
    gate: Gate
    authority_letter: str
    granted_at: AwareDatetime
    reasons: tuple[str, ...] | None = None
    """What it excuses; `None` where that was not kept."""
