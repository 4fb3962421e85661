"""Holds on batches: what stops a batch, by whose hand (domain specification, sections 8 and 10)."""

from collections.abc import Iterable
from enum import StrEnum

from domain.asl import AslStatus, SuspensionScope


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
    MANUAL = "MANUAL"


class BatchState(StrEnum):
    """Where a batch stands for those who do not follow its disposition."""

    OPEN = "OPEN"
    """For at least one market nothing is decided."""
    CERTIFIED = "CERTIFIED"
    """All is decided, and a part is released and within its shelf life."""
    CLOSED = "CLOSED"


def stops_release(status: AslStatus, scope: SuspensionScope | None) -> bool:
    """Whether a status stops the release of batches (sections 5 and 10).

    EXPIRED counts as SUSPENDED(NEW_ORDERS_AND_RELEASE). A suspension of new orders alone leaves release to the
    qualified person's judgement.
    """
    if status is AslStatus.SUSPENDED:
        return scope is not SuspensionScope.NEW_ORDERS
    return status in (AslStatus.EXPIRED, AslStatus.DISQUALIFIED)


def state_of(decided: Iterable[tuple[bool, bool]]) -> tuple[BatchState, bool]:
    """Where a batch stands by its markets, and whether any is released: `(decided, released)` for each market.

    A release that was taken back is decided, and not released. The end of the shelf life is not looked at here.
    """
    markets = list(decided)
    released = any(is_released for _, is_released in markets)
    if not all(is_decided for is_decided, _ in markets):
        return BatchState.OPEN, released
    return (BatchState.CERTIFIED if released else BatchState.CLOSED), released
