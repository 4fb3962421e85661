"""Holds on batches: what stops a batch, by whose hand (domain specification, sections 8 and 10)."""

from enum import StrEnum

from domain.asl import AslStatus, SuspensionScope


class HoldType(StrEnum):
    """Why a batch is held."""

    SUPPLIER_STATUS = "SUPPLIER_STATUS"
    EVENT = "EVENT"
    MANUAL = "MANUAL"


class BatchState(StrEnum):
    """As far as holds need to know a batch."""

    OPEN = "OPEN"
    CERTIFIED = "CERTIFIED"
    CLOSED = "CLOSED"


def stops_release(status: AslStatus, scope: SuspensionScope | None) -> bool:
    """Whether a status stops the release of batches (sections 5 and 10).

    EXPIRED counts as SUSPENDED(NEW_ORDERS_AND_RELEASE). A suspension of new orders alone leaves release to the
    qualified person's judgement.
    """
    if status is AslStatus.SUSPENDED:
        return scope is not SuspensionScope.NEW_ORDERS
    return status in (AslStatus.EXPIRED, AslStatus.DISQUALIFIED)
