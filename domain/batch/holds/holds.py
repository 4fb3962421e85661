"""Holds on batches: what stops a batch, by whose hand (domain specification, sections 8 and 10)."""

from enum import StrEnum

from domain.asl.asl import AslStatus, SuspensionScope


class HoldType(StrEnum):
    """Why a batch is held (section 8)."""

    SUPPLIER_STATUS = "SUPPLIER_STATUS"
    QTA = "QTA"
    CERT = "CERT"
    AUDIT = "AUDIT"
    FINDING = "FINDING"
    PROCESS = "PROCESS"
    DEVIATION = "DEVIATION"
    OOS = "OOS"
    COA = "COA"
    CHANGE = "CHANGE"
    SUPPLY = "SUPPLY"
    REG = "REG"
    COMPLAINT = "COMPLAINT"
    EVENT = "EVENT"
    """By the triage of an event at the site."""
    RETEST_DUE = "RETEST_DUE"
    """Its day of retest has passed. It holds the batch alone: what was made from it in time is not held."""
    LEGAL = "LEGAL"
    """A court, an authority or the law asks that it is kept: it is neither delivered nor destroyed."""
    MANUAL = "MANUAL"
    OTHER_MARKET = "OTHER_MARKET"
    """Another market has refused it on grounds that concern every market. Two people judge, and lift it by that."""


class BatchState(StrEnum):
    """Where a batch stands for those who do not follow its disposition."""

    OPEN = "OPEN"
    """For at least one market nothing is decided."""
    CERTIFIED = "CERTIFIED"
    """All is decided, and a part is released and within its shelf life."""
    SUPPLIED = "SUPPLIED"
    """All is decided, nothing is released, and a part went under an exception and is within its shelf life."""
    CLOSED = "CLOSED"


_ALSO_DECIDED = frozenset({HoldType.REG})
"""What an authority, or the end of what it has authorised, stops: nothing more is shipped, however sound the goods."""
_OF_THE_GOODS = frozenset(
    {
        HoldType.OOS,
        HoldType.DEVIATION,
        HoldType.COA,
        HoldType.SUPPLY,
        HoldType.RETEST_DUE,
        HoldType.LEGAL,
        HoldType.OTHER_MARKET,
    }
)


def is_held(type_: HoldType, state: BatchState, *, by_hand: bool = False) -> bool:
    """Whether a hold is placed on a batch that stands like this.

    Once everything is decided what makes the goods themselves doubtful holds them, what is not authorised any more, and
    what a person stops: nothing of them is shipped before two people say so. Of what else concerns the site, the review
    of the release decides. Nothing holds what is closed.
    """
    stops = by_hand or type_ in _OF_THE_GOODS or type_ in _ALSO_DECIDED
    return state is BatchState.OPEN or (state is not BatchState.CLOSED and stops)


def asks_for_review(type_: HoldType, market: str | None, *, by_hand: bool) -> bool:
    """Whether what holds a batch has its releases reviewed.

    A market that only waits for something is stopped by a person alone: the others go on.
    """
    return not by_hand or market is None or type_ in _OF_THE_GOODS


def stops_release(status: AslStatus, scope: SuspensionScope | None) -> bool:
    """Whether a status stops the release of batches (sections 5 and 10).

    EXPIRED counts as SUSPENDED(NEW_ORDERS_AND_RELEASE). A suspension of new orders alone leaves release to the
    qualified person's judgement.
    """
    if status is AslStatus.SUSPENDED:
        return scope is not SuspensionScope.NEW_ORDERS
    return status in (AslStatus.EXPIRED, AslStatus.DISQUALIFIED)
