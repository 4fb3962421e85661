"""What a qualified person reads in place of codes (domain specification, section 19, the gate page)."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.batch.batch import DeviationState, MarketDecision, OosState
from domain.batch.gate.results import Ask
from domain.batch.market_refusal import RefusedAs

DEVIATIONS: Mapping[DeviationState, str] = MappingProxyType({
    DeviationState.OPEN: "open",
    DeviationState.CLOSED: "investigated, not accepted yet",
    DeviationState.ACCEPTED: "accepted with justification",
})  # fmt: skip
RESULTS: Mapping[OosState, str] = MappingProxyType({
    OosState.LABORATORY: "in the laboratory (phase I)",
    OosState.INVESTIGATION: "under investigation (phase II)",
    OosState.INVALIDATED: "invalidated, laboratory error",
    OosState.CONFIRMED: "confirmed",
    OosState.INCONCLUSIVE: "inconclusive, counts against the batch",
    OosState.DISCOUNTED: "inconclusive, justified",
})  # fmt: skip
DECISIONS: Mapping[MarketDecision, str] = MappingProxyType(
    {MarketDecision.RELEASE: "released", MarketDecision.REJECT: "rejected"}
)
ASKS: Mapping[Ask, str] = MappingProxyType({
    Ask.DEVIATION: "the deviation under which it is dealt with",
    Ask.EVIDENCE: "documents that carry it",
    Ask.SITE_STATEMENT: "what the site's quality unit states",
    Ask.QP_DECLARATION: "the declaration of a qualified person on the maker's GMP",
    Ask.REINSTATEMENT: "the case that has lifted the suspension",
})  # fmt: skip


def state_in_market(decision: MarketDecision | None, refused: RefusedAs | None) -> str:
    """Where a batch stands in a market."""
    if refused is not None:
        return refused.words
    return DECISIONS[decision] if decision is not None else "open"
