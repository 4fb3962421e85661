"""Flags of an entry of the approved supplier list (domain specification, section 5)."""

from enum import StrEnum


class Flag(StrEnum):
    """What stands out about a site and scope. A flag is no status (section 5)."""

    AUDIT_DUE = "AUDIT_DUE"
    AUDIT_OVERDUE = "AUDIT_OVERDUE"
    CERT_EXPIRING = "CERT_EXPIRING"
    CERT_EXPIRED = "CERT_EXPIRED"
    QTA_REVIEW_DUE = "QTA_REVIEW_DUE"
    QTA_LAPSED = "QTA_LAPSED"
    FOR_CAUSE_OPEN = "FOR_CAUSE_OPEN"
    REG_ACTION = "REG_ACTION"
    CHANGE_PENDING = "CHANGE_PENDING"
