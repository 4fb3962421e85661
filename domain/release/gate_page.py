"""What a qualified person reads on the gate page beside the gates themselves. Built from the records, never stored."""

from pydantic import AwareDatetime

from domain.batch.gate.gate import Gate
from domain.batch.results.analysis_forms import Source
from domain.core.people import Role
from domain.core.view import View
from domain.event.site_event import EventSeverity, EventType
from domain.policy.rejection_grounds import Grounds


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


class RelativeState(View):
    """A batch that this one comes from."""

    batch_id: str
    number: str
    product: str
    site: str
    """Name of the site."""
    markets: tuple[MarketState, ...]


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


class GivenJudgement(View):
    """What somebody has judged, and on which records."""

    about: str
    """The gate, or the hold."""
    rationale: str
    stands_on: tuple[str, ...]
    """Ids of the records and documents."""
    by: str
    at: AwareDatetime


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
